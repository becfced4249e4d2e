using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Finds the drives in the stored tracks, a vehicle's UTC day at a time, so that reports over months need not read positions.
/// A day is looked through again when positions came late; the running day after ten minutes or a twenty-fourth of what has passed of it,
/// so that the work does not grow with the square of the day.
/// </summary>
public sealed class DriveRecorder(NpgsqlDataSource database, TimeProvider time, ILogger<DriveRecorder> log) : BackgroundService
{
    private const string LockName = "drives";
    private const int Portion = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Looks through every day that is due.</summary>
    /// <returns>How many days; none also when another node is at it.</returns>
    public async Task<int> RecordAsync(CancellationToken ct)
    {
        await using var atWork = await AdvisoryLock.TryTakeAsync(database, LockName, ct);
        if (atWork is null) return 0;
        var recorded = 0;
        while (await DueAsync(ct) is { Count: > 0 } due)
            foreach (var (vehicle, day) in due)
            {
                await RecordAsync(vehicle, day, ct);
                recorded++;
            }
        return recorded;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, RecordAsync, away => log.LogWarning(away, "Drives wait for the database"), stopping);

    private async Task<List<(Guid Vehicle, DateOnly Day)>> DueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand($"""
            select vehicle, day from fleet.track_day
            where recorded_at is null
                or recorded_at < changed_at + $2 and recorded_at < $1 - greatest($2, case when day = ($1 at time zone 'UTC')::date then ($1 - day::timestamp at time zone 'UTC') / 24 end)
            order by day, vehicle limit {Portion}
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = TrackDays.Again });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var due = new List<(Guid, DateOnly)>();
        while (await rows.ReadAsync(ct)) due.Add((rows.GetGuid(0), rows.GetFieldValue<DateOnly>(1)));
        return due;
    }

    private async Task RecordAsync(Guid vehicle, DateOnly day, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var drives = (await TrackAsync(vehicle, day, ct)).Drives();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("delete from fleet.drive where vehicle = $1 and day = $2") { Parameters = { new() { Value = vehicle }, new() { Value = day } } },
                new("insert into fleet.drive (vehicle, day, started_at, ended_at, km) select $1, $2, * from unnest($3, $4, $5)")
                {
                    Parameters =
                    {
                        new() { Value = vehicle }, new() { Value = day }, new() { Value = drives.Select(d => d.From.Time).ToArray() },
                        new() { Value = drives.Select(d => d.To.Time).ToArray() }, new() { Value = drives.Select(d => d.Kilometres).ToArray() },
                    },
                },
                new("update fleet.track_day set recorded_at = $3 where vehicle = $1 and day = $2") { Parameters = { new() { Value = vehicle }, new() { Value = day }, new() { Value = now } } },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task<DriveDay> TrackAsync(Guid vehicle, DateOnly day, CancellationToken ct)
    {
        var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var track = new DriveDay(new DriveSettings());
        await using var command = database.CreateCommand(
            "select time, latitude, longitude from fleet.position where vehicle = $1 and time >= $2 and time < $3 and flags = 0 and latitude is not null order by time");
        command.CommandTimeout = 60;
        command.Parameters.Add(new() { Value = vehicle });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = from.AddDays(1) });
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) track.Add(new(rows.GetFieldValue<DateTimeOffset>(0), new(rows.GetDouble(1), rows.GetDouble(2))));
        return track;
    }
}
