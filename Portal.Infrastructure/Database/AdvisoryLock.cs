using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// A lock that one holder on all nodes has at a time. It goes with its connection, so with the process however that ends.
/// </summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private AdvisoryLock(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Takes the lock of a name, or returns null when somebody has it.</summary>
    public static async Task<AdvisoryLock?> TryTakeAsync(NpgsqlDataSource data, string name, CancellationToken ct)
    {
        var connection = await data.OpenConnectionAsync(ct);
        try
        {
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = name } } };
            if (await command.ExecuteScalarAsync(ct) is true) return new AdvisoryLock(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // The pool resets a connection only when it is used again; until then it would hold the lock.
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // The connection is broken, and the lock went with it.
        }
        await connection.DisposeAsync();
    }
}
