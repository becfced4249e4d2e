using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Claims;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Sales.Intake;

namespace Portal.Infrastructure.Claims;

/// <summary>
/// Claims that another program has kept: they count in figures, and start nothing. Causes and steps that the tree lacks are created on request. One that was closed before it came is kept and marked, and so is one of nobody knows whom.
/// </summary>
public sealed class ClaimsImport(TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "claims";

    /// <inheritdoc/>
    public string Permission => Permissions.ClaimsSettings;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("document", true, "claim", "claim no", "claim number", "case", "case id", "caseid", "ticket", "number", "рекламация", "номер", "номер рекламации", "обращение", "рекламація", "номер рекламації", "звернення", "reclamatie", "numar", "klaim", "nomor", "nomor klaim"),
        new("received", true, "received", "opened", "created", "date", "registered", "поступила", "дата", "открыта", "надійшла", "відкрита", "primita", "data", "deschisa", "diterima", "tanggal", "dibuka"),
        new("closed", false, "closed", "resolved", "closed at", "закрыта", "дата закрытия", "закрита", "дата закриття", "inchisa", "data inchiderii", "ditutup"),
        new("cause", false, "cause", "category", "reason", "причина", "категория", "категорія", "cauza", "categorie", "penyebab", "kategori"),
        new("detail", false, "detail", "cause in detail", "request type", "sub category", "subcategory", "type", "подробная причина", "вид", "тип", "докладна причина", "cauza detaliata", "tip", "penyebab rinci", "jenis"),
        new("step", false, "step", "guilty step", "where it went wrong", "responsible agency", "responsible", "agency", "department", "этап", "виновный этап", "служба", "ответственный", "етап", "служба відповідальна", "відповідальний", "etapa", "responsabil", "serviciu", "tahap", "bagian", "penanggung jawab"),
        new("text", false, "text", "description", "request details", "complaint", "details", "текст", "описание", "жалоба", "опис", "скарга", "descriere", "plangere", "uraian", "keluhan"),
        new("findings", false, "findings", "status notes", "resolution", "notes", "результат", "что установлено", "примечания", "що встановлено", "constatari", "rezolutie", "temuan", "catatan"),
        new("client", false, "client", "customer", "клиент", "контрагент", "клієнт", "клиента", "cumparator", "klien", "pelanggan"),
        new("route", false, "route", "neighborhood", "neighbourhood", "district", "маршрут", "район", "ruta", "cartier", "rute", "wilayah"),
        new("address", false, "address", "place", "адрес", "адреса", "adresa", "alamat"),
        new("cost", false, "cost", "loss", "затраты", "убыток", "витрати", "збиток", "cost", "pierdere", "biaya", "kerugian"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) => new Pass(run, await KnownTerms.ReadAsync(connection, ct), time);

    private sealed record Row(string Document, DateTimeOffset Received, DateTimeOffset? Closed, string? Cause, string? Detail, string? Step, string Text, string? Findings, string? Client, string? Route, decimal? Cost);

    /// <summary>Causes and steps by their names, as they are called or as the product calls them in a file's words.</summary>
    private sealed class KnownTerms
    {
        public Dictionary<string, ClaimCauseId> Causes { get; } = new(StringComparer.OrdinalIgnoreCase);
        public Dictionary<string, ClaimStepId> Steps { get; } = new(StringComparer.OrdinalIgnoreCase);

        public static async Task<KnownTerms> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
        {
            var known = new KnownTerms();
            await using var command = new NpgsqlCommand("select 'cause', id, key from claims.claim_cause union all select 'step', id, key from claims.claim_step union all select 'step', id, name from claims.claim_step where name is not null", connection);
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                if (rows.GetString(0) == "cause") known.Causes[rows.GetString(2)] = new(rows.GetGuid(1));
                else known.Steps[rows.GetString(2)] = new(rows.GetGuid(1));
            return known;
        }
    }

    private sealed class Pass(ImportRun run, KnownTerms known, TimeProvider time) : IImportPass
    {
        public void Check(ImportRow row)
        {
            row.Document = row.RequiredText("document", 60);
            if (Read(row) is not { } read) return;
            foreach (var key in Keys(read).Where(key => !known.Causes.ContainsKey(key)).Take(1)) Missing("claim-cause-new", "claim-cause-unknown", key);
            if (read.Step is { } step && !known.Steps.ContainsKey(step)) Missing("claim-step-new", "claim-step-unknown", step);
            if (read.Client is null) row.Note("claim-without-client");
            if (read.Closed < read.Received) row.Note("claim-closed-before");

            void Missing(string note, string refusal, string name)
            {
                if (run.CreateMissing) row.Note(note);
                else row.Refuse(refusal, name);
            }
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var now = time.GetUtcNow();
            var read = rows.Select(row => (Row: row, Claim: Read(row)!)).ToList();
            await AddTermsAsync(db, read.Select(r => r.Claim), ct);
            var clients = await ImportedClients.OfAsync(db, run, read.Select(r => r.Claim.Client).OfType<string>(), now, ct);
            foreach (var (row, claim) in read) ImportedClients.Require(row, claim.Client, clients);
            var taken = read.Where(r => r.Row.Refusal is null).Select(r => r.Claim).ToList();
            if (taken.Count == 0) return 0;

            var (company, currency, zone, rules) = (await db.CompanyIdAsync(ct), await db.CompanyCurrencyAsync(ct), await db.CompanyZoneAsync(ct), await ClaimWork.RulesAsync(db, ct));
            var branch = run.Branch is { } own && run.Scope != ActorScope.All ? new BranchId(own) : (BranchId?)null;
            var hours = await ClaimWork.HoursAsync(db, rules, branch, taken.Min(c => c.Received), ct);
            var number = await db.TakeAsync(company, DocumentType.Claim, zone.DayOf(now).Year, ct, taken.Count);
            List<Claim> claims = [];
            foreach (var said in taken)
            {
                var claim = new Claim(ClaimId.New(), company, number with { Sequence = number.Sequence + claims.Count }, new(ClaimChannel.File, said.Received, zone.DayOf(said.Received), currency, null, branch, said.Document),
                    new(said.Client is { } client ? clients[client] : null, Route: said.Route), new(ClaimKind.Other, said.Text), hours.Deadlines(rules, said.Received), run.Importer, now);
                claim.Remember(new(Keys(said).LastOrDefault() is { } key ? known.Causes[key] : null, said.Step is { } step ? known.Steps[step] : null, said.Findings), said.Closed, said.Cost, run.Importer);
                claims.Add(claim);
            }
            await db.InsertAsync(claims, now, ct);
            return claims.Count;
        }

        // top first: the lower one stands below it
        private static IEnumerable<string> Keys(Row row)
        {
            if ((row.Cause ?? row.Detail) is not { } top) yield break;
            yield return ClaimSettings.KeyOf(null, top);
            if (row is { Cause: not null, Detail: { } detail }) yield return ClaimSettings.KeyOf(ClaimSettings.KeyOf(null, top), detail);
        }

        private async Task AddTermsAsync(PortalDb db, IEnumerable<Row> rows, CancellationToken ct)
        {
            if (!run.CreateMissing) return;
            await db.TakeTurnAsync("claims.causes", ct);
            // another file, or a person, may have brought them meanwhile
            foreach (var there in await db.Set<ClaimCause>().Select(c => new { c.Id, c.Key }).ToListAsync(ct)) known.Causes.TryAdd(there.Key, there.Id);
            foreach (var there in await db.Set<ClaimStep>().Select(s => new { s.Id, s.Key }).ToListAsync(ct)) known.Steps.TryAdd(there.Key, there.Id);
            var (causes, steps) = (known.Causes.Count, known.Steps.Count);
            foreach (var row in rows)
            {
                ClaimCauseId? above = null;
                foreach (var key in Keys(row))
                {
                    if (!known.Causes.TryGetValue(key, out var id))
                    {
                        if (causes >= ClaimSettings.MostCauses) throw new RuleBrokenException("claims.too-many-causes", ClaimSettings.MostCauses);
                        var cause = new ClaimCause(ClaimCauseId.New(), above, key, above is null ? key : key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..], ++causes);
                        db.Add(cause);
                        known.Causes[key] = id = cause.Id;
                    }
                    above = id;
                }
                if (row.Step is not { } name || known.Steps.ContainsKey(name)) continue;
                var step = new ClaimStep(ClaimStepId.New(), name, name, ++steps);
                db.Add(step);
                known.Steps[name] = step.Id;
            }
            await db.SaveChangesAsync(ct);
        }

        private static Row? Read(ImportRow row)
        {
            var (received, closed) = (row.RequiredTime("received"), row.Time("closed"));
            var (cause, detail, step) = (Name(row, "cause"), Name(row, "detail"), row.OneLine("step", 80));
            var (text, findings, client, route, address) = (row.Text("text", 3000), row.Text("findings", Claim.MostText), row.OneLine("client", 200), row.OneLine("route", 200), row.OneLine("address", 300));
            var cost = row.Amount("cost", 0, PriceNumbers.MostPrice);
            if (row.Refusal is not null || row.Document is not { } document || received is not { } at) return null;
            var said = string.Join(" · ", new[] { text ?? detail ?? cause ?? document, address }.OfType<string>());
            return new(document, at, closed, cause, detail, step, said, findings, client, route, cost);
        }

        // a stroke parts a cause from the one above it
        private static string? Name(ImportRow row, string column) => row.OneLine(column, 95)?.Replace('/', '|');
    }
}
