namespace Portal.Domain.Sales.Funnel;

/// <summary>Deals lost for one reason after one stage, the furthest they had come to.</summary>
public readonly record struct LostDeals(int Position, Guid? Reason, int Count, decimal Amount);

/// <summary>What was lost between a stage and the next, or the win behind the last.</summary>
public sealed record DropOff(int Position, int Count, decimal Amount);

/// <summary>What was lost for a reason, and after which stages.</summary>
public sealed record ReasonLoss(Guid? Reason, int Count, decimal Amount, IReadOnlyList<DropOff> Stages);

/// <summary>What was lost in a period, where and why.</summary>
public static class Losses
{
    /// <summary>Deals lost in a period, both days included, by stage and reason.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<LostDeals> Of(IEnumerable<FunnelDeal> deals, int stages, DateOnly from, DateOnly until) =>
        [.. deals.Where(d => d.State == DealState.Lost && !d.Excluded && d.ClosedOn >= from && d.ClosedOn <= until)
            .GroupBy(d => (Position: d.Furthest(stages), d.LossReason)).OrderBy(g => g.Key.Position).ThenBy(g => g.Key.LossReason)
            .Select(g => new LostDeals(g.Key.Position, g.Key.LossReason, g.Count(), g.Sum(d => d.Amount)))];

    /// <summary>What was lost after each stage, in order.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<DropOff> DropOffs(IReadOnlyCollection<LostDeals> lost, int stages) =>
        [.. Enumerable.Range(1, stages).Select(position => At(lost, position))];

    /// <summary>The stage after which most money was lost; of equal ones that with more deals, then the earlier. Null where nothing was lost.</summary>
    public static DropOff? Worst(IEnumerable<DropOff> dropOffs) =>
        dropOffs.Where(d => d.Count > 0).OrderByDescending(d => d.Amount).ThenByDescending(d => d.Count).ThenBy(d => d.Position).FirstOrDefault();

    /// <summary>Reasons, that which cost most first.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<ReasonLoss> ByReason(IReadOnlyCollection<LostDeals> lost, int stages) =>
        [.. lost.GroupBy(l => l.Reason).Select(g => new ReasonLoss(g.Key, g.Sum(l => l.Count), g.Sum(l => l.Amount), DropOffs([.. g], stages)))
            .OrderByDescending(r => r.Amount).ThenByDescending(r => r.Count).ThenBy(r => r.Reason)];

    private static DropOff At(IEnumerable<LostDeals> lost, int position)
    {
        var here = lost.Where(l => l.Position == position).ToList();
        return new(position, here.Sum(l => l.Count), here.Sum(l => l.Amount));
    }
}
