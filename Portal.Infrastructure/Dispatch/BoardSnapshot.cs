using System.Collections.Frozen;
using System.Collections.Immutable;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// The board at one moment, shared by everybody who looks: open trips and those ended today by pickup time, and the vehicles at work by plate.
/// What every viewer needs of it is worked out once, by the first who asks.
/// </summary>
public sealed class BoardSnapshot(long revision, DateTimeOffset at, ImmutableArray<BoardTrip> trips, ImmutableArray<BoardVehicle> vehicles, TimeSpan margin)
{
    private readonly Lazy<FrozenDictionary<TripId, BoardTrip>> byId = new(() => trips.ToFrozenDictionary(t => t.Id));
    private readonly Lazy<ILookup<VehicleId, BoardTrip>> byVehicle = new(() => trips.Where(t => t.Vehicle is not null).ToLookup(t => t.Vehicle!.Value));

    /// <summary>A board before anything was read.</summary>
    public static readonly BoardSnapshot Empty = new(0, default, [], [], TimeSpan.Zero);

    /// <summary>Rises with every change; 0 until the board was read.</summary>
    public long Revision => revision;

    /// <summary>When it was made: the moment by which lateness is judged.</summary>
    public DateTimeOffset At => at;

    /// <summary>Open trips and those ended today, by the pickup's time.</summary>
    public ImmutableArray<BoardTrip> Trips => trips;

    /// <summary>Vehicles at work, by plate.</summary>
    public ImmutableArray<BoardVehicle> Vehicles => vehicles;

    /// <summary>How long before its promise a waiting trip draws attention.</summary>
    public TimeSpan Margin => margin;

    /// <summary>The trip, or null when it is not on the board.</summary>
    public BoardTrip? Find(TripId id) => byId.Value.GetValueOrDefault(id);

    /// <summary>Trips a vehicle holds or has ended today, by the pickup's time.</summary>
    public IEnumerable<BoardTrip> Of(VehicleId vehicle) => byVehicle.Value[vehicle];

    /// <summary>How a trip stands to its promise at <see cref="At"/>.</summary>
    public Punctuality Judge(BoardTrip trip) => trip.Judge(at, margin);

    /// <summary>What an actor whose rights end at his branch may see of it.</summary>
    public BoardSnapshot SeenBy(Actor actor)
    {
        if (actor.Scope == ActorScope.All || actor.IsSystem) return this;
        return new(revision, at, [.. trips.Where(t => t.Branch.Value == actor.BranchId)], [.. vehicles.Where(v => v.Branch.Value == actor.BranchId)], margin);
    }
}
