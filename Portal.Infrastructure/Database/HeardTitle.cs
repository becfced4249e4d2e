using Portal.Domain.Clients.Matching;

namespace Portal.Infrastructure.Database;

/// <summary>What is kept beside a title so that each alphabet finds the other: its words in Latin letters, small, where it is written otherwise, and their sounds in capital letters, which nobody's small ones meet.</summary>
internal static class HeardTitle
{
    /// <summary>Letters of a word from which on it is looked for by its sound; shorter ones sound like too many others.</summary>
    private const int LeastSounding = 4;

    /// <summary>Letters and sounds of a title, with a space between words.</summary>
    public static string Of(string title)
    {
        var letters = Letters(title);
        var sounds = TextFold.Words(title).Select(Sound).OfType<string>().Distinct();
        return string.Join(' ', letters == title.ToLowerInvariant() ? sounds : sounds.Prepend(letters));
    }

    /// <summary>A typed word in small Latin letters; one that holds more than letters, hyphens and apostrophes means its signs, and stays.</summary>
    public static string Typed(string word) => word.All(c => char.IsLetter(c) || c is '-' or '\'' or '’') && Letters(word) is { Length: > 0 } letters ? letters : word;

    private static string Letters(string text) => string.Join(' ', TextFold.Words(text));

    /// <summary>How a word sounds, or null where it is short or a number.</summary>
    public static string? Sound(string word) => TextFold.Words(word) is [{ Length: >= LeastSounding } folded] && !folded.Any(char.IsAsciiDigit) ? SoundForm.Of(folded).ToUpperInvariant() : null;
}
