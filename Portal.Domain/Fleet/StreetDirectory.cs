using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>An address found on the streets. <see cref="Exact"/> is false when the number lies beyond the known ranges and the nearest stands in.</summary>
public sealed record StreetAddress(string Street, int? Number, string District, GeoPoint Point, bool Exact)
{
    /// <summary>As written on an envelope of most of our countries: street, number.</summary>
    public override string ToString() => Number is { } number ? $"{Street}, {number}" : Street;
}

/// <summary>House numbers to points and back, by interpolation along a segment's side.</summary>
public sealed class StreetDirectory
{
    /// <summary>A house stands so far from the middle of its street, metres.</summary>
    private const double HouseOffM = 9;

    private readonly RoadGraph roads;
    private readonly Dictionary<string, List<int>> byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Indexes the named streets of a graph.</summary>
    public StreetDirectory(RoadGraph roads)
    {
        this.roads = roads;
        for (var s = 0; s < roads.Segments.Count; s++)
        {
            var name = roads.Segments[s].Name;
            if (name.Length == 0) continue;
            if (!byName.TryGetValue(name, out var parts)) byName[name] = parts = [];
            parts.Add(s);
        }
    }

    /// <summary>All street names in ordinal order.</summary>
    public IEnumerable<string> Streets => byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The point of an address, the middle segment of the street without a number, or null for an unknown street.</summary>
    public StreetAddress? Find(string street, int? number = null)
    {
        if (!byName.TryGetValue(street.Trim(), out var parts)) return null;
        if (number is { } wanted)
        {
            var sides = from s in parts
                        from left in new[] { true, false }
                        let distance = Side(s, left).DistanceTo(wanted)
                        where distance is not null
                        orderby distance
                        select (Segment: s, Left: left, Distance: distance.Value);
            if (sides.Select(side => ((int Segment, bool Left, int Distance)?)side).FirstOrDefault() is { } nearest)
                return Address(nearest.Segment, wanted, House(nearest.Segment, nearest.Left, wanted), nearest.Distance == 0);
        }
        var middle = parts[parts.Count / 2];
        return Address(middle, null, Polyline.At(roads.Segments[middle].Line, Polyline.Length(roads.Segments[middle].Line) / 2), number is null);
    }

    /// <summary>The nearest street within so many metres and the house number at that place, if the side has any; null far from streets.</summary>
    public StreetAddress? Nearest(GeoPoint point, double withinM = 300)
    {
        if (roads.Snap(point, withinM) is not { } on) return null;
        var side = Side(on.Segment, on.OnLeft);
        if (side.IsEmpty) return Address(on.Segment, null, on.Point, true);
        var number = side.At(on.AlongM / Math.Max(1, Polyline.Length(roads.Segments[on.Segment].Line)));
        return Address(on.Segment, number, House(on.Segment, on.OnLeft, number), true);
    }

    private HouseNumbers Side(int segment, bool left) => left ? roads.Segments[segment].Left : roads.Segments[segment].Right;

    private StreetAddress Address(int segment, int? number, GeoPoint point, bool exact) =>
        new(roads.Segments[segment].Name, number, roads.Segments[segment].District, point, exact);

    private GeoPoint House(int segment, bool left, int number)
    {
        var line = roads.Segments[segment].Line;
        var length = Polyline.Length(line);
        var along = Side(segment, left).ShareOf(number) * length;
        var on = Polyline.At(line, along);
        var ahead = double.DegreesToRadians(Polyline.At(line, along - 1).BearingTo(Polyline.At(line, along + 1)));
        var aside = ahead + (left ? -Math.PI / 2 : Math.PI / 2);
        return new LocalPlane(on).Unproject(HouseOffM * Math.Sin(aside), HouseOffM * Math.Cos(aside));
    }
}
