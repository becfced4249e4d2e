using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Carries the live picture over a restart: notes down every few seconds where vehicles are and which devices were heard,
/// and fills <see cref="LiveFleet"/> at the start. What was not noted before a crash is read from the positions themselves.
/// </summary>
public sealed class FleetMemory(NpgsqlDataSource database, LiveFleet live, DeviceDirectory devices, TimeProvider time, ILogger<FleetMemory> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private long noted;

    /// <summary>Fills the live picture before the first request is served.</summary>
    public override async Task StartAsync(CancellationToken ct)
    {
        live.Restore(await ReadAsync(ct));
        await base.StartAsync(ct);
    }

    /// <summary>Stops, then notes down the rest.</summary>
    public override async Task StopAsync(CancellationToken ct)
    {
        await base.StopAsync(ct);
        await TryNoteAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await TryNoteAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // StopAsync notes down the rest
        }
    }

    private async Task TryNoteAsync(CancellationToken ct)
    {
        try
        {
            await NoteAsync(ct);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
        {
            log.LogWarning(away, "Last positions wait for the database");
        }
    }

    /// <summary>Notes down what changed since the last time.</summary>
    public async Task NoteAsync(CancellationToken ct)
    {
        var (changed, version) = live.ChangedSince(noted);
        if (changed.Count > 0) await NotePositionsAsync(changed, ct);
        noted = version;
        await NoteActivityAsync(ct);
    }

    private async Task NotePositionsAsync(IReadOnlyList<LiveVehicle> vehicles, CancellationToken ct)
    {
        // In the order of the key, so that two nodes cannot deadlock.
        var rows = vehicles.OrderBy(v => v.Vehicle.Value).ToList();
        await using var command = database.CreateCommand("""
            insert into fleet.last_position as last (vehicle, time, latitude, longitude, speed_kmh, heading_deg, ignition, battery_percent)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (vehicle) do update set
                time = excluded.time, latitude = excluded.latitude, longitude = excluded.longitude, speed_kmh = excluded.speed_kmh,
                heading_deg = excluded.heading_deg, ignition = excluded.ignition, battery_percent = excluded.battery_percent
            where excluded.time > last.time
            """);
        Column(command, rows.ConvertAll(v => v.Vehicle.Value), NpgsqlDbType.Uuid);
        Column(command, rows.ConvertAll(v => v.Time.UtcDateTime), NpgsqlDbType.TimestampTz);
        Column(command, rows.ConvertAll(v => v.Point.Latitude), NpgsqlDbType.Double);
        Column(command, rows.ConvertAll(v => v.Point.Longitude), NpgsqlDbType.Double);
        Column(command, rows.ConvertAll(v => (float)v.SpeedKmh), NpgsqlDbType.Real);
        Column(command, rows.ConvertAll(v => (float)v.HeadingDeg), NpgsqlDbType.Real);
        Column(command, rows.ConvertAll(v => v.Ignition), NpgsqlDbType.Boolean);
        Column(command, rows.ConvertAll(v => (float?)v.BatteryPercent), NpgsqlDbType.Real);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task NoteActivityAsync(CancellationToken ct)
    {
        var taken = devices.All.Select(device => (device.Id, Activity: device.Activity.Take())).Where(row => row.Activity is not null)
            .OrderBy(row => row.Id.Value).ToList();
        if (taken.Count == 0) return;
        await using var command = database.CreateCommand("""
            insert into fleet.device_activity as known (device, last_message_at, refused, last_refused_at)
            select row.* from unnest($1, $2, $3, $4) as row (device, last_message_at, refused, last_refused_at)
            where exists (select from fleet.device where id = row.device)
            on conflict (device) do update set
                last_message_at = greatest(known.last_message_at, excluded.last_message_at),
                refused = known.refused + excluded.refused,
                last_refused_at = greatest(known.last_refused_at, excluded.last_refused_at)
            """);
        Column(command, taken.ConvertAll(row => row.Id.Value), NpgsqlDbType.Uuid);
        Column(command, taken.ConvertAll(row => row.Activity!.Value.LastMessage), NpgsqlDbType.TimestampTz);
        Column(command, taken.ConvertAll(row => row.Activity!.Value.Refused), NpgsqlDbType.Bigint);
        Column(command, taken.ConvertAll(row => row.Activity!.Value.LastRefused), NpgsqlDbType.TimestampTz);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<List<LiveVehicle>> ReadAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select known.vehicle, coalesce(p.time, l.time), coalesce(p.latitude, l.latitude), coalesce(p.longitude, l.longitude),
                   coalesce(p.speed_kmh, l.speed_kmh, 0), coalesce(p.heading_deg, l.heading_deg, 0),
                   coalesce(p.ignition, l.ignition), coalesce(p.battery_percent, l.battery_percent)
            from (select vehicle from fleet.device where vehicle is not null union select vehicle from fleet.last_position) known
            left join fleet.last_position l on l.vehicle = known.vehicle
            left join lateral (
                select * from fleet.position p
                where p.vehicle = known.vehicle and p.time > coalesce(l.time, now() - interval '1 day') and p.flags = 0
                order by p.time desc limit 1) p on true
            where coalesce(p.time, l.time) is not null
            """);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var vehicles = new List<LiveVehicle>();
        while (await rows.ReadAsync(ct))
            vehicles.Add(new(new VehicleId(rows.GetGuid(0)), rows.GetFieldValue<DateTimeOffset>(1), new GeoPoint(rows.GetDouble(2), rows.GetDouble(3)),
                rows.GetFloat(4), rows.GetFloat(5), rows.IsDBNull(6) ? null : rows.GetBoolean(6), rows.IsDBNull(7) ? null : rows.GetFloat(7)));
        return vehicles;
    }

    private static void Column<T>(NpgsqlCommand command, List<T> values, NpgsqlDbType type) =>
        command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
