using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>An import or a re-enactment, and how much of what it created is not archived.</summary>
public sealed record FleetSource(string Name, int Vehicles, int Drivers);

/// <summary>What was archived of a source, and how many vehicles and drivers stay because they are at work.</summary>
public sealed record ArchivedSource(IReadOnlyList<VehicleId> Vehicles, IReadOnlyList<DriverId> Drivers, int AtWork);

/// <summary>The vehicles and drivers that imports and re-enactments created, by their source.</summary>
public sealed class FleetSources(IDbContextFactory<PortalDb> contexts, UserRights rights)
{
    /// <summary>Sources within reach that still have something, by name.</summary>
    public async Task<IReadOnlyList<FleetSource>> ListAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = contexts.CreateFor(actor);
        var vehicles = await Vehicles(db, actor).GroupBy(v => v.Source!).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var drivers = await Drivers(db, actor).GroupBy(d => d.Source!).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        return [.. vehicles.Keys.Union(drivers.Keys).Order(StringComparer.CurrentCulture).Select(name => new FleetSource(name, vehicles.GetValueOrDefault(name), drivers.GetValueOrDefault(name)))];
    }

    /// <summary>Archives all vehicles and drivers of a source within reach; who is on shift or holds trips stays.</summary>
    public async Task<ArchivedSource> ArchiveAsync(string source, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        actor.Require(Permissions.DriversManage);
        await using var db = contexts.CreateFor(actor);
        var shifts = db.Set<Shift>().Where(s => s.StartedAt != null && s.EndedAt == null);
        var trips = db.Set<Trip>().Where(t => TripStates.Held.Contains(t.State));
        var vehicles = await Vehicles(db, actor).Where(v => v.Source == source)
            .Select(v => new { Vehicle = v, AtWork = shifts.Any(s => s.Vehicle == v.Id) || trips.Any(t => t.Vehicle == v.Id) }).ToListAsync(ct);
        var drivers = await Drivers(db, actor).Where(d => d.Source == source)
            .Select(d => new { Driver = d, AtWork = shifts.Any(s => s.Driver == d.Id) || trips.Any(t => t.Driver == d.Id) }).ToListAsync(ct);
        var idleVehicles = vehicles.Where(v => !v.AtWork).Select(v => v.Vehicle).ToList();
        var idleDrivers = drivers.Where(d => !d.AtWork).Select(d => d.Driver).ToList();
        idleVehicles.ForEach(v => v.Archive());
        idleDrivers.ForEach(d => d.Archive());
        await db.SaveChangesAsync(ct);
        rights.Forget();
        return new([.. idleVehicles.Select(v => v.Id)], [.. idleDrivers.Select(d => d.Id)], vehicles.Count - idleVehicles.Count + drivers.Count - idleDrivers.Count);
    }

    private static IQueryable<Vehicle> Vehicles(PortalDb db, Actor actor)
    {
        var reach = actor.OnlyBranch();
        return db.Set<Vehicle>().Where(v => v.Source != null && !v.Archived && (reach == null || v.Branch == reach));
    }

    private static IQueryable<Driver> Drivers(PortalDb db, Actor actor)
    {
        var reach = actor.OnlyBranch();
        return db.Set<Driver>().Where(d => d.Source != null && !d.Archived && (reach == null || d.Branch == reach));
    }
}
