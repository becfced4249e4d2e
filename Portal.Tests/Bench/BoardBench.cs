using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// The trip board with five thousand open trips: how long until a browser shows it, how long until a dispatcher's order stands on
/// the screens of a hundred others, and what one open board costs the server's memory.
/// </summary>
internal static class BoardBench
{
    private const int PerUser = 20;

    public static async Task RunAsync(Measurements measurements)
    {
        var (trips, watchers, changes, circuits) = measurements.Quick ? (500, 10, 10, 20) : (5000, 100, 100, 200);
        var app = new BoardBenchApp();
        await app.InitializeAsync();
        try
        {
            await FillAsync(app, trips, vehicles: trips / 25);
            var board = app.Services.GetRequiredService<LiveBoard>();
            app.Services.GetRequiredService<LiveChanges>().Publish([new LiveChange(new(ObjectKind.Setting, Guid.Empty), null, Guid.Empty, "")]);
            await Wait.UntilAsync(() => board.Current.Trips.Length >= trips, "the trips on the board");

            measurements.Report("board.first_paint", await FirstPaintAsync(app, measurements.Quick ? 3 : 9), "ms");

            await using var open = BoardWatchers.Start(app.Address);
            await OpenAsync(app, "warm", 2, open);
            var before = Heap();
            var drawn = await OpenAsync(app, "watcher", circuits, open);
            measurements.Progress($"{circuits} boards are open, each drawn {drawn} times");
            measurements.Report("board.circuit_kb", (Heap() - before) / 1024.0 / circuits, "KB");

            await open.KeepAsync(watchers);
            var latencies = await ChangeAsync(app, open, changes);
            measurements.Report("board.change_p50", Percentile.Of(latencies, 0.5), "ms");
            measurements.Report("board.change_p99", Percentile.Of(latencies, 0.99), "ms");
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>Median from the navigation to the first row on the screen, in milliseconds.</summary>
    private static async Task<double> FirstPaintAsync(PortalApp app, int times)
    {
        await app.AddUserAsync("painter", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("painter", new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
        var paints = new List<double>();
        for (var i = 0; i < times + 1; i++)
        {
            await window.Page.GotoAsync("about:blank");
            var began = Stopwatch.GetTimestamp();
            await window.Page.GotoAsync("/board", new() { WaitUntil = Microsoft.Playwright.WaitUntilState.Commit });
            await window.Page.Locator("[data-list=waiting] [role=option]").First.WaitForAsync();
            if (i > 0) paints.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return Percentile.Of(paints, 0.5);
    }

    /// <summary>From the press of the key to the render batch that holds the new row, for every change and watcher.</summary>
    private static async Task<List<double>> ChangeAsync(PortalApp app, BoardWatchers watchers, int changes)
    {
        var registration = app.Services.GetRequiredService<TripRegistration>();
        var branch = await BranchAsync(app);
        var actor = Actor.System("bench");
        var latencies = new List<double>();
        // earlier than all others, so that the new row is among the first of every list
        var first = app.Services.GetRequiredService<LiveBoard>().Current.Trips[0].PickupFrom;
        for (var change = 0; change < changes; change++)
        {
            var mark = $"Caller-{change:D5}-of-the-bench";
            await watchers.LookForAsync(mark);
            var began = Stopwatch.GetTimestamp();
            await registration.RegisterAsync(TripId.New(), new TripOrder
            {
                CallerName = mark, Pickup = TripStop.At("Willow Street 5", new(47.02, 28.83)), Dropoff = TripStop.At("Quay Road 1", new(47.05, 28.87)),
                PickupFrom = first.AddSeconds(-1 - change), PickupUntil = first.AddHours(1), Passengers = 1,
            }, branch, actor);
            latencies.AddRange((await watchers.SeenAsync()).Select(t => Stopwatch.GetElapsedTime(began, t).TotalMilliseconds));
        }
        return latencies;
    }

    /// <summary>Opens boards, a score for each user; the render batches of the last one.</summary>
    private static async Task<int> OpenAsync(PortalApp app, string name, int count, BoardWatchers open)
    {
        var drawn = 0;
        for (var opened = 0; opened < count; opened += PerUser)
        {
            var user = $"{name}{opened}";
            await app.AddUserAsync(user, StandardRoles.Dispatcher);
            string cookie;
            await using (var window = await app.SignInAsync(user))
                cookie = string.Join("; ", (await window.Page.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}"));
            for (var i = opened; i < Math.Min(count, opened + PerUser); i++) drawn = await open.OpenAsync(cookie);
        }
        return drawn;
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static async Task<BranchId> BranchAsync(PortalApp app)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        return await db.Set<Branch>().Select(b => b.Id).FirstAsync();
    }

    /// <summary>Vehicles at work and open trips: a third waits, the rest is held, few customers order most. The same every time.</summary>
    private static async Task FillAsync(PortalApp app, int trips, int vehicles)
    {
        await using var command = app.Database.Owner.CreateCommand($"""
            insert into fleet.vehicle_class values ('00000000-0000-0000-0000-0000000000c1', 'Car', 'Car', false);
            insert into clients.partner (id, name, kinds, archived, standing, level) select ('00000000-0000-0000-0001-' || lpad(i::text, 12, '0'))::uuid, 'Client ' || i, 1, false, 'Active', 'Single' from generate_series(1, 200) i;
            insert into fleet.vehicle (id, plate, model, class, branch, seats, payload_kg, volume_m3, equipment, archived)
                select ('00000000-0000-0000-0002-' || lpad(i::text, 12, '0'))::uuid, 'V ' || i, 'Model', '00000000-0000-0000-0000-0000000000c1', b.id, 4, 400, 1, array[]::text[], false
                from generate_series(1, {vehicles}) i, (select id from identity.branch limit 1) b;
            insert into clients.person (id, name) select ('00000000-0000-0000-0003-' || lpad(i::text, 12, '0'))::uuid, 'Driver ' || i from generate_series(1, {vehicles}) i;
            insert into identity.employee (id, person, branch, archived)
                select ('00000000-0000-0000-0004-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-0000-0003-' || lpad(i::text, 12, '0'))::uuid, b.id, false
                from generate_series(1, {vehicles}) i, (select id from identity.branch limit 1) b;
            insert into fleet.driver (id, employee, branch, name, archived)
                select ('00000000-0000-0000-0005-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-0000-0004-' || lpad(i::text, 12, '0'))::uuid, b.id, 'Driver ' || i, false
                from generate_series(1, {vehicles}) i, (select id from identity.branch limit 1) b;
            insert into fleet.shift (id, driver, vehicle, branch, planned_from, planned_to, started_at)
                select ('00000000-0000-0000-0006-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-0000-0005-' || lpad(i::text, 12, '0'))::uuid,
                       ('00000000-0000-0000-0002-' || lpad(i::text, 12, '0'))::uuid, b.id, now() - interval '1 hour', now() + interval '9 hours', now() - interval '1 hour'
                from generate_series(1, {vehicles}) i, (select id from identity.branch limit 1) b;
            select setseed(0.42);
            insert into dispatch.trip (id, number, branch, customer, caller_name, pickup_address, pickup_latitude, pickup_longitude, dropoff_address, dropoff_latitude, dropoff_longitude,
                    pickup_from, pickup_until, passengers, needs_seats, needs_payload_kg, needs_volume_m3, needs_equipment, state, vehicle, driver, requested_at, planned_km, planned_seconds)
                select gen_random_uuid(), nextval('dispatch.trip_number'), b.id, ('00000000-0000-0000-0001-' || lpad((1 + floor(200 * power(random(), 4)))::text, 12, '0'))::uuid, 'Caller ' || i,
                       'Street ' || (i % 90) || ', ' || (i % 200), 47 + random() / 12, 28.8 + random() / 12, 'Road ' || (i % 70) || ', ' || (i % 150), 47 + random() / 12, 28.8 + random() / 12,
                       t.at, t.at + interval '15 minutes', 1 + i % 3, 0, 0, 0, array[]::text[],
                       case when i % 3 = 0 then 'Requested' else 'Assigned' end,
                       case when i % 3 <> 0 then ('00000000-0000-0000-0002-' || lpad((1 + i % {vehicles})::text, 12, '0'))::uuid end,
                       case when i % 3 <> 0 then ('00000000-0000-0000-0005-' || lpad((1 + i % {vehicles})::text, 12, '0'))::uuid end,
                       now() - random() * interval '3 hours', 5, 700
                from generate_series(1, {trips}) i, (select id from identity.branch limit 1) b, lateral (select now() + (i * 5 % 28800 - 1800) * interval '1 second' as at) t
            """);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Without map tiles, which come from elsewhere.</summary>
    private sealed class BoardBenchApp : PortalApp
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Map:TileUrl", "")];
    }
}
