using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Pricing.Intake;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>
/// Sales of the time before, from another program's file: they count in figures of sales and move no stock. A document comes whole or not at all; clients, products and sellers that the base lacks are created on request,
/// and what nobody knows whom it was sold to stays without a client.
/// </summary>
public sealed class SalesHistoryImport(TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "sales-history";

    /// <inheritdoc/>
    public string Permission => Permissions.SalesImport;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("document", true, "document", "document no", "invoice", "invoice no", "invoiceno", "invoice number", "receipt", "номер", "документ", "накладная", "счёт", "счет", "номер документа", "накладна", "рахунок", "factura", "numar factura", "faktur", "nomor faktur", "dokumen"),
        new("day", true, "date", "day", "invoice date", "invoicedate", "sale date", "дата", "дата продажи", "дата продажу", "data", "data facturii", "tanggal", "tanggal faktur"),
        new("product", true, "product", "product code", "code", "sku", "stock code", "stockcode", "article", "item", "item code", "товар", "код", "артикул", "код товара", "номенклатура", "код товару", "produs", "cod", "cod produs", "produk", "kode", "kode produk"),
        new("name", false, "description", "product name", "item name", "название", "наименование", "название товара", "назва", "найменування", "denumire", "descriere", "nama produk", "deskripsi"),
        new("quantity", true, "quantity", "qty", "количество", "кол во", "кількість", "cantitate", "jumlah"),
        new("price", false, "price", "unit price", "unitprice", "цена", "ціна", "pret", "pret unitar", "harga", "harga satuan"),
        new("amount", false, "amount", "sum", "total", "revenue", "net", "сумма", "выручка", "сума", "виторг", "suma", "valoare", "jumlah harga", "total harga"),
        new("cost", false, "cost", "cost of goods", "cogs", "себестоимость", "собівартість", "cost total", "biaya", "harga pokok"),
        new("currency", false, "currency", "валюта", "valuta", "moneda", "mata uang"),
        new("client", false, "client", "customer", "customer id", "customerid", "buyer", "клиент", "покупатель", "контрагент", "клієнт", "покупець", "cumparator", "pelanggan", "klien", "pembeli"),
        new("region", false, "region", "country", "territory", "регион", "страна", "регіон", "країна", "regiune", "tara", "wilayah", "negara"),
        new("seller", false, "seller", "sales person", "salesperson", "manager", "менеджер", "продавец", "ответственный", "продавець", "відповідальний", "vanzator", "penjual", "manajer"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) =>
        new Pass(run, await KnownCatalogue.ReadAsync(connection, ct), await ImportedSellers.ReadAsync(connection, ct), time);

    private sealed record Row(string Document, DateOnly Day, string Product, string? Name, decimal Quantity, decimal Revenue, decimal? Cost, string? Client, string? Region, string? Seller);

    private sealed class Pass(ImportRun run, KnownCatalogue known, ImportedSellers sellers, TimeProvider time) : IImportPass
    {
        // products that this file brings, by code
        private readonly Dictionary<string, ProductId> added = [];

        public void Check(ImportRow row)
        {
            row.Document = row.RequiredText("document", 60);
            if (Read(row) is not { } read) return;
            if (known.Find(read.Product) is null) Missing("product-new", "product-unknown", read.Product);
            if (read.Seller is { } seller && sellers.Find(seller) is null)
            {
                if (sellers.IsShared(seller)) row.Refuse("responsible-unknown", seller);
                else Missing("seller-new", "responsible-unknown", seller);
            }
            if (read.Client is null) row.Note("sale-without-client");
            if (read.Quantity < 0) row.Note("sale-returned");
            if (read.Revenue == 0) row.Note("sale-for-nothing");

            void Missing(string note, string refusal, string name)
            {
                if (run.CreateMissing) row.Note(note);
                else row.Refuse(refusal, name);
            }
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var now = time.GetUtcNow();
            var read = rows.Select(row => (Row: row, Sale: Read(row)!)).ToList();
            var own = run.Branch is { } branch && run.Scope != ActorScope.All ? new BranchId(branch) : (BranchId?)null;
            sellers.Open(db, read.Select(r => r.Sale.Seller).OfType<string>(), own);
            var clients = await ImportedClients.OfAsync(db, run, read.Select(r => r.Sale.Client).OfType<string>(), now, ct);
            await AddProductsAsync(db, read.Select(r => r.Sale), now, ct);
            await db.SaveChangesAsync(ct);

            var (company, digits) = (await db.CompanyIdAsync(ct), LineSums.MinorDigits(known.Currency));
            var (sold, lines) = (new List<SaleLine>(read.Count), new Dictionary<string, int>());
            foreach (var (row, sale) in read)
            {
                ImportedClients.Require(row, sale.Client, clients);
                if (row.Refusal is not null) continue;
                var (manager, line) = (sellers.Find(sale.Seller), lines.GetValueOrDefault(sale.Document) + 1);
                lines[sale.Document] = line;
                sold.Add(new(company, new(sale.Document, line, sale.Day, sale.Client is { } buyer ? clients[buyer] : null, Product(sale.Product)!.Value, manager, own ?? sellers.BranchOf(manager), sale.Region, sale.Quantity, sale.Revenue, sale.Cost), digits));
            }
            await db.InsertAsync(sold, now, ct);
            return sold.Count;
        }

        // goods, until somebody says otherwise; they are called what the file calls them first
        private async Task AddProductsAsync(PortalDb db, IEnumerable<Row> sales, DateTimeOffset now, CancellationToken ct)
        {
            var missing = sales.Where(s => Product(s.Product) is null).GroupBy(s => s.Product).ToList();
            if (missing.Count == 0) return;
            var codes = missing.ConvertAll(m => m.Key);
            // another file may have brought them meanwhile
            foreach (var there in await db.Set<Product>().Where(p => codes.Contains(p.Code)).Select(p => new { p.Id, p.Code }).ToListAsync(ct)) added[there.Code] = there.Id;
            var vat = (await PricingSettingsStore.ReadAsync(db, ct)).VatRate;
            var fresh = missing.Where(m => !added.ContainsKey(m.Key)).Select(m => new Product(ProductId.New(), new(m.Key, m.Select(s => s.Name).FirstOrDefault(n => n is not null) ?? m.Key, null, ProductKind.Goods, "pcs", vat))).ToList();
            foreach (var product in fresh) added[product.Code] = product.Id;
            await db.InsertAsync(fresh, now, ct);
        }

        private ProductId? Product(string name) => known.Find(name)?.Id ?? (added.TryGetValue(name, out var id) ? id : null);

        private Row? Read(ImportRow row)
        {
            var (product, name, client) = (row.OneLine("product", 60), row.OneLine("name", 200), row.OneLine("client", 200));
            if (product is null) row.Refuse("missing", "product");
            var quantity = row.Amount("quantity", -PriceNumbers.MostQuantity, PriceNumbers.MostQuantity);
            if (quantity is null) row.Refuse("missing", "quantity");
            else if (PriceNumbers.Unit(quantity.Value) == 0) row.Refuse("out-of-range", "quantity", "0");
            var (price, amount, cost) = (row.Amount("price", -PriceNumbers.MostPrice, PriceNumbers.MostPrice), row.Amount("amount", -PriceNumbers.MostPrice, PriceNumbers.MostPrice), row.Amount("cost", -PriceNumbers.MostPrice, PriceNumbers.MostPrice));
            if (price is null && amount is null) row.Refuse("missing", "price");
            if (row.OneLine("currency", 20) is { } named && !named.Equals(known.Currency, StringComparison.OrdinalIgnoreCase)) row.Refuse("other-currency", named, known.Currency);
            var (region, seller) = (row.OneLine("region", 100), row.OneLine("seller", 100));
            if (row.Date("day") is not { } day)
            {
                if (row.OneLine("day", 40) is { } said) row.Refuse("not-a-time", "day", said);
                else row.Refuse("missing", "day");
                return null;
            }
            if (row.Refusal is not null || row.Document is not { } document) return null;
            var revenue = amount ?? quantity!.Value * price!.Value;
            if (Math.Abs(revenue) > PriceNumbers.MostSum) row.Refuse("out-of-range", amount is null ? "price" : "amount", $"{revenue}");
            else return new(document, day, product!, name, PriceNumbers.Unit(quantity!.Value), revenue, cost, client, region, seller);
            return null;
        }
    }
}
