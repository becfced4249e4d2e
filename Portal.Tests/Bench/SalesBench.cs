using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>How long people wait in a base of many deals: for the funnel, for a move, for the first sight of a full kanban.</summary>
internal static class SalesBench
{
    /// <summary>As <c>./bench</c> knows it.</summary>
    public const string Name = "sales";

    private static readonly Actor Director = Actor.System("bench");

    public static async Task RunAsync(Measurements measurements)
    {
        var size = measurements.Arguments.Values("--rows") is [var rows] ? int.Parse(rows, CultureInfo.InvariantCulture) : measurements.Quick ? 20_000 : 1_000_000;
        var database = new PortalDatabase();
        await database.InitializeAsync();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var deals = new InventedDeals(database.Owner, size);
            await deals.WriteAsync(measurements.Progress, default);
            measurements.Progress($"  {size:n0} deals stand after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            await using var pool = database.Pooled(20);
            await using var services = new ServiceCollection().AddLogging().AddSingleton(pool).AddSingleton(TimeProvider.System)
                .AddPortalDb().AddProcesses().AddClients().AddWork(new(Path.GetTempPath())).AddSales().AddFunnel().AddSingleton<UserRights>().BuildServiceProvider();
            await FunnelAsync(measurements, services, deals, pool);
            await MovesAsync(measurements, services, deals, pool);
        }
        finally
        {
            await database.DisposeAsync();
        }
        await OfferBench.RunAsync(measurements);
        await KanbanAsync(measurements);
    }

    /// <summary>Median from the navigation to the first card on the screen.</summary>
    private static async Task KanbanAsync(Measurements measurements)
    {
        var app = new PortalApp();
        await app.InitializeAsync();
        try
        {
            var deals = new InventedDeals(app.Database.Owner, measurements.Quick ? 200 : 2_000, open: true);
            await deals.WriteAsync(_ => { }, default);
            await app.AddUserAsync("painter", "director");
            await using var window = await app.OpenWindowAsync("painter", new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
            var paints = new List<double>();
            for (var i = 0; i < (measurements.Quick ? 4 : 10); i++)
            {
                await window.Page.GotoAsync("about:blank");
                var began = Stopwatch.GetTimestamp();
                await window.Page.GotoAsync($"/deals?pipeline={deals.Pipelines[0]}", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
                await window.Page.Locator("[data-deal]").First.WaitForAsync();
                if (i > 0) paints.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            measurements.Report($"{Name}.kanban_paint", Percentile.Of(paints, 0.5), "ms");
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>The whole funnel; the limit is the same three aggregates written by hand, of the same question at the same time.</summary>
    private static async Task FunnelAsync(Measurements measurements, IServiceProvider services, InventedDeals deals, NpgsqlDataSource database)
    {
        var query = services.GetRequiredService<FunnelQuery>();
        var (ours, theirs, beside) = (new List<double>(), new List<double>(), new List<double>());
        var questions = Questions(deals).ToList();
        for (var round = 0; round < (measurements.Quick ? 2 : 6); round++)
            foreach (var filter in questions)
            {
                var (product, hand) = (await TimeAsync(() => query.ReadAsync(filter, Director, default)), await TimeAsync(() => ByHandAsync(database, filter)));
                var details = await TimeAsync(() => query.DetailsAsync(filter, Director, default));
                // the first round warms the caches of both
                if (round == 0) continue;
                ours.Add(product);
                theirs.Add(hand);
                beside.Add(details);
                if (round == 1) measurements.Progress($"  {product,6:0} ms, by hand {hand,6:0} ms, speed {details,6:0} ms: {filter}");
            }
        measurements.Report($"{Name}.funnel_p95", Percentile.Of(ours, 0.95), "ms", Percentile.Of(theirs, 0.95));
        measurements.Report($"{Name}.funnel_p50", Percentile.Of(ours, 0.5), "ms", Percentile.Of(theirs, 0.5));
        measurements.Report($"{Name}.speed_p95", Percentile.Of(beside, 0.95), "ms");
    }

    /// <summary>What a head asks: the year and the five years, of a pipeline, a seller, a team, a source, a product, a branch.</summary>
    private static IEnumerable<FunnelFilter> Questions(InventedDeals deals)
    {
        var year = new FunnelFilter(new(deals.Pipelines[0]), new DateOnly(InventedDeals.Today.Year - 1, 7, 1), InventedDeals.Today);
        yield return year;
        yield return year with { From = new DateOnly(2021, 7, 1) };
        yield return year with { Pipeline = new(deals.Pipelines[1]), From = new DateOnly(2021, 7, 1) };
        yield return year with { From = new DateOnly(2026, 4, 1) };
        yield return year with { Manager = deals.Sellers[0] };
        yield return year with { Manager = deals.Sellers[0], From = new DateOnly(2021, 7, 1) };
        yield return year with { Manager = deals.Sellers[60] };
        yield return year with { Team = new(deals.Team) };
        yield return year with { Source = new(new Guid("5a1e0000-0000-7000-8000-000000000302")) };
        yield return year with { Product = deals.Products[0] };
        yield return year with { Branch = new(deals.Branches[1]) };
    }

    private static async Task ByHandAsync(NpgsqlDataSource database, FunnelFilter filter)
    {
        var narrow = string.Concat(
            filter.Manager is null ? "" : " and manager = @manager", filter.Source is null ? "" : " and source = @source", filter.Product is null ? "" : " and product = @product", filter.Branch is null ? "" : " and branch = @branch",
            filter.Team is null ? "" : " and manager in (select \"user\" from identity.team_member where team = @team union select head from identity.team where id = @team)");
        foreach (var sql in new[]
        {
            $"select stage, count(*), sum(amount_base), sum(amount_base * probability / 100), avg(now() - stage_since) from sales.deal where pipeline = @pipeline and state = 'Open' and not archived{narrow} group by stage",
            $"select date_trunc('month', opened_on), furthest, state, count(*), sum(amount_base) from sales.deal where pipeline = @pipeline and opened_on between @from and @until and not archived{narrow} group by 1, 2, 3",
            $"select state, furthest, loss_reason, count(*), sum(amount_base) from sales.deal where pipeline = @pipeline and closed_on between @from and @until and not archived{narrow} group by 1, 2, 3",
        })
        {
            await using var command = database.CreateCommand(sql);
            foreach (var (name, value) in new (string, object?)[]
            {
                ("pipeline", filter.Pipeline!.Value.Value), ("from", filter.From), ("until", filter.Until), ("manager", filter.Manager), ("source", filter.Source?.Value), ("product", filter.Product), ("branch", filter.Branch?.Value),
                ("team", filter.Team?.Value),
            })
                if (value is not null && sql.Contains($"@{name}")) command.Parameters.Add(new(name, value));
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync()) _ = rows.GetInt64(rows.FieldCount - 2);
        }
    }

    /// <summary>A deal moves to another stage, with its history, audit and search.</summary>
    private static async Task MovesAsync(Measurements measurements, IServiceProvider services, InventedDeals deals, NpgsqlDataSource database)
    {
        var desk = services.GetRequiredService<DealDesk>();
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var pipeline = new PipelineId(deals.Pipelines[0]);
        var stages = await db.Set<Stage>().Where(s => s.Pipeline == pipeline).OrderBy(s => s.Position).ToListAsync();
        var open = await db.Set<Deal>().AsNoTracking().Where(d => d.Pipeline == pipeline && d.State == DealState.Open && !d.Archived).OrderBy(d => d.Number).Take(measurements.Quick ? 60 : 500).ToListAsync();
        var times = new List<double>();
        foreach (var deal in open)
        {
            var to = stages[(stages.FindIndex(s => s.Id == deal.Stage) + 1) % stages.Count].Id;
            times.Add(await TimeAsync(() => desk.MoveAsync(deal.Id, to, deal.Version, Director, default)));
        }
        // the first ones compile and warm
        measurements.Report($"{Name}.move_p95", Percentile.Of([.. times.Skip(times.Count / 5)], 0.95), "ms");
    }

    private static async Task<double> TimeAsync(Func<Task> job)
    {
        var began = Stopwatch.GetTimestamp();
        await job();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
