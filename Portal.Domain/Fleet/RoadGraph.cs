using System.Collections.Concurrent;
using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Average driving speeds in km/h by class of road, waiting at junctions included.</summary>
public sealed record RoadSpeeds(double Motorway = 80, double Avenue = 42, double Collector = 34, double Street = 26, double Lane = 15)
{
    /// <summary>Speed of a class.</summary>
    public double Of(RoadClass road) => road switch
    {
        RoadClass.Motorway => Motorway,
        RoadClass.Avenue => Avenue,
        RoadClass.Collector => Collector,
        RoadClass.Street => Street,
        _ => Lane,
    };
}

/// <summary>A way through the streets: driving time in seconds, length in metres, and its line.</summary>
public sealed record RoadRoute(double Seconds, double Metres, IReadOnlyList<GeoPoint> Line);

/// <summary>
/// Streets as a routable graph in compressed rows. Arc <c>2s</c> drives segment <c>s</c> forwards, <c>2s + 1</c> backwards.
/// Immutable, so any number of threads may search it.
/// </summary>
public sealed class RoadGraph
{
    private const int None = -1;

    private readonly IReadOnlyList<StreetSegment> segments;
    private readonly StreetIndex index;
    private readonly List<GeoPoint> junctions = [];
    private readonly int[] start, end, island;
    private readonly double[] metres, seconds;
    private readonly ArcRows leaving, entering;
    private readonly RoadLandmarks landmarks;
    // A way touches little of a town: laying a search out anew would cost as much as searching.
    private readonly ConcurrentBag<RoadSearch> idle = [];

    /// <summary>Builds the graph; segments meet where end points agree to a millionth of a degree (a decimetre).</summary>
    public RoadGraph(IReadOnlyList<StreetSegment> segments, RoadSpeeds? speeds = null)
    {
        speeds ??= new RoadSpeeds();
        this.segments = segments;
        index = new StreetIndex(segments);
        start = new int[segments.Count];
        end = new int[segments.Count];
        metres = new double[segments.Count];
        seconds = new double[segments.Count];
        var known = new Dictionary<(long, long), int>();
        for (var s = 0; s < segments.Count; s++)
        {
            start[s] = Junction(known, segments[s].Line[0]);
            end[s] = Junction(known, segments[s].Line[^1]);
            metres[s] = Polyline.Length(segments[s].Line);
            seconds[s] = metres[s] / (speeds.Of(segments[s].Class) / 3.6);
        }
        var arcs = Enumerable.Range(0, 2 * segments.Count).Where(arc => arc % 2 == 0 || !segments[arc / 2].OneWay).ToList();
        leaving = new ArcRows(junctions.Count, arcs, Tail);
        entering = new ArcRows(junctions.Count, arcs, Head);
        island = Islands();
        landmarks = new RoadLandmarks(junctions, Reach);
    }

    /// <summary>The streets it was built from.</summary>
    public IReadOnlyList<StreetSegment> Segments => segments;

    /// <summary>Number of junctions and dead ends.</summary>
    public int Junctions => junctions.Count;

    /// <summary>The nearest point on a street within so many metres, or null.</summary>
    public RoadPoint? Snap(GeoPoint point, double withinM = 300) => index.Nearest(point, withinM);

    /// <summary>True when streets lead from one segment to the other, one-way signs aside.</summary>
    public bool Connected(RoadPoint a, RoadPoint b) => island[start[a.Segment]] == island[start[b.Segment]];

    /// <summary>The quickest way (A* search by landmarks), or null when none leads there.</summary>
    public RoadRoute? Route(RoadPoint from, RoadPoint to)
    {
        if (!idle.TryTake(out var search)) search = new RoadSearch(junctions.Count);
        var route = Route(from, to, search);
        search.Clear();
        idle.Add(search);
        return route;
    }

    private RoadRoute? Route(RoadPoint from, RoadPoint to, RoadSearch search)
    {
        var goals = Entries(to).ToList();
        var remaining = landmarks.Towards(goals.Select(g => (g.Junction, g.Seconds)), Exits(to).Select(e => (e.Junction, e.Seconds)));
        foreach (var (junction, cost, arc) in Exits(from)) search.Reach(junction, cost, cost + remaining.From(junction), arc);
        var (best, last, lastArc) = (DirectSeconds(from, to), None, None);
        while (search.Next(out var junction, out var estimate) && estimate < best)
        {
            var reached = search.Seconds(junction);
            foreach (var (goal, cost, arc) in goals)
                if (goal == junction && reached + cost < best) (best, last, lastArc) = (reached + cost, junction, arc);
            foreach (var arc in leaving[junction])
            {
                var head = Head(arc);
                var cost = reached + seconds[arc / 2];
                if (cost < search.Seconds(head)) search.Reach(head, cost, cost + remaining.From(head), arc);
            }
        }
        if (double.IsPositiveInfinity(best)) return null;
        var line = Line(search, from, to, last, lastArc);
        return new(best, Polyline.Length(line), line);
    }

    /// <summary>
    /// Driving seconds from each origin to one destination (Dijkstra backwards from the destination until all are reached, no
    /// further than <paramref name="withinSeconds"/>); infinite where the way is longer or there is none.
    /// </summary>
    public double[] SecondsTo(RoadPoint destination, IReadOnlyList<RoadPoint> origins, double withinSeconds = double.PositiveInfinity)
    {
        var search = new RoadSearch(junctions.Count);
        foreach (var (junction, cost, arc) in Entries(destination)) search.Reach(junction, cost, cost, arc);
        var awaited = origins.SelectMany(Exits).Select(exit => exit.Junction).ToHashSet();
        while (awaited.Count > 0 && search.Next(out var junction, out var reached) && reached <= withinSeconds)
        {
            awaited.Remove(junction);
            foreach (var arc in entering[junction])
            {
                var cost = reached + seconds[arc / 2];
                if (cost < search.Seconds(Tail(arc))) search.Reach(Tail(arc), cost, cost, arc);
            }
        }
        var times = new double[origins.Count];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = DirectSeconds(origins[i], destination);
            foreach (var (junction, cost, _) in Exits(origins[i])) times[i] = Math.Min(times[i], cost + search.Seconds(junction));
            if (times[i] > withinSeconds) times[i] = double.PositiveInfinity;
        }
        return times;
    }

    private int Tail(int arc) => arc % 2 == 0 ? start[arc / 2] : end[arc / 2];

    private int Head(int arc) => arc % 2 == 0 ? end[arc / 2] : start[arc / 2];

    /// <summary>Seconds from one junction to all others, or from all others to it.</summary>
    private double[] Reach(int root, bool backwards)
    {
        var search = new RoadSearch(junctions.Count);
        search.Reach(root, 0, 0, None);
        while (search.Next(out var junction, out var reached))
            foreach (var arc in backwards ? entering[junction] : leaving[junction])
                search.Reach(backwards ? Tail(arc) : Head(arc), reached + seconds[arc / 2], reached + seconds[arc / 2], arc);
        return [.. Enumerable.Range(0, junctions.Count).Select(search.Seconds)];
    }

    /// <summary>Where one can get to from within a segment, and what it costs.</summary>
    private IEnumerable<(int Junction, double Seconds, int Arc)> Exits(RoadPoint at)
    {
        var (s, share) = (at.Segment, Share(at));
        yield return (end[s], seconds[s] * (1 - share), 2 * s);
        if (!segments[s].OneWay) yield return (start[s], seconds[s] * share, 2 * s + 1);
    }

    /// <summary>From where one can get to within a segment, and what it costs.</summary>
    private IEnumerable<(int Junction, double Seconds, int Arc)> Entries(RoadPoint at)
    {
        var (s, share) = (at.Segment, Share(at));
        yield return (start[s], seconds[s] * share, 2 * s);
        if (!segments[s].OneWay) yield return (end[s], seconds[s] * (1 - share), 2 * s + 1);
    }

    /// <summary>Along the one segment both points lie on; infinite when they do not, or against its direction.</summary>
    private double DirectSeconds(RoadPoint from, RoadPoint to)
    {
        var share = Share(to) - Share(from);
        return from.Segment == to.Segment && (share >= 0 || !segments[to.Segment].OneWay)
            ? Math.Abs(share) * seconds[from.Segment]
            : double.PositiveInfinity;
    }

    private double Share(RoadPoint at) => metres[at.Segment] > 0 ? Math.Clamp(at.AlongM / metres[at.Segment], 0, 1) : 0;

    private List<GeoPoint> Line(RoadSearch search, RoadPoint from, RoadPoint to, int last, int lastArc)
    {
        if (last == None) return Polyline.Part(segments[from.Segment].Line, from.AlongM, to.AlongM);
        var arcs = new List<int>();
        for (var junction = last; ; junction = Tail(arcs[^1]))
        {
            arcs.Add(search.Arc(junction));
            if (search.IsSeed(junction)) break;
        }
        arcs.Reverse();
        var line = Polyline.Part(segments[from.Segment].Line, from.AlongM, arcs[0] % 2 == 0 ? metres[from.Segment] : 0);
        foreach (var arc in arcs.Skip(1))
            line.AddRange(arc % 2 == 0 ? segments[arc / 2].Line.Skip(1) : segments[arc / 2].Line.Reverse().Skip(1));
        line.AddRange(Polyline.Part(segments[to.Segment].Line, lastArc % 2 == 0 ? 0 : metres[to.Segment], to.AlongM).Skip(1));
        return line;
    }

    /// <summary>For every junction the least junction that streets connect it with.</summary>
    private int[] Islands()
    {
        var least = new int[junctions.Count];
        Array.Fill(least, None);
        var waiting = new Stack<int>();
        for (var root = 0; root < least.Length; root++)
        {
            if (least[root] != None) continue;
            for (waiting.Push(root); waiting.TryPop(out var junction);)
            {
                if (least[junction] != None) continue;
                least[junction] = root;
                foreach (var arc in leaving[junction]) waiting.Push(Head(arc));
                foreach (var arc in entering[junction]) waiting.Push(Tail(arc));
            }
        }
        return least;
    }

    private int Junction(Dictionary<(long, long), int> known, GeoPoint point)
    {
        var key = ((long)Math.Round(point.Latitude * 1e6), (long)Math.Round(point.Longitude * 1e6));
        if (known.TryGetValue(key, out var junction)) return junction;
        junctions.Add(point);
        return known[key] = junctions.Count - 1;
    }

    /// <summary>Arcs grouped by a junction: compressed rows.</summary>
    private sealed class ArcRows
    {
        private readonly int[] first;
        private readonly int[] arcs;

        public ArcRows(int junctions, List<int> all, Func<int, int> junctionOf)
        {
            arcs = [.. all.OrderBy(junctionOf)];
            first = new int[junctions + 1];
            foreach (var arc in all) first[junctionOf(arc) + 1]++;
            for (var i = 0; i < junctions; i++) first[i + 1] += first[i];
        }

        public ReadOnlySpan<int> this[int junction] => arcs.AsSpan(first[junction]..first[junction + 1]);
    }
}
