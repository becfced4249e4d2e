using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Gives trips to vehicles and takes them back. The driver is whoever works the vehicle's open shift.</summary>
public sealed class TripAssignment(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private readonly TripChange trips = new(contexts, time);

    /// <summary>Gives a waiting trip to a vehicle. <paramref name="seen"/> is the version the dispatcher looked at.</summary>
    /// <exception cref="RuleBrokenException">
    /// a code of <see cref="AssignmentRules"/>; <c>identity.out-of-reach</c> for a vehicle or a trip of another branch;
    /// <c>dispatch.changed-meanwhile</c> with who did what and when
    /// </exception>
    public Task<TripStanding> AssignAsync(TripId trip, VehicleId vehicle, Actor actor, uint? seen = null, CancellationToken ct = default) =>
        GiveAsync(trip, vehicle, waiting: true, actor, seen, ct);

    /// <summary>Gives a trip that another vehicle holds, but has not set out for, to this one.</summary>
    /// <inheritdoc cref="AssignAsync" path="/exception"/>
    public Task<TripStanding> ReassignAsync(TripId trip, VehicleId vehicle, Actor actor, uint? seen = null, CancellationToken ct = default) =>
        GiveAsync(trip, vehicle, waiting: false, actor, seen, ct);

    /// <summary>Takes the trip back from its vehicle; it waits again.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c> for a vehicle or a trip of another branch; <c>dispatch.changed-meanwhile</c></exception>
    public Task<TripStanding> ReleaseAsync(TripId trip, string? reason, Actor actor, uint? seen = null, CancellationToken ct = default) =>
        trips.RunAsync(trip, seen, actor, async (db, t, now) =>
        {
            actor.Require(Permissions.TripAssign);
            await actor.RequireReachOfHolderAsync(db, t, ct);
            t.Release(reason, now, actor);
        }, ct);

    /// <summary>
    /// Takes the actor's own last action on the trip back; nobody undoes another's. With <paramref name="action"/>
    /// (<see cref="TripStanding.Action"/>) that action and no other: what came after it must be taken back first.
    /// What gives the trip to a vehicle again is asked what any giving is asked, and what takes it from one what any taking is.
    /// </summary>
    /// <exception cref="RuleBrokenException">
    /// <c>dispatch.nothing-to-undo</c>, <c>dispatch.changed-meanwhile</c>, <c>dispatch.not-the-last</c>, <c>identity.out-of-reach</c>; a code of <see cref="AssignmentRules"/>
    /// </exception>
    public Task<TripStanding> UndoAsync(TripId trip, Actor actor, Guid? action = null, CancellationToken ct = default) =>
        trips.RunAsync(trip, seen: null, actor, async (db, t, now) =>
        {
            actor.RequireDrivingOr(t, Permissions.TripAssign);
            if (t.LastStanding.ByUser != actor.UserId) throw TripChange.Conflict(t, t.LastStanding);
            if (action is { } named && named != t.LastStanding.Id) throw new RuleBrokenException("dispatch.not-the-last", t.Number, t.LastStanding.Action);
            await actor.RequireReachOfHolderAsync(db, t, ct);
            var before = (t.Vehicle, t.Driver, t.State.IsEnded());
            t.Revert(now, actor);
            await actor.RequireReachOfHolderAsync(db, t, ct);
            if (t.Vehicle is not { } back || before == (t.Vehicle, t.Driver, false)) return;
            var (vehicle, shift) = await CrewedVehicle.HoldAsync(db, back, ct);
            if (AssignmentRules.AgainstReturn(t, vehicle, shift, now) is { } refusal) throw refusal;
        }, ct);

    private Task<TripStanding> GiveAsync(TripId trip, VehicleId to, bool waiting, Actor actor, uint? seen, CancellationToken ct)
    {
        actor.Require(Permissions.TripAssign);
        return trips.RunAsync(trip, seen, actor, async (db, t, now) =>
        {
            if (waiting != (t.State == TripState.Requested) && !t.State.IsEnded() && !t.State.IsUnderWay()) throw TripChange.Conflict(t);
            await actor.RequireReachOfHolderAsync(db, t, ct);
            var (vehicle, shift) = await CrewedVehicle.HoldAsync(db, to, ct);
            actor.RequireReach(vehicle.Branch);
            if (AssignmentRules.Against(t, vehicle, shift, now) is { } refusal) throw refusal;
            t.Assign(vehicle.Id, shift!.Driver, now, actor);
        }, ct);
    }
}
