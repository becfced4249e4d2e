using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>One line of a trip's history with names in place of ids.</summary>
public sealed record TripHistoryLine(Guid Id, DateTimeOffset At, Guid ByUser, string ByName, TripAction Action, TripState State, string? Plate, string? Driver, string? Reason);

/// <summary>A trip with everything its card shows.</summary>
public sealed record TripDetails(
    Trip Trip, string? Customer, string? Plate, string? Driver, string? DriverPhone, string? ClassName, string Branch, IReadOnlyList<TripHistoryLine> History);

/// <summary>Reads a trip's card: order, performer, history.</summary>
public sealed class TripDetailsQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The card, or null when there is no such trip for this actor.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<TripDetails?> FindAsync(TripId id, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.BoardRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var trip = await db.Set<Trip>().Include(t => t.Events).AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct);
        if (trip is null || (actor.OnlyBranch() is { } only && only != trip.Branch)) return null;
        var vehicles = trip.Events.Select(e => e.Vehicle).Append(trip.Vehicle).OfType<VehicleId>().Distinct().ToList();
        var drivers = trip.Events.Select(e => e.Driver).Append(trip.Driver).OfType<DriverId>().Distinct().ToList();
        var plates = await db.Set<Vehicle>().Where(v => vehicles.Contains(v.Id)).ToDictionaryAsync(v => v.Id, v => v.Plate, ct);
        var names = await db.Set<Driver>().Where(d => drivers.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => new { d.Name, d.Phone }, ct);
        var driver = trip.Driver is { } driving ? names.GetValueOrDefault(driving) : null;
        return new(
            trip,
            await db.Set<Partner>().Where(p => p.Id == trip.Customer).Select(p => p.Name).SingleOrDefaultAsync(ct),
            trip.Vehicle is { } vehicle ? plates.GetValueOrDefault(vehicle) : null,
            driver?.Name, driver?.Phone,
            await db.Set<VehicleClass>().Where(c => c.Id == trip.Needs.Class).Select(c => c.Name).SingleOrDefaultAsync(ct),
            await db.Set<Branch>().Where(b => b.Id == trip.Branch).Select(b => b.Name).SingleAsync(ct),
            [.. trip.Events.OrderByDescending(e => e.Ordinal).Select(e => new TripHistoryLine(
                e.Id, e.At, e.ByUser, e.ByName, e.Action, e.State,
                e.Vehicle is { } v ? plates.GetValueOrDefault(v) : null, e.Driver is { } d ? names.GetValueOrDefault(d)?.Name : null, e.Reason))]);
    }
}
