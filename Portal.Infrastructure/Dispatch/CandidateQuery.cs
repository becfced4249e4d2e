using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
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
    /// <summary>The best vehicles for a trip, refused ones after them; empty when its pickup is on no map.</summary>
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
        var working = await fleet.ReadAsync(rules, ct);
        var now = time.GetUtcNow();
        var known = working.Vehicles.Select((v, i) => (v.SetsOutFrom, i)).Where(v => v.SetsOutFrom is not null).ToList();
        var seconds = new double[working.Vehicles.Count];
        Array.Fill(seconds, double.PositiveInfinity);
        var travel = roads.Estimator.SecondsTo(demand.Pickup, known.ConvertAll(v => v.SetsOutFrom!.Value), now, rules.Reach);
        for (var k = 0; k < known.Count; k++) seconds[known[k].i] = travel[k];
        return [.. new VehicleRanking(working.Means, rules, now).Rank(demand, working.Vehicles, seconds)
            .Take(most).Select(ranked => new Candidate(ranked, working.Drivers[ranked.Vehicle.Vehicle]))];
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
        Id = trip.Id, Needs = trip.Needs, Passengers = trip.Passengers, Pickup = pickup,
        PickupFrom = trip.PickupFrom, PickupUntil = trip.PickupUntil, Ride = TimeSpan.FromSeconds(trip.PlannedSeconds ?? 0),
    };
}
