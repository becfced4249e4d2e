using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// A week to fill: on each of <see cref="Days"/> from <see cref="Monday"/> on, every driver from <see cref="From"/> to <see cref="To"/>
/// by the clock of his branch; an end not after the start is on the next day.
/// </summary>
public sealed record WeekPattern(DateOnly Monday, IReadOnlyCollection<DayOfWeek> Days, TimeOnly From, TimeOnly To, IReadOnlyCollection<DriverId> Drivers)
{
    /// <summary>The shift of one day in a time zone. A clock time that daylight saving skips is read an hour later.</summary>
    public Period On(DateOnly day, TimeZoneInfo zone) => new(At(day, From, zone), At(To > From ? day : day.AddDays(1), To, zone));

    private static DateTimeOffset At(DateOnly day, TimeOnly clock, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(clock);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}

/// <summary>What filling a week planned, and the drivers it left out in part or whole because they or their vehicle were taken or they have no usual vehicle.</summary>
public sealed record FilledWeek(IReadOnlyList<ShiftId> Planned, IReadOnlyList<string> LeftOut);

/// <summary>Plans shifts ahead. Planned shifts of one driver, and of one vehicle, never overlap.</summary>
public sealed class ShiftPlanning(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>At most so many drivers are planned in one filling.</summary>
    public const int MaxDrivers = 500;

    private static readonly TimeSpan PastAtMost = TimeSpan.FromDays(31), AheadAtMost = TimeSpan.FromDays(400);

    /// <summary>Plans one shift.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>fleet.shift-needs-driver</c>, <c>fleet.shift-needs-vehicle</c>, <c>fleet.driver-planned</c>, <c>fleet.vehicle-planned</c>, <c>fleet.shift-length</c>,
    /// <c>fleet.shift-past</c>, <c>fleet.shift-too-far</c>
    /// </exception>
    public async Task<ShiftId> PlanAsync(DriverId driver, VehicleId vehicle, Period planned, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ShiftsManage);
        RequireNear(planned);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        var who = await db.DriverForAsync(driver, ct);
        actor.RequireReach(who.Branch);
        await db.VehicleForAsync(vehicle, actor, ct);
        var shift = new Shift(ShiftId.New(), driver, vehicle, who.Branch, planned);
        await RequireFreeAsync(db, shift, ct);
        db.Add(shift);
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
        return shift.Id;
    }

    /// <summary>Moves a shift that has not ended to other times and another vehicle; a running one leaves its vehicle only without trips on it.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>fleet.driver-planned</c>, <c>fleet.vehicle-planned</c>, <c>fleet.shift-length</c>, <c>fleet.vehicle-on-shift</c>, <c>fleet.vehicle-archived</c>,
    /// <c>fleet.shift-vehicle-has-trips</c>, <c>fleet.shift-past</c>, <c>fleet.shift-too-far</c>, <c>shared.changed-by</c>
    /// </exception>
    public async Task ReplanAsync(ShiftId id, Period planned, VehicleId vehicle, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ShiftsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        var shift = await db.LockedShiftForAsync(id, actor, ct);
        db.ExpectVersion(shift, seen);
        if (vehicle != shift.Vehicle) await db.ChangeVehicleAsync(shift, vehicle, actor, ct);
        var moved = planned != Planned(shift);
        if (moved) RequireNear(planned);
        shift.Replan(planned);
        await RequireFreeAsync(db, shift, ct, driverToo: moved);
        await db.SaveShiftAsync(shift, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes planned shifts back; those that have started stay.</summary>
    /// <returns>How many were taken back.</returns>
    public async Task<int> WithdrawAsync(IReadOnlyCollection<ShiftId> ids, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ShiftsManage);
        await using var db = contexts.CreateFor(actor);
        var planned = await db.Set<Shift>().Where(s => ids.Contains(s.Id) && s.StartedAt == null).ToListAsync(ct);
        foreach (var shift in planned) actor.RequireReach(shift.Branch);
        db.RemoveRange(planned);
        await db.SaveChangesAsync(ct);
        return planned.Count;
    }

    /// <summary>Plans what is left of a week for many drivers on their usual vehicles; whoever is already planned is left as he is.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.too-many-drivers</c>, <c>fleet.shift-length</c>, <c>fleet.shift-too-far</c></exception>
    public async Task<FilledWeek> FillWeekAsync(WeekPattern pattern, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ShiftsManage);
        if (pattern.Drivers.Count > MaxDrivers) throw new RuleBrokenException("fleet.too-many-drivers", MaxDrivers);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, ct);
        var drivers = await db.Set<Driver>().Where(d => pattern.Drivers.Contains(d.Id) && !d.Archived).OrderBy(d => d.Name).ToListAsync(ct);
        var zones = await db.Set<Branch>().ToDictionaryAsync(b => b.Id, b => TimeZoneInfo.FindSystemTimeZoneById(b.TimeZone), ct);
        var inFleet = (await db.Set<Vehicle>().Where(v => !v.Archived).Select(v => v.Id).ToListAsync(ct)).ToHashSet();
        var known = await WeekAsync(db, pattern.Monday, ct);
        var now = time.GetUtcNow();
        var planned = new List<ShiftId>();
        var leftOut = new List<string>();
        foreach (var driver in drivers)
        {
            actor.RequireReach(driver.Branch);
            var all = driver.UsualVehicle is { } usual && inFleet.Contains(usual);
            if (all)
                foreach (var day in Days(pattern))
                {
                    var period = pattern.On(day, zones[driver.Branch]);
                    if (period.To <= now) continue;
                    RequireNear(period);
                    if (known.Any(s => (s.Driver == driver.Id || s.Vehicle == driver.UsualVehicle) && Planned(s).Overlaps(period)))
                    {
                        all = false;
                        continue;
                    }
                    var shift = new Shift(ShiftId.New(), driver.Id, driver.UsualVehicle!.Value, driver.Branch, period);
                    known.Add(shift);
                    planned.Add(shift.Id);
                    db.Add(shift);
                }
            if (!all) leftOut.Add(driver.Name);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new(planned, leftOut);
    }

    private static IEnumerable<DateOnly> Days(WeekPattern pattern) =>
        Enumerable.Range(0, 7).Select(pattern.Monday.AddDays).Where(day => pattern.Days.Contains(day.DayOfWeek));

    private static Task<List<Shift>> WeekAsync(PortalDb db, DateOnly monday, CancellationToken ct)
    {
        // two days wider on both ends: night shifts, and branches in other time zones
        var from = new DateTimeOffset(monday.AddDays(-2).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var to = from.AddDays(11);
        return db.Set<Shift>().IgnoreAutoIncludes().AsNoTracking()
            .Where(s => s.EndedAt == null && s.PlannedTo > from && s.PlannedFrom < to).ToListAsync(ct);
    }

    // A slip of the keyboard is told before anybody is planned a century away.
    private void RequireNear(Period planned)
    {
        var now = time.GetUtcNow();
        if (planned.From < now - PastAtMost) throw new RuleBrokenException("fleet.shift-past", planned.From, (int)PastAtMost.TotalDays);
        if (planned.From > now + AheadAtMost) throw new RuleBrokenException("fleet.shift-too-far", planned.From, (int)AheadAtMost.TotalDays);
    }

    private static Period Planned(Shift shift) => new(shift.PlannedFrom, shift.PlannedTo);

    // Plans are few and made by people: one planner at a time keeps them free of overlaps without an index that a late start could break.
    private static Task LockAsync(PortalDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('fleet.shift-planning'))", ct);

    // A running shift takes nothing of what is past, and with another vehicle alone nothing more of its driver's time.
    private async Task RequireFreeAsync(PortalDb db, Shift shift, CancellationToken ct, bool driverToo = true)
    {
        var now = time.GetUtcNow();
        var begin = shift.StartedAt is not null && shift.PlannedFrom < now ? now : shift.PlannedFrom;
        var other = await (
            from s in db.Set<Shift>().IgnoreAutoIncludes()
            join driver in db.Set<Driver>() on s.Driver equals driver.Id
            join vehicle in db.Set<Vehicle>() on s.Vehicle equals vehicle.Id
            where s.Id != shift.Id && s.EndedAt == null && s.PlannedFrom < shift.PlannedTo && s.PlannedTo > begin
            where (driverToo && s.Driver == shift.Driver) || s.Vehicle == shift.Vehicle
            select new { OwnDriver = s.Driver == shift.Driver, driver.Name, vehicle.Plate }).FirstOrDefaultAsync(ct);
        if (other is null) return;
        throw other.OwnDriver
            ? new RuleBrokenException("fleet.driver-planned", other.Name, other.Plate)
            : new RuleBrokenException("fleet.vehicle-planned", other.Plate, other.Name);
    }
}
