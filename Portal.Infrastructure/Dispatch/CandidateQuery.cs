using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>A vehicle proposed for a trip: its place in the ranking and who drives it.</summary>
public sealed record Candidate(RankedVehicle Ranked, string DriverName);

/// <summary>Ranks the vehicles at work for a trip, an order that is being typed, or a point on the map; reasons included.</summary>
public sealed class CandidateQuery(IDbContextFactory<PortalDb> contexts, FleetCandidates fleet, Roads roads, DispatchSettingsStore settings, TimeProvider time)
{
    /// <summary>The best vehicles within the actor's reach for a trip, refused ones after them; empty when its pickup is on no map.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>dispatch.trip-unknown</c></exception>
    public async Task<IReadOnlyList<Candidate>> ForTripAsync(TripId id, int most, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.BoardRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var trip = await db.Set<Trip>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) ?? throw new RuleBrokenException("dispatch.trip-unknown");
        actor.RequireReach(trip);
        return Demand(trip) is { } demand ? await ForAsync(demand, most, actor, ct) : [];
    }

    /// <summary>The best vehicles for an order that is not registered yet.</summary>
    public async Task<IReadOnlyList<Candidate>> ForAsync(TripDemand demand, int most, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.BoardRead);
        var rules = await settings.ReadAsync(ct);
        var working = await fleet.ReadAsync(rules, actor, ct, moved: demand.Id);
        var now = time.GetUtcNow();
        // the way to a pickup of tomorrow is driven tomorrow
        var leaving = demand.PickupFrom > now ? demand.PickupFrom : now;
        var estimator = roads.Estimator;
        TravelSeconds travel = estimator.LeavingAt(leaving, rules.Reach).SecondsTo;
        // a real caller is not told of cars in which nobody sits
        List<VehicleCandidate> vehicles = [.. working.Vehicles.Where(v => v.IsReenacted == demand.IsReenacted)];
        var toPickup = travel.ByOrigin(demand.Pickup, [.. vehicles.SelectMany(v => v.SetOutPlaces).Distinct()]);
        var ranking = new VehicleRanking(working.Means, rules, now);
        VehicleCandidate[] placed = [.. vehicles.Select(v => ranking.Place(demand, v, from => toPickup[from], Onward))];
        return [.. ranking.Rank(demand, placed, [.. placed.Select(v => v.SetsOutFrom is { } from ? toPickup[from] : double.PositiveInfinity)])
            .Take(most).Select(ranked => new Candidate(ranked, working.Drivers[ranked.Vehicle.Vehicle]))];

        double Onward(GeoPoint next) => estimator.Estimate(demand.Dropoff, next, leaving).Seconds;
    }

    /// <summary>Vehicles by their time to a point, whatever they are: what a dispatcher asks the map.</summary>
    public Task<IReadOnlyList<Candidate>> NearAsync(GeoPoint point, int most, Actor actor, CancellationToken ct = default)
    {
        if (!point.IsOnGlobe) throw new RuleBrokenException("geo.off-globe");
        var now = time.GetUtcNow();
        return ForAsync(new TripDemand { Id = default, Needs = new(), Pickup = point, PickupFrom = now, PickupUntil = now.AddHours(12) }, most, actor, ct);
    }

    /// <summary>What choosing must know of a trip; null while its pickup is on no map.</summary>
    internal static TripDemand? Demand(Trip trip) => trip.Pickup.Point is not { } pickup ? null : new()
    {
        Id = trip.Id, Needs = trip.Needs, Passengers = trip.Passengers, Pickup = pickup, Dropoff = trip.Dropoff.Point ?? pickup,
        PickupFrom = trip.PickupFrom, PickupUntil = trip.PickupUntil, IsReenacted = Reenacted.Is(trip.Source), Ride = trip.PlannedSeconds is { } ride ? TimeSpan.FromSeconds(ride) : TripDemand.UnknownRide,
    };
}
