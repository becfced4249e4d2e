namespace Portal.Domain.Analytics;

/// <summary>What somebody bought up to a day.</summary>
/// <param name="Last">day of the last purchase</param>
/// <param name="Purchases">documents of sale; nothing bought has no score</param>
/// <param name="Money">net of returns</param>
public sealed record RfmInput<TKey>(TKey Key, DateOnly? Last, int Purchases, decimal Money);

/// <summary>Scores from 1, the worst, to 5; null for who bought nothing.</summary>
public sealed record RfmRow<TKey>(RfmInput<TKey> Of, int? Recency, int? Frequency, int? Monetary);

/// <summary>
/// Recency, frequency and money, each as a score: 1 + ⌊5 × those strictly worse / all⌋. Equal values have equal scores.
/// </summary>
public static class Rfm
{
    /// <summary>All of them, in the order given.</summary>
    public static IReadOnlyList<RfmRow<TKey>> Score<TKey>(IReadOnlyCollection<RfmInput<TKey>> clients)
    {
        var buyers = clients.Where(c => c is { Purchases: > 0, Last: not null }).ToList();
        var (recency, frequency, money) = (Scores(buyers.ConvertAll(c => c.Last!.Value)), Scores(buyers.ConvertAll(c => c.Purchases)), Scores(buyers.ConvertAll(c => c.Money)));
        return [.. clients.Select(c => c is { Purchases: > 0, Last: { } last } ? new RfmRow<TKey>(c, recency[last], frequency[c.Purchases], money[c.Money]) : new RfmRow<TKey>(c, null, null, null))];
    }

    // an older day is worse than a later one, as a smaller number is worse than a larger
    private static Dictionary<T, int> Scores<T>(List<T> values) where T : notnull
    {
        values.Sort();
        var scores = new Dictionary<T, int>();
        for (var worse = 0; worse < values.Count; worse++) scores.TryAdd(values[worse], 1 + (int)(5L * worse / values.Count));
        return scores;
    }
}
