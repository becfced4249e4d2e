using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class ReenactmentTests : IAsyncLifetime
{
    private readonly PastApp app = new();

    private Reenactment Stage => app.Services.GetRequiredService<Reenactment>();

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Play_SendsThePastThroughTheDevicesWayInAsIfItWereNow()
    {
        var before = DateTimeOffset.UtcNow;

        await Stage.StartAsync(new(PastApp.Window, 60), PastApp.Player, default);
        await Wait.UntilAsync(() => Stage.Progress!.State == ReenactmentState.Ended, "the end of the play");

        var progress = Stage.Progress!;
        Assert.Equal((2, 0, 80, 0, 3, 0), (progress.Vehicles, progress.LeftOut, progress.PositionsSent, progress.PositionsRefused, progress.RequestsEntered, progress.RequestsRefused));
        // Ten minutes take ten seconds; sixty times as fast is no jump on a clock that runs sixty times as fast.
        Assert.Equal("80 0", await app.ScalarAsync<string>($"select count(*) || ' ' || count(*) filter (where flags <> 0) from fleet.position where device is not null and time >= '{before.AddSeconds(-1):O}' and time <= now()"));
        Assert.Equal(80, await app.ScalarAsync<long>("select count(*) from fleet.position where device is null"));
        var live = app.Services.GetRequiredService<LiveFleet>().All();
        Assert.Equal(2, live.Count);
        Assert.All(live, v => Assert.Equal(46.1 + 0.002 * 39, v.Point.Latitude, 6));

        await using var db = Open();
        var requests = await db.Set<Trip>().Where(t => t.Source == progress.Source).OrderBy(t => t.PickupFrom).ToListAsync();
        Assert.Equal(["Mill 1", "Mill 4", "Mill 8"], requests.Select(t => t.Pickup.Address));
        Assert.All(requests, t => Assert.Equal((TripState.Requested, Reenactment.Promise), (t.State, t.PickupUntil - t.PickupFrom)));
        Assert.Equal(2, await db.Set<Shift>().CountAsync(s => s.Source == progress.Source && s.StartedAt != null && s.EndedAt == null));
        Assert.Equal(2, await db.Set<Device>().CountAsync(d => d.ClockRate == 60));
    }

    [Fact]
    public async Task Start_WhileOnePlays_IsRefused_AndStopFreesTheStage()
    {
        await Stage.StartAsync(new(PastApp.Window, 1), PastApp.Player, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Stage.StartAsync(new(PastApp.Window, 1), PastApp.Player, default));
        Assert.Equal("reenactment.running", refusal.Code);
        Assert.Null(await AdvisoryLock.TryTakeAsync(app.Database.DataSource, "re-enactment", default));

        await Stage.StopAsync(PastApp.Player);
        Assert.Equal(ReenactmentState.Stopped, Stage.Progress!.State);
        await using var free = await AdvisoryLock.TryTakeAsync(app.Database.DataSource, "re-enactment", default);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task Pause_HoldsThePlay()
    {
        await Stage.StartAsync(new(PastApp.Window, 10), PastApp.Player, default);
        await Wait.UntilAsync(() => Stage.Progress!.PositionsSent > 0, "the first position");

        Stage.Pause(true, PastApp.Player);
        await Wait.UntilAsync(() => Stage.Progress!.State == ReenactmentState.Paused, "the pause");
        var held = Stage.Progress!.Played;
        Stage.Pause(false, PastApp.Player);
        await Wait.UntilAsync(() => Stage.Progress!.State == ReenactmentState.Playing && Stage.Progress.Played > held, "the play to go on");

        // What was paused for is not made up for: the time played never exceeds the time that passed.
        Assert.True(Stage.Progress!.Played < PastApp.Window.Length);
        await Stage.StopAsync(PastApp.Player);
    }

    [Fact]
    public async Task Enter_WhenAVehicleHasADeviceOfItsOwn_LeavesItOut_AndAnArchivedOnePlaysAsAnother()
    {
        await using (var db = Open())
        {
            var own = await db.Set<Vehicle>().SingleAsync(v => v.Plate == "P1");
            var device = new Device(DeviceId.New(), "own-tracker", "Own", SpeedUnit.Knots, DeviceSecret.Hash("x"), DateTimeOffset.UtcNow);
            device.AssignTo(own.Id);
            db.Add(device);
            (await db.Set<Vehicle>().SingleAsync(v => v.Plate == "P2")).Archive();
            await db.SaveChangesAsync();
        }

        await Stage.StartAsync(new(PastApp.Window, 60), PastApp.Player, default);

        Assert.Equal((1, 1), (Stage.Progress!.Vehicles, Stage.Progress.LeftOut));
        await using (var db = Open())
            Assert.Equal([Stage.Progress.Source], await db.Set<Vehicle>().Where(v => v.Plate == "P2" && !v.Archived).Select(v => v.Source!).ToListAsync());
        await Stage.StopAsync(PastApp.Player);
    }

    [Fact]
    public async Task Clear_EndsAndArchivesWhatItMade_AndTouchesNothingElse()
    {
        await using (var db = Open())
        {
            (await db.Set<Vehicle>().SingleAsync(v => v.Plate == "P2")).Archive();
            await db.SaveChangesAsync();
        }
        await Stage.StartAsync(new(PastApp.Window, 60), PastApp.Player, default);
        await Wait.UntilAsync(() => Stage.Progress!.RequestsEntered == 3, "the requests");
        await Stage.StopAsync(PastApp.Player);

        var cleared = await app.Services.GetRequiredService<ReenactmentCast>().ClearAsync(PastApp.Player, default);

        Assert.Equal((3, 2, 2, 1, 1), (cleared.Trips, cleared.Shifts, cleared.Devices, cleared.Vehicles, cleared.Drivers));
        await using var after = Open();
        Assert.Equal(3, await after.Set<Trip>().CountAsync(t => t.State == TripState.Completed));
        Assert.True(await after.Set<Vehicle>().AnyAsync(v => v.Plate == "P1" && !v.Archived));
        Assert.All(await after.Set<Device>().ToListAsync(), d => Assert.NotNull(d.RevokedAt));
    }

    [Fact]
    public async Task Start_OnAnEmptyWindow_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(
            () => Stage.StartAsync(new(new(PastApp.From.AddDays(-30), PastApp.From.AddDays(-30).AddHours(2)), 10), PastApp.Player, default));

        Assert.Equal("reenactment.nothing", refusal.Code);
    }

    [Fact]
    public async Task Branch_PlaysItsOwnPastOnly_AndNeitherHoldsNorStopsNorClearsAwayWhatIsOfOthers()
    {
        var (own, foreign) = (await BranchOfAsync("P1"), BranchId.New());
        await using (var db = Open())
        {
            db.Add(new Branch(foreign, (await db.Set<Company>().SingleAsync()).Id, "Upstream", "Etc/UTC"));
            await db.SaveChangesAsync();
        }
        await using (var move = app.Database.Owner.CreateCommand($"update fleet.vehicle set branch = '{foreign.Value}' where plate = 'P2'; update fleet.driver set branch = '{foreign.Value}' where name = 'P2'"))
            await move.ExecuteNonQueryAsync();
        var (here, there) = (Limited(own), Limited(foreign));
        var (script, playback) = (app.Services.GetRequiredService<ReenactmentScript>(), app.Services.GetRequiredService<PlaybackQuery>());
        var today = DateOnly.FromDateTime(DateTime.UtcNow);

        Assert.Equal(new ReenactmentScene(1, 40, 3), await script.SceneAsync(PastApp.Window, here, default));
        Assert.Equal(new ReenactmentScene(1, 40, 0), await script.SceneAsync(PastApp.Window, there, default));
        Assert.Null(await script.LatestPastDayAsync(today, Limited(BranchId.New()), default));
        Assert.Equal(DateOnly.FromDateTime(PastApp.From.UtcDateTime), await script.LatestPastDayAsync(today, there, default));
        Assert.Empty(await playback.DaysAsync(Limited(BranchId.New()), default));
        Assert.Equal([DateOnly.FromDateTime(PastApp.From.UtcDateTime)], await playback.DaysAsync(there, default));

        await Stage.StartAsync(new(PastApp.Window, 60), here, default);
        await Wait.UntilAsync(() => Stage.Progress!.RequestsEntered == 3, "the requests");
        Assert.Equal((1, own), (Stage.Progress!.Vehicles, Stage.Progress.Branch));
        Assert.Equal("identity.out-of-reach", Assert.Throws<RuleBrokenException>(() => Stage.Pause(true, there)).Code);
        Assert.Equal("identity.out-of-reach", (await Assert.ThrowsAsync<RuleBrokenException>(() => Stage.StopAsync(there))).Code);
        Assert.True(Stage.Progress.IsDirectedBy(PastApp.Player));
        await Stage.StopAsync(here);

        var cast = app.Services.GetRequiredService<ReenactmentCast>();
        Assert.True((await cast.LeftoversAsync(there, default)).IsNothing);
        Assert.True((await cast.ClearAsync(there, default)).IsNothing);
        Assert.Equal(new(3, 1, 1, 0, 0), await cast.LeftoversAsync(PastApp.Player, default));
        Assert.Equal(new(3, 1, 1, 0, 0), await cast.ClearAsync(here, default));
    }

    [Fact]
    public async Task Play_OfAllBranches_IsStoppedOnlyByWhoReachesAll_AndEachBranchClearsAwayItsPart()
    {
        var own = await BranchOfAsync("P1");
        await Stage.StartAsync(new(PastApp.Window, 60), PastApp.Player, default);

        Assert.Equal("identity.out-of-reach", (await Assert.ThrowsAsync<RuleBrokenException>(() => Stage.StopAsync(Limited(own)))).Code);

        Assert.True(Stage.Progress!.IsRunning);
        await Stage.StopAsync(PastApp.Player);
        Assert.Equal(2, (await app.Services.GetRequiredService<ReenactmentCast>().ClearAsync(Limited(own), default)).Devices);
    }

    private static Actor Limited(BranchId branch) => new()
    {
        UserId = Guid.NewGuid(), Name = "Bea Branch", Scope = ActorScope.Branch, BranchId = branch.Value,
        Permissions = new[] { Permissions.Reenact, Permissions.TracksRead }.ToFrozenSet(),
    };

    private async Task<BranchId> BranchOfAsync(string plate)
    {
        await using var db = Open();
        return await db.Set<Vehicle>().Where(v => v.Plate == plate).Select(v => v.Branch).SingleAsync();
    }

    private PortalDb Open() => app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(PastApp.Player);
}
