using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Web.Fleet;

/// <summary>What a map shows: its middle in degrees and its zoom level.</summary>
public sealed record MapView(double Latitude, double Longitude, int Zoom)
{
    private const double TogetherM = 60_000;
    private const int LookedAt = 300;

    /// <summary>
    /// The points that lie around the busiest of them: what a map may open on. A car left running on another continent, or a replay there,
    /// must not make a town a dot.
    /// </summary>
    public static IReadOnlyList<GeoPoint> Gathered(IEnumerable<GeoPoint> points)
    {
        var some = points.Take(LookedAt).ToList();
        return some.Count == 0 ? [] : some.Select(p => some.FindAll(q => p.DistanceTo(q) <= TogetherM)).MaxBy(near => near.Count)!;
    }
}

/// <summary>A right click: the point, and where it lies in CSS pixels from the map's upper left corner.</summary>
public sealed record MapContext(GeoPoint Point, double X, double Y);

/// <summary>An own place on the map.</summary>
public sealed record MapPlace(Guid Id, GeoPoint Point, string Name);

/// <summary>A trip on the map.</summary>
/// <param name="Id">Id of the trip.</param>
/// <param name="Stops">Pickup first, then the stops in order, drop-off last; those without a point are left out.</param>
/// <param name="State">State of the trip: it gives the colour.</param>
/// <param name="Label">Text on hover.</param>
/// <param name="IsSelected">Drawn strongly and on top.</param>
public sealed record MapTrip(Guid Id, IReadOnlyList<GeoPoint> Stops, TripState State, string Label, bool IsSelected = false)
{
    /// <summary>The shape <c>trip-layer.js</c> reads; status −1 is a trip without a vehicle.</summary>
    internal object ForCanvas() => new
    {
        Id,
        Stops = Stops.Select(p => new[] { p.Latitude, p.Longitude }),
        Status = State is TripState.Requested || State.IsEnded() ? -1 : (int)VehicleStatuses.Of(State, onShift: true),
        Label,
        Selected = IsSelected,
    };
}
