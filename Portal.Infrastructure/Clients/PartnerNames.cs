using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Clients;

/// <summary>Finds clients by the names that a file gives them, as many as it names and no others.</summary>
internal static class PartnerNames
{
    /// <summary>Clients of these names within reach, capitals counting alike; of several of one name the oldest.</summary>
    public static async Task<Dictionary<string, PartnerId>> FindAsync(NpgsqlConnection connection, IEnumerable<string> names, Actor actor, CancellationToken ct)
    {
        var found = new Dictionary<string, PartnerId>(StringComparer.OrdinalIgnoreCase);
        await using var command = new NpgsqlCommand($"""
            select p.name, p.id from unnest(@names) n(name)
            join clients.partner p on lower(p.name) between n.name and n.name -- by the order of names: their trigrams answer "=" too, many times slower
            where not p.archived and {PartnerReach.Sql} order by p.created_at, p.id
            """, connection);
        command.Parameters.Add(new("names", names.Select(name => name.ToLowerInvariant()).Distinct().ToArray()));
        foreach (var value in PartnerReach.Values(actor)) command.Parameters.Add(value);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) found.TryAdd(rows.GetString(0), new(rows.GetGuid(1)));
        return found;
    }
}
