using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>
/// Driving times between every junction and a few that lie far apart, known beforehand. By the triangle inequality they say how long a way takes
/// at least, far more closely than its length does, so a search looks at few streets beside the way (A. Goldberg, C. Harrelson,
/// "Computing the Shortest Path: A* Search Meets Graph Theory", 2005).
/// </summary>
internal sealed class RoadLandmarks
{
    private const int Most = 8;
    private readonly double[][] from, to;

    /// <summary>Chooses landmarks among the junctions.</summary>
    /// <param name="places">Where the junctions lie.</param>
    /// <param name="reach">Seconds from a junction to all others, or, when true is given, from all others to it; infinite where no way leads.</param>
    public RoadLandmarks(IReadOnlyList<GeoPoint> places, Func<int, bool, double[]> reach)
    {
        var chosen = FarApart(places);
        from = [.. chosen.Select(landmark => reach(landmark, false))];
        to = [.. chosen.Select(landmark => reach(landmark, true))];
    }

    /// <summary>Begins bounds for one destination.</summary>
    /// <param name="entries">Junctions next to the destination, with the seconds from there to it.</param>
    /// <param name="exits">Junctions next to it, with the seconds from it to them.</param>
    public Bounds Towards(IEnumerable<(int Junction, double Seconds)> entries, IEnumerable<(int Junction, double Seconds)> exits)
    {
        var reached = Array.ConvertAll(from, seconds => entries.Min(e => seconds[e.Junction] + e.Seconds));
        var left = Array.ConvertAll(to, seconds => exits.Min(e => seconds[e.Junction] + e.Seconds));
        return new(this, reached, left);
    }

    /// <summary>What a way to one destination takes at least.</summary>
    public readonly struct Bounds(RoadLandmarks landmarks, double[] reached, double[] left)
    {
        /// <summary>Seconds from a junction, at least; infinite where a landmark knows that no way leads there.</summary>
        public double From(int junction)
        {
            var least = 0.0;
            for (var i = 0; i < reached.Length; i++)
            {
                // Where neither end knows the landmark, the difference is no number and compares as false.
                if (reached[i] - landmarks.from[i][junction] is var onward && onward > least) least = onward;
                if (landmarks.to[i][junction] - left[i] is var back && back > least) least = back;
            }
            return least;
        }
    }

    private static List<int> FarApart(IReadOnlyList<GeoPoint> places)
    {
        var chosen = new List<int>();
        if (places.Count == 0) return chosen;
        var apart = places.Select(place => place.DistanceTo(places[0])).ToArray();
        while (chosen.Count < Math.Min(Most, places.Count))
        {
            var next = Array.IndexOf(apart, apart.Max());
            for (var i = 0; i < apart.Length; i++)
                apart[i] = chosen.Count == 0 ? places[i].DistanceTo(places[next]) : Math.Min(apart[i], places[i].DistanceTo(places[next]));
            chosen.Add(next);
        }
        return chosen;
    }
}
