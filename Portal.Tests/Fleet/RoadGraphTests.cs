using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public class RoadGraphTests
{
    private static readonly LocalPlane Plane = new(new GeoPoint(10, 20));

    private static GeoPoint P(double x, double y) => Plane.Unproject(x, y);

    private static StreetSegment Way(string name, GeoPoint from, GeoPoint to, bool oneWay = false, RoadClass road = RoadClass.Street) =>
        new() { Name = name, Line = [from, to], OneWay = oneWay, Class = road, Left = new(1, 21), Right = new(2, 22) };

    /// <summary>A square block of 1 km sides; the south side may be driven eastwards only.</summary>
    private static RoadGraph Block() => new(
    [
        Way("South", P(0, 0), P(1000, 0), oneWay: true),
        Way("East", P(1000, 0), P(1000, 1000)),
        Way("North", P(1000, 1000), P(0, 1000)),
        Way("West", P(0, 1000), P(0, 0)),
    ]);

    private static RoadPoint On(RoadGraph roads, double x, double y) => roads.Snap(P(x, y))!.Value;

    [Fact]
    public void Route_AlongOneSegment_IsTheStraightPart()
    {
        var roads = Block();
        var route = roads.Route(On(roads, 200, 0), On(roads, 700, 0))!;
        Assert.Equal(500, route.Metres, 1.0);
        Assert.Equal(500 / (26 / 3.6), route.Seconds, 0.5);
    }

    [Fact]
    public void Route_AgainstAOneWaySign_GoesRoundTheBlock()
    {
        var roads = Block();
        var route = roads.Route(On(roads, 700, 0), On(roads, 200, 0))!;
        Assert.Equal(3500, route.Metres, 5.0);
        Assert.Equal(6, route.Line.Count);
    }

    [Fact]
    public void Route_WithABypass_PrefersTheQuickerRoadToTheShorter()
    {
        var roads = new RoadGraph(
        [
            Way("Lane", P(0, 0), P(1000, 0), road: RoadClass.Lane),
            Way("Slip", P(0, 0), P(0, 100), road: RoadClass.Motorway),
            Way("Bypass", P(0, 100), P(1000, 100), road: RoadClass.Motorway),
            Way("Slip", P(1000, 100), P(1000, 0), road: RoadClass.Motorway),
            Way("In", P(-100, 0), P(0, 0)),
            Way("Out", P(1000, 0), P(1100, 0)),
        ]);
        Assert.Equal(1400, roads.Route(On(roads, -100, 0), On(roads, 1100, 0))!.Metres, 5.0);
    }

    [Fact]
    public void Route_BetweenIslands_IsNone()
    {
        var roads = new RoadGraph([Way("A", P(0, 0), P(100, 0)), Way("B", P(5000, 0), P(5100, 0))]);
        Assert.Null(roads.Route(On(roads, 0, 0), On(roads, 5000, 0)));
        Assert.False(roads.Connected(On(roads, 0, 0), On(roads, 5000, 0)));
    }

    [Fact]
    public void Snap_FarFromAnyStreet_IsNone() => Assert.Null(Block().Snap(P(500, 500), 300));

    [Fact]
    public void Snap_NamesTheSideOfTheStreet()
    {
        var roads = Block();
        Assert.True(roads.Snap(P(500, 5))!.Value.OnLeft);
        Assert.False(roads.Snap(P(500, -5))!.Value.OnLeft);
        Assert.Equal(5, roads.Snap(P(500, -5))!.Value.OffM, 0.01);
    }

    [Fact]
    public void SecondsTo_OnAnyGraph_EqualsEveryRoute()
    {
        var cases =
            from seed in Gen.Choose(0, 10_000)
            from size in Gen.Choose(2, 6)
            select (seed, size);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var roads = RandomGrid(c.seed, c.size);
            var random = new System.Random(c.seed);
            RoadPoint Somewhere() => roads.Snap(P(random.NextDouble() * c.size * 200, random.NextDouble() * c.size * 200), 5000)!.Value;
            var goal = Somewhere();
            var origins = Enumerable.Range(0, 8).Select(_ => Somewhere()).ToList();
            var all = roads.SecondsTo(goal, origins);
            return origins.Select((origin, i) =>
            {
                var route = roads.Route(origin, goal);
                return route is null
                    ? double.IsPositiveInfinity(all[i])
                    : Math.Abs(route.Seconds - all[i]) < 1e-6 && route.Metres >= origin.Point.DistanceTo(goal.Point) - 0.5
                      && route.Line[0].DistanceTo(origin.Point) < 0.5 && route.Line[^1].DistanceTo(goal.Point) < 0.5;
            }).All(ok => ok);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SecondsTo_BeyondTheLimit_IsInfinite()
    {
        var roads = Block();
        var goal = On(roads, 1000, 500);
        var seconds = roads.SecondsTo(goal, [On(roads, 1000, 900), On(roads, 0, 500)], withinSeconds: 100);
        Assert.Equal(400 / (26 / 3.6), seconds[0], 0.5);
        Assert.Equal(double.PositiveInfinity, seconds[1]);
    }

    [SharedDataFact(SanFrancisco.File)]
    public void Route_AcrossSanFrancisco_IsFoundBetweenAlmostAllStreets()
    {
        var streets = SanFrancisco.Streets();
        var roads = new RoadGraph(streets);
        Assert.Equal(15_602, streets.Count);
        Assert.InRange(roads.Junctions, 9_401, 9_410);
        var ferry = roads.Snap(new GeoPoint(37.7955, -122.3937))!.Value;
        var zoo = roads.Snap(new GeoPoint(37.7330, -122.5030))!.Value;
        var route = roads.Route(ferry, zoo)!;
        Assert.InRange(route.Metres, 12_000, 20_000);
        var everywhere = Enumerable.Range(0, streets.Count).Select(s => new RoadPoint(s, 0, streets[s].Line[0], 0, true)).ToList();
        Assert.InRange(roads.SecondsTo(ferry, everywhere).Count(double.IsFinite), 15_500, 15_602);
    }

    private static RoadGraph RandomGrid(int seed, int size)
    {
        var random = new System.Random(seed);
        var streets = new List<StreetSegment>();
        void Maybe(GeoPoint a, GeoPoint b)
        {
            if (random.NextDouble() < 0.8) streets.Add(Way("S", a, b, random.NextDouble() < 0.3, (RoadClass)random.Next(5)));
        }
        streets.Add(Way("S", P(0, 0), P(200, 0)));
        for (var x = 0; x < size; x++)
            for (var y = 0; y < size; y++)
            {
                Maybe(P(x * 200, y * 200), P(x * 200 + 200, y * 200));
                Maybe(P(x * 200, y * 200 + 200), P(x * 200, y * 200));
            }
        return new RoadGraph(streets);
    }
}
