using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Processes;

/// <summary>What must stand before processes run, and stay: the coming months of the history, the shipped maps, no old messages.</summary>
internal sealed class ProcessUpkeep(NpgsqlDataSource database, HistoryMonths months, MapLibrary library, TimeProvider time, ILogger<ProcessUpkeep> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);
    // long enough that no sender still repeats it
    private static readonly TimeSpan DeliveredKeptFor = TimeSpan.FromDays(30);

    public override async Task StartAsync(CancellationToken ct)
    {
        await months.MakeAheadAsync(time.GetUtcNow(), ct);
        await library.PublishShippedAsync(ct);
        await base.StartAsync(ct);
    }

    /// <summary>Forgets messages that expired or were delivered long ago, and what the outbox did long ago.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand("""
            delete from process.message where expires_at < $1 and received_at < $2;
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now - DeliveredKeptFor });
        await command.ExecuteNonQueryAsync(ct);
        await using var done = database.CreateCommand("delete from core.outbox where done_at < $1");
        done.Parameters.Add(new() { Value = now - DeliveredKeptFor });
        await done.ExecuteNonQueryAsync(ct);
    }

    protected override Task ExecuteAsync(CancellationToken stopping) => DatabaseRounds.RunAsync(Interval, time, async ct =>
    {
        await months.MakeAheadAsync(time.GetUtcNow(), ct);
        await TidyAsync(ct);
    }, away => log.LogWarning(away, "Upkeep of the processes waits for the database"), stopping);
}
