using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>The board's ways to show the same trips.</summary>
public enum BoardView { Map, Table, Columns, Lanes }

/// <summary>What one viewer sees of the board: the newest snapshot narrowed by his filter, his selection and what is freshly changed.</summary>
public sealed class BoardState
{
    private static readonly TimeSpan MarkFor = TimeSpan.FromSeconds(2);

    private readonly Dictionary<TripId, (uint Version, DateTimeOffset At)> seen = [];
    private BoardFilter filter = new();

    /// <summary>The newest snapshot, as far as the viewer's rights reach.</summary>
    public BoardSnapshot Board { get; private set; } = BoardSnapshot.Empty;

    /// <summary>Trips without a vehicle.</summary>
    internal HeldOrder Waiting { get; } = new();

    /// <summary>Trips with a vehicle, and ended ones where the filter asks for them.</summary>
    internal HeldOrder UnderWay { get; } = new();

    /// <summary>All trips that the filter shows, by the pickup's time.</summary>
    public List<BoardTrip> All { get; private set; } = [];

    /// <summary>The trip under the cursor.</summary>
    public TripId? Selected { get; set; }

    /// <summary>Trips ticked for a bulk action.</summary>
    public HashSet<TripId> Chosen { get; } = [];

    /// <summary>Whether the viewer may give trips to vehicles.</summary>
    public bool MayAssign { get; set; }

    /// <summary>While true the lists keep their order.</summary>
    public bool Held { get; private set; }

    /// <summary>Figures of the heading, over everything the viewer may see.</summary>
    public (int Waiting, DateTimeOffset? Oldest, int UnderWay, int Late) Figures { get; private set; }

    /// <summary>The selected trip as it stands now.</summary>
    public BoardTrip? SelectedTrip => Selected is { } id ? Board.Find(id) : null;

    /// <summary>Takes a newer snapshot.</summary>
    public void Take(BoardSnapshot board)
    {
        var first = Board.Revision == 0;
        Board = board;
        foreach (var trip in board.Trips)
            if (!seen.TryGetValue(trip.Id, out var known) || known.Version != trip.Version) seen[trip.Id] = (trip.Version, first ? default : board.At);
        if (seen.Count > 2 * board.Trips.Length + 100)
            foreach (var gone in seen.Keys.Where(id => board.Find(id) is null).ToList()) seen.Remove(gone);
        Arrange();
    }

    /// <summary>Looks at other trips.</summary>
    public void Look(BoardFilter through)
    {
        filter = through;
        Arrange(anew: true);
    }

    /// <summary>Holds the order of the lists, or lets them sort themselves again.</summary>
    public void Hold(bool held)
    {
        Held = held;
        if (!held) Arrange();
    }

    /// <summary>True for two seconds after a row came or changed.</summary>
    public bool IsMarked(BoardTrip trip) => seen.TryGetValue(trip.Id, out var known) && Board.At - known.At < MarkFor;

    private void Arrange(bool anew = false)
    {
        List<BoardTrip> waiting = [], held = [], all = [];
        var (waits, under, late, oldest) = (0, 0, 0, (DateTimeOffset?)null);
        foreach (var trip in Board.Trips)
        {
            if (trip.State == TripState.Requested)
            {
                waits++;
                if (oldest is null || trip.RequestedAt < oldest) oldest = trip.RequestedAt;
            }
            else if (!trip.State.IsEnded()) under++;
            if (Board.Judge(trip) == Punctuality.Late) late++;
            if (!filter.Shows(trip, Board)) continue;
            all.Add(trip);
            (trip.State == TripState.Requested ? waiting : held).Add(trip);
        }
        Figures = (waits, oldest, under, late);
        All = all;
        Waiting.Take(waiting, Held && !anew, Board.Find);
        UnderWay.Take(held, Held && !anew, Board.Find);
    }
}
