namespace Portal.Domain.Clients.Matching;

/// <summary>Damerau–Levenshtein distance in its restricted form (optimal string alignment): insertion, deletion, substitution, transposition of neighbours.</summary>
public static class EditDistance
{
    /// <summary>Longer texts are compared by their beginnings.</summary>
    private const int MostLetters = 80;

    /// <summary>1 for equal texts, 1 − distance / longer length otherwise.</summary>
    /// <param name="least">A similarity below it is told as 0, which is cheaper to find out.</param>
    public static double Similarity(ReadOnlySpan<char> a, ReadOnlySpan<char> b, double least = 0) => Similarity<Typed>(a, b, least);

    /// <summary>Like <see cref="Similarity(ReadOnlySpan{char}, ReadOnlySpan{char}, double)"/> over <see cref="SoundForm"/>s: what transliterations confuse costs half.</summary>
    public static double SoundSimilarity(ReadOnlySpan<char> a, ReadOnlySpan<char> b, double least = 0) => Similarity<Heard>(a, b, least);

    /// <summary>Whether one edit makes one text the other.</summary>
    public static bool IsOne(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => Math.Abs(a.Length - b.Length) <= 1 && HalfEdits<Typed>(a, b, 2) == 2;

    private static double Similarity<TCost>(ReadOnlySpan<char> a, ReadOnlySpan<char> b, double least) where TCost : ICost
    {
        if (a.Length > MostLetters) a = a[..MostLetters];
        if (b.Length > MostLetters) b = b[..MostLetters];
        var longer = Math.Max(a.Length, b.Length);
        if (longer == 0) return 1;
        var similarity = 1 - HalfEdits<TCost>(a, b, (int)(2 * longer * (1 - least))) / (2.0 * longer);
        return similarity < least ? 0 : similarity;
    }

    /// <summary>Twice the distance; any number beyond <paramref name="most"/> where it is more.</summary>
    private static int HalfEdits<TCost>(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int most) where TCost : ICost
    {
        var start = a.CommonPrefixLength(b);
        a = a[start..];
        b = b[start..];
        while (a.Length > 0 && b.Length > 0 && a[^1] == b[^1])
        {
            a = a[..^1];
            b = b[..^1];
        }

        var width = b.Length + 1;
        Span<int> rows = width <= MostLetters + 1 ? stackalloc int[5 * width] : new int[5 * width];
        Span<int> before = rows[..width], last = rows[width..(2 * width)], now = rows[(2 * width)..(3 * width)], gaps = rows[(3 * width)..(4 * width)], kinds = rows[(4 * width)..];
        for (var j = 1; j < width; j++)
        {
            (gaps[j], kinds[j]) = (TCost.Gap(b[j - 1]), TCost.Kind(b[j - 1]));
            last[j] = last[j - 1] + gaps[j];
        }
        for (int i = 1, nearestBefore = 0; i <= a.Length; i++)
        {
            var letter = a[i - 1];
            int gap = TCost.Gap(letter), kind = TCost.Kind(letter);
            int cost = now[0] = last[0] + gap, nearest = cost;
            for (var j = 1; j < now.Length; j++)
            {
                var other = b[j - 1];
                cost = Math.Min(last[j - 1] + (letter == other ? 0 : kind != 0 && kind == kinds[j] ? 1 : 2), Math.Min(last[j] + gap, cost + gaps[j]));
                if (i > 1 && j > 1 && a[i - 2] == other && letter == b[j - 2]) cost = Math.Min(cost, before[j - 2] + 2);
                now[j] = cost;
                nearest = Math.Min(nearest, cost);
            }
            // Costs only grow from two rows to the next.
            if (Math.Min(nearest, nearestBefore) > most) return Math.Min(nearest, nearestBefore);
            nearestBefore = nearest;
            var spare = before;
            before = last;
            last = now;
            now = spare;
        }
        return last[b.Length];
    }

    /// <summary>The letters of a sound that cost half an edit when confused, a bit for each of a…z: vowels, k, s.</summary>
    internal const uint Confused = 1 << 0 | 1 << ('e' - 'a') | 1 << ('i' - 'a') | 1 << ('k' - 'a') | 1 << ('o' - 'a') | 1 << ('s' - 'a') | 1 << ('u' - 'a');

    /// <summary>Costs in half edits; a letter for another costs two, or one where both are of a kind.</summary>
    private interface ICost
    {
        static abstract int Gap(char letter);

        /// <summary>The kind of a letter; 0 for none.</summary>
        static abstract int Kind(char letter);
    }

    private readonly struct Typed : ICost
    {
        public static int Gap(char letter) => 2;
        public static int Kind(char letter) => 0;
    }

    private readonly struct Heard : ICost
    {
        public static int Gap(char letter) => letter == 'i' ? 1 : 2;

        // vowels; German writes "z" for "ц", English for "з"
        public static int Kind(char letter) => letter switch { 'a' or 'e' or 'i' or 'o' or 'u' => 1, 's' or 'k' => 2, _ => 0 };
    }
}
