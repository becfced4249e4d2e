using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Measures along a line of points; lengths in metres.</summary>
public static class Polyline
{
    /// <summary>Length of the whole line.</summary>
    public static double Length(IReadOnlyList<GeoPoint> line)
    {
        double length = 0;
        for (var i = 1; i < line.Count; i++) length += line[i - 1].DistanceTo(line[i]);
        return length;
    }

    /// <summary>The point so many metres along the line; its ends beyond them.</summary>
    public static GeoPoint At(IReadOnlyList<GeoPoint> line, double along)
    {
        for (var i = 1; i < line.Count; i++)
        {
            var leg = line[i - 1].DistanceTo(line[i]);
            if (along <= leg) return leg > 0 ? Between(line[i - 1], line[i], Math.Max(0, along / leg)) : line[i];
            along -= leg;
        }
        return line[^1];
    }

    /// <summary>The part between two measures, backwards when <paramref name="to"/> lies before <paramref name="from"/>.</summary>
    public static List<GeoPoint> Part(IReadOnlyList<GeoPoint> line, double from, double to)
    {
        if (from > to)
        {
            var backwards = Part(line, to, from);
            backwards.Reverse();
            return backwards;
        }
        List<GeoPoint> part = [At(line, from)];
        double along = 0;
        for (var i = 1; i < line.Count; i++)
        {
            along += line[i - 1].DistanceTo(line[i]);
            if (along > from && along < to) part.Add(line[i]);
        }
        part.Add(At(line, to));
        return part;
    }

    /// <summary>The point of the line nearest to <paramref name="point"/>, its measure, the distance to it and the side the point lies on.</summary>
    public static (GeoPoint Point, double Along, double Distance, bool OnLeft) Nearest(IReadOnlyList<GeoPoint> line, GeoPoint point)
    {
        var plane = new LocalPlane(point);
        var (best, along, squared, left) = (line[0], 0.0, double.PositiveInfinity, false);
        double before = 0;
        for (var i = 1; i < line.Count; i++)
        {
            var (ax, ay) = plane.Project(line[i - 1]);
            var (bx, by) = plane.Project(line[i]);
            var (dx, dy) = (bx - ax, by - ay);
            var leg = Math.Sqrt(dx * dx + dy * dy);
            var share = leg > 0 ? Math.Clamp(-(ax * dx + ay * dy) / (leg * leg), 0, 1) : 0;
            var (x, y) = (ax + share * dx, ay + share * dy);
            if (x * x + y * y < squared)
            {
                squared = x * x + y * y;
                best = Between(line[i - 1], line[i], share);
                along = before + share * leg;
                left = dx * -ay - dy * -ax > 0;
            }
            before += leg;
        }
        return (best, along, Math.Sqrt(squared), left);
    }

    private static GeoPoint Between(GeoPoint a, GeoPoint b, double share) =>
        new(a.Latitude + share * (b.Latitude - a.Latitude), a.Longitude + share * (b.Longitude - a.Longitude));
}
