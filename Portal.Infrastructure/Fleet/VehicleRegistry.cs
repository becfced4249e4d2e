using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>What people say of a vehicle.</summary>
public sealed record VehicleDetails(
    string Plate, string Model, VehicleClassId Class, BranchId Branch, VehicleCapacity Capacity, IReadOnlyCollection<string> Equipment, PlaceId? Depot);

/// <summary>Keeps the list of vehicles. All methods need <see cref="Permissions.VehiclesManage"/>.</summary>
public sealed class VehicleRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Takes a vehicle into the fleet.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.plate-taken</c>, <c>fleet.class-unknown</c>, <c>fleet.depot-unknown</c>, <c>identity.branch-unknown</c>, <c>text.required</c>, <c>number.out-of-range</c></exception>
    public async Task<VehicleId> AddAsync(VehicleDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        actor.RequireReach(details.Branch);
        await using var db = contexts.CreateFor(actor);
        await BranchRegistry.RequireOpenAsync(db, details.Branch, ct);
        var vehicle = new Vehicle(VehicleId.New(), details.Plate, details.Model, details.Class, details.Branch, details.Capacity);
        db.Add(vehicle);
        await DescribeAsync(db, vehicle, details, ct);
        await SaveAsync(db, vehicle, ct);
        return vehicle.Id;
    }

    /// <summary>Changes a vehicle that the user saw in version <paramref name="seen"/>. One that is on shift or holds trips stays in its branch.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>fleet.vehicle-unknown</c>, <c>fleet.vehicle-in-use</c></exception>
    public async Task ChangeAsync(VehicleId id, VehicleDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, [id], ct);
        var vehicle = await db.Set<Vehicle>().FirstOrDefaultAsync(v => v.Id == id, ct) ?? throw new RuleBrokenException("fleet.vehicle-unknown");
        actor.RequireReach(vehicle.Branch);
        db.ExpectVersion(vehicle, seen);
        if (details.Branch != vehicle.Branch)
        {
            actor.RequireReach(details.Branch);
            await BranchRegistry.RequireOpenAsync(db, details.Branch, ct);
            await RequireIdleAsync(db, [id], ct);
            vehicle.MoveTo(details.Branch);
        }
        await DescribeAsync(db, vehicle, details, ct);
        await SaveAsync(db, vehicle, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes vehicles out of the fleet, all or none; one that is on shift or holds trips stays.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.vehicle-in-use</c> with the plates</exception>
    public async Task ArchiveAsync(IReadOnlyCollection<VehicleId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ids, ct);
        var vehicles = await TakeAsync(db, ids, actor, ct);
        await RequireIdleAsync(db, ids, ct);
        foreach (var vehicle in vehicles) vehicle.Archive();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Brings vehicles back, all or none.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.plate-taken</c>: another vehicle carries the plate by now</exception>
    public async Task RestoreAsync(IReadOnlyCollection<VehicleId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var vehicle in (await TakeAsync(db, ids, actor, ct)).Where(v => v.Archived))
        {
            vehicle.Restore();
            await SaveAsync(db, vehicle, ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>Makes imported vehicles our own, all or none.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.plate-taken</c>: a vehicle of ours carries the plate</exception>
    public async Task AdoptAsync(IReadOnlyCollection<VehicleId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var vehicle in (await TakeAsync(db, ids, actor, ct)).Where(v => v.Source is not null))
        {
            vehicle.Adopt();
            await SaveAsync(db, vehicle, ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>Puts vehicles into another class, all or none.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.class-unknown</c></exception>
    public async Task ReclassAsync(IReadOnlyCollection<VehicleId> ids, VehicleClassId to, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var vehicles = await TakeAsync(db, ids, actor, ct);
        await RequireClassAsync(db, to, ct);
        foreach (var v in vehicles) v.Describe(v.Plate, v.Model, to, new(v.Seats, v.PayloadKg, v.VolumeM3));
        await db.SaveChangesAsync(ct);
    }

    // No shift starts on a vehicle that is held, and without an open shift nobody gives it a trip: who is idle now stays so until the transaction ends.
    private static Task HoldAsync(PortalDb db, IEnumerable<VehicleId> ids, CancellationToken ct)
    {
        var keys = ids.Select(id => id.Value).ToArray();
        return db.Database.ExecuteSqlAsync($"select from fleet.vehicle where id = any({keys}) order by id for no key update", ct);
    }

    private static async Task RequireIdleAsync(PortalDb db, IReadOnlyCollection<VehicleId> ids, CancellationToken ct)
    {
        var busy = await db.Set<Vehicle>().Where(v => ids.Contains(v.Id))
            .Where(v => db.Set<Shift>().Any(s => s.Vehicle == v.Id && s.StartedAt != null && s.EndedAt == null)
                || db.Set<Trip>().Any(t => t.Vehicle == v.Id && TripStates.Held.Contains(t.State)))
            .OrderBy(v => v.Plate).Select(v => v.Plate).ToListAsync(ct);
        if (busy.Count > 0) throw new RuleBrokenException("fleet.vehicle-in-use", string.Join(", ", busy));
    }

    private static async Task<List<Vehicle>> TakeAsync(PortalDb db, IReadOnlyCollection<VehicleId> ids, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.VehiclesManage);
        var vehicles = await db.Set<Vehicle>().Where(v => ids.Contains(v.Id)).ToListAsync(ct);
        if (vehicles.Count != ids.Distinct().Count()) throw new RuleBrokenException("fleet.vehicle-unknown");
        foreach (var vehicle in vehicles) actor.RequireReach(vehicle.Branch);
        return vehicles;
    }

    private static async Task DescribeAsync(PortalDb db, Vehicle vehicle, VehicleDetails details, CancellationToken ct)
    {
        await RequireClassAsync(db, details.Class, ct);
        if (details.Depot is { } depot && !await db.Set<Place>().AnyAsync(p => p.Id == depot && p.Owner == PlaceOwner.Ours, ct))
            throw new RuleBrokenException("fleet.depot-unknown");
        vehicle.Describe(details.Plate, details.Model, details.Class, details.Capacity);
        vehicle.Equip(details.Equipment);
        vehicle.StationAt(details.Depot);
    }

    private static async Task RequireClassAsync(PortalDb db, VehicleClassId id, CancellationToken ct)
    {
        if (!await db.Set<VehicleClass>().AnyAsync(c => c.Id == id, ct)) throw new RuleBrokenException("fleet.class-unknown");
    }

    private static async Task SaveAsync(PortalDb db, Vehicle vehicle, CancellationToken ct)
    {
        try
        {
            await db.SaveOrExplainAsync(new(ObjectKind.Vehicle, vehicle.Id.Value), ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: "vehicle_plate" or "vehicle_plate_key" })
        {
            throw new RuleBrokenException("fleet.plate-taken", vehicle.Plate);
        }
    }
}
