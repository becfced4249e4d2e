using System.Globalization;

namespace Portal.Web.Shell;

/// <summary>In which order the command palette lists what it knows for a text.</summary>
internal static class PaletteOrder
{
    /// <summary>
    /// Commands that begin with the text, what was found because it holds the text, commands that hold it elsewhere, and last what was only guessed: found in another spelling, or merely alike.
    /// </summary>
    /// <param name="title">what a hit is called</param>
    /// <param name="words">all that a hit was found by</param>
    public static IReadOnlyList<T> Of<T>(string text, IEnumerable<T> commands, IEnumerable<T> found, Func<T, string> title, Func<T, string> words)
    {
        var typed = text.Trim();
        var compare = CultureInfo.CurrentCulture.CompareInfo;
        var fitting = commands.Where(c => Holds(title(c))).ToLookup(c => compare.IsPrefix(title(c), typed, CompareOptions.IgnoreCase));
        var hits = found.ToLookup(f => Holds(words(f)));
        return [.. fitting[true], .. hits[true], .. fitting[false], .. hits[false]];

        bool Holds(string where) => compare.IndexOf(where, typed, CompareOptions.IgnoreCase) >= 0;
    }
}
