using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public class DriveDetectorTests
{
    private const string CasesFile = "protocols/trip-detector-cases.json";
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Metres east along the equator, as the cases state tracks.</summary>
    private static TrackPoint At(double seconds, double metres) =>
        new(Start.AddSeconds(seconds), new GeoPoint(0, double.RadiansToDegrees(metres / GeoPoint.EarthRadiusM)));

    private static TrackPoint[] Track(params (double Seconds, double Metres)[] points) => [.. points.Select(p => At(p.Seconds, p.Metres))];

    private static string[] Detect(double distance, double duration, bool moving, params TrackPoint[] track)
    {
        var settings = new DriveSettings { DistanceM = distance, Duration = TimeSpan.FromSeconds(duration) };
        var detector = new DriveDetector(settings, new(moving, track[0]));
        return [.. track.SelectMany(detector.Accept).Select(Written)];
    }

    private static string Written(MotionChange change) =>
        string.Create(CultureInfo.InvariantCulture, $"{(change.Moving ? "moving" : "stopped")}@{(change.At.Time - Start).TotalSeconds}");

    [SharedDataFact(CasesFile)]
    public void Accept_OnEveryStatedCase_GivesTheStatedChanges()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedData.File(CasesFile)));
        var cases = document.RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.Equal(9, cases.Count);
        foreach (var c in cases)
        {
            var track = c.GetProperty("track").EnumerateArray().Select(p => At(p[0].GetDouble(), p[1].GetDouble())).ToArray();
            var found = Detect(c.GetProperty("minDistM").GetDouble(), c.GetProperty("minDurS").GetDouble(), c.GetProperty("state").GetString()!.StartsWith("moving", StringComparison.Ordinal), track);
            var expected = c.GetProperty("expect").EnumerateArray().Select(e => e.GetString()!).ToList();
            Assert.True(
                expected.Count == found.Length && expected.Zip(found).All(pair => pair.Second == pair.First || pair.Second.StartsWith(pair.First + "@", StringComparison.Ordinal)),
                $"{c.GetProperty("id")}: {string.Join(' ', found)}, not {string.Join(' ', expected)}");
        }
    }

    [Fact]
    public void Accept_WhenFarFromTheStop_DatesTheStartBackThroughTheMovingLegs() =>
        Assert.Equal(["moving@180"], Detect(400, 240, false, Track((0, 0), (60, 5), (120, 5), (180, 0), (240, 150), (300, 420))));

    [Fact]
    public void Accept_LeavingRightAfterTheStop_NeverStartsAtTheStopItself() =>
        Assert.Equal(["stopped@200", "moving@260"], Detect(200, 180, true, Track((0, 0), (100, 20), (200, 30), (260, 400))));

    [Fact]
    public void Accept_LongEnoughInOnePlace_StopsAtTheNewestPoint() =>
        Assert.Equal(["stopped@310"], Detect(500, 300, true, Track((0, 0), (150, 90), (290, 90), (310, 95))));

    [Fact]
    public void Accept_NotLongEnoughInOnePlace_GoesOn() => Assert.Empty(Detect(500, 300, true, Track((0, 0), (70, 90), (140, 100))));

    [Fact]
    public void Accept_StillOnItsWay_SaysNothing() => Assert.Empty(Detect(500, 300, true, Track((0, 0), (100, 10), (170, 640))));

    [Fact]
    public void Accept_FarAwayAfterAGap_MakesTheGapADriveOfItsOwn()
    {
        Assert.Equal(["stopped@60", "moving@60", "stopped@5000"], Detect(500, 300, true, Track((0, 0), (60, 900), (5000, 9000))));
        Assert.Equal(["moving@0", "stopped@5000"], Detect(500, 300, false, Track((0, 0), (5000, 9000))));
    }

    [Fact]
    public void Accept_NearbyAfterAGap_StoppedWhenTheSilenceBegan() =>
        Assert.Equal(["stopped@60"], Detect(500, 300, true, Track((0, 0), (60, 900), (5000, 1000))));

    [Fact]
    public void Accept_AfterASilenceOfExactlyTheGap_IsAnOrdinaryLeg() =>
        Assert.Equal(["stopped@3600"], Detect(500, 300, true, Track((0, 0), (3600, 100))));

    [Fact]
    public void Accept_OutAndBackPastTheStop_GivesTwoDrives() =>
        Assert.Equal(["moving@100", "stopped@340", "moving@400"], Detect(200, 180, false, Track((0, 0), (100, 0), (160, 110), (220, 230), (280, 10), (340, 70), (400, 340))));

    [Fact]
    public void Accept_AVehicleNeverSeen_StandsWhereItAppears()
    {
        var detector = new DriveDetector(new DriveSettings());
        Assert.Empty(detector.Accept(At(0, 0)));
        Assert.Equal("moving@60", Written(Assert.Single(detector.Accept(At(60, 700)))));
    }

    [Fact]
    public void Accept_APointOutOfOrder_IsRefused()
    {
        var detector = new DriveDetector(new DriveSettings());
        detector.Accept(At(10, 0));
        Assert.Throws<ArgumentException>(() => detector.Accept(At(10, 5)));
    }

    [Fact]
    public void Add_InAnyBufferedOrder_EqualsTheChronological()
    {
        var days =
            from legs in (from s in Gen.Frequency((9, Gen.Choose(20, 150)), (1, Gen.Choose(3000, 9000))) from m in Gen.Choose(-500, 500) select (s, m)).ListOf()
            from seed in Gen.Choose(0, 10_000)
            select (legs, seed);
        Prop.ForAll(days.ToArbitrary(), day =>
        {
            var (seconds, metres) = (0.0, 0.0);
            var track = day.legs.Select(leg => At(seconds += leg.s, metres += leg.m)).ToArray();
            var shuffled = track.ToArray();
            new System.Random(day.seed).Shuffle(shuffled);
            var (inOrder, buffered) = (new DriveDay(new()), new DriveDay(new()));
            foreach (var point in track) inOrder.Add(point);
            foreach (var point in shuffled.Concat(shuffled.Take(5))) buffered.Add(point);
            return inOrder.Changes.SequenceEqual(buffered.Changes) && inOrder.State == buffered.State
                && inOrder.Drives().SequenceEqual(buffered.Drives())
                && inOrder.Changes.Zip(inOrder.Changes.Skip(1)).All(pair => pair.First.Moving != pair.Second.Moving && pair.First.At.Time <= pair.Second.At.Time);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Drives_CountTheirKilometresAndSayWhichIsStillRunning()
    {
        var day = new DriveDay(new());
        foreach (var point in Track((0, 0), (60, 0), (120, 600), (180, 1200), (300, 1200), (400, 1200), (500, 2000))) day.Add(point);
        var drives = day.Drives();
        Assert.Equal(2, drives.Count);
        Assert.Equal(1.2, drives[0].Kilometres, 0.001);
        Assert.False(drives[0].Running);
        Assert.True(drives[1].Running);
    }
}
