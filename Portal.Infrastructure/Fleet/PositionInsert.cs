using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Inserts readings by column arrays in one statement; a reading that is already there is passed over.
/// Not safe for concurrent use: the columns are reused from batch to batch.
/// </summary>
public sealed class PositionInsert
{
    private const string Sql = """
        insert into fleet.position (vehicle, time, received, device, latitude, longitude, speed_kmh, heading_deg,
            altitude_m, accuracy_m, battery_percent, odometer_km, ignition, flags, attributes)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict do nothing
        """;

    private readonly List<Guid> vehicle = [];
    private readonly List<DateTime> time = [];
    private readonly List<DateTime> received = [];
    private readonly List<Guid?> device = [];
    private readonly List<double?> latitude = [];
    private readonly List<double?> longitude = [];
    private readonly List<float?> speed = [];
    private readonly List<float?> heading = [];
    private readonly List<float?> altitude = [];
    private readonly List<float?> accuracy = [];
    private readonly List<float?> battery = [];
    private readonly List<double?> odometer = [];
    private readonly List<bool?> ignition = [];
    private readonly List<short> flags = [];
    private readonly List<string?> attributes = [];
    private readonly NpgsqlCommand command;

    /// <summary>Prepares the columns; the connection is named at each call.</summary>
    public PositionInsert()
    {
        command = new NpgsqlCommand(Sql)
        {
            Parameters =
            {
                Column(vehicle, NpgsqlDbType.Uuid), Column(time, NpgsqlDbType.TimestampTz), Column(received, NpgsqlDbType.TimestampTz),
                Column(device, NpgsqlDbType.Uuid), Column(latitude, NpgsqlDbType.Double), Column(longitude, NpgsqlDbType.Double),
                Column(speed, NpgsqlDbType.Real), Column(heading, NpgsqlDbType.Real), Column(altitude, NpgsqlDbType.Real),
                Column(accuracy, NpgsqlDbType.Real), Column(battery, NpgsqlDbType.Real), Column(odometer, NpgsqlDbType.Double),
                Column(ignition, NpgsqlDbType.Boolean), Column(flags, NpgsqlDbType.Smallint), Column(attributes, NpgsqlDbType.Jsonb),
            },
        };
    }

    /// <summary>Inserts the readings; the partitions of their days must exist.</summary>
    /// <returns>How many were new.</returns>
    public async Task<int> WriteAsync(NpgsqlConnection connection, IReadOnlyList<PositionReading> readings, CancellationToken ct)
    {
        Clear();
        foreach (var reading in readings) Add(reading);
        if (!ReferenceEquals(command.Connection, connection)) command.Connection = connection;
        if (!command.IsPrepared) await command.PrepareAsync(ct);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private void Add(PositionReading reading)
    {
        vehicle.Add(reading.Vehicle.Value);
        time.Add(reading.Time.UtcDateTime);
        received.Add(reading.Received.UtcDateTime);
        device.Add(reading.Device?.Value);
        latitude.Add(reading.Point?.Latitude);
        longitude.Add(reading.Point?.Longitude);
        speed.Add((float?)reading.SpeedKmh);
        heading.Add((float?)reading.HeadingDeg);
        altitude.Add((float?)reading.AltitudeM);
        accuracy.Add((float?)reading.AccuracyM);
        battery.Add((float?)reading.BatteryPercent);
        odometer.Add(reading.OdometerKm);
        ignition.Add(reading.Ignition);
        flags.Add((short)reading.Flags);
        attributes.Add(reading.Attributes);
    }

    private void Clear()
    {
        vehicle.Clear(); time.Clear(); received.Clear(); device.Clear();
        latitude.Clear(); longitude.Clear(); speed.Clear(); heading.Clear();
        altitude.Clear(); accuracy.Clear(); battery.Clear(); odometer.Clear();
        ignition.Clear(); flags.Clear(); attributes.Clear();
    }

    private static NpgsqlParameter<List<T>> Column<T>(List<T> values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
