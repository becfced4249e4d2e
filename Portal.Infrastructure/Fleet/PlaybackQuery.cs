using System.Text.Json;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>A vehicle that has positions in a period.</summary>
public sealed record PlayableVehicle(VehicleId Id, string Plate, string Model, string? Driver);

/// <summary>One clean stored position with what the vehicle was doing.</summary>
public readonly record struct PlaybackFix(DateTimeOffset Time, GeoPoint Point, double? SpeedKmh, double? HeadingDeg, VehicleStatus Status);

/// <summary>One vehicle's track, times rising.</summary>
public sealed record PlaybackTrack(PlayableVehicle Vehicle, IReadOnlyList<PlaybackFix> Fixes);

/// <summary>What one vehicle did in a period: its drives, what stood between them and how much of its track was left out.</summary>
/// <param name="Flagged">Positions kept but left out: jumps, 0,0, no fix.</param>
/// <param name="Gaps">Silences longer than the settings allow.</param>
public sealed record PlaybackDay(IReadOnlyList<Drive> Drives, double Kilometres, int Fixes, int Flagged, IReadOnlyList<Period> Gaps);

/// <summary>Stored tracks for playback.</summary>
public sealed class PlaybackQuery(NpgsqlDataSource data)
{
    /// <summary>The longest period and the most vehicles and positions of one playback.</summary>
    public const int MostHours = 24, MostVehicles = 1_000, MostFixes = 1_000_000;

    private const int MostDays = 400;

    /// <summary>The UTC days that hold positions of vehicles within reach, newest first.</summary>
    public async Task<IReadOnlyList<DateOnly>> DaysAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.TracksRead);
        return await TrackedDays.ReadAsync(data, actor, before: null, MostDays, ct);
    }

    /// <summary>The vehicles that have clean positions in a period, by plate.</summary>
    public async Task<IReadOnlyList<PlayableVehicle>> VehiclesAsync(Period period, Actor actor, CancellationToken ct)
    {
        Require(period, actor);
        await using var command = data.CreateCommand($"""
            select v.id, v.plate, v.model, d.name from fleet.vehicle v
            left join lateral (
                select d.name from fleet.shift s join fleet.driver d on d.id = s.driver
                where s.vehicle = v.id and s.started_at < $2 and coalesce(s.ended_at, 'infinity') > $1 order by s.started_at desc limit 1
            ) d on true
            where ($3::uuid is null or v.branch = $3) and exists (select from fleet.position p where p.vehicle = v.id and p.time >= $1 and p.time < $2 and p.flags = 0)
            order by v.plate limit {MostVehicles}
            """);
        Add(command, period);
        command.Parameters.AddBranchReach(actor);
        var vehicles = new List<PlayableVehicle>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) vehicles.Add(new(new(rows.GetGuid(0)), rows.GetString(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3)));
        return vehicles;
    }

    /// <summary>Clean tracks of the chosen vehicles (all when none is named) in a period.</summary>
    /// <exception cref="RuleBrokenException"><c>playback.period</c>, <c>playback.too-much</c></exception>
    public async Task<IReadOnlyList<PlaybackTrack>> TracksAsync(Period period, IReadOnlyCollection<VehicleId> chosen, Actor actor, CancellationToken ct)
    {
        var vehicles = await VehiclesAsync(period, actor, ct);
        if (chosen.Count > 0) vehicles = [.. vehicles.Where(v => chosen.Contains(v.Id))];
        var ids = vehicles.Select(v => v.Id.Value).ToArray();
        var trips = await TripsAsync(period, ids, ct);
        var tracks = vehicles.ToDictionary(v => v.Id.Value, _ => new List<PlaybackFix>());
        await using var command = data.CreateCommand("""
            select vehicle, time, latitude, longitude, speed_kmh, heading_deg, attributes from fleet.position
            where vehicle = any($3) and time >= $1 and time < $2 and flags = 0 and latitude is not null order by vehicle, time
            """);
        command.CommandTimeout = 60;
        Add(command, period);
        command.Parameters.Add(new() { Value = ids });
        var count = 0;
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
            {
                if (++count > MostFixes) throw new RuleBrokenException("playback.too-much", MostFixes);
                var (vehicle, time) = (rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1));
                tracks[vehicle].Add(new(time, new(rows.GetDouble(2), rows.GetDouble(3)), rows.IsDBNull(4) ? null : rows.GetFloat(4), rows.IsDBNull(5) ? null : rows.GetFloat(5),
                    StatusOf(trips[vehicle], time, rows.IsDBNull(6) ? null : rows.GetString(6))));
            }
        return [.. vehicles.Select(v => new PlaybackTrack(v, tracks[v.Id.Value]))];
    }

    /// <summary>Drives, gaps and counts of one vehicle.</summary>
    public async Task<PlaybackDay> DayAsync(VehicleId vehicle, Period period, Actor actor, CancellationToken ct)
    {
        Require(period, actor);
        var settings = new DriveSettings();
        var day = new DriveDay(settings);
        var points = new List<TrackPoint>();
        var flagged = 0;
        await using var command = data.CreateCommand($"select time, latitude, longitude, flags from fleet.position where vehicle = $4 and exists (select from fleet.vehicle v where v.id = $4 and ($3::uuid is null or v.branch = $3)) and time >= $1 and time < $2 order by time limit {MostFixes}");
        Add(command, period);
        command.Parameters.AddBranchReach(actor);
        command.Parameters.Add(new() { Value = vehicle.Value });
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
                if (rows.GetInt16(3) != 0 || rows.IsDBNull(1)) flagged++;
                else points.Add(new(rows.GetFieldValue<DateTimeOffset>(0), new(rows.GetDouble(1), rows.GetDouble(2))));
        foreach (var point in points) day.Add(point);
        var gaps = points.Zip(points.Skip(1), (a, b) => new Period(a.Time, b.Time)).Where(leg => leg.Length > settings.Gap).ToList();
        return new PlaybackDay(day.Drives(), TrackMath.Kilometres(points), points.Count, flagged, gaps);
    }

    private static void Require(Period period, Actor actor)
    {
        actor.Require(Permissions.TracksRead);
        if (period.Length <= TimeSpan.Zero || period.Length > TimeSpan.FromHours(MostHours)) throw new RuleBrokenException("playback.period", MostHours);
    }

    // An imported track says by itself whether the car was occupied.
    private static VehicleStatus StatusOf(IEnumerable<TripTimes> trips, DateTimeOffset at, string? attributes)
    {
        foreach (var trip in trips)
            if (trip.At(at) is { } status) return status;
        return attributes is not null && Occupied(attributes) ? VehicleStatus.OnBoard : VehicleStatus.Free;
    }

    private static bool Occupied(string attributes)
    {
        using var said = JsonDocument.Parse(attributes);
        return said.RootElement.TryGetProperty("occupied", out var occupied) && occupied.ValueKind == JsonValueKind.True;
    }

    private async Task<ILookup<Guid, TripTimes>> TripsAsync(Period period, Guid[] vehicles, CancellationToken ct)
    {
        await using var command = data.CreateCommand("""
            select vehicle, assigned_at, departed_at, arrived_at, boarded_at, ended_at from dispatch.trip
            where vehicle = any($3) and assigned_at < $2 and coalesce(ended_at, 'infinity') > $1 and pickup_from >= $1 - interval '2 days' and pickup_from < $2 + interval '1 day'
            """);
        Add(command, period);
        command.Parameters.Add(new() { Value = vehicles });
        var trips = new List<(Guid, TripTimes)>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) trips.Add((rows.GetGuid(0), new(Time(rows, 1), Time(rows, 2), Time(rows, 3), Time(rows, 4), Time(rows, 5))));
        return trips.ToLookup(t => t.Item1, t => t.Item2);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader rows, int at) => rows.IsDBNull(at) ? null : rows.GetFieldValue<DateTimeOffset>(at);

    private static void Add(NpgsqlCommand command, Period period)
    {
        command.Parameters.Add(new() { Value = period.From });
        command.Parameters.Add(new() { Value = period.To });
    }

    private sealed record TripTimes(DateTimeOffset? Assigned, DateTimeOffset? Departed, DateTimeOffset? Arrived, DateTimeOffset? Boarded, DateTimeOffset? Ended)
    {
        public VehicleStatus? At(DateTimeOffset at) => at >= Ended ? null
            : at >= Boarded ? VehicleStatus.OnBoard
            : at >= Arrived ? VehicleStatus.Arrived
            : at >= Departed ? VehicleStatus.OnTheWay
            : at >= Assigned ? VehicleStatus.Assigned : null;
    }
}
