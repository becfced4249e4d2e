namespace Portal.Domain.Claims;

/// <summary>What claims of one name come to.</summary>
/// <param name="Cost">in the company's currency</param>
public sealed record ParetoGroup<TKey>(TKey Key, int Count, decimal Cost);

/// <summary>A name in the order of its weight, with what it and all before it make of the whole.</summary>
/// <param name="Share">of the whole, 0…1; null where the whole is nothing</param>
/// <param name="UpTo">of the whole, this and all before it</param>
public sealed record ParetoRow<TKey>(TKey Key, int Count, decimal Cost, decimal? Share, decimal? UpTo);

/// <summary>The few causes that make the most of claims.</summary>
public static class Pareto
{
    /// <summary>The groups by weight, the heaviest first; equal ones in the order in which they came.</summary>
    /// <param name="byCost">by money and not by number</param>
    public static IReadOnlyList<ParetoRow<TKey>> Of<TKey>(IEnumerable<ParetoGroup<TKey>> groups, bool byCost = false)
    {
        var sorted = groups.OrderByDescending(Weight).ThenByDescending(g => byCost ? g.Count : g.Cost).ToList();
        var (whole, sum) = (sorted.Sum(Weight), 0m);
        List<ParetoRow<TKey>> rows = [];
        foreach (var group in sorted)
        {
            sum += Weight(group);
            rows.Add(new(group.Key, group.Count, group.Cost, whole == 0 ? null : Weight(group) / whole, whole == 0 ? null : sum / whole));
        }
        return rows;

        decimal Weight(ParetoGroup<TKey> group) => byCost ? group.Cost : group.Count;
    }
}
