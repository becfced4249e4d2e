using System.Collections.Concurrent;
using System.Collections.Immutable;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Dispatch;

/// <summary>The numbers of the board's heading. <paramref name="Oldest"/> is when the order that waits longest was taken, <paramref name="Reenacted"/> how many of the vehicles are only played.</summary>
public sealed record BoardFigures(int Waiting, DateTimeOffset? Oldest, int UnderWay, int Late, int Reenacted);

/// <summary>
/// The board at one moment, shared by everybody who looks: open trips and those ended today by pickup time, and the vehicles at work by plate.
/// What every viewer needs of it is worked out once, by the first who asks, so that an open board holds next to nothing of its own.
/// </summary>
public sealed class BoardSnapshot(long revision, DateTimeOffset at, ImmutableArray<BoardTrip> trips, ImmutableArray<BoardVehicle> vehicles, TimeSpan margin)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly Lazy<Dictionary<TripId, BoardTrip>> byId = new(() => trips.ToDictionary(t => t.Id));
    private readonly Lazy<ILookup<VehicleId, BoardTrip>> byVehicle = new(() => trips.Where(t => t.Vehicle is not null).ToLookup(t => t.Vehicle!.Value));
    private readonly Lazy<ImmutableArray<BoardTrip>> open = new(() => [.. trips.Where(t => !t.State.IsEnded())]);
    private readonly Lazy<ImmutableArray<BoardTrip>> waiting = new(() => [.. trips.Where(t => t.State == TripState.Requested)]);
    private readonly Lazy<ImmutableArray<BoardTrip>> held = new(() => [.. trips.Where(t => t.State != TripState.Requested && !t.State.IsEnded())]);
    private readonly Lazy<BoardFigures> figures = new(() => new(
        trips.Count(t => t.State == TripState.Requested),
        trips.Where(t => t.State == TripState.Requested).Min(t => (DateTimeOffset?)t.RequestedAt),
        trips.Count(t => t.State != TripState.Requested && !t.State.IsEnded()),
        trips.Count(t => t.Judge(at, margin) == Punctuality.Late),
        vehicles.Count(v => v.IsReenacted)));
    private readonly ConcurrentDictionary<BranchId, BoardSnapshot> ofBranch = new();

    /// <summary>A board before anything was read.</summary>
    public static readonly BoardSnapshot Empty = new(0, default, [], [], TimeSpan.Zero);

    /// <summary>Rises with every change; 0 until the board was read.</summary>
    public long Revision => revision;

    /// <summary>When it was made: the moment by which lateness is judged.</summary>
    public DateTimeOffset At => at;

    /// <summary>Open trips and those ended today, by the pickup's time.</summary>
    public ImmutableArray<BoardTrip> Trips => trips;

    /// <summary>Those that have not ended.</summary>
    public ImmutableArray<BoardTrip> Open => open.Value;

    /// <summary>Those without a vehicle.</summary>
    public ImmutableArray<BoardTrip> Waiting => waiting.Value;

    /// <summary>Those with a vehicle that have not ended.</summary>
    public ImmutableArray<BoardTrip> Held => held.Value;

    /// <summary>Vehicles at work, by plate.</summary>
    public ImmutableArray<BoardVehicle> Vehicles => vehicles;

    /// <summary>The heading's numbers.</summary>
    public BoardFigures Figures => figures.Value;

    /// <summary>The trip, or null when it is not on the board.</summary>
    public BoardTrip? Find(TripId id) => byId.Value.GetValueOrDefault(id);

    /// <summary>Trips a vehicle holds or has ended today, by the pickup's time.</summary>
    public IEnumerable<BoardTrip> Of(VehicleId vehicle) => byVehicle.Value[vehicle];

    /// <summary>How a trip stands to its promise at <see cref="At"/>.</summary>
    public Punctuality Judge(BoardTrip trip) => trip.Judge(at, margin);

    /// <summary>True for two seconds after a row came or changed.</summary>
    public bool IsFresh(BoardTrip trip) => at - trip.ChangedAt < FreshFor;

    /// <summary>What an actor whose rights end at his branch may see of it.</summary>
    public BoardSnapshot SeenBy(Actor actor) => actor.OnlyBranch() is { } only
        ? ofBranch.GetOrAdd(only, branch => new(revision, at, [.. trips.Where(t => t.Branch == branch)], [.. vehicles.Where(v => v.Branch == branch)], margin))
        : this;
}
