using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>How long people wait in a base of many leads: for a page of the list, for their control, for a card; each question through the product's own query, as a director, a head of a branch and a seller ask it.</summary>
internal static class LeadsBench
{
    /// <summary>As <c>./bench</c> knows it.</summary>
    public const string Name = "leads";

    private static readonly string[] Kinds = ["open", "any state", "cooling", "ready", "overdue", "today", "untouched", "of a source", "of a stream", "of nobody", "by word", "by phone", "doubted", "archived", "of a seller", "of a month"];

    public static async Task RunAsync(Measurements measurements)
    {
        var size = measurements.Arguments.Values("--rows") is [var rows] ? int.Parse(rows, CultureInfo.InvariantCulture) : measurements.Quick ? 10_000 : 200_000;
        var database = new PortalDatabase();
        await database.InitializeAsync();
        try
        {
            var began = Stopwatch.GetTimestamp();
            var deals = new InventedDeals(database.Owner, size / 10 + 1);
            await deals.WriteAsync(_ => { }, default);
            await new InventedLeads(database.Owner, size).WriteAsync(default);
            measurements.Progress($"  {size:n0} leads stand after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
            await using var pool = database.Pooled(20);
            await using var services = new ServiceCollection().AddLogging().AddSingleton(pool).AddSingleton(TimeProvider.System)
                .AddPortalDb().AddProcesses().AddClients().AddWork(new(Path.GetTempPath())).AddSales().AddLeads().AddSingleton<UserRights>().BuildServiceProvider();
            foreach (var (who, actor) in Readers(deals)) await AskAsync(measurements, services, deals, who, actor);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private static async Task AskAsync(Measurements measurements, IServiceProvider services, InventedDeals deals, string who, Actor actor)
    {
        var (list, control, cards) = (services.GetRequiredService<LeadListQuery>(), services.GetRequiredService<LeadControlQuery>(), services.GetRequiredService<LeadCardQuery>());
        var pages = Pages(deals, measurements.Quick ? 64 : 16 * 16);
        await measurements.AskAsync($"{Name}.list_p95.{who}", pages, Kinds, asked => list.ListAsync(asked.Filter, asked.Sort, asked.Descending, asked.Slice, actor, default));
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var periods = Enumerable.Range(0, 24).Select(i => (By: (LeadControlBy)(i % 4), From: today.AddDays(i / 4 % 2 == 0 ? -30 : -365))).ToList();
        await measurements.AskAsync($"{Name}.control_p95.{who}", periods, ["manager", "source", "stream", "channel", "manager, a year", "source, a year", "stream, a year", "channel, a year"], asked => control.ReadAsync(asked.By, asked.From, today, actor, default));
        var some = (await list.ListAsync(new(), LeadSort.Created, true, new(0, 50), actor, default)).Rows;
        await measurements.AskAsync($"{Name}.card_p95.{who}", [.. some.Select(l => l.Id)], ["card"], lead => cards.FindAsync(lead, actor, default));
    }

    private static IEnumerable<(string, Actor)> Readers(InventedDeals deals)
    {
        var seller = new Actor
        {
            UserId = deals.Sellers[2], Name = "seller", Scope = ActorScope.Own, BranchId = deals.Branches[3], Permissions = new[] { Permissions.LeadsRead, Permissions.LeadsManage, Permissions.ClientsRead }.ToFrozenSet(),
        };
        yield return ("director", Actor.System("bench"));
        yield return ("branch", seller with { UserId = deals.Sellers[3], Scope = ActorScope.Branch, BranchId = deals.Branches[0], Permissions = seller.Permissions.Append(Permissions.LeadsDistribute).ToFrozenSet() });
        yield return ("seller", seller);
    }

    private static List<(LeadFilter Filter, LeadSort Sort, bool Descending, Slice Slice)> Pages(InventedDeals deals, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var filter = (i % Kinds.Length) switch
        {
            0 => new LeadFilter(Open: true),
            1 => new(),
            2 => new(Open: true, Trend: LeadTrend.Cooling),
            3 => new(Open: true, Trend: LeadTrend.Ready),
            4 => new(Open: true, Step: LeadStep.Overdue),
            5 => new(Open: true, Step: LeadStep.Today),
            6 => new(Open: true, Step: LeadStep.NoContact),
            7 => new(Open: true, Source: new(new Guid("5a1e0000-0000-7000-8000-000000000307"))),
            8 => new(Open: true, Stream: new(new Guid("5a1e0000-0000-7000-8000-000000000404"))),
            9 => new(Open: true, Nobody: true),
            10 => new((i % 3) switch { 0 => "wardrobes", 1 => $"person {i * 37}", _ => $"wish {i * 41}" }),
            11 => new($"+4479 {i * 59:00000000}"),
            12 => new(Open: true, Doubted: true),
            13 => new(Archived: true),
            14 => new(Open: true, Manager: deals.Sellers[i % 150]),
            _ => new(From: DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-60), Until: DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-30)),
        };
        return (filter, (LeadSort)(i / Kinds.Length % 4), i / Kinds.Length % 3 > 0, new Slice(i / Kinds.Length % 5 * 50, 50));
    })];
}
