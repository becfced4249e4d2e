namespace Portal.Domain.Clients.Matching;

/// <summary>Damerau–Levenshtein distance in its restricted form (optimal string alignment): insertion, deletion, substitution, transposition of neighbours.</summary>
public static class EditDistance
{
    /// <summary>Longer texts are compared by their beginnings.</summary>
    private const int MostLetters = 80;

    /// <summary>1 for equal texts, 1 − distance / longer length otherwise; 0 where even the lengths leave less than a half.</summary>
    public static double Similarity(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => Similarity<Typed>(a, b);

    /// <summary>Like <see cref="Similarity(ReadOnlySpan{char}, ReadOnlySpan{char})"/> over <see cref="SoundForm"/>s: what transliterations confuse costs half.</summary>
    public static double SoundSimilarity(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => Similarity<Heard>(a, b);

    /// <summary>The number of edits between two texts.</summary>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => HalfEdits<Typed>(a, b) / 2;

    private static double Similarity<TCost>(ReadOnlySpan<char> a, ReadOnlySpan<char> b) where TCost : ICost
    {
        if (a.Length > MostLetters) a = a[..MostLetters];
        if (b.Length > MostLetters) b = b[..MostLetters];
        var longer = Math.Max(a.Length, b.Length);
        if (longer == 0) return 1;
        if (2 * Math.Min(a.Length, b.Length) < longer) return 0;
        return 1 - HalfEdits<TCost>(a, b) / (2.0 * longer);
    }

    private static int HalfEdits<TCost>(ReadOnlySpan<char> a, ReadOnlySpan<char> b) where TCost : ICost
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
            for (var j = 1; j < width; j++)
            {
                var cost = Math.Min(last[j - 1] + TCost.Substitution(a[i - 1], b[j - 1]), Math.Min(last[j] + TCost.Gap(a[i - 1]), now[j - 1] + TCost.Gap(b[j - 1])));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cost = Math.Min(cost, before[j - 2] + 2);
                now[j] = cost;
            }
            var spare = before;
            before = last;
            last = now;
            now = spare;
        }
        return last[b.Length];
    }

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
            a == b ? 0 : IsVowel(a) && IsVowel(b) || IsGuttural(a) && IsGuttural(b) || IsHissing(a) && IsHissing(b) ? 1 : 2;

        private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';

        // German writes "ch" for "х", English for "ч".
        private static bool IsGuttural(char c) => c is 'h' or 'k';

        // German writes "z" for "ц", English for "з".
        private static bool IsHissing(char c) => c is 's' or 'k';
    }
}
