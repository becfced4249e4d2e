using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>A document of a checked file and whom it is like: a partner of the base, or a document that begins before it in the file.</summary>
internal readonly record struct Alike(int Document, PartnerId? Partner, int? Other, PartyComparison Comparison);

/// <summary>A document of a file under what it calls its client.</summary>
internal readonly record struct NamedDocument(string Document, string Called);

/// <summary>
/// Looks for duplicates of the documents of a checked file, among themselves and in the base, by the same matcher that warns whoever types a client in.
/// Words are weighed by how common they are in the whole file, what was taken in before included: a pair that was too much alike is so however often the file is brought.
/// </summary>
internal sealed class AlikeClients(IDbContextFactory<PortalDb> contexts, ImportRun run, Actor bringer, IntakeTerms terms)
{
    /// <summary>SQL: partners of the base (<c>hit</c>) that have a key in common with documents (<c>wanted</c>), whose numbers are the first parameter, beside their keys, the second.</summary>
    public static readonly string Hits = $"""
        from unnest($1, $2) wanted(document, key)
        cross join lateral (select partner, count(*) over () as size from (select partner from clients.partner_key k where k.key = wanted.key limit {CandidatePairs.MostInBlock + 1}) block) hit
        where hit.size <= {CandidatePairs.MostInBlock}
        """;

    private const int AtOnce = 500;
    private const int MostCandidates = 30;
    private const int MostOfOne = 20;

    // how much of the work reading and comparing within the file are, by a file of 200,000 rows
    private const double Read = 0.15, ComparedWithin = 0.35;

    private readonly List<NamedDocument> documents = [];
    private readonly List<PartyForm> forms = [];
    private readonly List<(string Document, RuleBrokenException Rule)> broken = [];
    private readonly TermCount words = new();

    /// <summary>The documents that were looked at, in the order in which they begin in the file; those that were taken in before or are known by their id are not.</summary>
    public IReadOnlyList<NamedDocument> Documents => documents;

    /// <summary>Documents whose rows are right one by one, but not together.</summary>
    public IReadOnlyList<(string Document, RuleBrokenException Rule)> Broken => broken;

    /// <summary>Reads the accepted documents of the run.</summary>
    /// <param name="progress">told how much is done, beside the connection; answers whether to stop</param>
    /// <returns>false when it was stopped</returns>
    public async Task<bool> ReadAsync(NpgsqlConnection connection, ImportReading reading, Func<double, Task<bool>> progress, CancellationToken ct)
    {
        var (rows, read) = (await CountAsync(connection, ct), 0);
        var batch = new List<FileDocument>(AtOnce);
        await foreach (var document in DocumentsAsync(connection, reading, ct))
        {
            batch.Add(document);
            read += document.Rows.Count;
            if (batch.Count < AtOnce) continue;
            Prepare(batch);
            batch.Clear();
            if (await progress(Read * read / rows)) return false;
        }
        Prepare(batch);
        return true;
    }

    /// <summary>Finds whom the documents are like.</summary>
    /// <param name="progress">told how much is done; answers whether to stop</param>
    /// <returns>null when it was stopped</returns>
    public async Task<List<Alike>?> FindAsync(Func<double, Task<bool>> progress, CancellationToken ct)
    {
        var found = new List<Alike>();
        var weights = words.Frequencies();
        var search = new DuplicateSearch(forms, weights);
        var told = new int[forms.Count];
        foreach (var some in search.FindByPortions(DuplicateQuery.LeastShown))
        {
            found.AddRange(some.Where(pair => told[pair.B]++ < MostOfOne).Select(pair => new Alike(pair.B, null, pair.A, pair.Comparison)));
            if (await progress(Read + ComparedWithin * search.Candidates.Done)) return null;
        }
        using var parties = new MetParties(bringer);
        var matcher = new PartyMatcher(weights);
        var portion = await PortionAsync(parties, 0, ct);
        for (var from = 0; from < forms.Count && (from > 0 || portion.Candidates.Count > 0 || await IsAnybodyAsync(ct)); from += AtOnce)
        {
            parties.Add(portion.Unread);
            // while one portion is compared, the next one is read
            var (here, next) = (portion, PortionAsync(parties, from + AtOnce, ct));
            var compared = Task.Run(() => Compared(here.Candidates, parties, matcher), ct);
            await Task.WhenAll(compared, next);
            found.AddRange(await compared);
            portion = await next;
            if (await progress(Read + ComparedWithin + (1 - Read - ComparedWithin) * from / forms.Count)) return null;
        }
        return found;
    }

    private void Prepare(List<FileDocument> batch)
    {
        var prepared = batch.AsParallel().AsOrdered().Select(document =>
        {
            try
            {
                var client = ImportedClient.Of(document.Rows, terms);
                return (document, client.Partner.Name, Form: (PartyForm?)PartyForm.Of(client.Recognised()), Rule: (RuleBrokenException?)null);
            }
            catch (RuleBrokenException rule)
            {
                return (document, "", Form: null, rule);
            }
        });
        foreach (var (document, called, form, rule) in prepared)
        {
            if (form is not null) words.Add(form);
            if (document.IsKnown) continue;
            if (form is null)
            {
                broken.Add((document.Name, rule!));
                continue;
            }
            documents.Add(new(document.Name, called));
            forms.Add(form);
        }
    }

    private async Task<int> CountAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select count(*)::int from imports.staged_row where run = $1 and refusal is null", connection) { CommandTimeout = 0, Parameters = { new() { Value = run.Id } } };
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private async IAsyncEnumerable<FileDocument> DocumentsAsync(NpgsqlConnection connection, ImportReading reading, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            select s.document, s.line, s.fields, d.document is not null or p.id is not null
            from imports.staged_row s join imports.staged_row first on first.run = s.run and first.document = s.document and first.ordinal = 1
            left join imports.client_document d on d.source = $2 and d.document = s.document
            left join clients.partner p on p.id = {ClientDocuments.IdIn("s.document")}
            where s.run = $1 and s.refusal is null and first.refusal is null
            order by first.line, s.ordinal
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = run.Id }, new() { Value = run.Source } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        FileDocument? open = null;
        while (await rows.ReadAsync(ct))
        {
            var document = rows.GetString(0);
            if (open is { } before && before.Name != document)
            {
                yield return before;
                open = null;
            }
            open ??= new(document, rows.GetBoolean(3), []);
            open.Rows.Add(ClientRow.Of(new ImportRow(rows.GetInt32(1), rows.GetFieldValue<string[]>(2), reading), run.Country));
        }
        if (open is { } last) yield return last;
    }

    /// <summary>A document with its rows.</summary>
    /// <param name="IsKnown">it was taken in before, or names a client by its id</param>
    private sealed record FileDocument(string Name, bool IsKnown, List<ClientRow> Rows);

    private async Task<bool> IsAnybodyAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Partner>().AnyAsync(ct);
    }

    private List<Alike> Compared(ILookup<int, PartnerId> candidates, MetParties parties, PartyMatcher matcher) =>
        [.. candidates.AsParallel().AsOrdered().SelectMany(of => of.Select(id => (Id: id, Party: parties.FormOf(id)))
            .Select(other => (other.Id, Comparison: other.Party is null ? null : matcher.Compare(forms[of.Key], other.Party, DuplicateQuery.LeastShown)))
            .Where(other => other.Comparison is not null).Select(other => new Alike(of.Key, other.Id, null, other.Comparison!.Value))
            .OrderByDescending(alike => alike.Comparison.Bits).Take(MostOfOne))];

    // whom the documents of a portion may be like, and those of them who have not been met before
    private async Task<(ILookup<int, PartnerId> Candidates, IReadOnlyDictionary<PartnerId, PartyDetails> Unread)> PortionAsync(MetParties parties, int from, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var candidates = await CandidatesAsync((NpgsqlConnection)db.Database.GetDbConnection(), from, Math.Min(forms.Count, from + AtOnce), ct);
        return (candidates, await parties.ReadNewAsync(db, candidates.SelectMany(of => of), ct));
    }

    private async Task<ILookup<int, PartnerId>> CandidatesAsync(NpgsqlConnection connection, int from, int to, CancellationToken ct)
    {
        if (from >= to) return Array.Empty<int>().ToLookup(of => of, _ => default(PartnerId));
        var wanted = Enumerable.Range(from, to - from).SelectMany(document => forms[document].BlockingKeys.Select(key => (Document: document, Key: key))).ToList();
        if (connection.State != System.Data.ConnectionState.Open) await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"""
            select document, partner from (
                select wanted.document, hit.partner, row_number() over (partition by wanted.document order by count(*) desc, hit.partner) as place
                {Hits} group by wanted.document, hit.partner) ranked
            where place <= {MostCandidates}
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = wanted.ConvertAll(w => w.Document) }, new() { Value = wanted.ConvertAll(w => w.Key) } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<(int Document, PartnerId Partner)>();
        while (await rows.ReadAsync(ct)) found.Add((rows.GetInt32(0), new(rows.GetGuid(1))));
        return found.ToLookup(f => f.Document, f => f.Partner);
    }
}
