using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Web.Shared;

/// <summary>Numbers as people type them and spreadsheets copy them.</summary>
internal static class TypedNumber
{
    private const int Longest = 60;

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

    private static string? Plain(string? typed)
    {
        var bare = string.Concat((typed ?? "").Where(c => !char.IsWhiteSpace(c) && c is not '\'' and not '’')).TrimEnd('%').Replace('−', '-');
        if (bare.Length is 0 or > Longest) return null;
        var (points, commas) = (bare.Count(c => c == '.'), bare.Count(c => c == ','));
        if (points + commas == 0) return bare;
        var last = bare[bare.LastIndexOfAny(['.', ','])];
        var (others, same) = last == '.' ? (commas, points) : (points, commas);
        if (others == 0 && (same > 1 || PartsThousands(bare, last))) return IsGrouped(bare, last) ? bare.Replace(last.ToString(), "") : null;
        var other = last == '.' ? ',' : '.';
        if (same > 1 || others > 0 && !IsGrouped(bare[..bare.IndexOf(last)], other)) return null;
        return bare.Replace(other.ToString(), "").Replace(last, '.');
    }

    private static bool PartsThousands(string bare, char separator) =>
        CultureInfo.CurrentCulture.NumberFormat.NumberGroupSeparator == separator.ToString() && bare.TrimStart('-', '+') is var digits && digits[0] != '0' && IsGrouped(digits, separator);

    private static bool IsGrouped(string digits, char separator) =>
        digits.TrimStart('-', '+').Split(separator) is [{ Length: > 0 and <= 3 }, .. var groups] && groups.All(g => g.Length == 3);
}
