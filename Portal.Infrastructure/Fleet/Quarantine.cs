using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>Readings that are kept for people to look at, but are no positions of anything.</summary>
public static class Quarantine
{
    /// <summary>The device's clock is wrong.</summary>
    public const string Time = "time";

    /// <summary>The database refused the reading by itself.</summary>
    public const string Unstorable = "unstorable";

    /// <summary>Keeps the readings under a reason; one that is already there is passed over.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IEnumerable<PositionReading> readings, string reason, CancellationToken ct)
    {
        var rows = readings.ToList();
        await using var command = new NpgsqlCommand("""
            insert into fleet.quarantined_position (vehicle, time, device, received, reason, reading)
            select vehicle, time, device, received, $5, reading from unnest($1, $2, $3, $4, $6) as row (vehicle, time, device, received, reading)
            on conflict do nothing
            """, connection)
        {
            Parameters =
            {
                new() { Value = rows.ConvertAll(r => r.Vehicle.Value) },
                new() { Value = rows.ConvertAll(r => r.Time.UtcDateTime) },
                new() { Value = rows.ConvertAll(r => r.Device?.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                new() { Value = rows.ConvertAll(r => r.Received.UtcDateTime) },
                new() { Value = reason },
                new() { Value = rows.ConvertAll(r => JsonSerializer.Serialize(r)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
