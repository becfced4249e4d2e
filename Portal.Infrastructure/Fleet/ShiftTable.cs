using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>What shift planning and the shift clock share: finding a shift under the actor's rights, and saving it.</summary>
internal static class ShiftTable
{
    /// <summary>The shift, if the actor may plan it or it is his own; a foreign one does not exist for a driver.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-unknown</c>, <c>identity.out-of-reach</c></exception>
    public static async Task<Shift> ShiftForAsync(this PortalDb db, ShiftId id, Actor actor, CancellationToken ct)
    {
        var shift = await db.Set<Shift>().FirstOrDefaultAsync(s => s.Id == id, ct);
        if (shift is null) throw new RuleBrokenException("fleet.shift-unknown");
        if (actor.Can(Permissions.ShiftsManage)) actor.RequireReach(shift.Branch);
        else if (!actor.Drives(shift.Driver)) throw new RuleBrokenException("fleet.shift-unknown");
        return shift;
    }

    /// <summary>The same, and nobody else changes it until the transaction ends: an assignment reads the shift under a share lock, so it either sees the change or is seen here.</summary>
    public static async Task<Shift> LockedShiftForAsync(this PortalDb db, ShiftId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from fleet.shift where id = {id.Value} for update", ct);
        return await db.ShiftForAsync(id, actor, ct);
    }

    /// <summary>Puts a locked shift on another vehicle; a running one only while its driver holds no trips on the one that he leaves.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.vehicle-archived</c>, <c>fleet.shift-vehicle-has-trips</c> with how many and their numbers, <c>fleet.shift-not-open</c></exception>
    public static async Task ChangeVehicleAsync(this PortalDb db, Shift shift, VehicleId vehicle, Actor actor, CancellationToken ct)
    {
        await db.VehicleForAsync(vehicle, actor, ct);
        if (shift.IsOpen && vehicle != shift.Vehicle)
            await RequireNoTripsAsync(db.Set<Trip>().Where(t => t.Driver == shift.Driver && t.Vehicle == shift.Vehicle), "fleet.shift-vehicle-has-trips", ct);
        shift.ChangeVehicle(vehicle);
    }

    /// <summary>None of these trips is held by a driver.</summary>
    /// <exception cref="RuleBrokenException"><paramref name="refusal"/> with how many are and their numbers</exception>
    public static async Task RequireNoTripsAsync(IQueryable<Trip> trips, string refusal, CancellationToken ct)
    {
        var held = await trips.Where(t => TripStates.Held.Contains(t.State)).OrderBy(t => t.PickupFrom).Select(t => t.Number).ToListAsync(ct);
        if (held.Count > 0) throw new RuleBrokenException(refusal, held.Count, string.Join(", ", held.Take(20).Select(n => $"#{n}")));
    }

    /// <summary>True when the actor is this driver.</summary>
    public static bool Drives(this Actor actor, DriverId driver) => actor.Can(Permissions.DriveOwn) && actor.DriverId == driver.Value;

    /// <summary>A vehicle that is in the fleet and within reach, and stays so until the transaction ends: archiving it waits for this, and this for it.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-needs-vehicle</c>, <c>fleet.vehicle-unknown</c>, <c>fleet.vehicle-archived</c>, <c>identity.out-of-reach</c></exception>
    public static async Task<Vehicle> VehicleForAsync(this PortalDb db, VehicleId id, Actor actor, CancellationToken ct)
    {
        if (id == default) throw new RuleBrokenException("fleet.shift-needs-vehicle");
        await db.Database.ExecuteSqlAsync($"select from fleet.vehicle where id = {id.Value} for share", ct);
        var vehicle = await db.Set<Vehicle>().FirstOrDefaultAsync(v => v.Id == id, ct) ?? throw new RuleBrokenException("fleet.vehicle-unknown");
        if (vehicle.Archived) throw new RuleBrokenException("fleet.vehicle-archived", vehicle.Plate);
        if (actor.Can(Permissions.ShiftsManage)) actor.RequireReach(vehicle.Branch);
        return vehicle;
    }

    /// <summary>A driver who may drive, and may until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-needs-driver</c>, <c>fleet.driver-unknown</c>, <c>fleet.driver-archived</c></exception>
    public static async Task<Driver> DriverForAsync(this PortalDb db, DriverId id, CancellationToken ct)
    {
        if (id == default) throw new RuleBrokenException("fleet.shift-needs-driver");
        await db.Database.ExecuteSqlAsync($"select from fleet.driver where id = {id.Value} for share", ct);
        var driver = await db.Set<Driver>().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("fleet.driver-unknown");
        return driver.Archived ? throw new RuleBrokenException("fleet.driver-archived", driver.Name) : driver;
    }

    /// <summary>Saves a shift; the database lets a driver and a vehicle have one open shift each.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.driver-on-shift</c> with driver and plate, <c>fleet.vehicle-on-shift</c> with plate and driver</exception>
    public static async Task SaveShiftAsync(this PortalDb db, Shift shift, CancellationToken ct)
    {
        try
        {
            await db.SaveOrExplainAsync(new(ObjectKind.Shift, shift.Id.Value), ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: "shift_open_driver" or "shift_open_vehicle" } broken)
        {
            var holder = await (
                from open in db.Set<Shift>().IgnoreAutoIncludes()
                join driver in db.Set<Driver>() on open.Driver equals driver.Id
                join vehicle in db.Set<Vehicle>() on open.Vehicle equals vehicle.Id
                where open.StartedAt != null && open.EndedAt == null && open.Id != shift.Id
                where broken.ConstraintName == "shift_open_driver" ? open.Driver == shift.Driver : open.Vehicle == shift.Vehicle
                select new { driver.Name, vehicle.Plate }).AsNoTracking().FirstOrDefaultAsync(ct);
            throw broken.ConstraintName == "shift_open_driver"
                ? new RuleBrokenException("fleet.driver-on-shift", holder?.Name, holder?.Plate)
                : new RuleBrokenException("fleet.vehicle-on-shift", holder?.Plate, holder?.Name);
        }
    }
}
