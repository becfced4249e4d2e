using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Keeps the daily partitions: makes those of the coming days, and removes what was received longer ago than it is kept.
/// The day of receipt counts, so an imported old track stays as long as any other.
/// </summary>
public sealed class PositionRetention(NpgsqlDataSource database, PositionDays days, TelemetryOptions options, TimeProvider time, ILogger<PositionRetention> log) : BackgroundService
{
    /// <summary>The lock that lets one node do the removing.</summary>
    internal const string LockName = "position retention";

    private const int DaysAhead = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    /// <summary>Makes the coming days before the first position arrives.</summary>
    public override async Task StartAsync(CancellationToken ct)
    {
        await MakeAheadAsync(ct);
        await base.StartAsync(ct);
    }

    /// <summary>Makes the partitions of yesterday to three days ahead.</summary>
    public async Task MakeAheadAsync(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        await using var connection = await database.OpenConnectionAsync(ct);
        for (var day = -1; day <= DaysAhead; day++) await days.EnsureAsync(connection, today.AddDays(day), ct);
    }

    /// <summary>
    /// Removes what was received before the kept days: a partition as a whole where nothing in it is younger,
    /// else its old rows.
    /// </summary>
    /// <returns>False when another node is at it.</returns>
    public async Task<bool> RemoveOldAsync(CancellationToken ct)
    {
        var before = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-options.RetentionDays);
        await using var atWork = await AdvisoryLock.TryTakeAsync(database, LockName, ct);
        if (atWork is null) return false;
        await using var connection = await database.OpenConnectionAsync(ct);
        foreach (var day in await PartitionsAsync(connection, before, ct))
        {
            if (await IsTrueAsync(connection, "select fleet.drop_position_day($1, $2)", ct, day, before)) continue;
            var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
            await RunAsync(connection, "delete from fleet.position where time >= $1 and time < $2 and received < $3", ct, from, from.AddDays(1), before);
        }
        await RunAsync(connection, "delete from fleet.quarantined_position where received < $1", ct, before);
        days.Forget();
        return true;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) => DatabaseRounds.RunAsync(Interval, time, async ct =>
    {
        await MakeAheadAsync(ct);
        await RemoveOldAsync(ct);
    }, away => log.LogWarning(away, "Upkeep of the positions waits for the database"), stopping, atOnce: true);

    // Rows of a younger day were received no earlier than they were measured, give or take a device's clock.
    private static async Task<List<DateOnly>> PartitionsAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select day from (
                select to_date(right(c.relname, 8), 'YYYYMMDD') as day
                from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'fleet.position'::regclass) parts
            where day <= $1 order by day
            """, connection) { Parameters = { new() { Value = DateOnly.FromDateTime(before.UtcDateTime) } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<DateOnly>();
        while (await rows.ReadAsync(ct)) found.Add(rows.GetFieldValue<DateOnly>(0));
        return found;
    }

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
