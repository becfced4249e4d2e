using System.Globalization;
using Portal.Domain.Stock;
using Portal.Infrastructure.Stock;
using Portal.Web.Pricing;
using Portal.Web.Shared;

namespace Portal.Web.Stock;

/// <summary>Stock in the reader's words.</summary>
internal static class StockWords
{
    /// <summary>A sum with two places.</summary>
    public static string Sum(decimal? value) => value is { } sum ? sum.ToString("#,##0.00#", CultureInfo.CurrentCulture) : "—";

    /// <summary>A quantity, without needless zeros.</summary>
    public static string Count(decimal quantity) => quantity.ToString("#,##0.######", CultureInfo.CurrentCulture);

    /// <summary>A day and a minute.</summary>
    public static string Moment(DateOnly day, TimeOnly time) => time == default ? day.ToString("d", CultureInfo.CurrentCulture) : $"{day.ToString("d", CultureInfo.CurrentCulture)} {time.ToString("HH:mm", CultureInfo.CurrentCulture)}";

    /// <summary>A minute as the browser's box for a time has it; null for what is none.</summary>
    public static TimeOnly? Time(object? typed) => TimeOnly.TryParseExact(typed as string, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? new(time.Hour, time.Minute) : null;

    /// <summary>A minute for the browser's box.</summary>
    public static string? Boxed(TimeOnly? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A document by its kind and number.</summary>
    public static string Name(this Texts t, StockDocumentKind kind, string? number) => $"{t[$"stockDocumentKind.{kind}"]} {number ?? t["offers.draft"]}";

    /// <summary>The colour of a state.</summary>
    public static string? Tone(StockDocumentState state) => state switch { StockDocumentState.Posted => "good", StockDocumentState.Cancelled => "bad", _ => null };

    /// <summary>A price as it stands in a box.</summary>
    public static string? Price(decimal? price) => PriceText.BoxedPrice(price);
}
