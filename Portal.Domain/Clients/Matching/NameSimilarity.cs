using System.Numerics;

namespace Portal.Domain.Clients.Matching;

/// <summary>How near two names are, whichever alphabet each is written in.</summary>
public static class NameSimilarity
{
    /// <summary>What sounds alike but is written otherwise is nearly, not wholly, the same.</summary>
    public const double SoundsAlike = 0.97;

    /// <summary>From here on two names are one name, spelt or transliterated differently.</summary>
    public const double SameName = 0.93;

    private const double Abbreviated = 0.8;

    /// <summary>A single typing error in a short word changes a large part of it and is a single error all the same.</summary>
    private const double OneTypingError = 0.85;
    private const int LeastForTypingError = 3;

    /// <summary>Similarity of two words, 0…1; what is surely below <see cref="WordAlignment.LeastSimilarity"/> is 0.</summary>
    public static double Of(NameWord a, NameWord b)
    {
        if (a.Letters == b.Letters) return 1;
        if (a.HasDigit || b.HasDigit) return 0;
        if (a.Letters.Length <= 1 || b.Letters.Length <= 1) return IsInitialOf(a, b) || IsInitialOf(b, a) ? Abbreviated : 0;
        if (a.Sound == b.Sound) return SoundsAlike;
        return Math.Max(Typed(a, b), SoundsAlike * Heard(a, b));
    }

    private static double Typed(NameWord a, NameWord b)
    {
        var longer = Math.Max(a.Letters.Length, b.Letters.Length);
        if (LettersOfOneOnly(a.LetterSet, b.LetterSet) > (1 - WordAlignment.LeastSimilarity) * longer) return 0;
        var similarity = EditDistance.Similarity(a.Letters, b.Letters, WordAlignment.LeastSimilarity);
        var oneError = similarity is > 0 and < OneTypingError && Math.Min(a.Letters.Length, b.Letters.Length) >= LeastForTypingError && EditDistance.IsOne(a.Letters, b.Letters);
        return oneError ? OneTypingError : similarity;
    }

    private static double Heard(NameWord a, NameWord b)
    {
        var longer = Math.Max(a.Sound.Length, b.Sound.Length);
        var confused = LettersOfOneOnly(a.SoundSet & EditDistance.Confused, b.SoundSet & EditDistance.Confused);
        var clear = LettersOfOneOnly(a.SoundSet & ~EditDistance.Confused, b.SoundSet & ~EditDistance.Confused);
        return Math.Max(confused / 2.0, clear) > (1 - WordAlignment.LeastSimilarity) * longer ? 0 : EditDistance.SoundSimilarity(a.Sound, b.Sound, WordAlignment.LeastSimilarity);
    }

    // Each letter that only one of two words has costs an edit at least, so the sets of letters bound the similarity from above.
    private static int LettersOfOneOnly(uint a, uint b) => Math.Max(BitOperations.PopCount(a & ~b), BitOperations.PopCount(b & ~a));

    /// <summary>Similarity of two names, 0…1: of their aligned words weighed by length, or of the names without spaces when that is more.</summary>
    public static double Of(NameForm a, NameForm b)
    {
        if (a.IsEmpty || b.IsEmpty) return 0;
        var whole = Of(a.Whole, b.Whole);
        if (whole >= SoundsAlike || (a.Words.Count == 1 && b.Words.Count == 1)) return whole;

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
