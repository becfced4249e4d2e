namespace Portal.Domain.Sales.Funnel;

/// <summary>Stays on a stage that lasted as many whole hours.</summary>
public readonly record struct StayCount(int Position, int Hours, int Count);

/// <summary>How long deals stood on a stage before they moved on or were decided: of all stays that ended in a period, to the whole hour.</summary>
/// <param name="P90">nine of ten were no longer</param>
public sealed record StageSpeed(int Position, int Stays, TimeSpan Median, TimeSpan P90)
{
    /// <summary>Stays that ended in a period, counted by whole hours.</summary>
    /// <param name="until">outside</param>
    public static IEnumerable<StayCount> Count(IEnumerable<FunnelDeal> deals, DateTimeOffset from, DateTimeOffset until) =>
        deals.Where(d => !d.Excluded).SelectMany(d => d.Stays).Where(s => s.LeftAt >= from && s.LeftAt < until)
            .GroupBy(s => (s.Position, Hours: (int)Math.Floor((s.LeftAt!.Value - s.EnteredAt).TotalHours))).Select(g => new StayCount(g.Key.Position, g.Key.Hours, g.Count()));

    /// <summary>Stages in order; those on which no stay ended are left out. The median and the ninth tenth are those of the stay at that rank (nearest rank).</summary>
    public static IReadOnlyList<StageSpeed> Of(IEnumerable<StayCount> stays) =>
        [.. stays.GroupBy(s => s.Position).OrderBy(g => g.Key).Select(g =>
        {
            var sorted = g.OrderBy(s => s.Hours).ToList();
            var all = sorted.Sum(s => s.Count);
            return new StageSpeed(g.Key, all, AtRank(sorted, (all + 1) / 2), AtRank(sorted, (int)((9L * all + 9) / 10)));
        })];

    private static TimeSpan AtRank(List<StayCount> sorted, int rank)
    {
        foreach (var stay in sorted)
            if ((rank -= stay.Count) <= 0) return TimeSpan.FromHours(stay.Hours);
        throw new ArgumentOutOfRangeException(nameof(rank));
    }
}
