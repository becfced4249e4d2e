using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>A document that is about to become a client.</summary>
internal sealed record IntakeDocument(string Document, ImportedClient Client, PartyForm Form);

/// <summary>
/// Clients who came into the base, or were completed from other files, since a file was brought: its check may not have known of them. Looked for among them are documents
/// that are about to be taken in, by the matcher that warns whoever types a client in.
/// </summary>
internal sealed class ArrivedMeanwhile(ImportRun run)
{
    private const int AtOnce = 500;
    private const int MostCandidates = 30;

    // ids grow with time; clocks of nodes differ by less
    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(1);
    private readonly Guid earliest = new([.. Guid.CreateVersion7(run.CreatedAt - Doubt).ToByteArray(bigEndian: true)[..6], .. new byte[10]], bigEndian: true);
    private readonly PartyMatcher matcher = new();
    private HashSet<PartnerId>? own;

    /// <summary>Clients that documents of this run have become; they are no others' arrivals.</summary>
    public void Add(IEnumerable<PartnerId> partners) => own?.UnionWith(partners);

    /// <summary>Whom documents are surely the same as, the likeliest for each; those that were seen alike, or decided about, when the file was checked are not met again.</summary>
    /// <param name="bringer">by what is hidden from him nobody is compared</param>
    public async Task<Dictionary<string, Alike>> FindAsync(PortalDb db, IReadOnlyList<IntakeDocument> fresh, Actor bringer, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        own ??= await OwnAsync(connection, ct);
        var met = new Dictionary<string, Alike>();
        var completed = (await CompletedAsync(db, ct)).Where(id => !own.Contains(new(id))).ToArray();
        if (fresh.Count == 0 || completed.Length == 0 && !await HaveOthersComeAsync(connection, ct)) return met;
        var seen = await SeenAsync(connection, [.. fresh.Select(d => d.Document)], ct);
        foreach (var some in fresh.Index().Chunk(AtOnce))
        {
            var hits = (await HitsAsync(connection, some.SelectMany(d => d.Item.Form.BlockingKeys.Select(key => (d.Index, key))).ToList(), completed, ct))
                .Where(hit => !own.Contains(hit.Partner) && !seen.Contains((fresh[hit.Document].Document, hit.Partner)) && !seen.Contains((fresh[hit.Document].Document, null)));
            var candidates = hits.GroupBy(hit => hit.Document).Select(of => (Document: of.Key, Partners: of.CountBy(hit => hit.Partner).OrderByDescending(p => p.Value).Take(MostCandidates).Select(p => p.Key).ToList())).ToList();
            var parties = await PartyReading.ReadAsync(db, [.. candidates.SelectMany(c => c.Partners).Distinct()], bringer, ct);
            foreach (var (document, partners) in candidates)
            {
                var best = partners.Where(parties.ContainsKey).Select(id => new Alike(document, id, null, matcher.Compare(fresh[document].Form, parties[id]))).Where(alike => alike.Comparison.IsMatch).ToList();
                if (best.Count > 0) met[fresh[document].Document] = best.MaxBy(alike => alike.Comparison.Bits);
            }
        }
        return met;
    }

    private async Task<HashSet<PartnerId>> OwnAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var partners = new HashSet<PartnerId>();
        if (run.AppliedLine is null) return partners;
        await using var command = new NpgsqlCommand("select d.partner from imports.taken t join imports.client_document d on d.source = t.source and d.document = t.document where t.run = $1 and t.source = $2", connection)
        {
            CommandTimeout = 0, Parameters = { new() { Value = run.Id }, new() { Value = run.Source } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) partners.Add(new(rows.GetGuid(0)));
        return partners;
    }

    private Task<List<Guid>> CompletedAsync(PortalDb db, CancellationToken ct) =>
        db.Set<TimelineEntry>().Where(e => e.What == "partner.completed" && e.At >= run.CreatedAt).Select(e => (Guid)(object)e.Partner).Distinct().ToListAsync(ct);

    // mostly nobody else adds a client while a file is taken in
    private async Task<bool> HaveOthersComeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select count(*) from clients.partner where id >= $1", connection) { Parameters = { new() { Value = earliest } } };
        return (long)(await command.ExecuteScalarAsync(ct))! > own!.Count(id => id.Value.CompareTo(earliest) >= 0);
    }

    // documents with whom they were seen alike; with nobody where somebody has decided that they are taken in whomever they are like
    private async Task<HashSet<(string, PartnerId?)>> SeenAsync(NpgsqlConnection connection, string[] documents, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select document, partner from imports.alike where run = $1 and document = any($2) and partner is not null
            union all select document, null from imports.likely_duplicate where run = $1 and document = any($2)
            """, connection) { Parameters = { new() { Value = run.Id }, new() { Value = documents } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var seen = new HashSet<(string, PartnerId?)>();
        while (await rows.ReadAsync(ct)) seen.Add((rows.GetString(0), rows.IsDBNull(1) ? null : new PartnerId(rows.GetGuid(1))));
        return seen;
    }

    private async Task<List<(int Document, PartnerId Partner)>> HitsAsync(NpgsqlConnection connection, List<(int Document, long Key)> wanted, Guid[] completed, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            select wanted.document, hit.partner {AlikeClients.Hits} and (hit.partner >= $3 or hit.partner = any($4))
            """, connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = wanted.ConvertAll(w => w.Document) }, new() { Value = wanted.ConvertAll(w => w.Key) }, new() { Value = earliest }, new() { Value = completed } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var hits = new List<(int, PartnerId)>();
        while (await rows.ReadAsync(ct)) hits.Add((rows.GetInt32(0), new(rows.GetGuid(1))));
        return hits;
    }
}
