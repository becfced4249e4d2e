using System.Globalization;
using System.Text;

namespace Portal.Domain.Clients.Matching;

/// <summary>Folds text of any of our languages to plain words, so that what people mean as equal is equal.</summary>
public static class TextFold
{
    private static readonly Dictionary<char, string> Undecomposed = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['ł'] = "l", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ı'] = "i", ['ə'] = "e",
        // As scholars write Cyrillic, so that "šč" is not taken for "sc".
        ['š'] = "sh", ['č'] = "ch", ['ž'] = "zh",
    };

    /// <summary>
    /// Lower-case words of Latin letters and digits, in their order: compatibility forms and diacritics folded, Cyrillic transliterated, apostrophes left
    /// out, anything else between words. Letters of other scripts stay as they are. Folding folded words changes nothing.
    /// </summary>
    public static string[] Words(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        var words = new List<string>(4);
        var composed = Composed(text).ToLowerInvariant();
        for (var at = 0; at < composed.Length;)
        {
            var start = at;
            while (at < composed.Length && IsPartOfWord(composed[at])) at++;
            if (at == start)
            {
                at++;
                continue;
            }
            var word = Fold(composed[start..at]);
            if (word.Length > 0) words.Add(word);
        }
        return [.. words];
    }

    /// <summary>The letters and digits of a text without spaces between them.</summary>
    public static string Joined(string? text) => string.Concat(Words(text));

    private static string Fold(string lowerWord)
    {
        var word = Cyrillic.Unmixed(lowerWord);
        var folded = new StringBuilder(word.Length + 4);
        for (var i = 0; i < word.Length; i++)
        {
            // Romanian wrote "î" inside words until 1993 where it writes "â" today.
            if (word[i] == 'î' && i > 0 && i < word.Length - 1) folded.Append('a');
            else Append(folded, word[i]);
        }
        return folded.ToString();
    }

    private static void Append(StringBuilder folded, char letter)
    {
        if (char.IsAsciiLetterOrDigit(letter)) folded.Append(letter);
        else if (Cyrillic.Latin(letter) is { } latin) folded.Append(latin);
        else if (Undecomposed.TryGetValue(letter, out var letters)) folded.Append(letters);
        else if (char.IsSurrogate(letter)) folded.Append(letter);
        else if (char.IsLetterOrDigit(letter))
        {
            var parts = letter.ToString().Normalize(NormalizationForm.FormD);
            if (parts.Length == 1) folded.Append(letter);
            else foreach (var part in parts) Append(folded, char.ToLowerInvariant(part));
        }
    }

    /// <summary>The text in its compatibility form (NFKC): full-width digits are digits, ligatures letters.</summary>
    internal static string Composed(string text)
    {
        if (Ascii.IsValid(text)) return text;
        // Half a surrogate pair, which no normalisation takes, is no letter of anybody's name.
        var whole = text.Any(char.IsSurrogate) ? string.Concat(text.EnumerateRunes().Where(rune => rune != Rune.ReplacementChar)) : text;
        return whole.Normalize(NormalizationForm.FormKC);
    }

    private static bool IsPartOfWord(char c) =>
        char.IsLetterOrDigit(c) || IsApostrophe(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Surrogate;

    private static bool IsApostrophe(char c) => c is '\'' or '`' or '\u02B9' or '\u02BA' or '\u02BC' or '\u00B4' or '\u2018' or '\u2019' or '\u2032';
}
