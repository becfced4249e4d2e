using Portal.Domain.Sales.Funnel;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Deals that came in within some days, and how far they came.</summary>
/// <param name="Until">the last of the days</param>
public sealed record CohortMonth(DateOnly From, DateOnly Until, IReadOnlyList<ConversionStep> Steps);

/// <summary>How many deals, and what they come to in the company's currency.</summary>
public sealed record DealSum(int Count, decimal Amount);

/// <summary>The funnel of a pipeline: what stands on its stages now, how far the deals of a period came, what was won and lost in it.</summary>
/// <param name="Until">the last day of the period</param>
/// <param name="Months">cohorts by month; by quarter or year where the period is long</param>
/// <param name="DropOffs">what was lost after each stage</param>
public sealed record FunnelReport(
    FunnelStages Stages, DateOnly From, DateOnly Until, IReadOnlyList<StageSlice> Slice, IReadOnlyList<ConversionStep> Conversion, IReadOnlyList<CohortMonth> Months,
    IReadOnlyList<DropOff> DropOffs, IReadOnlyList<ReasonLoss> Reasons, DealSum Won, DealSum Lost)
{
    /// <summary>The stage after which most money was lost.</summary>
    public DropOff? Worst => Losses.Worst(DropOffs);

    /// <summary>won / (won + lost) of the period.</summary>
    public decimal? WinRate => Domain.Sales.Funnel.Conversion.WinRate(Won.Count, Lost.Count);

    /// <summary>Everything open now.</summary>
    public DealSum Open => new(Slice.Sum(s => s.Count), Slice.Sum(s => s.Amount));

    /// <summary>Everything open now by the chance of winning.</summary>
    public decimal Weighted => Slice.Sum(s => s.Weighted);

    /// <summary>True where there is nothing to show.</summary>
    public bool IsEmpty => Open.Count == 0 && Conversion[0].Reached == 0 && Won.Count + Lost.Count == 0;
}

/// <summary>What was lost against a competitor; beyond the reader's reach he has no name.</summary>
public sealed record CompetitorLoss(string? Name, int Count, decimal Amount);

/// <summary>What is read beside the funnel: how long deals stood, against whom they were lost.</summary>
public sealed record FunnelDetails(IReadOnlyList<StageSpeed> Speed, IReadOnlyList<CompetitorLoss> Competitors);
