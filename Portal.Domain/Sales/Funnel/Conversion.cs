namespace Portal.Domain.Sales.Funnel;

/// <summary>Deals of a cohort that came to a stage and no further.</summary>
/// <param name="Position">the stage, from 1; behind the last one stand those won</param>
/// <param name="Open">of them not decided yet</param>
public readonly record struct ReachedStage(int Position, int Count, decimal Amount, int Open);

/// <summary>How many deals of a cohort came at least to a stage.</summary>
/// <param name="Position">the stage, from 1; behind the last one stands the win</param>
/// <param name="FromPrevious">share of those of the stage before; null where there was none</param>
/// <param name="FromFirst">share of the cohort; null where it is empty</param>
/// <param name="Open">deals that stand before the next stage undecided: while there are any, the share behind has not matured</param>
public sealed record ConversionStep(int Position, int Reached, decimal Amount, decimal? FromPrevious, decimal? FromFirst, int Open);

/// <summary>
/// Conversion of a cohort: of the deals that came in together, which share came how far. A stage that was skipped counts as passed, one entered twice
/// counts once, lost deals count with what they reached, archived and merged ones nowhere.
/// </summary>
public static class Conversion
{
    /// <summary>Deals by the furthest stage they came to.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<ReachedStage> Reached(IEnumerable<FunnelDeal> deals, int stages) =>
        [.. deals.Where(d => !d.Excluded).GroupBy(d => d.Furthest(stages)).OrderBy(g => g.Key)
            .Select(g => new ReachedStage(g.Key, g.Count(), g.Sum(d => d.Amount), g.Count(d => d.State == DealState.Open)))];

    /// <summary>The steps from the first stage to the win.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public static IReadOnlyList<ConversionStep> Steps(IEnumerable<ReachedStage> reached, int stages)
    {
        var rows = reached.ToList();
        var steps = new List<ConversionStep>(stages + 1);
        for (var position = 1; position <= stages + 1; position++)
        {
            var (count, amount) = (rows.Where(r => r.Position >= position).Sum(r => r.Count), rows.Where(r => r.Position >= position).Sum(r => r.Amount));
            var (previous, first) = (steps.Count > 0 ? steps[^1].Reached : count, steps.Count > 0 ? steps[0].Reached : count);
            steps.Add(new(position, count, amount, Share(count, previous), Share(count, first), rows.Where(r => r.Position == position).Sum(r => r.Open)));
        }
        return steps;
    }

    /// <summary>won / (won + lost); null where nothing was decided.</summary>
    public static decimal? WinRate(int won, int lost) => Share(won, won + lost);

    private static decimal? Share(int part, int whole) => whole == 0 ? null : (decimal)part / whole;
}
