using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// Past positions: one fix a row. Speed and heading that the file does not say are computed from the fix before. A jump and
/// a fix at 0,0 are kept and flagged.
/// </summary>
public sealed class TracksImport(ImportedFleet fleet, PositionDays days, NpgsqlDataSource data, TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "tracks";

    /// <inheritdoc/>
    public string Permission => Permissions.TracksImport;

    /// <inheritdoc/>
    public bool HasOwnKey => true;

    // One look into each index for a row: documents compare byte by byte, plates as words do, and a join would go through all positions of the minute.
    /// <inheritdoc/>
    public string IsKnown => """
        exists (select from fleet.position p where p.time = split_part(s.document, '@', 2)::timestamptz and p.vehicle = any(array(
            select id from fleet.vehicle where not archived and lower(plate) = lower(split_part(s.document, '@', 1) collate "default")
            union all select id from fleet.vehicle where archived and source = r.source and lower(plate) = lower(split_part(s.document, '@', 1) collate "default"))))
        """;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("vehicle", true, [.. VehicleWords.Usual, "unit", "device", "device id", "imei", "tracker", "track", "name", "id", "устройство", "трекер", "терминал", "пристрій", "термінал", "dispozitiv", "perangkat", "pelacak"]),
        new("time", true, "time", "time utc", "timestamp", "date", "datetime", "date time", "gps time", "fix time", "recorded at",
            "время", "дата", "дата и время", "дата время", "время gps", "метка времени", "час", "дата і час", "дата та час", "дата час", "час gps", "мітка часу",
            "ora", "timp", "data", "data si ora", "data ora", "ora gps", "waktu", "tanggal", "tanggal dan waktu", "tanggal waktu", "waktu gps", "jam"),
        new("day", false, "day", "день", "ziua", "hari") { DayOf = "time" },
        new("latitude", true, "latitude", "lat", "y", "широта", "latitudine", "latitudinea", "lintang", "garis lintang"),
        new("longitude", true, "longitude", "lon", "lng", "long", "x", "долгота", "довгота", "longitudine", "longitudinea", "bujur", "garis bujur"),
        new("speed", false, "speed", "speed kmh", "speed km h", "velocity", "скорость", "скорость км ч", "швидкість", "швидкість км год", "viteza", "viteza km h", "kecepatan", "kecepatan km jam"),
        new("heading", false, "heading", "course", "bearing", "azimuth", "direction", "курс", "азимут", "направление", "направление движения", "напрямок", "напрям", "напрямок руху", "directie", "directia", "curs", "azimut", "arah"),
        new("altitude", false, "altitude", "altitude m", "alt", "elevation", "ele", "высота", "высота м", "высота над уровнем моря", "висота", "висота м", "altitudine", "altitudine m", "altitudinea", "ketinggian", "ketinggian m"),
        new("occupied", false, "occupied", "busy", "занят", "занята", "занято", "зайнятий", "зайнята", "зайнято", "ocupat", "terisi"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) =>
        new Pass(fleet, days, data, time, run, await ImportedFleet.VehiclesAsync(run.Source, connection, ct));

    private sealed class Pass(ImportedFleet fleet, PositionDays days, NpgsqlDataSource data, TimeProvider time, ImportRun run, Dictionary<string, Guid> vehicles) : IImportPass
    {
        // So many fixes before a chunk settle what the jump filter believes.
        private const int Before = 10;
        private readonly PositionInsert insert = new();
        private readonly TrackDays tracked = new(time);

        public void Check(ImportRow row)
        {
            var fix = Read(row);
            if (fix.Vehicle is not null && !run.CreateMissing && !vehicles.ContainsKey(fix.Vehicle)) row.Refuse("vehicle-unknown", fix.Vehicle);
            if (fix.Point is { Latitude: 0, Longitude: 0 }) row.Note("null-island");
            if (fix.Vehicle is not null && fix.Time is { } at)
                row.Document = $"{fix.Vehicle.ToLowerInvariant()}@{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture)}";
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            var fixes = rows.Select(r => (Row: r, Fix: Read(r))).ToList();
            await EnsureVehiclesAsync(fixes.Select(f => f.Fix.Vehicle!), ct);
            var received = time.GetUtcNow();
            var readings = new List<PositionReading>(rows.Count);
            foreach (var ofVehicle in fixes.GroupBy(f => vehicles[f.Fix.Vehicle!]))
            {
                var way = await WayBeforeAsync(ofVehicle.Key, ofVehicle.Min(f => f.Fix.Time!.Value), connection, ct);
                foreach (var (row, fix) in ofVehicle.OrderBy(f => f.Fix.Time))
                {
                    var reading = way.Next(new PositionReading
                    {
                        Vehicle = new(ofVehicle.Key), Time = fix.Time!.Value, Received = received, Point = fix.Point,
                        SpeedKmh = fix.SpeedKmh, HeadingDeg = fix.HeadingDeg, AltitudeM = fix.AltitudeM,
                        Attributes = fix.Occupied is { } occupied ? $$"""{"occupied":{{(occupied ? "true" : "false")}}}""" : null,
                    });
                    if (reading.Flags.HasFlag(PositionFlags.Jump)) row.Note("jump");
                    readings.Add(reading);
                }
            }
            await PrepareDaysAsync(readings, ct);
            return await insert.WriteAsync(connection, readings, ct);
        }

        private static Fix Read(ImportRow row) => new(
            row.RequiredText("vehicle", 20), row.RequiredTime("time", "day"), Position(row),
            row.Number("speed", 0, 2000), row.Number("heading", -360, 720) is { } heading ? (heading % 360 + 360) % 360 : null,
            row.Number("altitude", -1000, 30_000), row.Text("occupied", 20) is { } text ? text is "1" or "true" or "True" or "TRUE" or "yes" or "да" or "так" or "da" or "ya" : null);

        private static GeoPoint? Position(ImportRow row)
        {
            var point = row.Point("latitude", "longitude");
            if (point is null) row.Refuse("missing", "latitude");
            return point;
        }

        private async Task EnsureVehiclesAsync(IEnumerable<string> plates, CancellationToken ct)
        {
            var missing = plates.Where(p => !vehicles.ContainsKey(p)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
            if (missing.Count == 0) return;
            foreach (var (plate, vehicle, _) in await fleet.CreateVehiclesAsync(missing, run.Source, run.Importer, ct)) vehicles[plate] = vehicle.Value;
        }

        // On a connection of its own: a rolled-back chunk must not take a day away that is believed made, nor hold one that the devices write to.
        private async Task PrepareDaysAsync(List<PositionReading> readings, CancellationToken ct)
        {
            await using var connection = await data.OpenConnectionAsync(ct);
            await days.EnsureAsync(connection, readings, ct);
            await tracked.NoteAsync(connection, readings, ct);
        }

        private static async Task<TrackWay> WayBeforeAsync(Guid vehicle, DateTimeOffset first, NpgsqlConnection connection, CancellationToken ct)
        {
            await using var command = new NpgsqlCommand($"""
                select time, latitude, longitude, heading_deg, flags from fleet.position
                where vehicle = $1 and time < $2 and time > $2 - interval '1 day' and latitude is not null order by time desc limit {Before}
                """, connection) { Parameters = { new() { Value = vehicle }, new() { Value = first } } };
            var stored = new List<PositionReading>();
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                stored.Add(new PositionReading
                {
                    Vehicle = new(vehicle), Time = rows.GetFieldValue<DateTimeOffset>(0), Received = default, Point = new(rows.GetDouble(1), rows.GetDouble(2)),
                    HeadingDeg = rows.IsDBNull(3) ? null : rows.GetFloat(3), Flags = (PositionFlags)rows.GetInt16(4),
                });
            stored.Reverse();
            return new TrackWay(stored);
        }
    }

    private sealed record Fix(string? Vehicle, DateTimeOffset? Time, GeoPoint? Point, double? SpeedKmh, double? HeadingDeg, double? AltitudeM, bool? Occupied);
}
