using System.Diagnostics.CodeAnalysis;

namespace Portal.Domain.Shared;

/// <summary>Numbers as people and spreadsheets of many countries write them.</summary>
public static class WrittenNumber
{
    private const int Longest = 60;

    /// <summary>
    /// The number with nothing but a decimal point in it; null where its signs cannot be those of one number. Blanks and apostrophes part thousands, a percent sign behind it is passed over. Of point and comma the last
    /// parts the decimals, the other the thousands. Where one stands alone and once, it parts the decimals, unless it is <paramref name="thousands"/> and exactly three digits follow.
    /// </summary>
    /// <param name="thousands">what parts thousands where the number alone does not tell: <c>.</c>, <c>,</c> or something else</param>
    public static string? Plain(string? written, char thousands)
    {
        if (IsPlain(written, thousands)) return written;
        var bare = string.Concat((written ?? "").Where(c => !char.IsWhiteSpace(c) && c is not '\'' and not '’')).TrimEnd('%').Replace('−', '-');
        if (bare.Length is 0 or > Longest) return null;
        var (points, commas) = (bare.Count(c => c == '.'), bare.Count(c => c == ','));
        if (points + commas == 0) return bare;
        var last = bare[bare.LastIndexOfAny(['.', ','])];
        var (others, same) = last == '.' ? (commas, points) : (points, commas);
        if (others == 0 && (same > 1 || last == thousands && IsThousands(bare, last))) return IsGrouped(bare, last) ? bare.Replace(last.ToString(), "") : null;
        var other = last == '.' ? ',' : '.';
        if (same > 1 || others > 0 && !IsGrouped(bare[..bare.IndexOf(last)], other)) return null;
        return bare.Replace(other.ToString(), "").Replace(last, '.');
    }

    /// <summary>What parts the decimals of a number, where it alone tells so; null where it has none, or may be read in two ways.</summary>
    public static char? SignOf(string? written)
    {
        if (Plain(written, ',') is not { } one || Plain(written, '.') is not { } other || one != other) return null;
        var (point, comma) = (written!.LastIndexOf('.'), written.LastIndexOf(','));
        if (point < 0 && comma < 0) return null;
        var last = point > comma ? '.' : ',';
        // one that stands twice parts thousands
        return written.Count(c => c == last) == 1 ? last : last == '.' ? ',' : '.';
    }

    // as most numbers are written: digits, perhaps behind a minus, perhaps with a point that cannot part thousands
    private static bool IsPlain([NotNullWhen(true)] string? written, char thousands)
    {
        if (written is not { Length: > 0 and <= Longest }) return false;
        var digits = written.AsSpan(written[0] == '-' ? 1 : 0);
        var point = thousands == '.' ? -1 : digits.IndexOf('.');
        return !(point < 0 ? digits : digits[..point]).ContainsAnyExceptInRange('0', '9') && !digits[(point + 1)..].ContainsAnyExceptInRange('0', '9');
    }

    // nobody writes a nought before thousands
    private static bool IsThousands(string bare, char sign) => bare.TrimStart('-', '+') is var digits && digits[0] != '0' && IsGrouped(digits, sign);

    private static bool IsGrouped(string digits, char sign) =>
        digits.TrimStart('-', '+').Split(sign) is [{ Length: > 0 and <= 3 }, .. var groups] && groups.All(g => g.Length == 3);
}
