using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>Seconds from each origin to the destination, infinite when out of reach.</summary>
public delegate IReadOnlyList<double> TravelSeconds(GeoPoint destination, IReadOnlyList<GeoPoint> origins);

/// <summary>What is asked of travel times.</summary>
public static class TravelTimes
{
    /// <summary>Seconds to the destination by the place one sets out from; <paramref name="origins"/> are different places.</summary>
    public static Dictionary<GeoPoint, double> ByOrigin(this TravelSeconds travel, GeoPoint destination, IReadOnlyList<GeoPoint> origins) =>
        origins.Zip(travel(destination, origins)).ToDictionary(way => way.First, way => way.Second);
}
