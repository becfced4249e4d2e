using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Demo;

/// <summary>A demo vehicle with its tracker and the place it starts from. <paramref name="Secret"/> is what the tracker sends.</summary>
public sealed record DemoVehicle(VehicleId Id, string DeviceKey, string Secret, GeoPoint Home);

/// <summary>A trip a simulated driver has before him. <paramref name="ByHand"/>: its driver signs in himself, so nobody presses his buttons.</summary>
public sealed record DemoJob(TripId Trip, TripState State, VehicleId Vehicle, Actor Driver, bool ByHand, GeoPoint Pickup, GeoPoint Dropoff, DateTimeOffset PickupFrom);

/// <summary>What the simulation knows of the demo's vehicles, shifts and trips.</summary>
public sealed class DemoCrew(IDbContextFactory<PortalDb> contexts, DeviceDirectory devices, TimeProvider time)
{
    private readonly Actor actor = Actor.System("simulation");

    /// <summary>All demo vehicles, each with a tracker secret made anew.</summary>
    public async Task<IReadOnlyList<DemoVehicle>> TakeVehiclesAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var rows = await (from device in db.Set<Device>()
                          join vehicle in db.Set<Vehicle>() on device.Vehicle equals vehicle.Id
                          join depot in db.Set<Domain.Clients.Place>() on vehicle.Depot equals depot.Id
                          where device.Key.StartsWith(DemoFleet.DevicePrefix) && device.RevokedAt == null
                          select new { device, depot.Latitude, depot.Longitude }).ToListAsync(ct);
        var taken = rows.Select(row =>
        {
            var secret = DeviceSecret.New();
            row.device.Rotate(DeviceSecret.Hash(secret));
            return new DemoVehicle(row.device.Vehicle!.Value, row.device.Key, secret, new GeoPoint(row.Latitude ?? 0, row.Longitude ?? 0));
        }).ToList();
        await db.SaveChangesAsync(ct);
        await devices.ReloadAsync(ct);
        return taken;
    }

    /// <summary>Trips held by vehicles, the one each driver has before him first.</summary>
    public async Task<ILookup<VehicleId, DemoJob>> JobsAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var held = TripStates.Held;
        var rows = await (from trip in db.Set<Trip>().AsNoTracking()
                          join driver in db.Set<Driver>() on trip.Driver equals driver.Id
                          join employee in db.Set<Employee>() on driver.Employee equals employee.Id
                          where held.Contains(trip.State)
                          select new { trip, driver.Name, employee.User }).ToListAsync(ct);
        return rows.Where(r => r.trip.Pickup.Point is not null && r.trip.Dropoff.Point is not null)
            .OrderByDescending(r => r.trip.State.IsUnderWay()).ThenBy(r => r.trip.PickupFrom)
            .ToLookup(r => r.trip.Vehicle!.Value, r => new DemoJob(r.trip.Id, r.trip.State, r.trip.Vehicle!.Value, For(r.trip.Driver!.Value, r.Name),
                r.User is not null, r.trip.Pickup.Point!.Value, r.trip.Dropoff.Point!.Value, r.trip.PickupFrom));
    }

    /// <summary>Ends demo shifts that are over and holds no trip, and lets rested drivers take the free vehicles.</summary>
    public async Task RollShiftsAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = contexts.CreateFor(actor);
        var held = TripStates.Held;
        var busy = await db.Set<Trip>().Where(t => held.Contains(t.State)).Select(t => t.Driver).ToListAsync(ct);
        var open = await db.Set<Shift>().Where(s => s.StartedAt != null && s.EndedAt == null).ToListAsync(ct);
        foreach (var over in open.Where(s => s.PlannedTo <= now && !busy.Contains(s.Driver)).ToList())
        {
            over.End(over.PlannedTo);
            open.Remove(over);
        }
        var working = open.Select(s => s.Driver).ToHashSet();
        var driven = open.Select(s => s.Vehicle).ToHashSet();
        var vehicles = await (from device in db.Set<Device>()
                              join vehicle in db.Set<Vehicle>() on device.Vehicle equals vehicle.Id
                              where device.Key.StartsWith(DemoFleet.DevicePrefix) && !vehicle.Archived
                              orderby vehicle.Id
                              select vehicle).ToListAsync(ct);
        var rested = new Queue<Driver>(await (from driver in db.Set<Driver>()
                                              join employee in db.Set<Employee>() on driver.Employee equals employee.Id
                                              where !driver.Archived && driver.Source == null && employee.User == null
                                                  && !db.Set<Shift>().Any(s => s.Driver == driver.Id && s.EndedAt > now.AddHours(-8))
                                              orderby driver.Id descending
                                              select driver).ToListAsync(ct));
        foreach (var vehicle in vehicles.Where(v => !driven.Contains(v.Id)))
        {
            while (rested.TryPeek(out var next) && working.Contains(next.Id)) rested.Dequeue();
            if (driven.Count >= DemoFleet.OnShift || !rested.TryDequeue(out var driver)) break;
            var shift = new Shift(ShiftId.New(), driver.Id, vehicle.Id, vehicle.Branch, new Period(now, now.AddHours(10)));
            shift.Start(now);
            db.Add(shift);
            driven.Add(vehicle.Id);
        }
        await db.SaveChangesAsync(ct);
    }

    private static Actor For(DriverId driver, string name) => new()
    {
        UserId = Guid.Empty, Name = name, DriverId = driver.Value, Permissions = new[] { Permissions.DriveOwn }.ToFrozenSet(), Origin = "simulation",
    };
}
