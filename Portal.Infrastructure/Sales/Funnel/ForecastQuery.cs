using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Funnel;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>What open deals are expected to bring, and how true earlier forecasts were.</summary>
/// <param name="Ahead">months of expected close, those passed among them</param>
/// <param name="Past">closed months of which a forecast was taken, the newest first</param>
/// <param name="Accuracy">of all of them together; null where none brought anything</param>
public sealed record ForecastReport(IReadOnlyList<ExpectedMonth> Ahead, IReadOnlyList<ForecastMonth> Past, decimal? Accuracy);

/// <summary>Keeps the forecasts that months began with and compares them with what was won.</summary>
public sealed class ForecastQuery(NpgsqlDataSource database, PipelineQuery pipelines, CompanyClock clock)
{
    private const int PastMonths = 12;

    /// <summary>The forecast of the deals of a filter; its period does not matter.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.pipeline-unknown</c>, <c>identity.not-allowed</c></exception>
    public async Task<ForecastReport> ReadAsync(FunnelFilter filter, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        var selection = new FunnelSelection(filter, (await FunnelStages.OfAsync(pipelines, database, filter.Pipeline, ct)).Pipeline.Id, actor);
        var month = await MonthAsync(ct);
        await using var ahead = database.CreateCommand($"""
            select extract(year from d.expected_close)::int, extract(month from d.expected_close)::int, count(*), sum(d.amount_base), sum(d.amount_base * d.probability) / 100
            from sales.deal d where d.state = 'Open' and {selection.Sql} group by 1, 2 order by 1, 2
            """);
        selection.AddTo(ahead.Parameters);
        var expected = new List<ExpectedMonth>();
        await using (var rows = await ahead.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) expected.Add(new(rows.IsDBNull(0) ? null : new(rows.GetInt32(0), rows.GetInt32(1), 1), (int)rows.GetInt64(2), rows.GetDecimal(3), rows.GetDecimal(4)));
        await using var past = database.CreateCommand($"""
            select f.month, f.taken_at,
                   coalesce((select sum(x.weighted) from sales.forecast_deal x join sales.deal d on d.id = x.deal where x.month = f.month and {selection.Sql}), 0),
                   coalesce((select sum(d.amount_base) from sales.deal d where d.closed_on >= f.month and d.closed_on < (f.month + interval '1 month')::date and d.state = 'Won' and {selection.Sql}), 0)
            from sales.forecast f where f.month < @month order by f.month desc limit {PastMonths}
            """);
        past.Parameters.Add(new("month", month));
        selection.AddTo(past.Parameters);
        var measured = new List<ForecastMonth>();
        await using (var rows = await past.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) measured.Add(new(rows.GetFieldValue<DateOnly>(0), rows.GetFieldValue<DateTimeOffset>(1), rows.GetDecimal(2), rows.GetDecimal(3)));
        return new(expected, measured, Forecast.Accuracy(measured.Sum(m => m.Expected), measured.Sum(m => m.Fact)));
    }

    /// <summary>Takes the forecast of the month that has begun, once: what its open deals are worth by their chances.</summary>
    /// <returns>whether it was taken now</returns>
    public async Task<bool> TakeAsync(CancellationToken ct)
    {
        var month = await MonthAsync(ct);
        await using var command = database.CreateCommand("""
            with taken as (insert into sales.forecast (month, taken_at) values (@month, @now) on conflict do nothing returning month),
            deals as (
                insert into sales.forecast_deal (month, deal, weighted)
                select t.month, d.id, round(d.amount_base * d.probability / 100, 2) from taken t, sales.deal d
                where d.state = 'Open' and not d.archived and d.expected_close >= t.month and d.expected_close < (t.month + interval '1 month')::date
            )
            select count(*) from taken
            """);
        command.Parameters.Add(new("month", month));
        command.Parameters.Add(new("now", clock.Now.ToUniversalTime()));
        return (long)(await command.ExecuteScalarAsync(ct))! == 1;
    }

    private async Task<DateOnly> MonthAsync(CancellationToken ct)
    {
        await clock.LoadAsync(ct);
        return Forecast.Month(clock.Today);
    }
}
