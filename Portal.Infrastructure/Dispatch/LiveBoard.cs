using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// The trip board in memory, one for all who look. Every change makes a new immutable snapshot and offers it to the watchers;
/// the lock is held for the exchange only, never while somebody else's code runs.
/// </summary>
public sealed class LiveBoard(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<TripId, BoardTrip> trips = [];
    private readonly HashSet<BoardWatch> watches = [];
    private BoardSnapshot current = BoardSnapshot.Empty;
    private TimeSpan margin;

    /// <summary>The board now. Empty with revision 0 until first read.</summary>
    public BoardSnapshot Current => Volatile.Read(ref current);

    /// <summary>Number of watchers now.</summary>
    public int WatcherCount
    {
        get { lock (gate) return watches.Count; }
    }

    /// <summary>
    /// Begins to watch: the board now and the stream of newer ones are taken under one lock, so nothing falls between them.
    /// What of it the actor may see, <see cref="BoardSnapshot.SeenBy"/> tells.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public BoardWatch Watch(Actor viewer)
    {
        viewer.Require(Permissions.BoardRead);
        lock (gate)
        {
            var watch = new BoardWatch(this, current);
            watches.Add(watch);
            return watch;
        }
    }

    internal void Leave(BoardWatch watch)
    {
        lock (gate) watches.Remove(watch);
    }

    /// <summary>Begins anew with everything there is.</summary>
    internal void Reset(IEnumerable<BoardTrip> all, IEnumerable<BoardVehicle> vehicles, TimeSpan attentionMargin)
    {
        lock (gate)
        {
            margin = attentionMargin;
            var before = trips.ToDictionary();
            trips.Clear();
            foreach (var trip in all) trips[trip.Id] = Forecast(trip, before.GetValueOrDefault(trip.Id));
            Publish([.. vehicles]);
        }
    }

    /// <summary>Takes rows that were read again.</summary>
    internal void Take(IReadOnlyCollection<BoardTrip> changed, IEnumerable<BoardVehicle>? vehicles = null)
    {
        lock (gate)
        {
            foreach (var trip in changed) trips[trip.Id] = Forecast(trip with { ChangedAt = time.GetUtcNow() }, trips.GetValueOrDefault(trip.Id));
            Publish(vehicles is null ? current.Vehicles : [.. vehicles]);
        }
    }

    /// <summary>Takes new ETAs, lets go of trips that ended before <paramref name="endedSince"/>, and moves the board's clock on.</summary>
    internal void Tick(IEnumerable<TripEta> etas, DateTimeOffset endedSince)
    {
        lock (gate)
        {
            foreach (var eta in etas)
            {
                if (!trips.TryGetValue(eta.Id, out var trip)) continue;
                var next = trip.State is TripState.Arrived or TripState.OnBoard ? eta.Dropoff : eta.Pickup;
                if (!Near(trip.Eta, next) || !Near(trip.EtaDropoff, eta.Dropoff)) trips[trip.Id] = trip with { Eta = next, EtaRange = eta.Range, EtaDropoff = eta.Dropoff };
            }
            foreach (var gone in trips.Values.Where(t => t.EndedAt < endedSince).ToList()) trips.Remove(gone.Id);
            Publish(current.Vehicles);
        }
    }

    private void Publish(ImmutableArray<BoardVehicle> vehicles)
    {
        var ordered = trips.Values.ToArray();
        Array.Sort(ordered, static (a, b) => a.PickupFrom.CompareTo(b.PickupFrom) is var byTime and not 0 ? byTime : a.Number.CompareTo(b.Number));
        var next = new BoardSnapshot(current.Revision + 1, time.GetUtcNow(), ImmutableCollectionsMarshal.AsImmutableArray(ordered), vehicles, margin);
        Volatile.Write(ref current, next);
        foreach (var watch in watches) watch.Offer(next);
    }

    // An ETA lives on through changes that do not concern the driving, until the next tick computes it again.
    private static BoardTrip Forecast(BoardTrip trip, BoardTrip? before) =>
        before is not null && before.Vehicle == trip.Vehicle && before.State == trip.State ? trip with { Eta = before.Eta, EtaRange = before.EtaRange, EtaDropoff = before.EtaDropoff } : trip;

    // Half a minute is less than a board shows; without this every tick would redraw every row.
    private static bool Near(DateTimeOffset? a, DateTimeOffset? b) =>
        a is null ? b is null : b is not null && (a.Value - b.Value).Duration() < TimeSpan.FromSeconds(20);
}
