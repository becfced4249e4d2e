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
        Span<int> rows = width <= 3 * (MostLetters + 1) ? stackalloc int[3 * width] : new int[3 * width];
        Span<int> before = rows[..width], last = rows[width..(2 * width)], now = rows[(2 * width)..];
        for (var j = 1; j < width; j++) last[j] = last[j - 1] + TCost.Gap(b[j - 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = last[0] + TCost.Gap(a[i - 1]);
            var nearest = Math.Min(now[0], last[0]);
            for (var j = 1; j < width; j++)
            {
                var cost = Math.Min(last[j - 1] + TCost.Substitution(a[i - 1], b[j - 1]), Math.Min(last[j] + TCost.Gap(a[i - 1]), now[j - 1] + TCost.Gap(b[j - 1])));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost = Math.Min(cost, before[j - 2] + 2);
                now[j] = cost;
                nearest = Math.Min(nearest, Math.Min(cost, last[j]));
            }
            // Costs only grow from two rows to the next.
            if (nearest > most) return nearest;
            var spare = before;
            before = last;
            last = now;
            now = spare;
        }
        return last[b.Length];
    }

    /// <summary>The letters of a sound that cost half an edit when confused, a bit for each of a…z: vowels, k, s.</summary>
    internal const uint Confused = 1 << 0 | 1 << ('e' - 'a') | 1 << ('i' - 'a') | 1 << ('k' - 'a') | 1 << ('o' - 'a') | 1 << ('s' - 'a') | 1 << ('u' - 'a');

    /// <summary>Costs in half edits.</summary>
    private interface ICost
    {
        static abstract int Gap(char letter);
        static abstract int Substitution(char a, char b);
    }

    private readonly struct Typed : ICost
    {
        public static int Gap(char letter) => 2;
        public static int Substitution(char a, char b) => a == b ? 0 : 2;
    }

    private readonly struct Heard : ICost
    {
        public static int Gap(char letter) => letter == 'i' ? 1 : 2;

        public static int Substitution(char a, char b) =>
            a == b ? 0 : IsVowel(a) && IsVowel(b) || IsHissing(a) && IsHissing(b) ? 1 : 2;

        private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';

        // German writes "z" for "ц", English for "з".
        private static bool IsHissing(char c) => c is 's' or 'k';
    }
}
