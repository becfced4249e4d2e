using Portal.Domain.Dispatch;
using Portal.Domain.Shared;

namespace Portal.Tests.Dispatch;

public sealed class StopOrderTests
{
    private static readonly GeoPoint Depot = new(50, 30);

    private static double Seconds(GeoPoint from, GeoPoint to) => from.DistanceTo(to) / 10;

    private static IReadOnlyList<double> Travel(GeoPoint to, IReadOnlyList<GeoPoint> origins) => [.. origins.Select(from => Seconds(from, to))];

    private static double Length(GeoPoint start, IEnumerable<GeoPoint> way)
    {
        var (sum, at) = (0.0, start);
        foreach (var next in way) (sum, at) = (sum + Seconds(at, next), next);
        return sum;
    }

    private static IEnumerable<IReadOnlyList<GeoPoint>> Permutations(IReadOnlyList<GeoPoint> places) => places.Count == 0
        ? [[]]
        : places.SelectMany((place, i) => Permutations([.. places.Where((_, k) => k != i)]).Select(rest => (IReadOnlyList<GeoPoint>)[place, .. rest]));

    [Fact]
    public void Of_StopsAlongOneRoad_GoesDownTheRoad() =>
        Assert.Equal([2, 0, 3, 1], StopOrder.Of(Depot, [new GeoPoint(50.2, 30), new GeoPoint(50.4, 30), new GeoPoint(50.1, 30), new GeoPoint(50.3, 30)], Travel));

    [Fact]
    public void Of_NothingKnownOfAStop_LeavesItForTheEnd_AndNothingIsNothing()
    {
        Assert.Equal([2, 0, 1, 3], StopOrder.Of(Depot, [new GeoPoint(50.2, 30), null, new GeoPoint(50.1, 30), null], Travel));
        Assert.Equal([1, 0], StopOrder.Of(null, [null, new GeoPoint(50.1, 30)], Travel));
        Assert.Empty(StopOrder.Of(Depot, [], Travel));
    }

    [Fact]
    public void Of_WaysOfOneDirection_AreDrivenInIt()
    {
        GeoPoint[] ring = [new(50.1, 30), new(50.2, 30), new(50.3, 30)];
        // only downwards from the last to the first
        IReadOnlyList<double> OneWay(GeoPoint to, IReadOnlyList<GeoPoint> origins) => [.. origins.Select(from => from == Depot || from.Latitude > to.Latitude ? 10 : double.PositiveInfinity)];

        Assert.Equal([2, 1, 0], StopOrder.Of(Depot, [.. ring.Cast<GeoPoint?>()], OneWay));
    }

    [Fact]
    public void Of_FewStopsAnywhere_IsAlmostAlwaysTheShortestWay_AndNeverFarFromIt()
    {
        var random = new Random(7);
        var exact = 0;
        for (var round = 0; round < 200; round++)
        {
            GeoPoint[] stops = [.. Enumerable.Range(0, 6).Select(_ => new GeoPoint(50 + random.NextDouble(), 30 + random.NextDouble()))];
            var found = Length(Depot, StopOrder.Of(Depot, [.. stops.Cast<GeoPoint?>()], Travel).Select(i => stops[i]));
            var best = Permutations(stops).Min(way => Length(Depot, way));
            if (found < best * 1.000001) exact++;
            Assert.InRange(found, best * 0.999999, best * 1.15);
        }
        Assert.InRange(exact, 180, 200);
    }

    [Fact]
    public void Of_AsManyStopsAsATripHas_IsEachOnce_AndNoLongerThanGoingToTheNearestNext()
    {
        var random = new Random(11);
        GeoPoint[] stops = [.. Enumerable.Range(0, StopOrder.MostStops).Select(_ => new GeoPoint(50 + random.NextDouble(), 30 + random.NextDouble()))];

        var order = StopOrder.Of(Depot, [.. stops.Cast<GeoPoint?>()], Travel);

        Assert.Equal(Enumerable.Range(0, stops.Length), order.Order());
        List<GeoPoint> nearest = [];
        for (var at = Depot; nearest.Count < stops.Length; nearest.Add(at)) at = stops.Except(nearest).MinBy(next => Seconds(at, next));
        Assert.True(Length(Depot, order.Select(i => stops[i])) <= Length(Depot, nearest));
    }
}
