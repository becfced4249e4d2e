using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>
/// A flat map in metres around a point (equirectangular projection): x east, y north.
/// Within 100 km of its centre distances are true to about a thousandth, which is finer than a road.
/// </summary>
public readonly struct LocalPlane(GeoPoint centre)
{
    private const double MetresPerDegree = GeoPoint.EarthRadiusM * Math.PI / 180;
    private readonly double metresPerLongitude = MetresPerDegree * Math.Cos(double.DegreesToRadians(centre.Latitude));

    /// <summary>Metres east and north of the centre.</summary>
    public (double X, double Y) Project(GeoPoint point) =>
        ((point.Longitude - centre.Longitude) * metresPerLongitude, (point.Latitude - centre.Latitude) * MetresPerDegree);

    /// <summary>The point at metres east and north of the centre.</summary>
    public GeoPoint Unproject(double x, double y) =>
        new(centre.Latitude + y / MetresPerDegree, centre.Longitude + x / metresPerLongitude);
}
