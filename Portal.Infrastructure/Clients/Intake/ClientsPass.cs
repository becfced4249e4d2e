using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>One pass over the rows of a file of clients.</summary>
internal sealed class ClientsPass(ImportRun run, IntakeTerms terms, TimeProvider time) : IImportPass
{
    private const int NameInKey = 40;
    private readonly Dictionary<string, int> unkeyed = [];

    public void Check(ImportRow row)
    {
        var read = ClientRow.Of(row, run.Country);
        if (read.Responsible is { } name && terms.Responsible is null && terms.Staff(name) is null) row.Refuse("responsible-unknown", "responsible", name);
        if (row.Refusal is null)
            try
            {
                ImportedClient.Of([read], terms);
            }
            catch (RuleBrokenException rule)
            {
                Refuse(row, rule);
            }
        if (read.HasOddPhone) row.Note("phone-doubtful");
        if (read.BirthText is not null) row.Note("birth-date-kept");
        row.Document = read.Key ?? Numbered(read);
    }

    public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var documents = rows.GroupBy(row => row.Document!).ToDictionary(rowsOf => rowsOf.Key, rowsOf => rowsOf.Select(row => ClientRow.Of(row, run.Country)).ToList());
        var known = await ClientDocuments.FindAsync(connection, run.Source, [.. documents.Keys], ct);
        var now = time.GetUtcNow();
        var fresh = documents.Where(d => !known.ContainsKey(d.Key)).Select(d => (Document: d.Key, Client: ImportedClient.Of(d.Value, terms))).ToList();
        await db.InsertAsync(fresh.SelectMany(d => d.Client.Records.Append(Told(d.Client.Partner.Id, "partner.added", null, now))), now, ct);
        await PartnerKeys.WriteNewAsync(connection, [.. fresh.Select(d => (d.Client.Partner.Id, PartyForm.Of(d.Client.Recognised()).BlockingKeys))], ct);
        await ClientDocuments.RememberAsync(connection, run.Source, fresh.ConvertAll(d => (d.Document, d.Client.Partner.Id)), ct);
        foreach (var (document, partner) in known) await CompleteAsync(db, partner, documents[document], now, ct);
        await db.SaveChangesAsync(ct);
        return rows.Count;
    }

    private async Task CompleteAsync(PortalDb db, PartnerId partner, List<ClientRow> rows, DateTimeOffset now, CancellationToken ct)
    {
        if (await ClientCompletion.AddMissingAsync(db, ImportedClient.Of(rows, terms, partner), ct)) db.Add(Told(partner, "partner.completed", run.FileName, now));
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

    private static void Refuse(ImportRow row, RuleBrokenException rule) =>
        row.Refuse(rule.Code == "text.required" ? "missing" : rule.Code[(rule.Code.IndexOf('.') + 1)..], [.. rule.Args.Select(arg => Convert.ToString(arg, CultureInfo.InvariantCulture) ?? "")]);
}
