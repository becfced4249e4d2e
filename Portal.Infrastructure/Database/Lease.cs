using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// Rows of a table of work that one worker has in hand for <see cref="Length"/>. Renewed while the worker lives;
/// when it dies, another takes the rows after that time.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    /// <summary>How long a worker that died keeps its rows.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>
    /// SQL: a row is free. A lease that ends later than a lease can is the work of a clock that was set back since.
    /// </summary>
    /// <param name="now">the parameter that holds the instant</param>
    public static string Free(string now) => $"(locked_until is null or locked_until <= {now} or locked_until > {now} + interval '{Length.TotalSeconds} seconds')";

    private readonly NpgsqlDataSource database;
    private readonly string table;
    private readonly TimeProvider time;
    private readonly ITimer timer;

    public Lease(NpgsqlDataSource database, string table, TimeProvider time)
    {
        (this.database, this.table, this.time) = (database, table, time);
        timer = time.CreateTimer(_ => _ = RenewAsync(), null, Length / 3, Length / 3);
    }

    /// <summary>Marks the rows of this lease, in <c>locked_by</c>.</summary>
    public string Token { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7():n}";

    private async Task RenewAsync()
    {
        try
        {
            // a row that a transaction is about to end needs no renewal, and waiting for it could be a deadlock
            await using var command = database.CreateCommand($"update {table} set locked_until = $2 where id in (select id from {table} where locked_by = $1 for update skip locked)");
            command.Parameters.Add(new() { Value = Token });
            command.Parameters.Add(new() { Value = time.GetUtcNow() + Length });
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException or ObjectDisposedException)
        {
            // The next renewal may succeed; if none does, somebody else takes the rows, as after a death.
        }
    }

    /// <summary>Gives back what is still in hand, so that nobody has to wait for the lease to end.</summary>
    public async Task GiveBackAsync()
    {
        await using var command = database.CreateCommand($"update {table} set locked_until = null, locked_by = null where locked_by = $1");
        command.Parameters.Add(new() { Value = Token });
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();
}
