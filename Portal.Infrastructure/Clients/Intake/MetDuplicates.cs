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

    /// <summary>Forgets what an earlier check met.</summary>
    public Task ClearAsync(CancellationToken ct) => RunAsync("with gone as (delete from imports.alike where run = $1) delete from imports.likely_duplicate where run = $1", ct);

    /// <summary>Keeps whom documents are like, and which of them are likely duplicates: of the likeliest, or of whom that one is a duplicate itself.</summary>
    /// <param name="documents">as they begin in the file; an alike names them by number, and one that begins before its duplicate is taken in before it</param>
    /// <param name="reached">whether whoever brought the file may see a partner</param>
    public async Task AddAsync(IReadOnlyList<string> documents, IReadOnlyList<Alike> alike, Func<PartnerId, bool> reached, CancellationToken ct)
    {
        await using (var copy = await connection.BeginBinaryImportAsync("copy imports.alike (run, document, other, partner, score, reasons) from stdin (format binary)", ct))
        {
            foreach (var (document, partner, other, comparison) in alike)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(run, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(documents[document], NpgsqlDbType.Text, ct);
                await WriteAsync(copy, other is { } before ? documents[before] : null, ct);
                await WriteAsync(copy, partner, ct);
                await copy.WriteAsync(comparison.Score, NpgsqlDbType.Double, ct);
                await copy.WriteAsync(comparison.Reasons.Select(reason => $"{reason.Field} {reason.Agreement}").ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
            }
            await copy.CompleteAsync(ct);
        }

        var likely = new SortedDictionary<int, (PartnerId? Partner, int? Other, double Score)>();
        foreach (var best in alike.Where(a => a.Comparison.IsMatch).GroupBy(a => a.Document).OrderBy(a => a.Key).Select(a => a.MaxBy(one => one.Comparison.Bits)))
            likely[best.Document] = best.Other is { } before && likely.TryGetValue(before, out var further) ? (further.Partner, further.Other, best.Comparison.Score) : (best.Partner, best.Other, best.Comparison.Score);
        await using (var copy = await connection.BeginBinaryImportAsync("copy imports.likely_duplicate (run, document, other, partner, score, beyond) from stdin (format binary)", ct))
        {
            foreach (var (document, (partner, other, score)) in likely)
            {
                await copy.StartRowAsync(ct);
                await copy.WriteAsync(run, NpgsqlDbType.Uuid, ct);
                await copy.WriteAsync(documents[document], NpgsqlDbType.Text, ct);
                await WriteAsync(copy, other is { } before ? documents[before] : null, ct);
                await WriteAsync(copy, partner, ct);
                await copy.WriteAsync(score, NpgsqlDbType.Double, ct);
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

    /// <summary>Refuses the rows of likely duplicates that are to be left out, and no others; says with whom they would be doubled.</summary>
    public async Task RefuseAsync(CancellationToken ct)
    {
        await RunAsync($"""
            update imports.staged_row s set refusal = null, refusal_args = null
            from imports.likely_duplicate d join imports.import_run r on r.id = d.run
            where s.run = $1 and d.run = s.run and d.document = s.document and s.refusal in ('likely-duplicate', 'likely-twin') and {Effective} <> 'LeaveOut'
            """, ct);
        await RunAsync($"""
            update imports.staged_row s set refusal = case when d.other is null then 'likely-duplicate' else 'likely-twin' end,
                refusal_args = array_remove(array[case when d.beyond then null else coalesce(p.name, o.line::text) end, round(d.score * 100) || ' %'], null)
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

    private async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = run } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken ct) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Text, ct);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, PartnerId? id, CancellationToken ct) => id is { } partner ? copy.WriteAsync(partner.Value, NpgsqlDbType.Uuid, ct) : copy.WriteNullAsync(ct);
}
