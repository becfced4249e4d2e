using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Writes what search entries lack that were written by statements of the database, and those older than <see cref="HeardTitle"/>.</summary>
public sealed class HeardTitles(NpgsqlDataSource data)
{
    private const int AtOnce = 1_000;

    /// <summary>Takes all entries that lack it, some in each transaction.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        while (await SomeAsync(ct)) ct.ThrowIfCancellationRequested();
    }

    private async Task<bool> SomeAsync(CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (kinds, ids, heard) = (new List<string>(), new List<Guid>(), new List<string>());
        await using (var some = new NpgsqlCommand("select kind, object_id, title from core.search_entry where heard is null limit $1 for update skip locked", connection) { Parameters = { new() { Value = AtOnce } } })
        await using (var rows = await some.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
            {
                kinds.Add(rows.GetString(0));
                ids.Add(rows.GetGuid(1));
                heard.Add(HeardTitle.Of(rows.GetString(2)));
            }
        if (ids.Count == 0) return false;
        await using var write = new NpgsqlCommand("update core.search_entry e set heard = n.heard from unnest($1, $2, $3) n(kind, id, heard) where e.kind = n.kind and e.object_id = n.id", connection)
        {
            Parameters = { new() { Value = kinds.ToArray() }, new() { Value = ids.ToArray() }, new() { Value = heard.ToArray() } },
        };
        await write.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
