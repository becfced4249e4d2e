using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>What a street is for; decides its speed and how it is drawn.</summary>
public enum RoadClass : byte { Motorway, Avenue, Collector, Street, Lane }

/// <summary>
/// House numbers along one side of a segment, from its first point to its last; they may fall.
/// Numbers of the parity of <see cref="From"/> belong to the side. 0 to 0 means none.
/// </summary>
public readonly record struct HouseNumbers(int From, int To)
{
    /// <summary>True when nobody lives on this side.</summary>
    public bool IsEmpty => From <= 0 && To <= 0;

    /// <summary>How far a number is from the range: 0 inside; null for the other parity or an empty side.</summary>
    public int? DistanceTo(int number)
    {
        if (IsEmpty || (number - From) % 2 != 0) return null;
        return Math.Max(0, Math.Max(Math.Min(From, To) - number, number - Math.Max(From, To)));
    }

    /// <summary>Where a number stands as a share of the segment's length, 0…1.</summary>
    public double ShareOf(int number) => From == To ? 0.5 : Math.Clamp((double)(number - From) / (To - From), 0, 1);

    /// <summary>The number nearest to a share of the length.</summary>
    public int At(double share)
    {
        var steps = Math.Abs(To - From) / 2;
        return From + Math.Sign(To - From) * 2 * (int)Math.Round(share * steps);
    }
}

/// <summary>A stretch of a street between two junctions. Segments meet where their end points coincide.</summary>
public sealed record StreetSegment
{
    /// <summary>Name of the street; empty for a nameless way.</summary>
    public required string Name { get; init; }
    public RoadClass Class { get; init; } = RoadClass.Street;
    /// <summary>At least two points, in the direction of rising position.</summary>
    public required IReadOnlyList<GeoPoint> Line { get; init; }
    public HouseNumbers Left { get; init; }
    public HouseNumbers Right { get; init; }
    /// <summary>True when it may be driven only from its first point to its last.</summary>
    public bool OneWay { get; init; }
    /// <summary>Name of the district, if any.</summary>
    public string District { get; init; } = "";
}
