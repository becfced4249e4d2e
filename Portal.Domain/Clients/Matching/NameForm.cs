namespace Portal.Domain.Clients.Matching;

/// <summary>A word prepared for comparison: its letters in today's spelling, how it sounds, and the skeleton of the sound.</summary>
public sealed class NameWord
{
    /// <summary>Prepares a word as <see cref="TextFold.Words"/> gives it.</summary>
    public NameWord(string folded)
    {
        Letters = Respelled(folded);
        Sound = SoundForm.Of(folded);
        Skeleton = SoundForm.Skeleton(Sound);
        HasDigit = folded.AsSpan().IndexOfAnyInRange('0', '9') >= 0;
        LetterSet = SetOf(Letters);
        SoundSet = SetOf(Sound);
    }

    public string Letters { get; }
    public string Sound { get; }
    public string Skeleton { get; }

    /// <summary>Numbers are equal or they are not: "Shop 12" is not a misspelt "Shop 13".</summary>
    public bool HasDigit { get; }

    /// <summary>Which letters occur, a bit for each of a…z and one for all others; tells cheaply that two words cannot be near.</summary>
    internal uint LetterSet { get; }

    /// <summary>Like <see cref="LetterSet"/>, of the sound.</summary>
    internal uint SoundSet { get; }

    // Indonesian until 1972 (Soekarno, Tjokro, Djoko). The sound keeps the old letters: scholarly "Djatkovo" is "Дятьково".
    private static string Respelled(string folded) => folded.Replace("oe", "u").Replace("tj", "c").Replace("dj", "j");

    private static uint SetOf(string letters)
    {
        var set = 0u;
        foreach (var letter in letters) set |= 1u << (letter is >= 'a' and <= 'z' ? letter - 'a' : 26);
        return set;
    }
}

/// <summary>The normal form of a name of a company, a person, a town or a street.</summary>
public sealed class NameForm
{
    /// <summary>Words beyond say nothing more of who is meant.</summary>
    internal const int MostWords = 8;

    private NameForm(string[] words)
    {
        Text = string.Join(' ', words);
        Words = [.. words.Take(MostWords).Select(word => new NameWord(word))];
        Whole = Words is [var only] ? only : new(string.Concat(words));
    }

    /// <summary>The folded words with a space between them; the normal form of it is itself.</summary>
    public string Text { get; }

    /// <summary>At most eight words in their order.</summary>
    public IReadOnlyList<NameWord> Words { get; }

    /// <summary>All words written as one, for spaces come and go.</summary>
    public NameWord Whole { get; }

    /// <summary>Whether nothing of the name is left to compare.</summary>
    public bool IsEmpty => Words.Count == 0;

    /// <summary>The form of a name of a company or a person; legal forms are ignored.</summary>
    public static NameForm Of(string? name) => new(LegalForms.Strip(TextFold.Words(name)));

    /// <summary>The form of words already folded and rid of what does not tell one from another.</summary>
    internal static NameForm OfWords(IEnumerable<string> words) => new([.. words]);
}
