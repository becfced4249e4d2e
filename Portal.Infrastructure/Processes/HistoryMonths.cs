using System.Collections.Concurrent;
using Npgsql;

namespace Portal.Infrastructure.Processes;

/// <summary>The monthly partitions of the history, made ahead and on demand.</summary>
public sealed class HistoryMonths(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<int, bool> made = new();

    /// <summary>Makes the partition an instant falls into where it is not known to exist.</summary>
    public ValueTask EnsureAsync(DateTimeOffset at, CancellationToken ct)
    {
        var (year, month) = (at.UtcDateTime.Year, at.UtcDateTime.Month);
        return made.ContainsKey(year * 12 + month) ? ValueTask.CompletedTask : new(MakeAsync(year, month, ct));
    }

    /// <summary>Makes this month's partition and those of the two months to come.</summary>
    public async Task MakeAheadAsync(DateTimeOffset now, CancellationToken ct)
    {
        for (var ahead = 0; ahead <= 2; ahead++) await EnsureAsync(now.AddMonths(ahead), ct);
    }

    private async Task MakeAsync(int year, int month, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select process.make_history_month($1)");
        command.Parameters.Add(new() { Value = new DateOnly(year, month, 1) });
        await command.ExecuteNonQueryAsync(ct);
        made[year * 12 + month] = true;
    }
}
