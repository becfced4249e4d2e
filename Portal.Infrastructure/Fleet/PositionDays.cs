using System.Collections.Concurrent;
using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>The daily partitions of the positions' table, made ahead and on demand.</summary>
public sealed class PositionDays
{
    private readonly ConcurrentDictionary<int, bool> made = new();

    /// <summary>Makes the partitions that the readings need and that are not known to exist.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, IReadOnlyList<PositionReading> readings, CancellationToken ct)
    {
        var last = -1;
        foreach (var reading in readings)
        {
            var day = (int)(reading.Time.UtcTicks / TimeSpan.TicksPerDay);
            if (day == last || made.ContainsKey(last = day)) continue;
            await EnsureAsync(connection, DateOnly.FromDayNumber(day), ct);
        }
    }

    /// <summary>Makes the partition of one UTC day where it is missing.</summary>
    public async Task EnsureAsync(NpgsqlConnection connection, DateOnly day, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select fleet.make_position_day($1)", connection) { Parameters = { new() { Value = day } } };
        await command.ExecuteNonQueryAsync(ct);
        made[day.DayNumber] = true;
    }

    /// <summary>Drops what is believed of partitions: retention, here or on another node, took some away.</summary>
    public void Forget() => made.Clear();
}
