namespace Portal.Domain.Sales.Funnel;

/// <summary>The open deals that stand on a stage now; sums are in the company's currency.</summary>
/// <param name="Position">the stage, from 1</param>
/// <param name="Weighted">amounts by the chance of winning</param>
/// <param name="MeanAge">how long they have stood there; null where none stands</param>
public sealed record StageSlice(int Position, int Count, decimal Amount, decimal Weighted, TimeSpan? MeanAge)
{
    /// <summary>All stages of a pipeline in order, empty ones too.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<StageSlice> Of(IEnumerable<FunnelDeal> deals, int stages, DateTimeOffset now)
    {
        var open = deals.Where(d => d.State == DealState.Open && !d.Excluded).ToLookup(d => d.Position);
        return [.. Enumerable.Range(1, stages).Select(position => Of(position, [.. open[position]], now))];
    }

    private static StageSlice Of(int position, FunnelDeal[] deals, DateTimeOffset now) => new(
        position, deals.Length, deals.Sum(d => d.Amount), deals.Sum(d => d.Amount * d.Probability / 100),
        deals.Length == 0 ? null : TimeSpan.FromSeconds(deals.Average(d => (now - d.StageSince).TotalSeconds)));
}
