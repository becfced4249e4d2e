using System.Globalization;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Web.Shared;

namespace Portal.Web.Pricing;

/// <summary>Prices, quantities and percents as people read and type them.</summary>
internal static class PriceText
{
    /// <summary>At least two places, at most six.</summary>
    public static string Amount(decimal amount) => amount.ToString("#,##0.00####", CultureInfo.CurrentCulture);

    /// <summary>An amount with its currency.</summary>
    public static string Money(Money money) => $"{Amount(money.Amount)} {money.Currency}";

    /// <summary>A quantity or a percent, without needless zeros.</summary>
    public static string Number(decimal number) => number.ToString("0.######", CultureInfo.CurrentCulture);

    /// <summary>A price as it stands in a box: at least two places.</summary>
    public static string? BoxedPrice(decimal? price) => price?.ToString("0.00####", CultureInfo.CurrentCulture);

    /// <summary>What was typed; null where nothing was.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.not-a-number</c>, <c>number.out-of-range</c> for one of too many digits</exception>
    public static decimal? Read(string? typed, string field) => TypedNumber.Of(typed, field, 0, PriceNumbers.MostPrice);

    /// <summary>Like <see cref="Read"/>, refusing nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, and as <see cref="Read"/></exception>
    public static decimal Given(string? typed, string field) => Read(typed, field) ?? throw new RuleBrokenException("text.required", field);

    /// <summary>A step to a price in words.</summary>
    public static string Of(PriceReason reason, Texts t) => t[$"priceReasonCode.{reason.Code}", [.. reason.Args.Select(arg => arg switch { Money money => Money(money), decimal number => Number(number), _ => arg })]];
}
