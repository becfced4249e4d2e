using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>Per what the report sums: the whole period, or each day, month or year in it.</summary>
public enum ReportUnit { Total, Day, Month, Year }

/// <summary>A column the driver report sorts by.</summary>
public enum DriverReportSort { Driver, From, Worked, Shifts, Trips, AverageKm, TotalKm, DrivenKm }

/// <summary>
/// What to report: dates of the reader's calendar, both inclusive; no <paramref name="Drivers"/> means all.
/// </summary>
public sealed record DriverReportFilter(DateOnly From, DateOnly To, ReportUnit Unit = ReportUnit.Total, IReadOnlyCollection<DriverId>? Drivers = null)
{
    /// <summary>A report covers at most so many days.</summary>
    public const int MaxDays = 3700;
}

/// <summary>
/// One driver in one stretch of time starting on <see cref="From"/>. Worked time is shift time minus recorded breaks within the stretch
/// (an open shift until now); trips are those completed within it, with their planned road distance;
/// driven is what the tracks of the shift's vehicle show: the drives that began during the shift, each in the stretch in which it began.
/// </summary>
public sealed class DriverReportRow
{
    public Guid Driver { get; init; }
    public string Name { get; init; } = "";
    public DateOnly From { get; init; }
    public double WorkedSeconds { get; init; }
    public int Shifts { get; init; }
    public int Trips { get; init; }
    /// <summary>Mean planned length of the trips whose length is known, km.</summary>
    public double? AverageKm { get; init; }
    /// <summary>Sum of the known planned lengths, km.</summary>
    public double? TotalKm { get; init; }
    /// <summary>Trips whose planned length is known.</summary>
    public int TripsWithKm { get; init; }
    /// <summary>Kilometres of drives found in the tracks; empty where no track was recorded.</summary>
    public double? DrivenKm { get; init; }

    /// <summary>Worked time in hours.</summary>
    public double WorkedHours => WorkedSeconds / 3600;
}

/// <summary>One completed trip of the from–to list. <see cref="RideSeconds"/> is boarding to completion.</summary>
public sealed class DriverReportTrip
{
    public Guid Trip { get; init; }
    public long Number { get; init; }
    public string Driver { get; init; } = "";
    public string? Plate { get; init; }
    public DateTimeOffset EndedAt { get; init; }
    public string Pickup { get; init; } = "";
    public string Dropoff { get; init; } = "";
    public double? PlannedKm { get; init; }
    public double? RideSeconds { get; init; }
}

/// <summary>Reads the driver report. Who may not read it for all reads himself only.</summary>
public sealed class DriverReportQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>The rows of the report.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>fleet.report-period</c></exception>
    public async Task<PageOf<DriverReportRow>> ReadAsync(
        DriverReportFilter filter, DriverReportSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Sorted(Rows(db, filter, actor), sort, descending).PageAsync(slice, ct);
    }

    /// <summary>The sum over all rows of the report; a shift that several rows share counts once, the average is over all trips whose length is known.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>fleet.report-period</c></exception>
    public async Task<DriverReportRow> SumAsync(DriverReportFilter filter, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Rows(db, filter with { Unit = ReportUnit.Total }, actor).GroupBy(_ => 1).Select(all => new DriverReportRow
        {
            WorkedSeconds = all.Sum(r => r.WorkedSeconds), Shifts = all.Sum(r => r.Shifts), Trips = all.Sum(r => r.Trips), TripsWithKm = all.Sum(r => r.TripsWithKm),
            TotalKm = all.Sum(r => r.TotalKm), DrivenKm = all.Sum(r => r.DrivenKm), AverageKm = all.Sum(r => r.TripsWithKm) == 0 ? null : all.Sum(r => r.TotalKm) / all.Sum(r => r.TripsWithKm),
        }).SingleOrDefaultAsync(ct) ?? new();
    }

    private IQueryable<DriverReportRow> Rows(PortalDb db, DriverReportFilter filter, Actor actor)
    {
        var (all, drivers, reach) = Who(filter, actor);
        var (from, to) = Bounds(filter, actor);
        var (now, zone, unit, first) = (time.GetUtcNow(), actor.TimeZone, filter.Unit.ToString().ToLowerInvariant(), filter.From);
        return db.Database.SqlQuery<DriverReportRow>($"""
            with who as (
                select d.id, d.name from fleet.driver d
                where ({all} or d.id = any({drivers})) and ({reach}::uuid is null or d.branch = {reach})
            ),
            -- a shift cut at the report's ends and at every midnight of the reader
            piece as (
                select s.id, s.driver, day::date as day,
                    greatest(s.started_at, {from}, day at time zone {zone}) as a,
                    least(coalesce(s.ended_at, {now}), {to}, (day + interval '1 day') at time zone {zone}) as b,
                    coalesce(s.ended_at, {now}) as shift_end
                from fleet.shift s
                join who on who.id = s.driver
                cross join lateral generate_series(
                    date_trunc('day', greatest(s.started_at, {from}) at time zone {zone}),
                    date_trunc('day', least(coalesce(s.ended_at, {now}), {to}) at time zone {zone}), interval '1 day') as day
                where s.started_at < {to} and coalesce(s.ended_at, {now}) > {from}
            ),
            worked as (
                select p.driver, case {unit} when 'total' then {first} else date_trunc({unit}, p.day::timestamp)::date end as bucket,
                    count(distinct p.id) as shifts,
                    sum(extract(epoch from p.b - p.a) - coalesce((
                        select sum(extract(epoch from least(coalesce(r."to", p.shift_end), p.b) - greatest(r."from", p.a)))
                        from fleet.shift_break r
                        where r.shift = p.id and r."from" < p.b and coalesce(r."to", p.shift_end) > p.a), 0)) as seconds
                from piece p
                where p.b > p.a
                group by 1, 2
            ),
            driven as (
                select t.driver, case {unit} when 'total' then {first} else date_trunc({unit}, t.ended_at at time zone {zone})::date end as bucket,
                    count(*) as trips, count(t.planned_km) as with_km, avg(t.planned_km) as average_km, sum(t.planned_km) as total_km
                from dispatch.trip t
                join who on who.id = t.driver
                where t.state = 'Completed' and t.ended_at >= {from} and t.ended_at < {to}
                group by 1, 2
            ),
            tracked as (
                select s.driver, case {unit} when 'total' then {first} else date_trunc({unit}, d.started_at at time zone {zone})::date end as bucket, sum(d.km) as km
                from fleet.shift s
                join who on who.id = s.driver
                join fleet.drive d on d.vehicle = s.vehicle and d.started_at >= greatest(s.started_at, {from}) and d.started_at < least(coalesce(s.ended_at, {now}), {to})
                where s.started_at < {to} and coalesce(s.ended_at, {now}) > {from}
                group by 1, 2
            )
            select who.id as "Driver", who.name as "Name", bucket as "From",
                coalesce(worked.seconds, 0)::double precision as "WorkedSeconds", coalesce(worked.shifts, 0)::integer as "Shifts",
                coalesce(driven.trips, 0)::integer as "Trips", coalesce(driven.with_km, 0)::integer as "TripsWithKm", driven.average_km as "AverageKm", driven.total_km as "TotalKm", tracked.km as "DrivenKm"
            from worked full join driven using (driver, bucket) full join tracked using (driver, bucket)
            join who on who.id = driver
            """);
    }

    /// <summary>The completed trips behind the rows, latest first.</summary>
    public async Task<PageOf<DriverReportTrip>> TripsAsync(DriverReportFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        var (all, drivers, reach) = Who(filter, actor);
        var (from, to) = Bounds(filter, actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.Database.SqlQuery<DriverReportTrip>($"""
            select t.id as "Trip", t.number as "Number", d.name as "Driver", v.plate as "Plate", t.ended_at as "EndedAt",
                t.pickup_address as "Pickup", t.dropoff_address as "Dropoff", t.planned_km as "PlannedKm",
                extract(epoch from t.ended_at - t.boarded_at)::double precision as "RideSeconds"
            from dispatch.trip t
            join fleet.driver d on d.id = t.driver
            left join fleet.vehicle v on v.id = t.vehicle
            where t.state = 'Completed' and t.ended_at >= {from} and t.ended_at < {to}
                and ({all} or d.id = any({drivers})) and ({reach}::uuid is null or d.branch = {reach})
            """);
        return await rows.OrderByDescending(t => t.EndedAt).ThenBy(t => t.Number).PageAsync(slice, ct);
    }

    /// <summary>Drivers the actor may choose from, by name; those who left too, their work stays.</summary>
    public async Task<IReadOnlyList<(DriverId Id, string Name)>> DriversAsync(Actor actor, CancellationToken ct)
    {
        var (all, drivers, reach) = Who(new(default, default), actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = drivers.Select(d => new DriverId(d)).ToArray();
        var branch = reach is { } only ? new BranchId(only) : (BranchId?)null;
        var found = await db.Set<Driver>()
            .Where(d => (all || ids.Contains(d.Id)) && (branch == null || d.Branch == branch))
            .OrderBy(d => d.Name).Select(d => new { d.Id, d.Name }).ToListAsync(ct);
        return [.. found.Select(d => (d.Id, d.Name))];
    }

    private static (bool All, Guid[] Drivers, Guid? Reach) Who(DriverReportFilter filter, Actor actor)
    {
        var asked = filter.Drivers?.Select(d => d.Value).ToArray() ?? [];
        if (!actor.Can(Permissions.DriveOwn)) actor.Require(Permissions.DriverReportRead);
        if (actor.Can(Permissions.DriverReportRead)) return (asked.Length == 0, asked, actor.OnlyBranch()?.Value);
        return (false, [actor.DriverId ?? throw new RuleBrokenException("fleet.no-driver")], null);
    }

    private static (DateTimeOffset From, DateTimeOffset To) Bounds(DriverReportFilter filter, Actor actor)
    {
        if (filter.To < filter.From || filter.To.DayNumber - filter.From.DayNumber >= DriverReportFilter.MaxDays)
            throw new RuleBrokenException("fleet.report-period", DriverReportFilter.MaxDays);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(actor.TimeZone);
        return (Midnight(filter.From), Midnight(filter.To.AddDays(1)));

        DateTimeOffset Midnight(DateOnly day)
        {
            var local = day.ToDateTime(TimeOnly.MinValue);
            // where the clock skips midnight, the day begins at the first minute there is
            while (zone.IsInvalidTime(local)) local = local.AddMinutes(30);
            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }
    }

    private static IQueryable<DriverReportRow> Sorted(IQueryable<DriverReportRow> rows, DriverReportSort sort, bool descending)
    {
        var sorted = sort switch
        {
            DriverReportSort.From => descending ? rows.OrderByDescending(r => r.From) : rows.OrderBy(r => r.From),
            DriverReportSort.Worked => descending ? rows.OrderByDescending(r => r.WorkedSeconds) : rows.OrderBy(r => r.WorkedSeconds),
            DriverReportSort.Shifts => descending ? rows.OrderByDescending(r => r.Shifts) : rows.OrderBy(r => r.Shifts),
            DriverReportSort.Trips => descending ? rows.OrderByDescending(r => r.Trips) : rows.OrderBy(r => r.Trips),
            DriverReportSort.AverageKm => descending ? rows.OrderByDescending(r => r.AverageKm) : rows.OrderBy(r => r.AverageKm),
            DriverReportSort.TotalKm => descending ? rows.OrderByDescending(r => r.TotalKm) : rows.OrderBy(r => r.TotalKm),
            DriverReportSort.DrivenKm => descending ? rows.OrderByDescending(r => r.DrivenKm) : rows.OrderBy(r => r.DrivenKm),
            _ => descending ? rows.OrderByDescending(r => r.Name) : rows.OrderBy(r => r.Name),
        };
        return sorted.ThenBy(r => r.Name).ThenBy(r => r.From).ThenBy(r => r.Driver);
    }
}
