namespace Portal.Domain.Shared;

/// <summary>Text on its way through a spreadsheet, which would run what begins like a formula.</summary>
public static class SpreadsheetText
{
    private const char Mark = '\'';

    /// <summary>
    /// The text with an apostrophe before what a spreadsheet would take for a formula. A negative number stays as it is; a plus before digits
    /// is a telephone, of which a spreadsheet would drop the plus, and gets its apostrophe.
    /// </summary>
    public static string Harmless(string text) => IsFormula(text) && !IsNegative(text) ? Mark + text : text;

    /// <summary>The text without the apostrophe that <see cref="Harmless"/> put before it.</summary>
    public static string Original(string text) => text is [Mark, .. var rest] && IsFormula(rest) ? rest : text;

    private static bool IsFormula(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..];

    // Digits with one point or comma among them and nothing to reckon with: "-1-2" is a formula.
    private static bool IsNegative(string text) =>
        text is ['-', >= '0' and <= '9', ..] && text.AsSpan(1).IndexOfAnyExcept("0123456789.,") < 0 && text.Count(c => c is '.' or ',') <= 1;
}
