using Portal.Infrastructure.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Imports;

/// <summary>The cabs of San Francisco: two hours of fixes, with their dirt.</summary>
public sealed class SanFranciscoTracksTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Fixes = "gps/sf_cabspotting_2008-06-04_17h-19h_pdt.csv.gz";

    [SharedDataFact(Fixes)]
    public async Task Tracks_OfTwoHours_AreAllTakenInOnce()
    {
        var content = await File.ReadAllBytesAsync(SharedData.File(Fixes));

        var run = await rig.ImportAsync("tracks", Path.GetFileName(Fixes), content);

        Assert.Equal((ImportState.Completed, 47_947, 0, 47_947), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal(469, await rig.ScalarAsync<long>("select count(distinct vehicle) from fleet.position"));
        Assert.Equal(469, await rig.ScalarAsync<long>($"select count(*) from fleet.vehicle where source = '{run.Source}'"));
        Assert.Equal(await rig.ScalarAsync<long>("select count(*) from fleet.position where flags = 2"), run.Notes.GetValueOrDefault("jump"));
        // every fix but the first of each cab follows another one; a mean over a long silence is no speed
        Assert.InRange(await rig.ScalarAsync<long>("select count(*) from fleet.position where speed_kmh is not null"), 46_000, 47_947 - 469);
        Assert.True(await rig.ScalarAsync<float>("select max(speed_kmh) from fleet.position where flags = 0") <= 300);

        var again = await rig.ImportAsync("tracks", "the same again.csv.gz", content);

        Assert.Equal((47_947, 0, 47_947), (again.Known, again.Applied, again.Skipped));
        Assert.Equal(47_947, await rig.CountAsync("fleet.position"));
    }
}

/// <summary>The cabs of San Francisco: a week of trips, with their dirt. A class of its own, so that it runs beside the other.</summary>
public sealed class SanFranciscoTripsTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Trips = "trips/sf_cab_trips_2008-06-02_to_08_derived.csv.gz";

    [SharedDataFact(Trips)]
    public async Task Trips_OfAWeek_AreAllTakenInOnce()
    {
        var content = await File.ReadAllBytesAsync(SharedData.File(Trips));

        var run = await rig.ImportAsync("trips", Path.GetFileName(Trips), content);

        Assert.Equal((ImportState.Completed, 142_191, 0, 142_191), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal((5_325, 44), (run.Notes["short-trip"], run.Notes["long-trip"]));
        Assert.Equal(77, run.Notes["leap"]);
        Assert.Equal(142_191, await rig.ScalarAsync<long>("select count(*) from dispatch.trip where state = 'Completed'"));
        Assert.Equal(142_191 - 77, await rig.ScalarAsync<long>("select count(planned_km) from dispatch.trip"));
        Assert.Equal(2 * 142_191, await rig.CountAsync("dispatch.trip_event"));
        Assert.Equal("2119 438", await rig.ScalarAsync<string>("""
            select count(*) || ' ' || count(distinct vehicle) from dispatch.trip
            where pickup_from >= '2008-06-05T00:00Z' and pickup_from < '2008-06-05T02:00Z'
            """));

        Assert.Equal(142_191, (await rig.CheckAsync("trips", Path.GetFileName(Trips), content)).Known);
    }
}
