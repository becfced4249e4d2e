namespace Portal.Domain.Clients.Matching;

/// <summary>How near two names are, whichever alphabet each is written in.</summary>
public static class NameSimilarity
{
    /// <summary>What sounds alike but is written otherwise is nearly, not wholly, the same.</summary>
    public const double SoundsAlike = 0.97;

    /// <summary>From here on two names are one name, spelt or transliterated differently.</summary>
    public const double SameName = 0.85;

    private const double Abbreviated = 0.8;

    /// <summary>Similarity of two words, 0…1.</summary>
    public static double Of(NameWord a, NameWord b)
    {
        if (a.Letters == b.Letters) return 1;
        if (a.HasDigit || b.HasDigit) return 0;
        if (a.Letters.Length <= 1 || b.Letters.Length <= 1) return IsInitialOf(a, b) || IsInitialOf(b, a) ? Abbreviated : 0;
        if (a.Sound == b.Sound) return SoundsAlike;
        return Math.Max(EditDistance.Similarity(a.Letters, b.Letters), SoundsAlike * EditDistance.SoundSimilarity(a.Sound, b.Sound));
    }

    /// <summary>Similarity of two names, 0…1: of their aligned words weighed by length, or of the names without spaces when that is more.</summary>
    public static double Of(NameForm a, NameForm b)
    {
        if (a.IsEmpty || b.IsEmpty) return 0;
        var whole = Of(a.Whole, b.Whole);
        if (a.Words.Count == 1 && b.Words.Count == 1) return whole;

        var alignment = new WordAlignment(a, b);
        double alike = 0, all = a.Whole.Letters.Length + b.Whole.Letters.Length;
        for (var i = 0; i < alignment.Count; i++)
        {
            var pair = alignment[i];
            alike += pair.Similarity * (a.Words[pair.A].Letters.Length + b.Words[pair.B].Letters.Length);
        }
        return Math.Min(1, Math.Max(whole, alike / all));
    }

    private static bool IsInitialOf(NameWord initial, NameWord word) =>
        initial.Letters.Length == 1 && word.Letters.Length > 0 && (initial.Letters[0] == word.Letters[0] || initial.Sound[0] == word.Sound[0]);
}
