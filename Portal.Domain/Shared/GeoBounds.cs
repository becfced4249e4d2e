namespace Portal.Domain.Shared;

/// <summary>A rectangle in WGS84 degrees, such as a map's viewport. <c>West &gt; East</c> spans the antimeridian.</summary>
public readonly record struct GeoBounds(double South, double West, double North, double East)
{
    /// <summary>The whole globe.</summary>
    public static readonly GeoBounds World = new(-90, -180, 90, 180);

    /// <summary>True when the point lies inside or on the edge.</summary>
    public bool Contains(GeoPoint p) =>
        p.Latitude >= South && p.Latitude <= North
        && (West <= East ? p.Longitude >= West && p.Longitude <= East : p.Longitude >= West || p.Longitude <= East);

    /// <summary>The same rectangle grown by a share of its size on each side (0.2 = 20 %).</summary>
    public GeoBounds Grown(double share)
    {
        var dLat = (North - South) * share;
        var width = West <= East ? East - West : East - West + 360;
        var dLon = width * share;
        if (width + 2 * dLon >= 360) return new(Math.Max(-90, South - dLat), -180, Math.Min(90, North + dLat), 180);
        return new(Math.Max(-90, South - dLat), Wrap(West - dLon), Math.Min(90, North + dLat), Wrap(East + dLon));
    }

    private static double Wrap(double longitude) => longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;
}
