using Npgsql;
using Portal.Domain.Clients;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Which client a document of a source has become; one whose key is the id of a client, as our own export has it, is that client.</summary>
internal static class ClientDocuments
{
    /// <summary>SQL: the id that a key is, or null.</summary>
    /// <param name="key">SQL of the key</param>
    public static string IdIn(string key) => $"case when {key} ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' then {key}::uuid end";

    /// <summary>Clients of those documents that were taken in before or are known by their id.</summary>
    public static async Task<Dictionary<string, PartnerId>> FindAsync(NpgsqlConnection connection, string source, string[] documents, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            select d.document, d.partner from imports.client_document d where d.source = $1 and d.document = any($2)
            union all
            select k, coalesce(p.merged_into, p.id) from unnest($2) k join clients.partner p on p.id = {IdIn("k")}
            where not exists (select from imports.client_document d where d.source = $1 and d.document = k)
            """, connection)
        {
            Parameters = { new() { Value = source }, new() { Value = documents } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<string, PartnerId>();
        while (await rows.ReadAsync(ct)) found[rows.GetString(0)] = new(rows.GetGuid(1));
        return found;
    }

    /// <summary>The accepted documents of a checked file that were taken in before or are known by their id, and their clients.</summary>
    public static async Task<List<(string Document, PartnerId Partner)>> KnownAsync(NpgsqlConnection connection, string source, Guid run, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            select d.document, d.partner from imports.client_document d
            where d.source = $1 and exists (select from imports.staged_row s where s.run = $2 and s.document = d.document and s.refusal is null)
            union
            select s.document, coalesce(p.merged_into, p.id) from imports.staged_row s join clients.partner p on p.id = {IdIn("s.document")}
            where s.run = $2 and s.refusal is null and not exists (select from imports.client_document d where d.source = $1 and d.document = s.document)
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = source }, new() { Value = run } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var known = new List<(string, PartnerId)>();
        while (await rows.ReadAsync(ct)) known.Add((rows.GetString(0), new(rows.GetGuid(1))));
        return known;
    }

    /// <summary>Notes on the accepted rows of a checked file that are new, but tell of a client who was taken in before or is known by his id.</summary>
    public static async Task NoteKnownAsync(NpgsqlConnection connection, string source, Guid run, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            update imports.staged_row s set notes = array_append(s.notes, 'client-completed')
            where s.run = $2 and s.refusal is null and not exists (select from imports.taken t where t.source = $1 and t.document = s.document and t.ordinal = s.ordinal)
              and (exists (select from imports.client_document d where d.source = $1 and d.document = s.document) or exists (select from clients.partner p where p.id = {IdIn("s.document")}))
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = source }, new() { Value = run } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Keeps what documents have become.</summary>
    public static async Task RememberAsync(NpgsqlConnection connection, string source, IReadOnlyCollection<(string Document, PartnerId Partner)> become, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("insert into imports.client_document (source, document, partner) select $1, d, p from unnest($2, $3) as t(d, p)", connection)
        {
            Parameters = { new() { Value = source }, new() { Value = become.Select(b => b.Document).ToArray() }, new() { Value = become.Select(b => b.Partner.Value).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
