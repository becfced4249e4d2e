using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Web.Shared;

/// <summary>Numbers as people type them and spreadsheets copy them.</summary>
internal static class TypedNumber
{
    /// <summary>
    /// The number, or null where it is none. Blanks and apostrophes part thousands, a percent sign behind it is passed over. Of point and comma the last parts the decimals; where one stands alone, it parts
    /// thousands if the reader's culture writes it so and three digits follow: <c>1.234</c> is more than a thousand in Romanian, and <c>1.5</c> one and a half everywhere.
    /// </summary>
    public static decimal? Read(string? typed) =>
        Plain(typed) is { } plain && decimal.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>True for a number, also one of more digits than can be kept.</summary>
    public static bool IsOne(string? typed) => Plain(typed) is { } plain && double.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    /// <summary>What was typed into a box; null where nothing was.</summary>
    /// <param name="field">what it is, as refusals call it</param>
    /// <exception cref="RuleBrokenException"><c>pricing.not-a-number</c>, <c>number.out-of-range</c> for one of too many digits</exception>
    public static decimal? Of(string? typed, string field, decimal least, decimal most)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        if (Read(typed) is { } number) return number;
        throw IsOne(typed) ? new RuleBrokenException("number.out-of-range", field, least, most) : new RuleBrokenException("pricing.not-a-number", field);
    }

    /// <summary>As a number stands in a box: with the places it has, and no signs between thousands.</summary>
    public static string? Boxed(decimal? number) => number?.ToString("0.######", CultureInfo.CurrentCulture);

    private static string? Plain(string? typed) => WrittenNumber.Plain(typed, CultureInfo.CurrentCulture.NumberFormat.NumberGroupSeparator is [var only] ? only : ' ');
}
