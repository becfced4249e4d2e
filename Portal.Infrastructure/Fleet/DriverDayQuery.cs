using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// A shift on the driver's page. Holds no figure that grows by itself, so that an unchanged day reads the same:
/// worked time is the time since <see cref="StartedAt"/> minus <see cref="RestedSeconds"/> and minus a break running since <see cref="BreakFrom"/>.
/// </summary>
public sealed record DriverShift(
    Guid Id, Guid Vehicle, string Plate, DateTimeOffset PlannedFrom, DateTimeOffset PlannedTo, DateTimeOffset? StartedAt, double RestedSeconds, DateTimeOffset? BreakFrom);

/// <summary>An end of a trip as the driver must find it.</summary>
public sealed record DriverStop(string Address, string? Door, string? Contact, string? Phone, string? AccessNote, double? Latitude, double? Longitude);

/// <summary>A trip on the driver's page.</summary>
public sealed record DriverTrip(
    Guid Id, long Number, TripState State, DateTimeOffset PickupFrom, DateTimeOffset PickupUntil, string Caller, string? CallerPhone,
    DriverStop Pickup, DriverStop Dropoff, int Passengers, string? Cargo, string[] Equipment, string? Note, double? PlannedKm);

/// <summary>What the driver's page shows: his shift or the next planned one, the trip under way first, and those after it.</summary>
public sealed record DriverDay(Guid Driver, string Name, DriverShift? Shift, DriverShift? Planned, Guid? UsualVehicle, IReadOnlyList<DriverTrip> Trips, int TripsInAll);

/// <summary>A vehicle a driver may take; <see cref="TakenBy"/> is who is on shift with it.</summary>
public sealed record VehicleChoice(Guid Id, string Plate, string Model, string? TakenBy);

/// <summary>What a trip is to a driver: his now (<see cref="Own"/>) or before; where it stands and since when.</summary>
public sealed record TripHold(bool Own, long Number, TripState State, DateTimeOffset LastAt);

/// <summary>Reads the driver's page. A driver reads himself only.</summary>
public sealed class DriverDayQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>The trip at hand and the next two.</summary>
    public const int TripsShown = 3;

    /// <summary>The acting driver's day.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.no-driver</c>: the user is no driver</exception>
    public async Task<DriverDay> ReadAsync(Actor actor, CancellationToken ct)
    {
        var own = Own(actor);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var driver = await db.Set<Driver>().AsNoTracking().FirstAsync(d => d.Id == own, ct);
        var latest = now + ShiftClock.EarlyStart;
        var shifts = await (
            from s in db.Set<Shift>().AsNoTracking()
            join v in db.Set<Vehicle>() on s.Vehicle equals v.Id
            where s.Driver == own && s.EndedAt == null && (s.StartedAt != null || (s.PlannedTo > now && s.PlannedFrom <= latest))
            orderby s.PlannedFrom
            select new { Shift = s, v.Plate }).ToListAsync(ct);
        var held = db.Set<Trip>().AsNoTracking().Where(t => t.Driver == own && TripStates.Held.Contains(t.State));
        var count = await held.CountAsync(ct);
        var trips = await held
            .OrderByDescending(t => t.State == TripState.OnBoard).ThenByDescending(t => t.State == TripState.Arrived).ThenByDescending(t => t.State == TripState.OnTheWay)
            .ThenBy(t => t.PickupFrom).ThenBy(t => t.Number).Take(TripsShown).ToListAsync(ct);
        return new(
            own.Value, driver.Name,
            shifts.Where(s => s.Shift.IsOpen).Select(s => Shown(s.Shift, s.Plate)).FirstOrDefault(),
            shifts.Where(s => s.Shift.StartedAt is null).Select(s => Shown(s.Shift, s.Plate)).FirstOrDefault(),
            driver.UsualVehicle?.Value, [.. trips.Select(Shown)], count);
    }

    /// <summary>Vehicles of the driver's branch that he may take, by plate: our own, and the one he usually drives.</summary>
    public async Task<IReadOnlyList<VehicleChoice>> VehiclesAsync(Actor actor, CancellationToken ct)
    {
        var own = Own(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await (
            from v in db.Set<Vehicle>()
            from d in db.Set<Driver>()
            where d.Id == own && !v.Archived && v.Branch == d.Branch && (v.Source == null || v.Id == d.UsualVehicle)
            orderby v.Plate
            select new VehicleChoice(v.Id.Value, v.Plate, v.Model,
                db.Set<Shift>().Where(s => s.Vehicle == v.Id && s.StartedAt != null && s.EndedAt == null)
                    .Join(db.Set<Driver>(), s => s.Driver, taker => taker.Id, (_, taker) => taker.Name).FirstOrDefault())).Take(500).ToListAsync(ct);
    }

    /// <summary>The shift that the acting driver is on, or null.</summary>
    public async Task<ShiftId?> OpenShiftAsync(Actor actor, CancellationToken ct)
    {
        var own = Own(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Shift>().Where(s => s.Driver == own && s.StartedAt != null && s.EndedAt == null).Select(s => (ShiftId?)s.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>How the acting driver stands to a trip; null when it was never his.</summary>
    public async Task<TripHold?> HoldOfAsync(TripId trip, Actor actor, CancellationToken ct)
    {
        var own = Own(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Trip>().Where(t => t.Id == trip && (t.Driver == own || t.Events.Any(e => e.Driver == own)))
            .Select(t => new TripHold(t.Driver == own, t.Number, t.State, t.Events.Max(e => e.At))).FirstOrDefaultAsync(ct);
    }

    /// <summary>The driver an actor is.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>fleet.no-driver</c></exception>
    public static DriverId Own(Actor actor)
    {
        actor.Require(Permissions.DriveOwn);
        return new(actor.DriverId ?? throw new RuleBrokenException("fleet.no-driver"));
    }

    private static DriverShift Shown(Shift s, string plate) =>
        new(s.Id.Value, s.Vehicle.Value, plate, s.PlannedFrom, s.PlannedTo, s.StartedAt,
            s.Breaks.Sum(b => b.To is { } to ? (to - b.From).TotalSeconds : 0), s.OnBreak ? s.Breaks.First(b => b.To is null).From : null);

    private static DriverTrip Shown(Trip t) =>
        new(t.Id.Value, t.Number, t.State, t.PickupFrom, t.PickupUntil, t.CallerName, t.CallerPhone, Shown(t.Pickup), Shown(t.Dropoff),
            t.Passengers, t.Cargo, t.Needs.Equipment, t.Note, t.PlannedKm);

    /// <summary>A stop as the driver sees it.</summary>
    public static DriverStop Shown(TripStop s) => new(s.Address, s.Door, s.Contact, s.Phone, s.AccessNote, s.Latitude, s.Longitude);
}
