using Portal.Domain.Shared;

namespace Portal.Domain.Analytics;

/// <summary>How much of the total somebody or something stands for.</summary>
public enum AbcClass { A, B, C }

/// <summary>Where the classes end, as shares of the total; what is left is C.</summary>
/// <param name="A">0.7 stands for 70 %</param>
public sealed record AbcCuts(decimal A = 0.7m, decimal B = 0.2m)
{
    /// <summary>The same cuts, when they are shares and leave something to divide.</summary>
    /// <exception cref="RuleBrokenException"><c>analytics.abc-cuts</c></exception>
    public AbcCuts Checked() => A is >= 0 and <= 1 && B is >= 0 and <= 1 && A + B <= 1 ? this : throw new RuleBrokenException("analytics.abc-cuts");
}

/// <summary>One of those classified.</summary>
/// <param name="Share">of the total of all positive values; null where it has no class</param>
/// <param name="Before">share of all that stand before it, the same for equal values</param>
/// <param name="Class">null where the value is nothing or less, and where there is nothing to share</param>
public sealed record AbcRow<TKey>(TKey Key, decimal Value, decimal? Share, decimal? Before, AbcClass? Class);

/// <summary>
/// Classes by the share of the total that stands before an item, the largest first: one client with four fifths of the revenue is an A. Equal values have one class, that of the first of them.
/// </summary>
public static class Abc
{
    /// <summary>All of them, the largest first; equal ones in the order given.</summary>
    public static IReadOnlyList<AbcRow<TKey>> Classify<TKey>(IEnumerable<(TKey Key, decimal Value)> items, AbcCuts cuts)
    {
        var sorted = items.OrderByDescending(i => i.Value).ToList();
        var total = sorted.Where(i => i.Value > 0).Sum(i => i.Value);
        var rows = new List<AbcRow<TKey>>(sorted.Count);
        var (sum, before) = (0m, 0m);
        for (var i = 0; i < sorted.Count; i++)
        {
            var (key, value) = sorted[i];
            if (value <= 0)
            {
                rows.Add(new(key, value, null, null, null));
                continue;
            }
            if (i == 0 || sorted[i - 1].Value != value) before = sum;
            sum += value;
            // sums are compared, not shares: a division could round an item over the line
            rows.Add(new(key, value, value / total, before / total, before < cuts.A * total ? AbcClass.A : before < (cuts.A + cuts.B) * total ? AbcClass.B : AbcClass.C));
        }
        return rows;
    }
}
