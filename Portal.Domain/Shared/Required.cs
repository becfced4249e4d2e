namespace Portal.Domain.Shared;

/// <summary>Checks of single values that every entity shares.</summary>
public static class Required
{
    /// <summary>
    /// Trimmed text of 1..<paramref name="max"/> characters without control characters (U+0000 cannot be stored). Invisible characters that turn
    /// the direction of what follows or make two names look alike are left out: copied text is full of them.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>text.control-character</c></exception>
    public static string Text(string? value, string field, int max)
    {
        var text = Optional(value, field, max);
        return text ?? throw new RuleBrokenException("text.required", field);
    }

    /// <summary>Like <see cref="Text"/>, but null when empty.</summary>
    public static string? Optional(string? value, string field, int max)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        var text = Visible(value).Trim();
        if (text.Length == 0) return null;
        if (text.Length > max) throw new RuleBrokenException("text.too-long", field, max);
        foreach (var c in text)
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) throw new RuleBrokenException("text.control-character", field);
        return text;
    }

    /// <summary>Zero-width characters (U+200B–200D, U+2060–2064, U+FEFF), marks, embeddings and isolates of direction (U+061C, U+200E–200F, U+202A–202E, U+2066–2069).</summary>
    private static bool IsInvisible(char c) =>
        c is '\u061C' or '\uFEFF' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u2064') or (>= '\u2066' and <= '\u2069');

    private static string Visible(string value) => value.Any(IsInvisible) ? string.Concat(value.Where(c => !IsInvisible(c))) : value;

    /// <summary>A finite number within bounds.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static double Number(double value, string field, double min, double max) =>
        double.IsFinite(value) && value >= min && value <= max ? value : throw new RuleBrokenException("number.out-of-range", field, min, max);

    /// <summary>A whole number within bounds.</summary>
    public static int Number(int value, string field, int min, int max) =>
        value >= min && value <= max ? value : throw new RuleBrokenException("number.out-of-range", field, min, max);
}
