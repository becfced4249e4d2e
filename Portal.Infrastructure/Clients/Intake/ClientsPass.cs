using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>One pass over the rows of a file of clients.</summary>
internal sealed class ClientsPass(ImportRun run, IntakeTerms terms, IDbContextFactory<PortalDb> contexts, PartnerKeys keys, TimeProvider time) : IImportPass
{
    private const int NameInKey = 40;
    private const string Beyond = "client-beyond-reach";
    private const int KeysAtOnce = 10 * PartnerKeys.AtOnce;
    private readonly Dictionary<string, int> unkeyed = [];
    private readonly ArrivedMeanwhile arrived = new(run);

    public void Check(ImportRow row)
    {
        var read = ClientRow.Of(row, run.Country);
        var responsible = read.Responsible is { } named && terms.Responsible is null ? terms.Staff(named) : default;
        if (responsible.Fault is { } fault) row.Refuse(fault, "responsible", read.Responsible!);
        if (row.Refusal is null)
            try
            {
                ImportedClient.Of([read], terms, called: read.Key);
            }
            catch (RuleBrokenException rule)
            {
                row.Refuse(CodeOf(rule), ArgsOf(rule));
            }
        if (read.HasOddPhone) row.Note("phone-doubtful");
        if (read.BirthText is not null) row.Note("birth-date-kept");
        if (responsible.HasLeft) row.Note("responsible-left");
        row.Document = read.Key ?? Numbered(read);
    }

    public async Task<bool> CompareAsync(NpgsqlConnection connection, ImportReading reading, Func<double, Task<bool>> progress, CancellationToken ct)
    {
        var met = new MetDuplicates(connection, run.Id);
        await met.ClearAsync(ct);
        while (await keys.CatchUpAsync(KeysAtOnce, ct) == KeysAtOnce)
            if (await progress(0)) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var bringer = await BringerAsync(db, ct);
        var clients = new AlikeClients(contexts, run, bringer, terms);
        if (!await clients.ReadAsync(connection, reading, progress, ct)) return false;
        var staged = new StagedRows(connection, run.Id);
        foreach (var document in await BeyondAsync(db, connection, bringer, ct)) await staged.RefuseAsync(document, Beyond, [], ct);
        foreach (var (document, rule) in clients.Broken) await staged.RefuseAsync(document, CodeOf(rule), ArgsOf(rule), ct);
        if (await clients.FindAsync(progress, ct) is not { } alike) return false;
        var reached = await ReachedAsync(db, bringer, [.. alike.Where(a => a.Comparison.IsMatch).Select(a => a.Partner).OfType<PartnerId>().Distinct()], ct);
        await met.AddAsync(clients.Documents, alike, reached.Contains, ct);
        await met.RefuseAsync(ct);
        await ClientDocuments.NoteKnownAsync(connection, run.Source, run.Id, ct);
        return true;
    }

    public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
    {
        await keys.CatchUpAsync(int.MaxValue, ct);
        // two files are taken in by turns, each chunk sees what the other's last one has brought
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('clients from files', 0))", ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var documents = rows.GroupBy(row => row.Document!).ToDictionary(rowsOf => rowsOf.Key, rowsOf => rowsOf.Select(row => ClientRow.Of(row, run.Country)).ToList());
        var known = await ClientDocuments.FindAsync(connection, run.Source, [.. documents.Keys], ct);
        var duplicates = new MetDuplicates(connection, run.Id);
        var toAdd = (await duplicates.ToAddAsync([.. documents.Keys], ct)).Where(d => !known.ContainsKey(d.Document)).ToList();
        var (now, bringer) = (time.GetUtcNow(), await BringerAsync(db, ct));
        var fresh = documents.Keys.Except(known.Keys).Except(toAdd.Select(d => d.Document)).Select(d => IntakeOf(d, documents[d])).ToList();
        var (leftOut, late) = await MeetAsync(db, fresh, bringer, ct);
        fresh.RemoveAll(d => leftOut.ContainsKey(d.Document) || late.ContainsKey(d.Document));
        await db.InsertAsync(fresh.SelectMany(d => d.Client.Records.Append(Told(d.Client.Partner.Id, "partner.added", null, now))), now, ct);
        await PartnerKeys.WriteNewAsync(connection, fresh.ConvertAll(d => (d.Client.Partner.Id, d.Form.BlockingKeys)), ct);
        await ClientDocuments.RememberAsync(connection, run.Source, [.. fresh.Select(d => (d.Document, d.Client.Partner.Id)), .. late.Select(d => (d.Key, d.Value))], ct);

        // a document comes after the one that it is added to, which has become a client by now or was left out
        var others = toAdd.Select(d => d.Other).OfType<string>().ToArray();
        var become = await ClientDocuments.FindAsync(connection, run.Source, others, ct);
        foreach (var (document, refusal) in await duplicates.LeftOutAsync(others, ct)) leftOut.TryAdd(document, refusal);
        foreach (var orphan in toAdd.Where(d => d.Other is { } other && !become.ContainsKey(other))) leftOut[orphan.Document] = leftOut.GetValueOrDefault(orphan.Other!, []);
        var added = toAdd.Where(d => !leftOut.ContainsKey(d.Document)).Select(d => (d.Document, Partner: d.Partner ?? become[d.Other!])).ToList();
        List<(string Document, PartnerId Partner)> completed = [.. known.Select(d => (d.Key, d.Value)), .. late.Select(d => (d.Key, d.Value)), .. added];
        arrived.Add(fresh.Select(d => d.Client.Partner.Id).Concat(completed.Select(d => d.Partner)));
        // whom the file may be added to was asked when it was checked; he may have been handed on since
        var reached = await ReachedAsync(db, bringer, [.. completed.Select(d => d.Partner).Distinct()], ct);
        var beyond = completed.Where(d => !reached.Contains(d.Partner)).Select(d => d.Document).ToHashSet();
        foreach (var row in rows)
        {
            if (beyond.Contains(row.Document!)) row.Refuse(Beyond);
            if (leftOut.TryGetValue(row.Document!, out var refusal)) row.Refuse(MetDuplicates.LeftOut, refusal);
        }
        await ClientDocuments.RememberAsync(connection, run.Source, added.FindAll(d => !beyond.Contains(d.Document)), ct);
        foreach (var (document, partner) in completed.Where(d => !beyond.Contains(d.Document)))
        {
            await CompleteAsync(db, partner, documents[document], now, ct);
            // two documents of one chunk may be added to one client: the second has to see what the first has brought
            await db.SaveChangesAsync(ct);
        }
        return rows.Count(row => row.Refusal is null);
    }

    private IntakeDocument IntakeOf(string document, List<ClientRow> rows)
    {
        var client = ImportedClient.Of(rows, terms);
        return new(document, client, PartyForm.Of(client.Recognised()));
    }

    // What of others has come since the check is treated as was chosen for all likely duplicates: those that are left out with what the report says of each, and those to be added to a client.
    private async Task<(Dictionary<string, string[]> LeftOut, Dictionary<string, PartnerId> ToAdd)> MeetAsync(PortalDb db, List<IntakeDocument> fresh, Actor bringer, CancellationToken ct)
    {
        var met = run.Duplicates == DuplicateChoice.TakeAsNew ? [] : await arrived.FindAsync(db, fresh, bringer, ct);
        var partners = met.Values.Select(alike => alike.Partner!.Value).Distinct().ToList();
        var names = await db.Set<Partner>().Within(bringer).Where(p => partners.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);
        var (leftOut, toAdd) = (new Dictionary<string, string[]>(), new Dictionary<string, PartnerId>());
        foreach (var (document, alike) in met)
        {
            var name = names.GetValueOrDefault(alike.Partner!.Value);
            if (name is not null && run.Duplicates == DuplicateChoice.AddToExisting) toAdd[document] = alike.Partner!.Value;
            else leftOut[document] = MetDuplicates.Told(name, alike.Comparison);
        }
        return (leftOut, toAdd);
    }

    // what was taken in before under this source may have become clients whom the bringer may not see
    private async Task<IEnumerable<string>> BeyondAsync(PortalDb db, NpgsqlConnection connection, Actor bringer, CancellationToken ct)
    {
        var known = await ClientDocuments.KnownAsync(connection, run.Source, run.Id, ct);
        var reached = await ReachedAsync(db, bringer, [.. known.Select(d => d.Partner).Distinct()], ct);
        return known.Where(d => !reached.Contains(d.Partner)).Select(d => d.Document);
    }

    private static Task<HashSet<PartnerId>> ReachedAsync(PortalDb db, Actor bringer, List<PartnerId> partners, CancellationToken ct) =>
        db.Set<Partner>().Within(bringer).Where(p => partners.Contains(p.Id)).Select(p => p.Id).ToHashSetAsync(ct);

    private async Task<Actor> BringerAsync(PortalDb db, CancellationToken ct)
    {
        var permissions = run.ByUser == Guid.Empty ? [Permissions.ClientsConfidential]
            : await db.Set<UserRole>().Where(r => r.UserId == run.ByUser).Join(db.Set<Role>(), r => r.RoleId, r => r.Id, (_, role) => role.Permissions).ToListAsync(ct) is var held ? held.SelectMany(p => p) : [];
        return run.Bringer with { Teammates = [.. await TeamRegistry.TeammatesAsync(db, run.ByUser, ct)], Hidden = await ConfidentialMarks.HiddenFromAsync(db, permissions, ct) };
    }

    private async Task CompleteAsync(PortalDb db, PartnerId partner, List<ClientRow> rows, DateTimeOffset now, CancellationToken ct)
    {
        var called = await db.Set<Partner>().Where(p => p.Id == partner).Select(p => p.Name).FirstAsync(ct);
        if (await ClientCompletion.AddMissingAsync(db, ImportedClient.Of(rows, terms, partner, called), ct)) db.Add(Told(partner, "partner.completed", run.FileName, now));
    }

    private TimelineEntry Told(PartnerId partner, string what, string? words, DateTimeOffset at) => new(partner, what, new(ObjectKind.Partner, partner.Value), words, at, run.Importer);

    // Rows that are alike in all by which they are known are several clients; the second of them is the second again in a rerun.
    private string Numbered(ClientRow row)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row.Identity)).AsSpan(0, 12));
        var name = ImportedClient.NameIn(row) is { } known ? known[..Math.Min(known.Length, NameInKey)].ToLowerInvariant() : "";
        var count = ++CollectionsMarshal.GetValueRefOrAddDefault(unkeyed, hash, out _);
        return count == 1 ? $"{name} {hash}" : $"{name} {hash} {count}";
    }

    private static string CodeOf(RuleBrokenException rule) => rule.Code == "text.required" ? "missing" : rule.Code[(rule.Code.IndexOf('.') + 1)..];

    private static string[] ArgsOf(RuleBrokenException rule) => [.. rule.Args.Select(arg => Convert.ToString(arg, CultureInfo.InvariantCulture) ?? "")];
}
