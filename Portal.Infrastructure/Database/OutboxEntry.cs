using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Portal.Infrastructure.Database;

/// <summary>Something to do in the world after the commit; written in the transaction of its cause.</summary>
/// <param name="Key">unique: the same entry written twice is one, and its handler hands the key on to the outside</param>
/// <param name="Kind">which handler takes it</param>
/// <param name="Body">JSON, UTF-8</param>
/// <param name="Retry">tries and the time between them, such as <c>R5/PT5M</c>; null takes the drain's own</param>
public sealed record OutboxEntry(string Key, string Kind, byte[] Body, string? Retry = null)
{
    /// <summary>SQL that writes an entry; its parameters are <see cref="Parameters"/>.</summary>
    public const string InsertSql = """
        insert into core.outbox (key, kind, body, created_at, due_at, retry) values ($1, $2, $3, $4, $4, $5) on conflict (key) do nothing
        """;

    /// <summary>Values for <see cref="InsertSql"/>, due at once.</summary>
    public NpgsqlParameter[] Parameters(DateTimeOffset now) =>
    [
        new() { Value = Key }, new() { Value = Kind }, new() { Value = Body, NpgsqlDbType = NpgsqlDbType.Jsonb },
        new() { Value = now.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        new() { Value = (object?)Retry ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
    ];
}

/// <summary>Writes entries in the transaction of a context.</summary>
internal static class OutboxWriting
{
    /// <summary>Adds an entry, due at once; one whose key is there already changes nothing.</summary>
    public static async Task AddOutboxAsync(this PortalDb db, OutboxEntry entry, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(OutboxEntry.InsertSql, (NpgsqlConnection)db.Database.GetDbConnection());
        command.Parameters.AddRange(entry.Parameters(now));
        await command.ExecuteNonQueryAsync(ct);
    }
}
