using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>The duplicates that a checked file meets, in the database until it is taken in.</summary>
internal sealed class MetDuplicates(NpgsqlConnection connection, Guid run)
{
    /// <summary>What is done with a likely duplicate: what was chosen for it, else for all. Nobody adds to a client whom he may not see.</summary>
    private const string Effective = "case when d.beyond and coalesce(d.choice, r.duplicates) = 'AddToExisting' then 'LeaveOut' else coalesce(d.choice, r.duplicates) end";

    /// <summary>Code of the refusal of rows that are likely there already.</summary>
    public const string LeftOut = "likely-duplicate";

    /// <summary>What the report says of a client left out, as <see cref="RefuseAsync"/> writes it.</summary>
    /// <param name="name">whom he would double; null beyond reach</param>
    public static string[] Told(string? name, PartyComparison comparison)
    {
        var score = $"{Math.Round(comparison.Score * 100)} %";
        return name is null ? [score] : [name, score, .. Words(comparison.Reasons.Where(reason => reason.Agreement != MatchAgreement.Different))];
    }

    /// <summary>Forgets what an earlier check met.</summary>
    public Task ClearAsync(CancellationToken ct) => RunAsync("with gone as (delete from imports.alike where run = $1) delete from imports.likely_duplicate where run = $1", ct);

    /// <summary>Keeps whom documents are like, and which of them are likely duplicates: of the likeliest, or of whom that one is a duplicate itself.</summary>
    /// <param name="documents">as they begin in the file; an alike names them by number, and one that begins before its duplicate is taken in before it</param>
    /// <param name="reached">whether whoever brought the file may see a partner</param>
    public async Task AddAsync(IReadOnlyList<NamedDocument> documents, IReadOnlyList<Alike> alike, Func<PartnerId, bool> reached, CancellationToken ct)
    {
        await using (var copy = await connection.BeginBinaryImportAsync("copy imports.alike (run, document, other, partner, score, reasons) from stdin (format binary)", ct))
        {
            foreach (var (document, partner, other, comparison) in alike)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(run, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(documents[document].Document, NpgsqlDbType.Text, ct);
                await WriteAsync(copy, other is { } before ? documents[before].Document : null, ct);
                await WriteAsync(copy, partner, ct);
                await copy.WriteAsync(comparison.Score, NpgsqlDbType.Double, ct);
                await copy.WriteAsync(Words(comparison.Reasons), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            }
            await copy.CompleteAsync(ct);
        }

        var likely = new SortedDictionary<int, Alike>();
        foreach (var ofDocument in alike.Where(a => a.Comparison.IsMatch).GroupBy(a => a.Document).OrderBy(a => a.Key))
        {
            var best = ofDocument.MaxBy(one => one.Comparison.Bits);
            // of whom it leads to it is told why, where both are alike, too
            likely[best.Document] = best.Other is not { } before || !likely.TryGetValue(before, out var further) ? best
                : ofDocument.FirstOrDefault(one => (one.Partner, one.Other) == (further.Partner, further.Other), best) with { Partner = further.Partner, Other = further.Other };
        }
        await using (var copy = await connection.BeginBinaryImportAsync("copy imports.likely_duplicate (run, document, other, called, partner, score, reasons, beyond) from stdin (format binary)", ct))
        {
            foreach (var (document, partner, other, comparison) in likely.Values)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(run, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(documents[document].Document, NpgsqlDbType.Text, ct);
                await WriteAsync(copy, other is { } before ? documents[before].Document : null, ct);
                await WriteAsync(copy, other is { } named ? documents[named].Called : null, ct);
                await WriteAsync(copy, partner, ct);
                await copy.WriteAsync(comparison.Score, NpgsqlDbType.Double, ct);
                await copy.WriteAsync(Words(comparison.Reasons), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
                await copy.WriteAsync(partner is { } id && !reached(id), NpgsqlDbType.Boolean, ct);
            }
            await copy.CompleteAsync(ct);
        }
        await RunAsync("""
            update imports.staged_row s set notes = coalesce(s.notes, '{}') || array['doubtful-duplicate']
            where s.run = $1 and s.refusal is null and s.ordinal = 1 and exists (select from imports.alike a where a.run = s.run and a.document = s.document)
              and not exists (select from imports.likely_duplicate d where d.run = s.run and d.document = s.document)
            """, ct);
    }

    /// <summary>Refuses the rows of likely duplicates that are to be left out, and no others; says with whom they would be doubled, and why.</summary>
    public async Task RefuseAsync(CancellationToken ct)
    {
        await RunAsync($"""
            update imports.staged_row s set refusal = null, refusal_args = null
            from imports.likely_duplicate d join imports.import_run r on r.id = d.run
            where s.run = $1 and d.run = s.run and d.document = s.document and s.refusal in ('{LeftOut}', 'likely-twin') and {Effective} <> 'LeaveOut'
            """, ct);
        await RunAsync($"""
            update imports.staged_row s set refusal = case when d.other is null then '{LeftOut}' else 'likely-twin' end,
                refusal_args = case when d.beyond then array[round(d.score * 100) || ' %']
                    else array[coalesce(p.name, o.line || ' · ' || d.called), round(d.score * 100) || ' %'] || array(select r from unnest(d.reasons) r where r not like '% Different') end
            from imports.likely_duplicate d join imports.import_run r on r.id = d.run left join clients.partner p on p.id = d.partner
                left join imports.staged_row o on o.run = d.run and o.document = d.other and o.ordinal = 1
            where s.run = $1 and d.run = s.run and d.document = s.document and s.refusal is null and {Effective} = 'LeaveOut'
            """, ct);
    }

    /// <summary>Those of some documents, in their order, whose rows are to be added to another client: a partner of the base, or what a document of the file has become.</summary>
    public async Task<List<(string Document, PartnerId? Partner, string? Other)>> ToAddAsync(string[] documents, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            select d.document, coalesce(p.merged_into, d.partner), d.other from imports.likely_duplicate d join imports.import_run r on r.id = d.run left join clients.partner p on p.id = d.partner
            where d.run = $1 and d.document = any($2) and {Effective} = 'AddToExisting' order by array_position($2, d.document)
            """, connection) { Parameters = { new() { Value = run }, new() { Value = documents } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<(string, PartnerId?, string?)>();
        while (await rows.ReadAsync(ct)) found.Add((rows.GetString(0), rows.IsDBNull(1) ? null : new PartnerId(rows.GetGuid(1)), rows.IsDBNull(2) ? null : rows.GetString(2)));
        return found;
    }

    /// <summary>What the report says of those of some documents that were left out while others were taken in.</summary>
    public async Task<List<(string Document, string[] Refusal)>> LeftOutAsync(string[] documents, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select document, refusal_args from imports.staged_row where run = $1 and document = any($2) and ordinal = 1 and refusal = $3", connection)
        {
            Parameters = { new() { Value = run }, new() { Value = documents }, new() { Value = LeftOut } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<(string, string[])>();
        while (await rows.ReadAsync(ct)) found.Add((rows.GetString(0), rows.GetFieldValue<string[]>(1)));
        return found;
    }

    private static string[] Words(IEnumerable<MatchReason> reasons) => [.. reasons.Select(reason => $"{reason.Field} {reason.Agreement}")];

    private async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = run } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken ct) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Text, ct);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, PartnerId? id, CancellationToken ct) => id is { } partner ? copy.WriteAsync(partner.Value, NpgsqlDbType.Uuid, ct) : copy.WriteNullAsync(ct);
}
