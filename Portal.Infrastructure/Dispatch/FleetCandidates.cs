using System.Collections.Immutable;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>The vehicles at work as a choice sees them, who drives them, and what is usual in the fleet.</summary>
public sealed record WorkingFleet(IReadOnlyList<VehicleCandidate> Vehicles, FleetMeans Means, IReadOnlyDictionary<VehicleId, string> Drivers);

/// <summary>
/// Reads the working fleet: what vehicles are and have done from the database (kept for half a minute: 28 days do not change faster),
/// where they are and when they are free from memory, fresh at every call. Kilometres are those of completed trips; today is the day of the vehicle's branch.
/// A driver's hours of today, which <see cref="DispatchSettings.WorkAtMost"/> limits, are worked time (shift time minus recorded breaks,
/// <see cref="WorkedTime"/>) since that day began, or since he began the shift he is in if he has worked through midnight:
/// of a shift that has ended only the part of the day counts, and a night shift does not begin anew at midnight.
/// </summary>
public sealed class FleetCandidates(NpgsqlDataSource database, LiveBoard board, LiveFleet fleet, TimeProvider time)
{
    private static readonly TimeSpan WorkKeeps = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim reading = new(1, 1);
    private (ImmutableArray<BoardVehicle> AtWork, DateTimeOffset At, List<Worker> Workers) known = (default, default, []);

    /// <summary>The vehicles whose driver has an open shift, as far as the actor's rights reach: those of <see cref="BoardSnapshot.SeenBy"/>. A trip that is to be given to another does not occupy its vehicle: <paramref name="moved"/>.</summary>
    public async Task<WorkingFleet> ReadAsync(DispatchSettings settings, Actor actor, CancellationToken ct, TripId? moved = null)
    {
        var now = time.GetUtcNow();
        var all = await WorkersAsync(now, ct);
        var workers = actor.OnlyBranch() is { } only ? all.FindAll(w => w.Branch == only) : all;
        var positions = fleet.All().ToDictionary(v => v.Vehicle);
        var held = board.Current.Held.Where(t => t.Vehicle is not null && t.Id != moved).ToLookup(t => t.Vehicle!.Value);
        var vehicles = workers.ConvertAll(worker =>
        {
            var at = positions.GetValueOrDefault(worker.Candidate.Vehicle);
            // the shift's end limits besides; the ranking takes the sooner
            var left = settings.WorkAtMost - worker.Candidate.HoursToday;
            var candidate = worker.Candidate with { Position = at?.Point, PositionAt = at?.Time, AllowedLeft = left > TimeSpan.Zero ? left : TimeSpan.Zero };
            return held.Contains(candidate.Vehicle) ? candidate.Holding(held[candidate.Vehicle].Select(t => (BoardForecast.Held(t), t.Occupies)), now) : candidate;
        });
        // a re-enacted car has driven nothing of ours: beside it every car of ours would seem to have done too much
        var ours = vehicles.Where((_, i) => !workers[i].Candidate.IsReenacted).ToList();
        return new(vehicles, FleetMeans.Of(ours.Count > 0 ? ours : vehicles), workers.ToDictionary(w => w.Candidate.Vehicle, w => w.DriverName));
    }

    private async Task<List<Worker>> WorkersAsync(DateTimeOffset now, CancellationToken ct)
    {
        var atWork = board.Current.Vehicles;
        if (IsFresh(known)) return known.Workers;
        await reading.WaitAsync(ct);
        try
        {
            if (!IsFresh(known)) known = (atWork, now, await ReadWorkersAsync(now, ct));
            return known.Workers;
        }
        finally
        {
            reading.Release();
        }

        bool IsFresh((ImmutableArray<BoardVehicle> AtWork, DateTimeOffset At, List<Worker> Workers) what) => what.AtWork == atWork && now - what.At < WorkKeeps;
    }

    private async Task<List<Worker>> ReadWorkersAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"""
            select v.id, v.plate, v.class, v.seats, v.payload_kg, v.volume_m3, v.equipment, s.driver, d.name, s.planned_to,
                   coalesce(km.today, 0), coalesce(km.total, 0), coalesce(days.number, 0), coalesce(work.today, 0), coalesce(work.total, 0), v.branch,
                   exists (select from fleet.shift_break r where r.shift = s.id and r."to" is null), coalesce(s.source like '{Reenacted.SourcePrefix}%', false)
            from fleet.shift s
            join fleet.vehicle v on v.id = s.vehicle
            join fleet.driver d on d.id = s.driver
            join identity.branch b on b.id = v.branch
            cross join lateral (select date_trunc('day', $1 at time zone b.time_zone) at time zone b.time_zone as begin) day
            cross join lateral (select least(day.begin, s.started_at) as begin) stint
            left join lateral (
                select sum(t.planned_km) as total, sum(t.planned_km) filter (where t.pickup_from >= day.begin) as today
                from dispatch.trip t
                where t.vehicle = v.id and t.pickup_from >= $2 and t.state = 'Completed') km on true
            left join lateral (
                select count(distinct (x.started_at at time zone b.time_zone)::date) as number from fleet.shift x where x.vehicle = v.id and x.started_at >= $2) days on true
            left join lateral (
                select sum(w.seconds) as total, sum(w.seconds_today) as today
                from (
                    select extract(epoch from x.till - x.started_at) - coalesce(rest.seconds, 0) as seconds,
                           extract(epoch from greatest(x.till - greatest(x.started_at, stint.begin), interval '0')) - coalesce(rest.seconds_today, 0) as seconds_today
                    from (select id, started_at, coalesce(ended_at, $1) as till from fleet.shift where driver = s.driver and started_at >= $2) x
                    left join lateral (
                        select sum(extract(epoch from coalesce(r."to", x.till) - r."from")) as seconds,
                               sum(extract(epoch from greatest(coalesce(r."to", x.till) - greatest(r."from", stint.begin), interval '0'))) as seconds_today
                        from fleet.shift_break r where r.shift = x.id) rest on true) w) work on true
            where s.started_at is not null and s.ended_at is null and not v.archived
            order by v.plate
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now.AddDays(-Evenness.WindowDays) });
        var workers = new List<Worker>();
        await using var r = await command.ExecuteReaderAsync(ct);
        while (await r.ReadAsync(ct))
            workers.Add(new(r.GetString(8), new(r.GetGuid(15)), new VehicleCandidate
            {
                Vehicle = new(r.GetGuid(0)), Plate = r.GetString(1), Class = new(r.GetGuid(2)),
                Capacity = new(r.GetInt32(3), r.GetInt32(4), r.GetDecimal(5)), Equipment = r.GetFieldValue<string[]>(6),
                Driver = new(r.GetGuid(7)), ShiftEnd = r.GetFieldValue<DateTimeOffset>(9),
                KmToday = r.GetDouble(10), Km28 = r.GetDouble(11), DaysAvailable = (int)r.GetInt64(12),
                HoursToday = TimeSpan.FromSeconds((double)r.GetDecimal(13)), Hours28 = TimeSpan.FromSeconds((double)r.GetDecimal(14)), OnBreak = r.GetBoolean(16), IsReenacted = r.GetBoolean(17),
            }));
        return workers;
    }

    private sealed record Worker(string DriverName, BranchId Branch, VehicleCandidate Candidate);
}
