using System.Runtime.CompilerServices;

namespace Portal.Domain.Clients.Matching;

/// <summary>Two words of two names that are held against one another.</summary>
public readonly record struct AlignedWords(int A, int B, double Similarity);

/// <summary>
/// Pairs of words of two names, the most similar first, each word once: the order of words does not count, for given name and surname change places.
/// Words that resemble none of the other name stay alone.
/// </summary>
public struct WordAlignment
{
    /// <summary>Below it two words have nothing to do with one another.</summary>
    public const double LeastSimilarity = 0.5;

    private const int MostWords = NameForm.MostWords;
    private Pairs pairs;

    /// <summary>Aligns greedily, which for names of a few words is as good as optimally.</summary>
    public WordAlignment(NameForm a, NameForm b)
    {
        Span<double> similarities = stackalloc double[MostWords * MostWords];
        for (var i = 0; i < a.Words.Count; i++)
            for (var j = 0; j < b.Words.Count; j++)
                similarities[i * MostWords + j] = NameSimilarity.Of(a.Words[i], b.Words[j]);

        int takenA = 0, takenB = 0;
        while (Count < Math.Min(a.Words.Count, b.Words.Count))
        {
            var best = new AlignedWords(-1, -1, LeastSimilarity);
            for (var i = 0; i < a.Words.Count; i++)
                for (var j = 0; j < b.Words.Count; j++)
                    if ((takenA >> i & 1) == 0 && (takenB >> j & 1) == 0 && similarities[i * MostWords + j] > best.Similarity)
                        best = new(i, j, similarities[i * MostWords + j]);
            if (best.A < 0) break;
            takenA |= 1 << best.A;
            takenB |= 1 << best.B;
            pairs[Count++] = best;
        }
    }

    /// <summary>How many words found a partner.</summary>
    public int Count { get; private set; }

    /// <summary>A pair, the most similar first.</summary>
    public readonly AlignedWords this[int at] => pairs[at];

    [InlineArray(MostWords)]
    private struct Pairs
    {
        private AlignedWords first;
    }
}
