using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>A point on a street: which segment, how far along it, and how it lies to the point that was asked for.</summary>
/// <param name="Segment">Index of the segment.</param>
/// <param name="AlongM">Metres from the segment's first point.</param>
/// <param name="Point">The point on the street.</param>
/// <param name="OffM">Metres between street and the point asked for.</param>
/// <param name="OnLeft">True when the point asked for lies left of the segment's direction.</param>
public readonly record struct RoadPoint(int Segment, double AlongM, GeoPoint Point, double OffM, bool OnLeft);

/// <summary>Finds the street nearest to a point by a grid of square cells.</summary>
public sealed class StreetIndex
{
    private const double CellM = 150;

    private readonly IReadOnlyList<StreetSegment> segments;
    private readonly LocalPlane plane;
    private readonly Dictionary<(int X, int Y), List<int>> cells = [];

    /// <summary>Indexes the segments.</summary>
    public StreetIndex(IReadOnlyList<StreetSegment> segments)
    {
        this.segments = segments;
        plane = new LocalPlane(segments.Count > 0 ? segments[0].Line[0] : default);
        for (var s = 0; s < segments.Count; s++)
            for (var i = 1; i < segments[s].Line.Count; i++)
                Enter(s, Cell(segments[s].Line[i - 1]), Cell(segments[s].Line[i]));
    }

    /// <summary>The nearest point on any street within so many metres, or null.</summary>
    public RoadPoint? Nearest(GeoPoint point, double withinM)
    {
        if (!point.IsOnGlobe) return null;
        var (px, py) = plane.Project(point);
        var (cx, cy) = Cell(point);
        var toEdge = Math.Min(Math.Min(px - cx * CellM, (cx + 1) * CellM - px), Math.Min(py - cy * CellM, (cy + 1) * CellM - py));
        RoadPoint? best = null;
        var bestM = withinM;
        for (var ring = 0; ring == 0 || (ring - 1) * CellM + toEdge <= bestM; ring++)
            for (var x = cx - ring; x <= cx + ring; x++)
            {
                var inside = x > cx - ring && x < cx + ring;
                for (var y = cy - ring; y <= cy + ring; y += inside ? 2 * ring : 1)
                {
                    if (!cells.TryGetValue((x, y), out var here)) continue;
                    foreach (var s in here)
                    {
                        var (on, along, distance, left) = Polyline.Nearest(segments[s].Line, point);
                        if (distance > bestM || (distance == bestM && best is not null)) continue;
                        best = new(s, along, on, distance, left);
                        bestM = distance;
                    }
                }
            }
        return best;
    }

    private (int X, int Y) Cell(GeoPoint point)
    {
        var (x, y) = plane.Project(point);
        return ((int)Math.Floor(x / CellM), (int)Math.Floor(y / CellM));
    }

    private void Enter(int segment, (int X, int Y) a, (int X, int Y) b)
    {
        for (var x = Math.Min(a.X, b.X); x <= Math.Max(a.X, b.X); x++)
            for (var y = Math.Min(a.Y, b.Y); y <= Math.Max(a.Y, b.Y); y++)
            {
                if (!cells.TryGetValue((x, y), out var here)) cells[(x, y)] = here = [];
                if (here.Count == 0 || here[^1] != segment) here.Add(segment);
            }
    }
}
