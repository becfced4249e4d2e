namespace Portal.Domain.Shared;

/// <summary>A point on the globe: WGS84 degrees.</summary>
public readonly record struct GeoPoint(double Latitude, double Longitude)
{
    /// <summary>Mean radius of the Earth in metres (IUGG R1).</summary>
    public const double EarthRadiusM = 6_371_008.8;

    /// <summary>True when both coordinates are finite and on the globe.</summary>
    public bool IsOnGlobe =>
        double.IsFinite(Latitude) && double.IsFinite(Longitude)
        && Latitude is >= -90 and <= 90 && Longitude is >= -180 and <= 180;

    /// <summary>Great-circle distance in metres (haversine formula).</summary>
    public double DistanceTo(GeoPoint other)
    {
        var dLat = double.DegreesToRadians(other.Latitude - Latitude);
        var dLon = double.DegreesToRadians(other.Longitude - Longitude);
        var sinLat = Math.Sin(dLat / 2);
        var sinLon = Math.Sin(dLon / 2);
        var h = sinLat * sinLat
            + Math.Cos(double.DegreesToRadians(Latitude)) * Math.Cos(double.DegreesToRadians(other.Latitude)) * sinLon * sinLon;
        return 2 * EarthRadiusM * Math.Asin(Math.Sqrt(Math.Min(1, h)));
    }

    /// <summary>Initial bearing towards <paramref name="other"/> in degrees, 0 = north, clockwise, below 360.</summary>
    public double BearingTo(GeoPoint other)
    {
        var lat1 = double.DegreesToRadians(Latitude);
        var lat2 = double.DegreesToRadians(other.Latitude);
        var dLon = double.DegreesToRadians(other.Longitude - Longitude);
        var y = Math.Sin(dLon) * Math.Cos(lat2);
        var x = Math.Cos(lat1) * Math.Sin(lat2) - Math.Sin(lat1) * Math.Cos(lat2) * Math.Cos(dLon);
        var degrees = double.RadiansToDegrees(Math.Atan2(y, x));
        return (degrees + 360) % 360;
    }
}
