using System.Text;

namespace Portal.Domain.Clients.Matching;

/// <summary>
/// How a folded word sounds, roughly: one letter for each group of sounds that systems of transliteration (KMU 2010, GOST, BGN/PCGN, scholarly, German,
/// old Indonesian spelling) write differently. Vowels are kept, for names of towns differ by them alone.
/// </summary>
public static class SoundForm
{
    // Longest first. The groups: s for s z sh zh shch, k for k c ch ts h g kh, v for v w f, i for i y j.
    private static readonly (string Letters, string Sound)[] Groups =
    [
        ("schtsch", "s"), ("shch", "s"), ("tsch", "k"), ("szcz", "s"),
        ("sch", "s"), ("tch", "k"), ("tsh", "k"), ("dzh", "s"),
        ("sh", "s"), ("sz", "s"), ("zh", "s"), ("dz", "s"), ("cz", "k"), ("ch", "k"), ("ck", "k"), ("ts", "k"), ("tz", "k"), ("kh", "k"), ("gh", "k"), ("ph", "v"),
        ("th", "t"), ("qu", "kv"), ("ou", "u"),
        ("z", "s"), ("c", "k"), ("q", "k"), ("g", "k"), ("h", "k"), ("f", "v"), ("w", "v"), ("j", "i"), ("y", "i"), ("x", "ks"),
    ];

    private static readonly (string Letters, string Sound)[][] ByFirst = [.. Enumerable.Range('a', 26).Select(first => Groups.Where(group => group.Letters[0] == first).ToArray())];

    /// <summary>The sound of a word as <see cref="TextFold.Words"/> gives it.</summary>
    public static string Of(string folded)
    {
        var sound = new StringBuilder(folded.Length + 1);
        for (var at = 0; at < folded.Length;)
        {
            var (letters, heard) = GroupAt(folded, at);
            Append(sound, heard);
            at += letters;
        }
        return sound.ToString();
    }

    /// <summary>The consonants of a sound behind its beginning; what typing errors in vowels and most transliterations leave alone.</summary>
    /// <param name="most">Letters at most: endings differ by grammar.</param>
    public static string Skeleton(string sound, int most = 6)
    {
        Span<char> kept = stackalloc char[most];
        var count = 0;
        foreach (var letter in sound)
        {
            if (count == most) break;
            var bone = letter switch { 'a' or 'e' or 'i' or 'o' or 'u' => 'a', _ => letter };
            if ((bone != 'a' || count == 0) && (count == 0 || kept[count - 1] != bone)) kept[count++] = bone;
        }
        return new string(kept[..count]);
    }

    private static (int Letters, string Sound) GroupAt(string folded, int at)
    {
        if (folded[at] is >= 'a' and <= 'z' and var first)
            foreach (var (letters, sound) in ByFirst[first - 'a'])
                if (string.CompareOrdinal(folded, at, letters, 0, letters.Length) == 0) return (letters.Length, sound);
        return (1, folded[at].ToString());
    }

    /// <summary>Appends without doubling, without the glides that systems write and leave out before vowels, and with the old Indonesian "oe" as "u".</summary>
    private static void Append(StringBuilder sound, string heard)
    {
        foreach (var letter in heard)
        {
            var vowel = letter;
            if (letter is 'a' or 'e' or 'o' or 'u' && sound.Length > 0 && sound[^1] == 'i' && (sound.Length > 1 || letter == 'e'))
            {
                sound.Length--;
                // "ё" is "yo", "io", "ë" and plain "e".
                if (letter == 'o') vowel = 'e';
            }
            if (sound.Length > 0 && sound[^1] == vowel && !char.IsAsciiDigit(vowel)) continue;
            if (vowel == 'e' && sound.Length > 0 && sound[^1] == 'o') sound[^1] = 'u';
            else sound.Append(vowel);
        }
    }
}
