using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// Chains the audit by hashes: each seal is SHA-256 over the seal before it and the rows since then, so that a later change
/// of any row, or its removal, is found by <see cref="VerifyAsync"/>. Done in batches beside the writers,
/// because a chain inside each transaction would make all writes wait for one another.
/// </summary>
public sealed class AuditSealer(NpgsqlDataSource database, TimeProvider time)
{
    private const long Lock = 0x5EA1;
    private const string Rows = """
        select a.id, a.written_by::text, concat_ws('|', a.id, extract(epoch from a.at), a.user_id, a.user_name, a.origin, a.object_kind, a.object_id, a.action, a.before, a.after)
        from core.audit a
        where a.written_by > $1::xid8 and a.written_by < $2::xid8
        order by a.written_by, a.id
        """;

    /// <summary>Seals every row that no running transaction can still precede; the number of rows sealed.</summary>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!(bool)(await ScalarAsync(connection, "select pg_try_advisory_xact_lock($1)", ct, Lock))!) return 0;
        var (sealedTo, hash) = await LastAsync(connection, ct);
        var horizon = (string)(await ScalarAsync(connection, "select pg_snapshot_xmin(pg_current_snapshot())::text", ct))!;
        var (rows, next) = await HashAsync(connection, sealedTo, horizon, hash, ct);
        if (rows == 0) return 0;
        await using var insert = new NpgsqlCommand("insert into core.audit_seal (sealed_to, rows, hash, at) values (($1::text::bigint - 1)::text::xid8, $2, $3, $4)", connection);
        insert.Parameters.Add(new() { Value = horizon });
        insert.Parameters.Add(new() { Value = rows });
        insert.Parameters.Add(new() { Value = next });
        insert.Parameters.Add(new() { Value = time.GetUtcNow() });
        await insert.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return rows;
    }

    /// <summary>Recomputes the chain; null when it holds, else the id of the first seal that does not.</summary>
    public async Task<long?> VerifyAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var seals = new List<(long Id, string To, byte[] Hash)>();
        await using (var command = new NpgsqlCommand("select id, sealed_to::text, hash from core.audit_seal order by id", connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) seals.Add((reader.GetInt64(0), reader.GetString(1), (byte[])reader[2]));
        var (from, hash) = ("0", new byte[32]);
        foreach (var seal in seals)
        {
            var (_, recomputed) = await HashAsync(connection, from, (ulong.Parse(seal.To) + 1).ToString(), hash, ct);
            if (!recomputed.AsSpan().SequenceEqual(seal.Hash)) return seal.Id;
            (from, hash) = (seal.To, seal.Hash);
        }
        return null;
    }

    private static async Task<(string SealedTo, byte[] Hash)> LastAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select sealed_to::text, hash from core.audit_seal order by id desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetString(0), (byte[])reader[1]) : ("0", new byte[32]);
    }

    private static async Task<(int Rows, byte[] Hash)> HashAsync(NpgsqlConnection connection, string after, string before, byte[] previous, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        var rows = 0;
        await using var command = new NpgsqlCommand(Rows, connection);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = before });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(reader.GetString(2)));
            hash.AppendData([0]);
            rows++;
        }
        return (rows, hash.GetHashAndReset());
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(ct);
    }
}

/// <summary>Seals once a minute; the advisory lock lets one node do it.</summary>
internal sealed class AuditSealing(AuditSealer sealer, TimeProvider time, ILogger<AuditSealing> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await sealer.SealAsync(stopping);
            }
            catch (NpgsqlException failure)
            {
                log.LogWarning(failure, "The audit could not be sealed; the next round takes it");
            }
        }
    }
}
