using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>A driver or a vehicle as a row of the plan. <see cref="Detail"/> is his usual vehicle, or its model.</summary>
public sealed record PlanLine
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public string? Detail { get; init; }
}

/// <summary>A shift as the plan shows it. <see cref="Worked"/> is worked time so far, <see cref="Rested"/> recorded breaks so far.</summary>
public sealed record PlanShift(
    ShiftId Id, DriverId DriverId, string Driver, VehicleId VehicleId, string Plate, Period Planned, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    bool OnBreak, TimeSpan Worked, TimeSpan Rested, uint Version)
{
    /// <summary>What it occupies on the clock: the real times as far as known, the plan for the rest.</summary>
    public Period Shown(DateTimeOffset now) => new(StartedAt ?? Planned.From, EndedAt ?? (StartedAt is not null && Planned.To < now ? now : Planned.To));
}

/// <summary>The plan of a stretch of days: the lines asked for and every shift that touches them.</summary>
public sealed record ShiftPlan(IReadOnlyList<PlanLine> Lines, int Total, IReadOnlyList<PlanShift> Shifts);

/// <summary>Reads the shift plan per driver or per vehicle.</summary>
public sealed class ShiftWeekQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>A plan covers at most so many days.</summary>
    public const int MaxDays = 35;

    /// <summary>Lines matching <paramref name="text"/>, in order of name, and the shifts on them within <paramref name="days"/>; imported ones only where they have such a shift.</summary>
    public async Task<ShiftPlan> ReadAsync(bool perVehicle, string? text, Period days, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        if (days.Length > TimeSpan.FromDays(MaxDays)) throw new RuleBrokenException("fleet.plan-too-long", MaxDays);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var lines = Lines(db, perVehicle, text, days, actor.OnlyBranch());
        var total = await lines.CountAsync(ct);
        var shown = await lines.Skip(slice.From).Take(Math.Min(slice.Count, 500)).ToListAsync(ct);
        return new(shown, total, await ShiftsAsync(db, perVehicle, [.. shown.Select(l => l.Id)], days, ct));
    }

    /// <summary>One shift, wherever the plan stands; null where there is none of that id within reach.</summary>
    public async Task<PlanShift?> FindAsync(ShiftId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var reach = actor.OnlyBranch();
        var found = await (
            from s in db.Set<Shift>().AsNoTracking()
            join d in db.Set<Driver>() on s.Driver equals d.Id
            join v in db.Set<Vehicle>() on s.Vehicle equals v.Id
            where s.Id == id && (reach == null || s.Branch == reach)
            select new { Shift = s, d.Name, v.Plate }).FirstOrDefaultAsync(ct);
        return found is null ? null : Shown(found.Shift, found.Name, found.Plate, time.GetUtcNow());
    }

    private static IQueryable<PlanLine> Lines(PortalDb db, bool perVehicle, string? text, Period days, BranchId? reach)
    {
        var like = LikePattern.Containing(text ?? "");
        var shifts = db.Set<Shift>().Where(s => (s.StartedAt ?? s.PlannedFrom) < days.To && (s.EndedAt ?? s.PlannedTo) > days.From);
        return perVehicle
            ? db.Set<Vehicle>().Where(v => !v.Archived && (v.Source == null || shifts.Any(s => s.Vehicle == v.Id)) && (reach == null || v.Branch == reach) && EF.Functions.ILike(v.Plate + " " + v.Model, like, LikePattern.Escape))
                .OrderBy(v => v.Plate).ThenBy(v => v.Id).Select(v => new PlanLine { Id = v.Id.Value, Name = v.Plate, Detail = v.Model })
            : db.Set<Driver>().Where(d => !d.Archived && (d.Source == null || shifts.Any(s => s.Driver == d.Id)) && (reach == null || d.Branch == reach) && EF.Functions.ILike(d.Name, like, LikePattern.Escape))
                .OrderBy(d => d.Name).ThenBy(d => d.Id).Select(d => new PlanLine { Id = d.Id.Value, Name = d.Name, Detail = db.Set<Vehicle>().Where(v => v.Id == d.UsualVehicle).Select(v => v.Plate).FirstOrDefault() });
    }

    private async Task<IReadOnlyList<PlanShift>> ShiftsAsync(PortalDb db, bool perVehicle, Guid[] lines, Period days, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var drivers = lines.Select(l => new DriverId(l)).ToArray();
        var vehicles = lines.Select(l => new VehicleId(l)).ToArray();
        // a shift that is still open counts until now, however long ago it was to end
        var found = await (
            from s in db.Set<Shift>().AsNoTracking()
            join d in db.Set<Driver>() on s.Driver equals d.Id
            join v in db.Set<Vehicle>() on s.Vehicle equals v.Id
            where perVehicle ? vehicles.Contains(s.Vehicle) : drivers.Contains(s.Driver)
            where (s.StartedAt ?? s.PlannedFrom) < days.To
            where (s.EndedAt ?? s.PlannedTo) > days.From || (s.StartedAt != null && s.EndedAt == null && now > days.From)
            orderby s.PlannedFrom
            select new { Shift = s, d.Name, v.Plate }).Take(Slice.MaxRows).ToListAsync(ct);
        return [.. found.Select(f => Shown(f.Shift, f.Name, f.Plate, now))];
    }

    private static PlanShift Shown(Shift s, string driver, string plate, DateTimeOffset now)
    {
        var worked = s.WorkedUntil(now);
        var all = s.StartedAt is { } start ? (s.EndedAt ?? now) - start : TimeSpan.Zero;
        return new(s.Id, s.Driver, driver, s.Vehicle, plate, new(s.PlannedFrom, s.PlannedTo), s.StartedAt, s.EndedAt, s.OnBreak, worked, all - worked, s.Version);
    }
}
