using System.Collections.Frozen;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;

namespace Portal.Tests.Fleet;

public class LiveFleetTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint Depot = new(50, 30);
    private static readonly Actor Staff = new() { UserId = Guid.NewGuid(), Name = "Ada Example", Permissions = FrozenSet.Create(Permissions.FleetRead) };

    private readonly LiveFleet fleet = new(TimeProvider.System);
    private readonly VehicleId van = VehicleId.New();
    private readonly VehicleId truck = VehicleId.New();

    [Fact]
    public void Accept_WhenOlderThanKnown_IsDroppedFromTheMapButClean()
    {
        fleet.Accept(Reading(van, 10, Depot));
        Assert.Equal(PositionFlags.None, fleet.Accept(Reading(van, 5, North(100))));
        Assert.Equal(Depot, fleet.Find(van)!.Point);
    }

    [Fact]
    public void Accept_WhenTheDeviceSendsNoMotion_ComputesIt()
    {
        fleet.Accept(Reading(van, 0, Depot));
        fleet.Accept(Reading(van, 10, North(100)));
        var live = fleet.Find(van)!;
        Assert.Equal(36, live.SpeedKmh, 1);
        Assert.Equal(0, live.HeadingDeg, 3);
    }

    [Fact]
    public void Accept_WhenStanding_KeepsTheHeading()
    {
        fleet.Accept(Reading(van, 0, Depot));
        fleet.Accept(Reading(van, 10, new GeoPoint(50, 30.01)));
        var east = fleet.Find(van)!.HeadingDeg;
        fleet.Accept(Reading(van, 20, new GeoPoint(50.00001, 30.01)));
        Assert.Equal((0, east), (fleet.Find(van)!.SpeedKmh, fleet.Find(van)!.HeadingDeg));
    }

    [Fact]
    public void Accept_WhenTheDeviceSendsMotion_BelievesIt()
    {
        fleet.Accept(Reading(van, 0, Depot));
        fleet.Accept(Reading(van, 10, North(100)) with { SpeedKmh = 50, HeadingDeg = 90 });
        Assert.Equal((50, 90), (fleet.Find(van)!.SpeedKmh, fleet.Find(van)!.HeadingDeg));
    }

    [Fact]
    public void Accept_WhenDirty_FlagsAndLeavesTheMapAlone()
    {
        fleet.Accept(Reading(van, 0, Depot));
        Assert.Equal(PositionFlags.NullIsland, fleet.Accept(Reading(van, 10, new GeoPoint(0, 0))));
        Assert.Equal(PositionFlags.Jump, fleet.Accept(Reading(van, 20, new GeoPoint(50, 58))));
        Assert.Equal(PositionFlags.NoFix, fleet.Accept(Reading(van, 30, Depot) with { Point = null }));
        Assert.Equal(Start, fleet.Find(van)!.Time);
    }

    [Fact]
    public void Trail_OfALongDrive_HoldsHalfAnHour()
    {
        for (var second = 0; second <= 3600; second += 5) fleet.Accept(Reading(van, second, North(second)));
        var trail = fleet.Trail(van);
        Assert.Equal(Start.AddSeconds(1800), trail[0].Time);
        Assert.Equal(Start.AddSeconds(3600), trail[^1].Time);
        Assert.Equal(181, trail.Count);
        Assert.Empty(fleet.Trail(truck));
    }

    [Fact]
    public async Task Watch_TakesTheSnapshotAndThenTheChanges()
    {
        fleet.Accept(Reading(van, 0, Depot));
        using var watch = fleet.Watch(LiveScope.Fleet(Staff, GeoBounds.World), CancellationToken.None);
        Assert.Equal([van], watch.Snapshot.Select(v => v.Vehicle));
        fleet.Accept(Reading(truck, 0, Depot));
        var batch = await First(watch);
        Assert.Equal([truck], batch.Moved.Select(v => v.Vehicle));
    }

    [Fact]
    public async Task Watch_WhenTheReaderIsSlow_BringsOnlyTheNewestOfEachVehicle()
    {
        using var watch = fleet.Watch(LiveScope.Fleet(Staff, GeoBounds.World), CancellationToken.None);
        for (var second = 0; second < 1000; second++)
        {
            fleet.Accept(Reading(van, second, North(second)));
            fleet.Accept(Reading(truck, second, North(second)));
        }
        var batch = await First(watch);
        Assert.Equal(2, batch.Moved.Count);
        Assert.All(batch.Moved, v => Assert.Equal(Start.AddSeconds(999), v.Time));
    }

    [Fact]
    public async Task Watch_ByACustomer_NeverBringsAForeignVehicle()
    {
        fleet.Accept(Reading(truck, 0, Depot));
        using var watch = fleet.Watch(LiveScope.Only(FrozenSet.Create(van), GeoBounds.World), CancellationToken.None);
        Assert.Empty(watch.Snapshot);
        fleet.Accept(Reading(truck, 1, Depot));
        fleet.Accept(Reading(van, 1, Depot));
        var batch = await First(watch);
        Assert.Equal([van], batch.Moved.Select(v => v.Vehicle));
        Assert.Empty(batch.Gone);
    }

    [Fact]
    public void Scope_OfTheWholeFleet_IsRefusedWithoutTheRightAndToPartners()
    {
        var stranger = Staff with { Permissions = FrozenSet<string>.Empty };
        var customer = Staff with { PartnerId = Guid.NewGuid() };
        Assert.Equal("identity.not-allowed", Assert.Throws<RuleBrokenException>(() => LiveScope.Fleet(stranger, GeoBounds.World)).Code);
        Assert.Equal("identity.not-allowed", Assert.Throws<RuleBrokenException>(() => LiveScope.Fleet(customer, GeoBounds.World)).Code);
    }

    [Fact]
    public async Task Show_AnotherViewport_BringsWhatCameIntoSightAndNamesWhatWent()
    {
        var west = new GeoBounds(49, 29, 51, 31);
        fleet.Accept(Reading(van, 0, Depot));
        fleet.Accept(Reading(truck, 0, new GeoPoint(50, 35)));
        using var watch = fleet.Watch(LiveScope.Fleet(Staff, west), CancellationToken.None);
        Assert.Equal([van], watch.Snapshot.Select(v => v.Vehicle));
        watch.Show(LiveScope.Fleet(Staff, new GeoBounds(49, 34, 51, 36)));
        var batch = await First(watch);
        Assert.Equal([truck], batch.Moved.Select(v => v.Vehicle));
        Assert.Equal([van], batch.Gone);
    }

    [Fact]
    public async Task Watch_WhenAVehicleDrivesOutOfSight_NamesItOnce()
    {
        fleet.Accept(Reading(van, 0, Depot));
        using var watch = fleet.Watch(LiveScope.Fleet(Staff, new GeoBounds(49, 29, 50.0005, 31)), CancellationToken.None);
        await using var batches = watch.ReadAsync().GetAsyncEnumerator();
        fleet.Accept(Reading(van, 10, North(100)));
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal([van], batches.Current.Gone);
        fleet.Accept(Reading(van, 20, North(200)));
        fleet.Accept(Reading(truck, 20, Depot));
        Assert.True(await batches.MoveNextAsync());
        Assert.Empty(batches.Current.Gone);
        Assert.Equal([truck], batches.Current.Moved.Select(v => v.Vehicle));
    }

    [Fact]
    public async Task Watch_WhenCancelled_EndsTheStreamAndIsForgotten()
    {
        using var leaving = new CancellationTokenSource();
        var watch = fleet.Watch(LiveScope.Fleet(Staff, GeoBounds.World), leaving.Token);
        var reading = Task.Run(async () =>
        {
            var batches = 0;
            await foreach (var _ in watch.ReadAsync()) batches++;
            return batches;
        });
        leaving.Cancel();
        Assert.Equal(0, await reading);
        Assert.Equal(0, fleet.WatcherCount);
    }

    [Fact]
    public void Restore_AfterAStart_YieldsToWhatCameMeanwhile()
    {
        fleet.Accept(Reading(van, 60, North(500)));
        fleet.Restore([Stored(van, 0), Stored(truck, 0)]);
        Assert.Equal(Start.AddSeconds(60), fleet.Find(van)!.Time);
        Assert.Equal(Start, fleet.Find(truck)!.Time);
        Assert.Equal(2, fleet.All().Count);
    }

    /// <summary>Fault 18: a browser that does not read slows nobody, and what it gets afterwards is the newest of each vehicle.</summary>
    [Fact]
    public async Task Watch_WhenOneBrowserStandsStill_OnlyItIsSlowed()
    {
        const int vehicles = 50, rounds = 400, writers = 4;
        using var stalled = fleet.Watch(LiveScope.Fleet(Staff, GeoBounds.World), CancellationToken.None);
        using var quick = fleet.Watch(LiveScope.Fleet(Staff, GeoBounds.World), CancellationToken.None);
        var ids = Enumerable.Range(0, vehicles * writers).Select(_ => VehicleId.New()).ToArray();
        var newest = Start.AddSeconds(rounds - 1);

        var reader = Task.Run(async () =>
        {
            var seen = new Dictionary<VehicleId, DateTimeOffset>();
            await foreach (var batch in quick.ReadAsync())
            {
                Assert.Equal(batch.Moved.Count, batch.Moved.DistinctBy(v => v.Vehicle).Count());
                foreach (var moved in batch.Moved)
                {
                    Assert.True(seen.GetValueOrDefault(moved.Vehicle) < moved.Time, "a vehicle went back in time");
                    seen[moved.Vehicle] = moved.Time;
                }
                if (seen.Count == ids.Length && seen.Values.All(t => t == newest)) return;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var round = 0; round < rounds; round++)
                for (var i = 0; i < vehicles; i++)
                    fleet.Accept(Reading(ids[writer * vehicles + i], round, North(round)));
        })));

        await reader;
        var late = await First(stalled);
        Assert.Equal(ids.Length, late.Moved.Count);
        Assert.All(late.Moved, v => Assert.Equal(newest, v.Time));
    }

    private static async Task<LiveBatch> First(LiveWatch watch)
    {
        await foreach (var batch in watch.ReadAsync()) return batch;
        throw new InvalidOperationException("The watch ended.");
    }

    private static GeoPoint North(double metres) => Depot with { Latitude = Depot.Latitude + double.RadiansToDegrees(metres / GeoPoint.EarthRadiusM) };

    private static LiveVehicle Stored(VehicleId vehicle, int second) => new(vehicle, Start.AddSeconds(second), Depot, 0, 0, null, null);

    private static PositionReading Reading(VehicleId vehicle, int second, GeoPoint point) => new()
    {
        Vehicle = vehicle,
        Time = Start.AddSeconds(second),
        Received = Start.AddSeconds(second),
        Point = point,
    };
}
