namespace Portal.Domain.Clients.Matching;

/// <summary>What somebody meant who typed with the wrong keyboard layout switched on: "ghbdtn" is "привет".</summary>
public static class KeyboardLayout
{
    // The same keys, row by row, first without and then with Shift.
    private const string Latin = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?";
    private const string Russian = "ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,";
    private const string Ukrainian = "'йцукенгшщзхїфівапролджєячсмитьбю.₴ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮ,";

    /// <summary>
    /// What the same keys give in the other layouts, without what was typed: Latin letters as Russian and Ukrainian, Cyrillic ones as Latin. Characters that
    /// stand on no key, digits and spaces stay. Empty when nothing would change.
    /// </summary>
    public static IReadOnlyList<string> Readings(string typed)
    {
        var latin = typed.Any(char.IsAsciiLetter);
        var cyrillic = typed.Any(c => c is >= '\u0400' and <= '\u04FF');
        string[] readings = (latin, cyrillic) switch
        {
            (true, false) => [Retyped(typed, Latin, Russian), Retyped(typed, Latin, Ukrainian)],
            (false, true) => [Retyped(typed, Russian, Latin), Retyped(typed, Ukrainian, Latin)],
            _ => [],
        };
        // A letter that one of the layouts lacks leaves a word of two alphabets, which nobody meant.
        return [.. readings.Where(reading => reading != typed && !(cyrillic && reading.Any(c => c is >= '\u0400' and <= '\u04FF'))).Distinct()];
    }

    private static string Retyped(string typed, string from, string to) => string.Create(typed.Length, (typed, from, to), static (keys, state) =>
    {
        for (var i = 0; i < keys.Length; i++) keys[i] = state.from.IndexOf(state.typed[i]) is >= 0 and var at ? state.to[at] : state.typed[i];
    });
}
