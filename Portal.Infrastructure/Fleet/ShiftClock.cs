using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Starts, interrupts and ends shifts: for a dispatcher any shift, for a driver his own.
/// Each method takes the moment it happened where that lies back (a phone that was offline); it is never later than now
/// and never before what the shift already records.
/// </summary>
public sealed class ShiftClock(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Planned length of a shift that a driver starts without a plan.</summary>
    public static readonly TimeSpan UnplannedLength = TimeSpan.FromHours(8);

    /// <summary>A driver may start his planned shift this long before its time.</summary>
    public static readonly TimeSpan EarlyStart = TimeSpan.FromHours(4);

    private static readonly TripState[] UnderWay = [.. TripStates.Held.Where(s => s.IsUnderWay())];

    /// <summary>Starts a planned shift.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.driver-on-shift</c>, <c>fleet.vehicle-on-shift</c>, <c>fleet.shift-already-started</c>, <c>fleet.vehicle-archived</c>, <c>fleet.driver-archived</c></exception>
    public async Task StartAsync(ShiftId id, Actor actor, CancellationToken ct, DateTimeOffset? happened = null)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var shift = await db.ShiftForAsync(id, actor, ct);
        await db.VehicleForAsync(shift.Vehicle, actor, ct);
        await db.DriverForAsync(shift.Driver, ct);
        shift.Start(Moment(happened, await LastEndAsync(db, shift.Driver, ct)));
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// Starts the acting driver's own shift: the one planned for about now, or else a new one of <see cref="UnplannedLength"/>.
    /// Without <paramref name="vehicle"/> it is the planned vehicle, or else his usual one.
    /// </summary>
    /// <returns>The shift that runs now.</returns>
    /// <exception cref="RuleBrokenException"><c>fleet.no-driver</c>, <c>fleet.shift-needs-vehicle</c>, <c>fleet.driver-on-shift</c>, <c>fleet.vehicle-on-shift</c></exception>
    public async Task<ShiftId> StartOwnAsync(VehicleId? vehicle, Actor actor, CancellationToken ct, DateTimeOffset? happened = null)
    {
        actor.Require(Permissions.DriveOwn);
        var own = new DriverId(actor.DriverId ?? throw new RuleBrokenException("fleet.no-driver"));
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var driver = await db.DriverForAsync(own, ct);
        var at = Moment(happened, await LastEndAsync(db, own, ct));
        var latest = at + EarlyStart;
        var shift = await db.Set<Shift>()
            .Where(s => s.Driver == own && s.StartedAt == null && s.PlannedTo > at && s.PlannedFrom <= latest)
            .OrderBy(s => s.PlannedFrom).FirstOrDefaultAsync(ct);
        var taken = vehicle ?? shift?.Vehicle ?? driver.UsualVehicle ?? throw new RuleBrokenException("fleet.shift-needs-vehicle");
        await db.VehicleForAsync(taken, actor, ct);
        if (shift is null) db.Add(shift = new Shift(ShiftId.New(), own, taken, driver.Branch, new(at, at + UnplannedLength)));
        else shift.ChangeVehicle(taken);
        shift.Start(at);
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
        return shift.Id;
    }

    /// <summary>Ends a shift; refused while its driver still holds trips that fall into it.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-has-trips</c> with how many and their numbers, <c>fleet.shift-not-open</c></exception>
    public async Task EndAsync(ShiftId id, Actor actor, CancellationToken ct, DateTimeOffset? happened = null)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var shift = await db.LockedShiftForAsync(id, actor, ct);
        var at = Moment(happened, shift.LastMark);
        shift.End(at);
        var until = at > shift.PlannedTo ? at : shift.PlannedTo;
        await ShiftTable.RequireNoTripsAsync(
            db.Set<Trip>().Where(t => t.Driver == shift.Driver && (t.PickupFrom < until || UnderWay.Contains(t.State))), "fleet.shift-has-trips", ct);
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>A break begins.</summary>
    public Task StartBreakAsync(ShiftId id, Actor actor, CancellationToken ct, DateTimeOffset? happened = null) =>
        ChangeAsync(id, actor, shift => shift.StartBreak(Moment(happened, shift.LastMark)), ct);

    /// <summary>The running break ends.</summary>
    public Task EndBreakAsync(ShiftId id, Actor actor, CancellationToken ct, DateTimeOffset? happened = null) =>
        ChangeAsync(id, actor, shift => shift.EndBreak(Moment(happened, shift.LastMark)), ct);

    /// <summary>The driver goes on with another vehicle.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.vehicle-on-shift</c>, <c>fleet.vehicle-archived</c>, <c>fleet.shift-vehicle-has-trips</c>, <c>fleet.shift-not-open</c></exception>
    public async Task ChangeVehicleAsync(ShiftId id, VehicleId vehicle, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var shift = await db.LockedShiftForAsync(id, actor, ct);
        await db.ChangeVehicleAsync(shift, vehicle, actor, ct);
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task ChangeAsync(ShiftId id, Actor actor, Action<Shift> change, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var shift = await db.ShiftForAsync(id, actor, ct);
        change(shift);
        await db.SaveShiftAsync(shift, ct);
    }

    private DateTimeOffset Moment(DateTimeOffset? happened, DateTimeOffset? notBefore)
    {
        var now = time.GetUtcNow();
        var at = happened is { } told && told < now ? told : now;
        return at < notBefore ? notBefore.Value : at;
    }

    private static Task<DateTimeOffset?> LastEndAsync(PortalDb db, DriverId driver, CancellationToken ct) =>
        db.Set<Shift>().Where(s => s.Driver == driver).MaxAsync(s => s.EndedAt, ct);
}
