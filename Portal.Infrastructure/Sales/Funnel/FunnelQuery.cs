using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Funnel;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Counts the funnel in the database, within the reader's reach; all sums are in the company's currency, all days the company's.</summary>
public sealed class FunnelQuery(NpgsqlDataSource database, IDbContextFactory<PortalDb> contexts, PipelineQuery pipelines, CompanyClock clock)
{
    private const int MostMonths = 36, MostQuarters = 48, MostCompetitors = 20;

    /// <summary>The funnel.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.pipeline-unknown</c>, <c>identity.not-allowed</c></exception>
    public async Task<FunnelReport> ReadAsync(FunnelFilter filter, Actor actor, CancellationToken ct)
    {
        var (stages, selection) = await SelectAsync(filter, actor, ct);
        var (from, until) = await PeriodAsync(filter, selection, ct);
        var starts = Starts(from, until);
        DateOnly[] ends = [.. starts.Skip(1).Select(next => next.AddDays(-1)), until];
        await using var batch = database.CreateBatch();
        Add(batch, selection, $"""
            select d.stage, count(*), sum(d.amount_base), sum(d.amount_base * d.probability) / 100, avg(date_part('epoch', d.stage_since))
            from sales.deal d where d.state = 'Open' and {selection.Sql} group by d.stage
            """);
        // each deal that came in within the period is looked at once, for its cohort and for how it was decided; cohort by cohort, so that few sums are kept at a time
        Add(batch, selection, $"""
            select cohort.number::integer, came.* from unnest(@starts, @ends) with ordinality as cohort(starts, ends, number) cross join lateral (
                select d.furthest, d.state, d.loss_reason, coalesce(d.closed_on <= @until, false) as decided, count(*), sum(d.amount_base)
                from sales.deal d where d.opened_on >= cohort.starts and d.opened_on <= cohort.ends and {selection.Sql} group by 1, 2, 3, 4
            ) came
            """, new("starts", starts), new("ends", ends), new("until", until));
        Add(batch, selection, $"""
            select 0, d.furthest, d.state, d.loss_reason, true, count(*), sum(d.amount_base)
            from sales.deal d where d.closed_on >= @from and d.closed_on <= @until and d.opened_on < @from and {selection.Sql} group by 2, 3, 4
            """, new("from", from), new("until", until));
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var slice = await SliceAsync(rows, stages, ct);
        var sums = new List<FunnelSum>();
        while (await rows.NextResultAsync(ct))
            while (await rows.ReadAsync(ct))
                sums.Add(new(rows.GetInt32(0), stages.PlaceOf(new(rows.GetGuid(1))), Enum.Parse<DealState>(rows.GetString(2)), rows.IsDBNull(3) ? null : rows.GetGuid(3), rows.GetBoolean(4), (int)rows.GetInt64(5), rows.GetDecimal(6)));
        var reached = sums.Where(s => s.Cohort > 0).ToLookup(s => s.Cohort, s => new ReachedStage(s.State == DealState.Won ? stages.Count + 1 : s.Place, s.Count, s.Amount, s.State == DealState.Open ? s.Count : 0));
        var won = sums.FindAll(s => s is { Decided: true, State: DealState.Won });
        List<LostDeals> lost = [.. sums.Where(s => s is { Decided: true, State: DealState.Lost }).GroupBy(s => (s.Place, s.Reason)).Select(g => new LostDeals(g.Key.Place, g.Key.Reason, g.Sum(s => s.Count), g.Sum(s => s.Amount)))];
        return new(
            stages, from, until, slice, Conversion.Steps(reached.SelectMany(cohort => cohort), stages.Count),
            [.. starts.Select((start, i) => new CohortMonth(start, ends[i], Conversion.Steps(reached[i + 1], stages.Count)))],
            Losses.DropOffs(lost, stages.Count), Losses.ByReason(lost, stages.Count), new(won.Sum(s => s.Count), won.Sum(s => s.Amount)), new(lost.Sum(l => l.Count), lost.Sum(l => l.Amount)));
    }

    /// <summary>How long deals stood on the stages, and against whom they were lost, in the same period.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="ReadAsync"/></exception>
    public async Task<FunnelDetails> DetailsAsync(FunnelFilter filter, Actor actor, CancellationToken ct)
    {
        var (stages, selection) = await SelectAsync(filter, actor, ct);
        var (from, until) = await PeriodAsync(filter, selection, ct);
        var (since, before) = await InstantsAsync(from, until, ct);
        // archived deals are few: they are passed over without asking each of the others
        var whose = selection.IsWhole ? "not exists (select from sales.deal d where d.id = s.deal and d.archived)" : $"exists (select from sales.deal d where d.id = s.deal and {selection.Sql})";
        await using var batch = database.CreateBatch();
        Add(batch, selection, $"""
            select s.stage, floor(date_part('epoch', s.left_at - s.entered_at) / 3600)::integer, count(*)
            from sales.deal_stage s where s.stage = any(@stages) and s.left_at >= @since and s.left_at < @before and {whose} group by 1, 2
            """, new("stages", stages.Pipeline.Stages.Select(s => s.Id.Value).ToArray()), new("since", since), new("before", before));
        Add(batch, selection, $"""
            select c.name, count(*), sum(c.amount_base) from (
                select distinct d.id, d.amount_base, coalesce(c.name, case when @clients then (select p.name from clients.partner p where p.id = c.partner and {PartnerReach.Sql}) end) as name
                from sales.deal d join sales.deal_competitor c on c.deal = d.id
                where d.state = 'Lost' and c.outcome in ('Open', 'Chosen') and d.closed_on >= @from and d.closed_on <= @until and {selection.Sql}
            ) c group by c.name order by 3 desc, 2 desc, 1 limit {MostCompetitors}
            """, [new("from", from), new("until", until), new("clients", actor.Can(Permissions.ClientsRead)), .. PartnerReach.Values(actor)]);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var stays = new List<StayCount>();
        while (await rows.ReadAsync(ct)) stays.Add(new(stages.PlaceOf(new(rows.GetGuid(0))), rows.GetInt32(1), (int)rows.GetInt64(2)));
        await rows.NextResultAsync(ct);
        var competitors = new List<CompetitorLoss>();
        while (await rows.ReadAsync(ct)) competitors.Add(new(rows.IsDBNull(0) ? null : rows.GetString(0), (int)rows.GetInt64(1), rows.GetDecimal(2)));
        return new(StageSpeed.Of(stays), competitors);
    }

    /// <summary>The deals behind a number, the dearest first.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="ReadAsync"/></exception>
    public async Task<PageOf<DealRow>> ListAsync(FunnelFilter filter, FunnelNumber number, Slice slice, Actor actor, CancellationToken ct)
    {
        var (stages, selection) = await SelectAsync(filter, actor, ct);
        var (from, until) = await PeriodAsync(filter, selection, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deals = Behind(db, selection, number with { From = number.From ?? from, Until = number.Until ?? until }, number.From is null, stages);
        var page = deals.OrderByDescending(d => d.AmountBase).ThenBy(d => d.Number).Skip(slice.From).Take(slice.Count);
        return new(await DealRows.ReadAsync(db, page, actor, ct), await deals.CountAsync(ct));
    }

    private static IQueryable<Deal> Behind(PortalDb db, FunnelSelection selection, FunnelNumber number, bool anyMonth, FunnelStages stages)
    {
        var (from, until, place) = (number.From, number.Until, number.Position ?? 1);
        var at = stages.At(place);
        // the furthest stage is kept, and known, by the database alone
        var (cameTo, cameSoFar) = (at.Select(s => s.Value).ToArray(), stages.At(place, further: true).Select(s => s.Value).ToArray());
        var deals = selection.Deals(db, number.Part switch
        {
            FunnelPart.Reached => db.Set<Deal>().FromSql($"select *, xmin from sales.deal where state = 'Won' or furthest = any({cameSoFar})"),
            FunnelPart.LostAfter => db.Set<Deal>().FromSql($"select *, xmin from sales.deal where furthest = any({cameTo})"),
            _ => null,
        });
        deals = number.Part switch
        {
            FunnelPart.Open => deals.Where(d => d.State == DealState.Open && (number.Position == null || at.Contains(d.Stage))),
            FunnelPart.Reached or FunnelPart.Cohort => deals.Where(d => d.OpenedOn >= from && d.OpenedOn <= until),
            FunnelPart.Won => deals.Where(d => d.State == DealState.Won && d.ClosedOn >= from && d.ClosedOn <= until),
            FunnelPart.Expected => deals.Where(d => d.State == DealState.Open && (anyMonth ? d.ExpectedClose == null : d.ExpectedClose >= from && d.ExpectedClose <= until)),
            _ => deals.Where(d => d.State == DealState.Lost && d.ClosedOn >= from && d.ClosedOn <= until),
        };
        if (number.Reason is { } reason)
        {
            var why = new LossReasonId(reason);
            deals = deals.Where(d => d.LossReason == why);
        }
        if (number.Competitor is { } competitor)
            deals = deals.Where(d => db.Set<DealCompetitor>().Any(c => c.Deal == d.Id && (c.Outcome == CompetitorOutcome.Open || c.Outcome == CompetitorOutcome.Chosen)
                && (c.Name == competitor || db.Set<Domain.Clients.Partner>().Any(p => p.Id == c.Partner && p.Name == competitor))));
        return deals;
    }

    private async Task<(FunnelStages Stages, FunnelSelection Selection)> SelectAsync(FunnelFilter filter, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        var stages = await FunnelStages.OfAsync(pipelines, database, filter.Pipeline, ct);
        return (stages, new(filter, stages.Pipeline.Id, actor));
    }

    private async Task<(DateOnly From, DateOnly Until)> PeriodAsync(FunnelFilter filter, FunnelSelection selection, CancellationToken ct)
    {
        await clock.LoadAsync(ct);
        var until = filter.Until ?? clock.Today;
        if (filter.From is { } from) return (from < until ? from : until, from < until ? until : from);
        await using var first = database.CreateCommand($"select min(d.opened_on) from sales.deal d where {selection.Sql}");
        selection.AddTo(first.Parameters);
        var opened = await first.ExecuteScalarAsync(ct) is DateOnly day ? day : Forecast.Month(until);
        return (opened < until ? opened : until, until);
    }

    /// <summary>When a period begins and ends on the company's clock; read first, for the planner guesses well only with values.</summary>
    private async Task<(DateTime Since, DateTime Before)> InstantsAsync(DateOnly from, DateOnly until, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select $1::date::timestamp at time zone c.zone, ($2::date + 1)::timestamp at time zone c.zone from (select coalesce((select time_zone from identity.company order by id limit 1), 'UTC') zone) c");
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        await using var rows = await command.ExecuteReaderAsync(ct);
        await rows.ReadAsync(ct);
        return (rows.GetDateTime(0), rows.GetDateTime(1));
    }

    /// <summary>The first days of the cohorts.</summary>
    private static DateOnly[] Starts(DateOnly from, DateOnly until)
    {
        var months = (until.Year - from.Year) * 12 + until.Month - from.Month + 1;
        var step = months <= MostMonths ? 1 : months <= MostQuarters * 3 ? 3 : 12;
        var first = new DateOnly(from.Year, (from.Month - 1) / step * step + 1, 1);
        var starts = new List<DateOnly> { from };
        for (var next = first.AddMonths(step); next <= until; next = next.AddMonths(step)) starts.Add(next);
        return [.. starts];
    }

    private static void Add(NpgsqlBatch batch, FunnelSelection selection, string sql, params NpgsqlParameter[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        selection.AddTo(command.Parameters);
        command.Parameters.AddRange(values);
        batch.BatchCommands.Add(command);
    }

    private async Task<IReadOnlyList<StageSlice>> SliceAsync(DbDataReader rows, FunnelStages stages, CancellationToken ct)
    {
        var now = clock.Now.ToUnixTimeMilliseconds() / 1000.0;
        var found = new List<(int Place, int Count, decimal Amount, decimal Weighted, double Since)>();
        while (await rows.ReadAsync(ct)) found.Add((stages.PlaceOf(new(rows.GetGuid(0))), (int)rows.GetInt64(1), rows.GetDecimal(2), rows.GetDecimal(3), rows.GetDouble(4)));
        return [.. Enumerable.Range(1, stages.Count).Select(place =>
        {
            var here = found.FindAll(f => f.Place == place);
            var count = here.Sum(f => f.Count);
            return new StageSlice(place, count, here.Sum(f => f.Amount), here.Sum(f => f.Weighted), count == 0 ? null : TimeSpan.FromSeconds(here.Sum(f => (now - f.Since) * f.Count) / count));
        })];
    }

    /// <summary>Deals of one cohort (0 for those that came in before the period) that are alike in all that the funnel asks.</summary>
    /// <param name="Decided">won or lost within the period</param>
    private readonly record struct FunnelSum(int Cohort, int Place, DealState State, Guid? Reason, bool Decided, int Count, decimal Amount);
}
