using System.Collections.Immutable;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>The board's ways to show the same trips.</summary>
public enum BoardView { Map, Table, Columns, Lanes }

/// <summary>What one viewer sees of the board: the newest snapshot narrowed by his filter, his selection and what he holds still.</summary>
public sealed class BoardState
{
    private BoardFilter filter = new();
    private TableLook? table;

    /// <summary>The newest snapshot, as far as the viewer's rights reach.</summary>
    public BoardSnapshot Board { get; private set; } = BoardSnapshot.Empty;

    /// <summary>Trips without a vehicle.</summary>
    internal HeldOrder Waiting { get; } = new();

    /// <summary>Trips with a vehicle, and ended ones where the filter asks for them.</summary>
    internal HeldOrder UnderWay { get; } = new();

    /// <summary>The rows of the table, while one is shown.</summary>
    internal HeldOrder Table { get; } = new();

    /// <summary>All trips that the filter shows, by the pickup's time.</summary>
    public ImmutableArray<BoardTrip> All { get; private set; } = [];

    /// <summary>The trip under the cursor.</summary>
    public TripId? Selected { get; set; }

    /// <summary>Trips ticked for a bulk action.</summary>
    public HashSet<TripId> Chosen { get; } = [];

    /// <summary>Whether the viewer may give trips to vehicles.</summary>
    public bool MayAssign { get; set; }

    /// <summary>Whether the viewer may drag the trip to another vehicle.</summary>
    public bool MayMove(BoardTrip trip) => MayAssign && !trip.State.IsEnded();

    /// <summary>While true the lists keep their order.</summary>
    public bool Held { get; private set; }

    /// <summary>True when the filter shows everything open.</summary>
    public bool Unfiltered => filter.IsEmpty;

    /// <summary>The selected trip as it stands now.</summary>
    public BoardTrip? SelectedTrip => Selected is { } id ? Board.Find(id) : null;

    /// <summary>The trip that a vehicle does last before it would do <paramref name="trip"/>: those under way come first, the rest by the pickup's time.</summary>
    public BoardTrip? TripBefore(BoardTrip trip, VehicleId vehicle) =>
        Board.Held.Where(t => t.Vehicle == vehicle && t.Id != trip.Id && (t.State.IsUnderWay() || t.PickupFrom <= trip.PickupFrom)).OrderBy(t => !t.State.IsUnderWay()).ThenBy(t => t.PickupFrom).LastOrDefault();

    /// <summary>Takes a newer snapshot.</summary>
    public void Take(BoardSnapshot board)
    {
        Board = board;
        Arrange(Held);
    }

    /// <summary>Looks at other trips, or at the same in another order; null where no table is shown.</summary>
    public void Look(BoardFilter through, TableLook? asTable)
    {
        (filter, table) = (through, asTable);
        Arrange(held: false);
    }

    /// <summary>Holds the order of the lists, or lets them sort themselves again.</summary>
    public void Hold(bool held)
    {
        Held = held;
        if (!held) Arrange(held: false);
    }

    // Without a filter the lists are the snapshot's own, shared by all viewers.
    private void Arrange(bool held)
    {
        All = filter.IsEmpty ? Board.Open : [.. Board.Trips.Where(t => filter.Shows(t, Board))];
        Waiting.Take(filter.IsEmpty ? Board.Waiting : [.. All.Where(t => t.State == TripState.Requested)], held, Board.Find);
        UnderWay.Take(filter.IsEmpty ? Board.Held : [.. All.Where(t => t.State != TripState.Requested)], held, Board.Find);
        if (table is not null) Table.Take(table.Sort(All, Board, whole: filter.IsEmpty), held, Board.Find);
    }
}
