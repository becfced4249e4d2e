using System.Runtime.CompilerServices;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Web.Fleet;

namespace Portal.Web.Dispatch;

/// <summary>What the map draws of a board. Worked out once for each snapshot and shared by all who look at it unfiltered.</summary>
internal sealed class BoardMap
{
    /// <summary>More trips than this make a map unreadable; those that are due first are drawn.</summary>
    private const int TripsAtMost = 200;

    private static readonly ConditionalWeakTable<BoardSnapshot, BoardMap> Shared = [];

    private BoardMap(BoardSnapshot board)
    {
        Roster = board.Vehicles.ToDictionary(v => v.Id, v =>
        {
            var held = board.Of(v.Id).Where(t => !t.State.IsEnded()).MaxBy(t => t.State);
            return new RosterVehicle(v.Plate, v.Class, v.DriverName, null, VehicleStatuses.Of(held?.State, onShift: true), held?.Id, held?.Number, v.IsReenacted);
        });
        Trips = Draw(board.Open);
    }

    /// <summary>Plate, driver and status of every vehicle at work.</summary>
    public IReadOnlyDictionary<VehicleId, RosterVehicle> Roster { get; }

    /// <summary>The open trips that are due first.</summary>
    public IReadOnlyList<MapTrip> Trips { get; }

    /// <summary>The map of a snapshot.</summary>
    public static BoardMap Of(BoardSnapshot board) => Shared.GetValue(board, static b => new BoardMap(b));

    /// <summary>The trips to draw for one viewer: what he filtered, and the selected one always and strongly.</summary>
    public IReadOnlyList<MapTrip> TripsOf(BoardState state)
    {
        var trips = state.Unfiltered ? Trips : Draw(state.All);
        if (state.SelectedTrip is not { } selected) return trips;
        return [.. trips.Where(t => t.Id != selected.Id.Value), Draw(selected) with { IsSelected = true }];
    }

    /// <summary>True when both say the same of every vehicle, so that the canvas need not be told.</summary>
    public bool SaysTheSame(IReadOnlyDictionary<VehicleId, RosterVehicle> roster) =>
        roster.Count == Roster.Count && Roster.All(v => roster.GetValueOrDefault(v.Key) == v.Value);

    /// <summary>True when both lists draw the same.</summary>
    public static bool DrawsTheSame(IReadOnlyList<MapTrip> a, IReadOnlyList<MapTrip> b) =>
        a.Count == b.Count && a.Zip(b).All(p => p.First.Id == p.Second.Id && p.First.State == p.Second.State && p.First.IsSelected == p.Second.IsSelected && p.First.Stops.SequenceEqual(p.Second.Stops));

    private static List<MapTrip> Draw(IEnumerable<BoardTrip> trips) => [.. trips.Take(TripsAtMost).Select(Draw)];

    private static MapTrip Draw(BoardTrip trip) => new(
        trip.Id.Value, [.. new[] { trip.FromPoint, trip.ToPoint }.OfType<GeoPoint>()], trip.State, $"{TripStateLook.Sign(trip.State)} {trip.Number} · {trip.From} → {trip.To}");
}
