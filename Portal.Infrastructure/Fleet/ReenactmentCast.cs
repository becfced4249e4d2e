using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Fleet;

/// <summary>A vehicle on stage: which it plays, and the device it reports through.</summary>
internal sealed record ReenactedVehicle(VehicleId Vehicle, string DeviceKey, string Secret);

/// <summary>What clearing away after re-enactments did.</summary>
public sealed record ReenactmentClearing(int Trips, int Shifts, int Devices, int Vehicles, int Drivers)
{
    /// <summary>True when there is nothing of any re-enactment.</summary>
    public bool IsNothing => this == new ReenactmentClearing(0, 0, 0, 0, 0);
}

/// <summary>
/// The vehicles, drivers, shifts and devices of a re-enactment: those there are, and those missing, created and marked by its source.
/// </summary>
public sealed class ReenactmentCast(IDbContextFactory<PortalDb> contexts, ImportedFleet fleet, DeviceDirectory devices, TimeProvider time)
{
    internal const string KeyPrefix = "reenactment-";
    private static readonly TimeSpan ShiftLength = TimeSpan.FromHours(12);

    /// <summary>
    /// Brings the vehicles on stage: each with a device under a fresh secret, a driver and an open shift. A vehicle that has a device
    /// of its own, or drives another shift, is left out.
    /// </summary>
    /// <returns>Id of the vehicle in the past → the one on stage.</returns>
    internal async Task<Dictionary<Guid, ReenactedVehicle>> EnterAsync(IReadOnlyList<(Guid Id, string Plate)> past, double speed, string source, Actor actor, BranchId? reach, CancellationToken ct)
    {
        var stage = await VehiclesAsync(past, source, actor, reach, ct);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var ids = stage.Values.ToList();
        var own = (await db.Set<Device>().Where(d => d.Vehicle != null && ids.Contains(d.Vehicle.Value) && d.RevokedAt == null && !d.Key.StartsWith(KeyPrefix)).Select(d => d.Vehicle!.Value).ToListAsync(ct)).ToHashSet();
        var keys = ids.ConvertAll(Key);
        var known = await db.Set<Device>().Where(d => keys.Contains(d.Key)).ToDictionaryAsync(d => d.Key, ct);
        var drivers = await DriversAsync(db, ids, reach, ct);
        var vehicles = await db.Set<Vehicle>().Where(v => ids.Contains(v.Id)).ToDictionaryAsync(v => v.Id, ct);
        var open = await db.Set<Shift>().IgnoreAutoIncludes().Where(s => s.StartedAt != null && s.EndedAt == null).ToListAsync(ct);
        var (drivenBy, drives) = (open.ToDictionary(s => s.Vehicle), open.Select(s => s.Driver).ToHashSet());
        var now = time.GetUtcNow();
        var entered = new Dictionary<Guid, ReenactedVehicle>();
        foreach (var (pastId, vehicle) in stage)
        {
            if (own.Contains(vehicle)) continue;
            var driver = drivers.TryGetValue(vehicle, out var usual) ? usual : AddDriver(db, vehicles[vehicle], source);
            if (!drivenBy.ContainsKey(vehicle))
            {
                if (!drives.Add(driver)) continue;
                AddShift(db, driver, vehicles[vehicle], now, source);
            }
            var secret = DeviceSecret.New();
            if (known.TryGetValue(Key(vehicle), out var device)) device.Rotate(DeviceSecret.Hash(secret));
            else db.Add(device = new Device(DeviceId.New(), Key(vehicle), $"{vehicles[vehicle].Plate} · {source}", SpeedUnit.KilometresPerHour, DeviceSecret.Hash(secret), now));
            device.AssignTo(vehicle);
            device.BelongTo(vehicles[vehicle].Branch);
            device.RunClockAt(speed);
            entered[pastId] = new(vehicle, device.Key, secret);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        await devices.ReloadAsync(ct);
        return entered;
    }

    /// <summary>What <see cref="ClearAsync"/> would take away now.</summary>
    public async Task<ReenactmentClearing> LeftoversAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.Reenact);
        await using var db = contexts.CreateFor(actor);
        var left = new Leftovers(db, actor.OnlyBranch());
        return new(await left.Trips.CountAsync(ct), await left.Shifts.CountAsync(ct), await left.Devices.CountAsync(ct), await left.Vehicles.CountAsync(ct), await left.Drivers.CountAsync(ct));
    }

    /// <summary>Ends and archives everything re-enactments made within the actor's reach: their open trips, shifts, devices, vehicles and drivers. The history stays.</summary>
    public async Task<ReenactmentClearing> ClearAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.Reenact);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow();
        var left = new Leftovers(db, actor.OnlyBranch());
        var trips = await left.Trips.Include(t => t.Events).ToListAsync(ct);
        foreach (var trip in trips)
            if (trip.State == TripState.OnBoard) trip.Fail(Reenacted.SourcePrefix, now, actor);
            else trip.Cancel(Reenacted.SourcePrefix, now, actor);
        var shifts = await left.Shifts.ToListAsync(ct);
        foreach (var shift in shifts) shift.End(now);
        var phones = await left.Devices.ToListAsync(ct);
        foreach (var device in phones)
        {
            device.AssignTo(null);
            device.Revoke(now);
        }
        var vehicles = await left.Vehicles.ToListAsync(ct);
        foreach (var vehicle in vehicles) vehicle.Archive();
        var drivers = await left.Drivers.ToListAsync(ct);
        foreach (var driver in drivers) driver.Archive();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        await devices.ReloadAsync(ct);
        return new(trips.Count, shifts.Count, phones.Count, vehicles.Count, drivers.Count);
    }

    /// <summary>What re-enactments made and nobody has cleared away yet; of one branch, or of all.</summary>
    private sealed class Leftovers(PortalDb db, BranchId? reach)
    {
        public IQueryable<Trip> Trips => db.Set<Trip>().Where(t => t.Source!.StartsWith(Reenacted.SourcePrefix) && TripStates.Open.Contains(t.State) && (reach == null || t.Branch == reach));

        public IQueryable<Shift> Shifts => db.Set<Shift>().Where(s => s.Source!.StartsWith(Reenacted.SourcePrefix) && s.StartedAt != null && s.EndedAt == null && (reach == null || s.Branch == reach));

        // one that rides in a vehicle is where the vehicle is
        public IQueryable<Device> Devices => db.Set<Device>().Where(d => d.Key.StartsWith(KeyPrefix) && d.RevokedAt == null
            && (reach == null || (d.Vehicle == null ? d.Branch == reach : db.Set<Vehicle>().Any(v => v.Id == d.Vehicle && v.Branch == reach))));

        public IQueryable<Vehicle> Vehicles => db.Set<Vehicle>().Where(v => v.Source!.StartsWith(Reenacted.SourcePrefix) && !v.Archived && (reach == null || v.Branch == reach));

        public IQueryable<Driver> Drivers => db.Set<Driver>().Where(d => d.Source!.StartsWith(Reenacted.SourcePrefix) && !d.Archived && (reach == null || d.Branch == reach));
    }

    // A vehicle archived since plays under its plate again, as another one.
    private async Task<Dictionary<Guid, VehicleId>> VehiclesAsync(IReadOnlyList<(Guid Id, string Plate)> past, string source, Actor actor, BranchId? reach, CancellationToken ct)
    {
        Dictionary<string, VehicleId> present;
        HashSet<VehicleId> inFleet;
        await using (var db = contexts.CreateFor(actor))
        {
            var plates = past.Select(p => p.Plate).ToList();
            var found = await db.Set<Vehicle>().Where(v => !v.Archived && plates.Contains(v.Plate) && (reach == null || v.Branch == reach)).Select(v => new { v.Plate, v.Id }).ToListAsync(ct);
            present = found.ToDictionary(v => v.Plate, v => v.Id);
            inFleet = [.. found.Select(v => v.Id)];
        }
        var missing = past.Where(p => !present.ContainsKey(p.Plate)).Select(p => p.Plate).Distinct().ToList();
        if (missing.Count > 0)
            foreach (var (plate, vehicle, _) in await fleet.CreateVehiclesAsync(missing, source, actor, ct)) present[plate] = vehicle;
        return past.ToDictionary(p => p.Id, p => inFleet.Contains(new(p.Id)) ? new VehicleId(p.Id) : present[p.Plate]);
    }

    private static async Task<Dictionary<VehicleId, DriverId>> DriversAsync(PortalDb db, List<VehicleId> vehicles, BranchId? reach, CancellationToken ct)
    {
        var usual = await db.Set<Driver>().Where(d => !d.Archived && d.UsualVehicle != null && vehicles.Contains(d.UsualVehicle.Value) && (reach == null || d.Branch == reach)).OrderBy(d => d.Id).ToListAsync(ct);
        return usual.GroupBy(d => d.UsualVehicle!.Value).ToDictionary(g => g.Key, g => g.First().Id);
    }

    private static DriverId AddDriver(PortalDb db, Vehicle vehicle, string source) => ImportedFleet.AddDriver(db, vehicle.Plate, vehicle.Branch, vehicle.Id, source);

    private static void AddShift(PortalDb db, DriverId driver, Vehicle vehicle, DateTimeOffset now, string source)
    {
        var shift = new Shift(ShiftId.New(), driver, vehicle.Id, vehicle.Branch, new(now, now + ShiftLength));
        shift.MarkSource(source);
        shift.Start(now);
        db.Add(shift);
    }

    private static string Key(VehicleId vehicle) => $"{KeyPrefix}{vehicle.Value:n}";
}
