namespace Portal.Domain.Sales.Plans;

/// <summary>A plan against what has come of it; all sums in one currency.</summary>
/// <param name="Expected">what should have come by now, by working days</param>
/// <param name="RunRate">what the whole period would bring at this pace; null before its first working day</param>
public sealed record PlanFact(decimal Plan, decimal Fact, decimal Expected, decimal? RunRate)
{
    /// <summary>fact / plan; null where nothing was planned.</summary>
    public decimal? Execution => Plan == 0 ? null : Fact / Plan;

    /// <summary>fact − plan.</summary>
    public decimal Deviation => Fact - Plan;

    /// <summary>fact − what should have come by now.</summary>
    public decimal FromExpected => Fact - Expected;

    /// <summary>Measures a period.</summary>
    /// <param name="elapsed">its working days so far, today included</param>
    /// <param name="all">its working days</param>
    public static PlanFact Of(decimal plan, decimal fact, int elapsed, int all) =>
        new(plan, fact, all == 0 ? plan : Rounded(plan * elapsed / all), elapsed == 0 ? null : Rounded(fact / elapsed * all));

    /// <summary>Several together: amounts add up, shares are those of the sums.</summary>
    public static PlanFact Total(IReadOnlyCollection<PlanFact> parts) => new(
        parts.Sum(p => p.Plan), parts.Sum(p => p.Fact), parts.Sum(p => p.Expected), parts.All(p => p.RunRate is null) ? null : parts.Sum(p => p.RunRate ?? 0));

    /// <summary>The parts of a longer period: as <see cref="Total"/>, but at one pace for all of it.</summary>
    /// <param name="elapsed">its working days so far</param>
    /// <param name="all">its working days</param>
    public static PlanFact Over(IReadOnlyCollection<PlanFact> parts, int elapsed, int all)
    {
        var total = Total(parts);
        return total with { RunRate = Of(total.Plan, total.Fact, elapsed, all).RunRate };
    }

    private static decimal Rounded(decimal sum) => Math.Round(sum, 2, MidpointRounding.AwayFromZero);
}
