using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// Messages that came before anybody waited for them. Who subscribes and who sends take the lock of the name and key,
/// so neither overlooks the other; whoever holds an instance takes it after the instance.
/// </summary>
internal static class MessageBuffer
{
    private const string LockSql = """
        select pg_advisory_xact_lock(h.hash) from (
            select distinct hashtextextended(concat('message', w.name, chr(1), w.key), 0) as hash from unnest($1::text[], $2::text[]) as w (name, key) order by 1) h
        """;

    /// <summary>Takes the lock of one name and key until the transaction ends.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, string name, string? key, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(LockSql, connection) { Parameters = { Texts([name]), Texts([key]) } };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What waits for the subscriptions, oldest first; a message stands once for each it fits.</summary>
    public static async Task<List<(Guid Subscription, string Message, ContextValue Payload)>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<Subscribe> subscriptions, DateTimeOffset now, CancellationToken ct)
    {
        string?[] names = [.. subscriptions.Select(s => s.Name)], keys = [.. subscriptions.Select(s => s.Key)];
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(LockSql) { Parameters = { Texts(names), Texts(keys) } },
                new("""
                    select w.id, m.id, m.payload from unnest($1::uuid[], $2::text[], $3::text[]) as w (id, name, key)
                    join process.message m on m.name = w.name and m.key is not distinct from w.key and m.delivered_at is null and m.expires_at > $4
                    order by m.received_at, m.id
                    """)
                {
                    Parameters = { new() { Value = subscriptions.Select(s => s.Subscription).ToArray() }, Texts(names), Texts(keys), new() { Value = now.ToUniversalTime() } }
                },
            }
        };
        await batch.PrepareAsync(ct);
        var found = new List<(Guid, string, ContextValue)>();
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        while (await rows.ReadAsync(ct))
            found.Add((rows.GetGuid(0), rows.GetString(1), JsonSerializer.Deserialize<ContextValue>(rows.GetFieldValue<byte[]>(2), StateJson.Options)!));
        return found;
    }

    private static NpgsqlParameter Texts(string?[] values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
