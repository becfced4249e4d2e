using Portal.Domain.Shared;

namespace Portal.Domain.Sales;

/// <summary>Sums that a deal can be worth.</summary>
public static class DealMoney
{
    /// <summary>Largest sum; more is a slip.</summary>
    public const decimal Most = 999_999_999_999.99m;

    /// <summary>Largest rate of a currency.</summary>
    public const decimal MostRate = 1_000_000_000m;

    /// <summary>A sum from nothing up, rounded half away from zero to the minor unit.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Sum(decimal sum, string field) =>
        sum is >= 0 and <= Most ? Rounded(sum) : throw new RuleBrokenException("number.out-of-range", field, 0, Most);

    /// <summary>A margin, which may be a loss, rounded like a sum.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Margin(decimal margin, string field) =>
        margin is >= -Most and <= Most ? Rounded(margin) : throw new RuleBrokenException("number.out-of-range", field, -Most, Most);

    /// <summary>The code of a currency (ISO 4217).</summary>
    /// <exception cref="RuleBrokenException"><c>sales.currency-unreadable</c></exception>
    public static string Currency(string? code) =>
        code?.Trim().ToUpperInvariant() is { Length: 3 } three && three.All(char.IsAsciiLetter) ? three : throw new RuleBrokenException("sales.currency-unreadable", code);

    /// <summary>The worth of one unit of a currency in the company's own.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Rate(decimal rate) =>
        rate is > 0 and <= MostRate ? rate : throw new RuleBrokenException("number.out-of-range", "deal.rate", 0, MostRate);

    private static decimal Rounded(decimal sum) => Math.Round(sum, 2, MidpointRounding.AwayFromZero);
}
