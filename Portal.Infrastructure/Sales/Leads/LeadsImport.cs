using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Sales.Intake;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Leads from a file, such as the visitors of an event: each is taken in as one that came any other way, so whose phone has an open lead joins it, and the rules say whose it becomes.</summary>
public sealed class LeadsImport(IDbContextFactory<PortalDb> contexts, LeadIntake intake) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "leads";

    /// <inheritdoc/>
    public string Permission => Permissions.SalesImport;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("key", false, "lead id", "lead number", "number", "id", "номер обращения", "номер", "номер звернення", "numar solicitare", "numar", "nomor prospek", "nomor"),
        new("subject", false, "subject", "topic", "lead", "interest in", "тема", "интересует", "цікавить", "subiect", "subiectul", "perihal", "pokok"),
        new("text", false, "message", "text", "comment", "note", "notes", "сообщение", "комментарий", "повідомлення", "коментар", "mesaj", "comentariu", "pesan", "catatan"),
        new("name", false, "name", "full name", "contact", "contact name", "contact person", "имя", "фио", "контакт", "контактное лицо", "ім'я", "піб", "контактна особа", "nume", "persoana de contact", "nama", "kontak"),
        new("company", false, "company", "account", "organization", "organisation", "компания", "организация", "компанія", "організація", "companie", "organizatie", "perusahaan", "organisasi"),
        new("phone", false, "phone", "telephone", "mobile", "phone number", "телефон", "мобильный", "мобільний", "telefon", "mobil", "telepon", "ponsel"),
        new("mail", false, "email", "e-mail", "mail", "email address", "почта", "электронная почта", "пошта", "електронна пошта", "adresa de email", "surel"),
        new("territory", false, "town", "city", "region", "territory", "город", "регион", "місто", "регіон", "oras", "regiune", "localitate", "kota", "wilayah"),
        new("stream", false, "stream", "поток", "потік", "provenienta", "flux", "jalur", "aliran"),
        new("source", false, "source", "lead source", "advertising source", "источник", "джерело", "sursa", "sumber"),
        new("manager", false, "manager", "seller", "responsible", "менеджер", "ответственный", "відповідальний", "responsabil", "manajer", "penanggung jawab"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new Pass(run, intake, await ImportedSellers.ReadAsync(connection, ct), await db.Set<LeadStream>().AsNoTracking().Where(s => !s.Archived).ToListAsync(ct), await db.Set<LeadSource>().AsNoTracking().ToListAsync(ct));
    }

    private sealed class Pass(ImportRun run, LeadIntake intake, ImportedSellers sellers, List<LeadStream> streams, List<LeadSource> sources) : IImportPass
    {
        public void Check(ImportRow row)
        {
            var contact = Contact(row);
            var (appeal, manager, stream, source) = (Appeal(row), row.OneLine("manager", 200), row.OneLine("stream", 80), row.OneLine("source", 80));
            row.Document = row.OneLine("key", 80) ?? string.Join(" | ", new[] { contact.MailKey ?? contact.PhoneKey ?? contact.Name ?? contact.Company, appeal.Subject ?? appeal.Text }.Where(part => !string.IsNullOrEmpty(part)));
            if (row.Document.Length > 200) row.Document = row.Document[..200];
            if (Called(contact) is null) row.Refuse("missing", "name");
            if (contact.Phone is { } phone && PhoneNumber.Of(phone, null).Refusal is not null) row.Refuse("lead-phone", phone);
            if (contact.Mail is { } mail && MailAddress.Of(mail).Fault is not null) row.Refuse("lead-mail", mail);
            if (manager is not null && sellers.Find(manager) is null) row.Refuse("responsible-unknown", manager);
            if (stream is not null && Stream(stream) is null) row.Refuse("stream-unknown", stream);
            if (source is not null && !run.CreateMissing && Source(source) is null) row.Refuse("source-unknown", source);
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            foreach (var row in rows)
            {
                var source = row.OneLine("source", 80) is { } named ? Source(named) ?? await AddedAsync(db, named, ct) : null;
                var order = new LeadOrder(
                    Appeal(row), Contact(row), LeadChannel.Import, row.OneLine("stream", 80) is { } stream ? Stream(stream)!.Id : null, source?.Id, Branch: run.Scope != ActorScope.All && run.Branch is { } own ? new BranchId(own) : null,
                    Chosen: sellers.Find(row.OneLine("manager", 200)));
                await intake.TakeInAsync(db, order, await intake.RecogniseAsync(order, run.Importer, ct), run.Importer, ct);
                // the next row of the same person finds this one
                await db.SaveChangesAsync(ct);
            }
            return rows.Count;
        }

        // without words of its own it is called like who appeals
        private static LeadAppeal Appeal(ImportRow row) => new(row.OneLine("subject", 200) ?? (row.Text("text", LeadAppeal.MostText) is null ? Called(Contact(row)) : null), row.Text("text", LeadAppeal.MostText));

        private static string? Called(LeadContact contact) => contact.Company ?? contact.Name ?? contact.Mail ?? contact.Phone;

        private static LeadContact Contact(ImportRow row) => new(row.OneLine("name", 200), row.OneLine("company", 200), row.OneLine("phone", 40), row.OneLine("mail", 200), row.OneLine("territory", 200));

        private LeadStream? Stream(string name) => streams.Find(s => name.Equals(s.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(s.Key, StringComparison.OrdinalIgnoreCase));

        private LeadSource? Source(string name) => sources.Find(s => name.Equals(s.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(s.Key, StringComparison.OrdinalIgnoreCase));

        private async Task<LeadSource> AddedAsync(PortalDb db, string name, CancellationToken ct)
        {
            var added = new LeadSource(LeadSourceId.New(), name.ToLowerInvariant(), name, sources.Count + 1);
            sources.Add(added);
            db.Add(added);
            await db.SaveChangesAsync(ct);
            return added;
        }
    }
}
