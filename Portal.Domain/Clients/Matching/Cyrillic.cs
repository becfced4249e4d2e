namespace Portal.Domain.Clients.Matching;

/// <summary>Cyrillic letters (Russian, Ukrainian, Belarusian, Serbian, Macedonian) in Latin ones, near BGN/PCGN. <see cref="SoundForm"/> makes other systems equal to it.</summary>
internal static class Cyrillic
{
    private static readonly Dictionary<char, string> Table = new()
    {
        ['а'] = "a", ['б'] = "b", ['в'] = "v", ['г'] = "g", ['ґ'] = "g", ['д'] = "d", ['е'] = "e", ['ё'] = "yo", ['є'] = "ye", ['ж'] = "zh", ['з'] = "z",
        ['и'] = "i", ['і'] = "i", ['ї'] = "yi", ['й'] = "y", ['к'] = "k", ['л'] = "l", ['м'] = "m", ['н'] = "n", ['о'] = "o", ['п'] = "p", ['р'] = "r",
        ['с'] = "s", ['т'] = "t", ['у'] = "u", ['ў'] = "u", ['ф'] = "f", ['х'] = "kh", ['ц'] = "ts", ['ч'] = "ch", ['ш'] = "sh", ['щ'] = "shch",
        ['ъ'] = "", ['ы'] = "y", ['ь'] = "", ['э'] = "e", ['ю'] = "yu", ['я'] = "ya",
        ['ј'] = "y", ['љ'] = "l", ['њ'] = "n", ['ћ'] = "ch", ['ђ'] = "dzh", ['џ'] = "dzh", ['ѕ'] = "dz", ['ѓ'] = "g", ['ќ'] = "k",
    };

    // Latin letters on the left that look like the Cyrillic ones below them.
    private const string LookAlikes = "abcehikmoptxy";
    private const string Meant = "авсенікмортху";

    /// <summary>The Latin letters of a lower-case Cyrillic one (none for a hard or soft sign), or null for any other character.</summary>
    public static string? Latin(char letter) => Table.GetValueOrDefault(letter);

    /// <summary>
    /// A word of both alphabets, as two keyboards and one hurry make them, wholly in Cyrillic when its Latin letters all look like Cyrillic ones; else unchanged.
    /// </summary>
    public static string Unmixed(string lowerWord)
    {
        var cyrillic = false;
        var latin = false;
        foreach (var letter in lowerWord)
        {
            if (Table.ContainsKey(letter)) cyrillic = true;
            else if (LookAlikes.Contains(letter)) latin = true;
            else if (char.IsAsciiLetter(letter)) return lowerWord;
        }
        return cyrillic && latin
            ? string.Create(lowerWord.Length, lowerWord, static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++) to[i] = LookAlikes.IndexOf(from[i]) is >= 0 and var at ? Meant[at] : from[i];
            })
            : lowerWord;
    }
}
