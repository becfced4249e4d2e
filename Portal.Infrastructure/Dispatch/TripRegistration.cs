using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Takes orders in and changes them.</summary>
public sealed class TripRegistration(IDbContextFactory<PortalDb> contexts, Roads roads, TimeProvider time)
{
    private static readonly TimeSpan PastAtMost = TimeSpan.FromHours(12), AheadAtMost = TimeSpan.FromDays(400);

    private readonly TripChange trips = new(contexts, time);

    /// <summary>
    /// Takes an order in under an id that its sender made: a double click or a resent request finds the trip registered already
    /// and gets the same answer. <paramref name="source"/> marks an order that no person gave, such as one of a re-enactment.
    /// </summary>
    /// <exception cref="RuleBrokenException">
    /// <c>identity.not-allowed</c>, <c>identity.branch-unknown</c>, <c>dispatch.customer-unknown</c>, <c>dispatch.pickup-past</c>, <c>dispatch.pickup-too-far</c>, or what is wrong with the order
    /// </exception>
    public async Task<TripStanding> RegisterAsync(TripId id, TripOrder order, BranchId branch, Actor actor, CancellationToken ct = default, string? source = null)
    {
        actor.Require(Permissions.TripRegister);
        actor.RequireReach(branch);
        await using var db = contexts.CreateFor(actor);
        if (await FindAsync(db, id, ct) is { } known) return known;
        var trip = await RegisterAsync(db, id, order, branch, actor, ct, source);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException twice) when (twice.IsUniqueViolation("trip_pkey") || twice.IsUniqueViolation("search_entry_pkey"))
        {
            await using var fresh = contexts.CreateFor(actor);
            return (await FindAsync(fresh, id, ct))!;
        }
        return TripStanding.Of(trip);
    }

    /// <summary>Takes an order in for a job that has its own right to it and saves the trip with what it does.</summary>
    /// <exception cref="RuleBrokenException">as the job of that name, but for rights</exception>
    internal async Task<Trip> RegisterAsync(PortalDb db, TripId id, TripOrder order, BranchId branch, Actor actor, CancellationToken ct, string? source = null)
    {
        actor.RequireReach(branch);
        await BranchRegistry.RequireOpenAsync(db, branch, ct);
        await RequireCustomerAsync(db, order, ct);
        if (source is null) RequireNear(order, time.GetUtcNow());
        // a number is drawn for good: not for an order that will be refused
        order = order.Checked();
        var number = await db.Database.SqlQuery<long>($"select nextval('dispatch.trip_number') as \"Value\"").SingleAsync(ct);
        var trip = Trip.Register(id, number, branch, order, time.GetUtcNow(), actor);
        if (source is not null) trip.MarkSource(source);
        Estimate(trip);
        db.Add(trip);
        return trip;
    }

    /// <summary>Changes the order while nobody has boarded. <paramref name="seen"/> is the version the actor looked at.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>dispatch.trip-ended</c>, <c>dispatch.trip-on-board</c>, <c>dispatch.changed-meanwhile</c>, <c>identity.out-of-reach</c> for a trip of another branch
    /// or held by a vehicle of one; a code of <see cref="AssignmentRules"/>
    /// when the vehicle that holds the trip cannot do what is now asked
    /// </exception>
    public Task<TripStanding> EditAsync(TripId id, TripOrder order, Actor actor, uint? seen = null, CancellationToken ct = default)
    {
        actor.Require(Permissions.TripRegister);
        return trips.RunAsync(id, seen, actor, (db, trip, now) => EditAsync(db, trip, order, now, actor, ct), ct);
    }

    /// <summary>Changes the order of a loaded trip for a job that has its own right to it and saves the trip with what it does.</summary>
    /// <exception cref="RuleBrokenException">as the job of that name, but for rights</exception>
    internal async Task EditAsync(PortalDb db, Trip trip, TripOrder order, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        if (order.Customer != trip.Customer) await RequireCustomerAsync(db, order, ct);
        if (order.PickupFrom != trip.PickupFrom) RequireNear(order, now);
        await actor.RequireReachOfHolderAsync(db, trip, ct);
        var holder = trip.Vehicle is { } held ? await CrewedVehicle.HoldAsync(db, held, ct) : null;
        // what stood against it already is no reason to refuse a new phone number
        var before = holder is null ? null : AssignmentRules.AgainstKeeping(trip, holder.Vehicle, holder.Shift);
        trip.Edit(order, now, actor);
        Estimate(trip);
        if (holder is not null && before is null && AssignmentRules.AgainstKeeping(trip, holder.Vehicle, holder.Shift) is { } refusal) throw refusal;
    }

    // What somebody types is for today or for days to come; a slip of the keyboard is told before it stands on every board.
    private static void RequireNear(TripOrder order, DateTimeOffset now)
    {
        if (order.PickupFrom < now - PastAtMost) throw new RuleBrokenException("dispatch.pickup-past", order.PickupFrom, (int)PastAtMost.TotalHours);
        if (order.PickupFrom > now + AheadAtMost) throw new RuleBrokenException("dispatch.pickup-too-far", order.PickupFrom, (int)AheadAtMost.TotalDays);
    }

    private void Estimate(Trip trip)
    {
        if (trip.Pickup.Point is null || trip.Dropoff.Point is null) return;
        var way = trip.Way.ToList();
        var legs = way.Zip(way.Skip(1), (from, to) => roads.Estimator.Estimate(from, to, trip.PickupFrom)).ToList();
        trip.Estimate(Math.Round(legs.Sum(leg => leg.Metres) / 1000, 2), (int)Math.Round(legs.Sum(leg => leg.Seconds)));
    }

    private static async Task RequireCustomerAsync(PortalDb db, TripOrder order, CancellationToken ct)
    {
        if (order.Customer is { } customer && !await db.Set<Domain.Clients.Partner>().AnyAsync(p => p.Id == customer && !p.Archived, ct))
            throw new RuleBrokenException("dispatch.customer-unknown");
    }

    // Whoever sends another's id learns nothing: the answer is only for who registered it.
    private static async Task<TripStanding?> FindAsync(PortalDb db, TripId id, CancellationToken ct)
    {
        var trip = await db.Set<Trip>().Include(t => t.Events).AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct);
        if (trip is null) return null;
        return trip.Events.MinBy(e => e.Ordinal)!.ByUser == db.Actor!.UserId ? TripStanding.Of(trip) : throw new RuleBrokenException("dispatch.trip-id-taken");
    }
}
