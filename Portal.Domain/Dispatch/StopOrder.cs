using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>
/// In which order a vehicle goes to its stops so that it is at the last of them soon; the way back does not count. Each stop is put where it costs least, then pieces of the way are turned round and moved
/// for as long as that makes it shorter: with the few stops of one vehicle mostly the shortest way there is.
/// </summary>
public static class StopOrder
{
    /// <summary>Stops of one trip.</summary>
    public const int MostStops = 40;

    private const int LongestPiece = 3;
    private const double OutOfReach = 1e7, Shorter = 1e-6;

    /// <summary>The order, as places in <paramref name="stops"/>. Stops that nobody knows on the map come last, as they were given.</summary>
    /// <param name="start">where it sets out; null where nobody knows</param>
    public static IReadOnlyList<int> Of(GeoPoint? start, IReadOnlyList<GeoPoint?> stops, TravelSeconds travel)
    {
        var known = Enumerable.Range(0, stops.Count).Where(i => stops[i] is not null).ToList();
        var ways = Ways(start, [.. known.Select(i => stops[i]!.Value)], travel);
        var order = Inserted(ways, known.Count);
        while (Improved(ways, order) is { } better) order = better;
        return [.. order.Select(i => known[i]), .. Enumerable.Range(0, stops.Count).Where(i => stops[i] is null)];
    }

    // seconds from each place, the last being the start, to each place
    private static double[][] Ways(GeoPoint? start, IReadOnlyList<GeoPoint> places, TravelSeconds travel)
    {
        GeoPoint[] origins = start is { } from ? [.. places, from] : [.. places];
        var ways = Enumerable.Range(0, places.Count + 1).Select(_ => new double[places.Count]).ToArray();
        for (var to = 0; to < places.Count; to++)
        {
            var seconds = travel(places[to], origins);
            for (var i = 0; i < origins.Length; i++) ways[i][to] = Math.Min(seconds[i], OutOfReach);
        }
        return ways;
    }

    private static double Length(double[][] ways, List<int> order)
    {
        var (sum, at) = (0.0, ways.Length - 1);
        foreach (var next in order) (sum, at) = (sum + ways[at][next], next);
        return sum;
    }

    private static List<int> Inserted(double[][] ways, int count)
    {
        List<int> order = [];
        var left = Enumerable.Range(0, count).ToList();
        while (left.Count > 0)
        {
            var (stop, place, _) = (from one in left
                                    from at in Enumerable.Range(0, order.Count + 1)
                                    let before = at == 0 ? ways.Length - 1 : order[at - 1]
                                    let more = ways[before][one] + (at == order.Count ? 0 : ways[one][order[at]] - ways[before][order[at]])
                                    select (one, at, more)).MinBy(choice => choice.more);
            order.Insert(place, stop);
            left.Remove(stop);
        }
        return order;
    }

    // the first change found that makes the way shorter
    private static List<int>? Improved(double[][] ways, List<int> order)
    {
        var now = Length(ways, order);
        return Turned(order).Concat(Moved(order)).FirstOrDefault(other => Length(ways, other) < now - Shorter);
    }

    private static IEnumerable<List<int>> Turned(List<int> order)
    {
        for (var from = 0; from < order.Count - 1; from++)
            for (var to = from + 1; to < order.Count; to++)
            {
                var other = order.ToList();
                other.Reverse(from, to - from + 1);
                yield return other;
            }
    }

    private static IEnumerable<List<int>> Moved(List<int> order)
    {
        for (var size = 1; size <= Math.Min(LongestPiece, order.Count - 1); size++)
            for (var from = 0; from + size <= order.Count; from++)
                for (var to = 0; to <= order.Count - size; to++)
                {
                    if (to == from) continue;
                    var other = order.ToList();
                    other.RemoveRange(from, size);
                    other.InsertRange(to, order.GetRange(from, size));
                    yield return other;
                }
    }
}
