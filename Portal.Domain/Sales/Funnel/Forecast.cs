namespace Portal.Domain.Sales.Funnel;

/// <summary>Open deals expected to be decided in a month.</summary>
/// <param name="Month">its first day; null where nobody has said when</param>
/// <param name="Weighted">amounts by the chance of winning: the forecast</param>
public sealed record ExpectedMonth(DateOnly? Month, int Count, decimal Amount, decimal Weighted);

/// <summary>What a closed month was to bring, as it was forecast at its start, and what it brought.</summary>
public sealed record ForecastMonth(DateOnly Month, DateTimeOffset TakenAt, decimal Expected, decimal Fact)
{
    /// <summary>1 when it came as forecast; below 0 where the error is larger than the fact.</summary>
    public decimal? Accuracy => Forecast.Accuracy(Expected, Fact);
}

/// <summary>What open deals are expected to bring, by the month of their expected close.</summary>
public static class Forecast
{
    /// <summary>Months in order, deals without a day last.</summary>
    public static IReadOnlyList<ExpectedMonth> Of(IEnumerable<FunnelDeal> deals) =>
        [.. deals.Where(d => d.State == DealState.Open && !d.Excluded).GroupBy(d => d.ExpectedClose is { } day ? Month(day) : (DateOnly?)null)
            .OrderBy(g => g.Key is null).ThenBy(g => g.Key).Select(g => new ExpectedMonth(g.Key, g.Count(), g.Sum(d => d.Amount), g.Sum(d => d.Amount * d.Probability / 100)))];

    /// <summary>1 − |fact − forecast| / fact; null where the fact is nothing.</summary>
    public static decimal? Accuracy(decimal forecast, decimal fact) => fact == 0 ? null : 1 - Math.Abs(fact - forecast) / fact;

    /// <summary>The first day of the month of a day.</summary>
    public static DateOnly Month(DateOnly day) => new(day.Year, day.Month, 1);
}
