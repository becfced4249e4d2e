using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Pricing.Intake;

namespace Portal.Infrastructure.Stock.Intake;

/// <summary>
/// What lies in the warehouses at the beginning: the rows of one warehouse and day become posted receipts. A row without a price is worth what the catalogue says; one of goods that cost nothing is taken in and told.
/// </summary>
public sealed class StockImport(TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "stock";

    /// <inheritdoc/>
    public string Permission => Permissions.StockManage;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("warehouse", true, "warehouse", "store", "location", "location id", "storage location", "склад", "место хранения", "місце зберігання", "depozit", "gestiune", "gudang", "lokasi"),
        new("product", true, "product", "product code", "product number", "code", "sku", "article", "item", "item code", "товар", "код", "артикул", "код товара", "номенклатура", "код товару", "produs", "cod", "cod produs", "produk", "kode", "kode produk"),
        new("quantity", true, "quantity", "qty", "on hand", "stock", "количество", "остаток", "кол во", "кількість", "залишок", "cantitate", "stoc", "jumlah", "persediaan", "saldo"),
        new("unit", false, "unit", "uom", "единица", "ед изм", "одиниця", "од вим", "unitate", "um", "satuan"),
        new("price", false, "cost", "unit cost", "standard cost", "price", "себестоимость", "цена", "собівартість", "ціна", "cost unitar", "pret", "biaya", "harga", "harga pokok"),
        new("day", false, "date", "day", "дата", "data", "tanggal"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        var known = await KnownCatalogue.ReadAsync(connection, ct);
        var warehouses = new Dictionary<string, (WarehouseId Id, Guid? Branch)>(StringComparer.OrdinalIgnoreCase);
        await using var command = new NpgsqlCommand("select name, id, branch from stock.warehouse where not archived order by id", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) warehouses[rows.GetString(0)] = (new(rows.GetGuid(1)), rows.IsDBNull(2) ? null : rows.GetGuid(2));
        return new Pass(run, known, warehouses, time);
    }

    private sealed record Row(string Warehouse, KnownProduct Product, decimal Quantity, string Unit, decimal? Price, DateOnly? Day);

    private sealed class Pass(ImportRun run, KnownCatalogue known, Dictionary<string, (WarehouseId Id, Guid? Branch)> warehouses, TimeProvider time) : IImportPass
    {
        // whose rights end at a branch fills its warehouses
        private readonly Guid? reach = run.Scope == ActorScope.All ? null : run.Branch ?? Guid.Empty;

        public void Check(ImportRow row)
        {
            if (Read(row) is not { } read) return;
            row.Document = $"{read.Warehouse} {read.Day?.ToString("O", CultureInfo.InvariantCulture)}".TrimEnd();
            if (warehouses.TryGetValue(read.Warehouse, out var there) ? reach is not null && there.Branch != reach : !run.CreateMissing) row.Refuse("warehouse-unknown", read.Warehouse);
            else if (read.Price == 0) row.Note("costs-nothing");
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var (author, now) = (Actor.System(run.ByName), time.GetUtcNow());
            var (company, today) = (await db.CompanyIdAsync(ct), (await db.CompanyZoneAsync(ct)).DayOf(now));
            var taken = 0;
            foreach (var document in rows.GroupBy(row => row.Document!))
            {
                var read = document.Select(row => Read(row)!).ToList();
                var day = read[0].Day ?? today;
                try
                {
                    await StockClosing.RequireOpenAsync(db, day, ct);
                }
                catch (RuleBrokenException closed)
                {
                    foreach (var row in document) row.Refuse("period-closed", $"{closed.Args[0]:O}");
                    continue;
                }
                var warehouse = await WarehouseAsync(db, company, read[0].Warehouse, ct);
                foreach (var lines in read.Select(r => new StockDocumentLine(Guid.CreateVersion7(), r.Product.Id, r.Quantity, r.Unit) { Price = r.Price }).Chunk(StockDocument.MostLines))
                {
                    var receipt = new StockDocument(StockDocumentId.New(), company, StockDocumentKind.Receipt, new(day, TimeOnly.MinValue, warehouse, Note: run.Source), lines, null, author, now);
                    db.Add(receipt);
                    await db.PostAsync(receipt, author, now, ct);
                    await db.SaveChangesAsync(ct);
                }
                taken += read.Count;
            }
            return taken;
        }

        private async Task<WarehouseId> WarehouseAsync(PortalDb db, CompanyId company, string name, CancellationToken ct)
        {
            if (warehouses.TryGetValue(name, out var there)) return there.Id;
            var warehouse = new Warehouse(WarehouseId.New(), company, name, StockModel.Batch, reach is { } branch ? new(branch) : null);
            db.Add(warehouse);
            await db.SaveChangesAsync(ct);
            warehouses[name] = (warehouse.Id, reach);
            return warehouse.Id;
        }

        private Row? Read(ImportRow row)
        {
            var (warehouse, name) = (row.RequiredText("warehouse", 200), row.OneLine("product", 200));
            if (name is null) row.Refuse("missing", "product");
            var quantity = row.Amount("quantity", 0.000001m, PriceNumbers.MostQuantity);
            if (quantity is null) row.Refuse("missing", "quantity");
            var (price, unit, day) = (row.Amount("price", 0, PriceNumbers.MostPrice), row.OneLine("unit", 20), row.Date("day"));
            if (row.Refusal is not null || warehouse is null || name is null || quantity is not { } many) return null;
            if (known.Find(name) is not { } product) row.Refuse("product-unknown", name);
            else if (product.Kind != nameof(ProductKind.Goods)) row.Refuse("not-goods", product.Name);
            else if (!product.IsSoldIn(unit)) row.Refuse("unit-unknown", unit!);
            else if (price is null && (product.Cost is null || product.Currency != known.Currency)) row.Refuse("missing", "price");
            else return new(warehouse, product, many, unit ?? product.Unit, price ?? (unit is null || unit == product.Unit ? product.Cost : null), day);
            return null;
        }
    }
}
