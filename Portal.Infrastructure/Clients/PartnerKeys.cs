using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>Keeps the blocking keys of partners. The database lists whom a change concerns; whoever looks for duplicates waits for the few that are listed, a background round takes the rest.</summary>
public sealed class PartnerKeys(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Partners reckoned in one transaction.</summary>
    public const int AtOnce = 200;

    /// <summary>Reckons the keys of the listed partners anew; all that were listed are reckoned when this returns, unless there were more.</summary>
    /// <param name="most">how many at most; who only wants to read his own writes asks for few</param>
    /// <returns>how many were done</returns>
    public async Task<int> CatchUpAsync(int most, CancellationToken ct)
    {
        var done = 0;
        // what somebody else has in hand is waited for last: it is reckoned then, or left to be done here
        foreach (var waits in new[] { false, true })
            while (done < most)
            {
                var some = await SomeAsync(Math.Min(AtOnce, most - done), waits, ct);
                done += some;
                if (some == 0) break;
            }
        return done;
    }

    /// <summary>Writes the keys of partners who have just been written in the open transaction, so that nobody need reckon them again.</summary>
    internal static async Task WriteNewAsync(NpgsqlConnection connection, IReadOnlyCollection<(PartnerId Partner, long[] Keys)> partners, CancellationToken ct)
    {
        await using (var listed = new NpgsqlCommand("delete from clients.partner_unkeyed where partner = any($1)", connection) { Parameters = { new() { Value = partners.Select(p => p.Partner.Value).ToArray() } } })
            await listed.ExecuteNonQueryAsync(ct);
        await using var copy = await connection.BeginBinaryImportAsync("copy clients.partner_key (key, partner) from stdin (format binary)", ct);
        foreach (var (partner, key) in partners.SelectMany(p => p.Keys.Select(key => (p.Partner, key))).OrderBy(p => p.key))
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(key, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(partner.Value, NpgsqlDbType.Uuid, ct);
        }
        await copy.CompleteAsync(ct);
    }

    private async Task<int> SomeAsync(int count, bool waits, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // a change that comes meanwhile waits at its row of the list until this is committed, and puts it there again
        FormattableString all = $"""delete from clients.partner_unkeyed where partner in (select partner from clients.partner_unkeyed order by partner limit {count} for update) returning partner as "Value" """;
        FormattableString free = $"""delete from clients.partner_unkeyed where partner in (select partner from clients.partner_unkeyed order by partner limit {count} for update skip locked) returning partner as "Value" """;
        var ids = await db.Database.SqlQuery<Guid>(waits ? all : free).ToListAsync(ct);
        if (ids.Count == 0) return 0;
        var parties = await PartyReading.ReadAsync(db, [.. ids.Select(id => new PartnerId(id))], null, ct);
        var rows = parties.SelectMany(party => party.Value.BlockingKeys.Select(key => (Partner: party.Key.Value, Key: key))).ToList();
        await using var command = ((NpgsqlConnection)db.Database.GetDbConnection()).CreateCommand();
        command.CommandText = """
            with gone as (delete from clients.partner_key old where old.partner = any($1) and not exists (select from unnest($2, $3) n(key, partner) where n.key = old.key and n.partner = old.partner))
            insert into clients.partner_key (key, partner) select key, partner from unnest($2, $3) n(key, partner) on conflict do nothing
            """;
        command.Parameters.Add(new() { Value = ids.ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Key).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = rows.Select(r => r.Partner).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return ids.Count;
    }
}
