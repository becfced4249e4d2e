using System.Globalization;
using Npgsql;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Billing.Intake;

/// <summary>
/// Payments from a bank's statement. Whose a payment is, is told by a client's name, a tax number, the invoices it names or the payer's name; where none of them does, or the last two tell different clients, it is booked as nobody's. Which invoices it pays is proposed afterwards, on its page.
/// A payment that an earlier statement held is not booked again, whatever the file is called.
/// </summary>
public sealed class PaymentsImport(TimeProvider time) : IImportKind
{
    // statements overlap, whatever their files are called
    private const string Statements = "bank statements";

    /// <inheritdoc/>
    public string Code => "payments";

    /// <inheritdoc/>
    public string Permission => Permissions.BillingPayment;

    /// <inheritdoc/>
    public bool CreatesMissing => false;

    /// <inheritdoc/>
    public string IsKnown => $"exists (select from imports.taken t where t.source = '{Statements}' and t.document = s.document and t.ordinal = s.ordinal)";

    /// <inheritdoc/>
    public string KeysOf(string source) => Statements;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("day", true, "date", "day", "booking date", "value date", "transaction date", "posted", "дата", "дата операции", "дата проводки", "дата платежа", "дата операції", "дата платежу", "data", "data tranzactiei", "data operatiunii", "tanggal", "tanggal transaksi"),
        new("amount", true, "amount", "sum", "credit", "paid in", "money in", "сумма", "приход", "кредит", "поступление", "зачислено", "сума", "надходження", "зараховано", "suma", "incasari", "jumlah", "kredit", "nominal"),
        new("currency", false, "currency", "ccy", "валюта", "moneda", "valuta", "mata uang"),
        new("payer", false, "payer", "name", "counterparty", "sender", "remitter", "плательщик", "контрагент", "отправитель", "платник", "відправник", "platitor", "ordonator", "pembayar", "pengirim"),
        new("client", false, "client", "customer", "клиент", "клієнт", "pelanggan", "klien"),
        new("tax-number", false, "tax number", "payer tax number", "vat number", "инн", "инн плательщика", "єдрпоу", "іпн", "код єдрпоу", "cui", "cod fiscal", "npwp"),
        new("reference", false, "reference", "description", "purpose", "details", "remittance information", "назначение", "назначение платежа", "призначення", "призначення платежу", "detalii", "detalii plata", "descriere", "keterangan", "berita"),
        new("number", false, "number", "document", "transaction id", "transaction number", "номер", "номер документа", "номер документу", "nr", "nr document", "numar document", "nomor", "nomor transaksi"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        var known = new Payers();
        await ReadAsync($"select p.name, null, p.id from clients.partner p where not p.archived and {PartnerReach.Sql}", row => known.Name(row.GetString(0), new(row.GetGuid(2))));
        await ReadAsync($"select c.name, c.tax_number, p.id from clients.counterparty c join clients.partner p on p.id = c.partner where not c.archived and not p.archived and {PartnerReach.Sql}", row =>
        {
            known.Name(row.GetString(0), new(row.GetGuid(2)));
            if (!row.IsDBNull(1)) known.TaxNumber(row.GetString(1), new(row.GetGuid(2)));
        });
        await ReadAsync($"select i.year, i.sequence, p.id from billing.invoice i join clients.partner p on p.id = i.partner where i.state in ('Issued', 'PartPaid') and {PartnerReach.Sql}", row => known.Invoices[new(row.GetInt32(0), row.GetInt32(1))] = new(row.GetGuid(2)));
        await using var own = new NpgsqlCommand("select currency from identity.company order by id limit 1", connection);
        return new Pass(run, known, (string)(await own.ExecuteScalarAsync(ct))!, time);

        async Task ReadAsync(string sql, Action<NpgsqlDataReader> take)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in PartnerReach.Values(run.Bringer)) command.Parameters.Add(value);
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) take(rows);
        }
    }

    /// <summary>By what a payer is known; what speaks for two clients speaks for none.</summary>
    private sealed class Payers
    {
        private readonly Dictionary<string, PartnerId?> names = new(StringComparer.OrdinalIgnoreCase), taxNumbers = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<DocumentNumber, PartnerId> Invoices { get; } = [];

        public void Name(string name, PartnerId client) => Add(names, name.Trim(), client);

        public void TaxNumber(string number, PartnerId client) => Add(taxNumbers, Digits(number), client);

        public PartnerId? ByName(string? name) => name is null ? null : names.GetValueOrDefault(name);

        public PartnerId? ByTaxNumber(string? number) => number is null ? null : taxNumbers.GetValueOrDefault(Digits(number));

        // one client may pay for another, and a number may be mistyped: a person says which
        public PartnerId? ByWhatWasWritten(string? reference, string? payer) => (ByReference(reference), ByName(payer)) switch
        {
            ({ } named, { } known) => named == known ? known : null,
            var (named, known) => named ?? known,
        };

        public PartnerId? ByReference(string? reference)
        {
            var clients = PaymentMatch.NumbersIn(reference).Where(Invoices.ContainsKey).Select(number => Invoices[number]).Distinct().Take(2).ToList();
            return clients is [var one] ? one : null;
        }

        private static void Add(Dictionary<string, PartnerId?> to, string key, PartnerId client)
        {
            if (key.Length > 0) to[key] = to.TryGetValue(key, out var other) && other != client ? null : client;
        }

        private static string Digits(string number) => string.Concat(number.Where(char.IsLetterOrDigit));
    }

    private sealed class Pass(ImportRun run, Payers known, string currency, TimeProvider time) : IImportPass
    {
        private readonly DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

        public void Check(ImportRow row)
        {
            var number = row.OneLine("number", 100);
            if (Read(row) is not { } read) return;
            row.Document = string.Create(CultureInfo.InvariantCulture, $"{read.Day:yyyy-MM-dd} {number} {read.Sum.Amount:0.###} {read.Sum.Currency} {read.Payer}").Trim();
            if (read.Partner is null) row.Note("payer-unknown");
            if (known.ByReference(read.Reference) is not null) row.Note("invoice-named");
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var (company, now) = (await db.CompanyIdAsync(ct), time.GetUtcNow());
            var day = (await db.CompanyZoneAsync(ct)).DayOf(now);
            foreach (var row in rows) await BillingWork.BookAsync(db, PaymentId.New(), company, Read(row)!, day, run.Importer, now, ct);
            await db.SaveChangesAsync(ct);
            return rows.Count;
        }

        private PaymentNews? Read(ImportRow row)
        {
            var (day, amount) = (row.Day("day", 2000), row.Amount("amount", -PriceNumbers.MostSum, PriceNumbers.MostSum));
            var (payer, name, tax, reference, said) = (row.OneLine("payer", 300), row.OneLine("client", 200), row.OneLine("tax-number", 40), row.Text("reference", 1000), row.OneLine("currency", 3));
            if (row.Refusal is not null) return null;
            var money = (said ?? currency).ToUpperInvariant();
            var client = known.ByName(name) ?? known.ByTaxNumber(tax) ?? known.ByWhatWasWritten(reference, payer);
            if (day is not { } on) row.Refuse("missing", "day");
            else if (amount is not { } sum) row.Refuse("missing", "amount");
            else if (sum <= 0) row.Refuse("not-income");
            else if (on > today) row.Refuse("day-ahead");
            else if (!IsCurrency(money)) row.Refuse("currency-unknown", money);
            else if (decimal.Round(sum, LineSums.MinorDigits(money)) != sum) row.Refuse("minor-unit", money);
            else if (name is not null && known.ByName(name) is null) row.Refuse("client-unknown", name);
            else if (client is null && payer is null) row.Refuse("missing", "payer");
            else return new(on, new(sum, money), client, payer, reference);
            return null;
        }

        private static bool IsCurrency(string code)
        {
            try
            {
                return PriceNumbers.Currency(code) == code;
            }
            catch (RuleBrokenException)
            {
                return false;
            }
        }
    }
}
