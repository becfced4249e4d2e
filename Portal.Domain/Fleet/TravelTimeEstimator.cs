using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>A travel time in seconds, the way in metres, and the range in which eight of ten past drives of that length fell.</summary>
/// <param name="Seconds">Expected time.</param>
/// <param name="Metres">Length of the way.</param>
/// <param name="P10Seconds">One drive of ten was quicker.</param>
/// <param name="P90Seconds">One drive of ten was slower.</param>
/// <param name="ByRoad">True when the streets were known, false for a great circle.</param>
public sealed record TravelEstimate(double Seconds, double Metres, double P10Seconds, double P90Seconds, bool ByRoad);

/// <summary>How a great circle becomes a time where no streets are known.</summary>
/// <param name="Detour">Length of the way over the great circle.</param>
/// <param name="TownKmh">Speed on the first <paramref name="TownM"/> metres of the way.</param>
/// <param name="TownM">How long the way is taken to lead through a town.</param>
/// <param name="OpenKmh">Speed on the rest.</param>
public sealed record GreatCircleSpeeds(double Detour = 1.3, double TownKmh = 28, double TownM = 8000, double OpenKmh = 65)
{
    /// <summary>Seconds and metres of the way between two points.</summary>
    public (double Seconds, double Metres) Between(GeoPoint from, GeoPoint to)
    {
        var way = from.DistanceTo(to) * Detour;
        return (Math.Min(way, TownM) / (TownKmh / 3.6) + Math.Max(0, way - TownM) / (OpenKmh / 3.6), way);
    }
}

/// <summary>
/// The one source of travel times behind every ETA, ranking and plan: over the streets where both ends are near them,
/// else over the great circle; either way corrected by what completed trips have taught. Immutable.
/// </summary>
public sealed class TravelTimeEstimator(RoadGraph? roads, TravelExperience experience, TimeZoneInfo zone, GreatCircleSpeeds? greatCircle = null)
{
    /// <summary>An end further from a street than this is off the known roads, metres.</summary>
    public const double NearRoadM = 500;

    private readonly GreatCircleSpeeds circle = greatCircle ?? new();

    /// <summary>The estimate for leaving at an instant.</summary>
    public TravelEstimate Estimate(GeoPoint from, GeoPoint to, DateTimeOffset leaving)
    {
        if (roads?.Snap(from, NearRoadM) is { } a && roads.Snap(to, NearRoadM) is { } b && roads.Route(a, b) is { } route)
            return Corrected(route.Seconds, route.Metres, leaving, byRoad: true);
        var (seconds, metres) = circle.Between(from, to);
        return Corrected(seconds, metres, leaving, byRoad: false);
    }

    /// <summary>Times to many places for leaving at one instant; infinite beyond <paramref name="within"/>.</summary>
    public TravelMoment LeavingAt(DateTimeOffset leaving, TimeSpan within) => new(roads, circle, experience, HourOfWeek(leaving), within.TotalSeconds);

    /// <summary>Seconds from each origin to one destination; infinite beyond <paramref name="within"/>.</summary>
    public double[] SecondsTo(GeoPoint destination, IReadOnlyList<GeoPoint> origins, DateTimeOffset leaving, TimeSpan within) =>
        LeavingAt(leaving, within).SecondsTo(destination, origins);

    /// <summary>The line of the quickest way over known streets, or null.</summary>
    public RoadRoute? Route(GeoPoint from, GeoPoint to) =>
        roads?.Snap(from, NearRoadM) is { } a && roads.Snap(to, NearRoadM) is { } b ? roads.Route(a, b) : null;

    private TravelEstimate Corrected(double seconds, double metres, DateTimeOffset leaving, bool byRoad)
    {
        var expected = seconds * experience.Factor(byRoad, HourOfWeek(leaving), metres);
        var (p10, p90) = experience.Spread(metres);
        return new(expected, metres, expected * p10, expected * p90, byRoad);
    }

    private int HourOfWeek(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return 24 * (int)local.DayOfWeek + local.Hour;
    }
}
