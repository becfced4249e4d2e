using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Pricing.Intake;

/// <summary>
/// Products by their code, or by their name where the file has no codes. What a row leaves empty stays as it is; a row that tells nothing new changes nothing, however often it comes.
/// A price in the row goes into the list it names, else into one named after the source.
/// </summary>
public sealed class ProductsImport(TimeProvider time) : IImportKind
{
    internal const string PathSeparator = "›";

    /// <inheritdoc/>
    public string Code => "products";

    /// <inheritdoc/>
    public string Permission => Permissions.PricingManage;

    /// <inheritdoc/>
    public bool HasOwnKey => true;

    /// <inheritdoc/>
    public string IsKnown => "'unchanged' = any(coalesce(s.notes, '{}'))";

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("code", false, "code", "sku", "article", "article number", "item code", "product code", "part number", "product id", "артикул", "код", "код товара", "код товару", "cod", "cod produs", "cod articol", "kode", "kode produk", "kode barang"),
        new("name", true, "name", "product", "product name", "item", "item name", "title", "название", "наименование", "товар", "номенклатура", "назва", "найменування", "denumire", "produs", "nume produs", "nama", "produk", "nama produk", "nama barang"),
        new("group", false, "group", "series", "category", "product group", "group path", "группа", "категория", "группа товаров", "серия", "група", "категорія", "група товарів", "grupa", "categorie", "serie", "grup", "kategori", "grup produk"),
        new("kind", false, "kind", "type", "вид", "тип", "тип товара", "тип товару", "tip", "fel", "jenis", "tipe"),
        new("unit", false, "unit", "uom", "unit of measure", "measure", "единица", "ед изм", "единица измерения", "одиниця", "од вим", "одиниця виміру", "unitate", "um", "unitate de masura", "satuan"),
        new("vat-rate", false, "vat", "vat rate", "vat %", "tax rate", "ндс", "ставка ндс", "пдв", "ставка пдв", "tva", "cota tva", "ppn", "tarif ppn"),
        new("cost", false, "cost", "unit cost", "cost price", "purchase price", "себестоимость", "закупочная цена", "собівартість", "закупівельна ціна", "cost", "pret de cost", "pret de achizitie", "biaya", "harga pokok", "harga beli"),
        new("cost-currency", false, "cost currency", "валюта себестоимости", "валюта собівартості", "moneda costului", "mata uang biaya"),
        new("description", false, "description", "details", "описание", "опис", "descriere", "deskripsi", "keterangan"),
        new("price", false, "price", "sales price", "list price", "unit price", "цена", "цена продажи", "ціна", "ціна продажу", "pret", "pret de vanzare", "harga", "harga jual"),
        new("price-list", false, "price list", "прайс лист", "прайс", "lista de preturi", "lista", "daftar harga"),
        new("currency", false, "currency", "валюта", "moneda", "valuta", "mata uang"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) => new Pass(run, await KnownCatalogue.ReadAsync(connection, ct), time);

    private sealed record Row(
        string Code, string Name, string[] Groups, ProductKind? Kind, string? Unit, decimal? VatRate, decimal? Cost, string? CostCurrency, string? Description, decimal? Price, string? List, string? Currency);

    private sealed class Pass(ImportRun run, KnownCatalogue known, TimeProvider time) : IImportPass
    {
        private readonly Dictionary<string, int> lines = [];
        private readonly NamedLists opened = new(known.Currency, run.CreateMissing);

        public void Check(ImportRow row)
        {
            if (Read(row) is not { } read || row.Refusal is not null) return;
            if (!lines.TryAdd(read.Code, row.Line))
            {
                row.Refuse("code-twice", lines[read.Code].ToString(System.Globalization.CultureInfo.InvariantCulture));
                return;
            }
            row.Document = read.Code;
            var there = known.ByCode.GetValueOrDefault(read.Code);
            var group = Group(read.Groups);
            if (read.Groups.Length > 0 && group is null && !run.CreateMissing) row.Refuse("group-unknown", string.Join(' ', read.Groups));
            if (read.Groups.Length > 0 && group is null && run.CreateMissing) row.Note("group-new");
            if (read.Price is not null && (read.List ?? run.Source) is var list)
            {
                if (!known.Lists.TryGetValue(list, out var held)) opened.Name(row, list, read.Currency);
                else if (read.Currency is { } currency && held.Currency != currency) row.Refuse("list-currency", held.Currency);
            }
            if (there is null || row.Refusal is not null) return;
            var same = there.Name == read.Name && (read.Groups.Length == 0 || group is { } at && at == there.Group) && (read.Kind is not { } kind || kind.ToString() == there.Kind) && (read.Unit is null || read.Unit == there.Unit)
                && (read.VatRate is null || read.VatRate == there.VatRate) && (read.Cost is null || read.Cost == there.Cost && Currency(read) == there.Currency) && (read.Description is null || read.Description == there.Description) && !there.Archived;
            // a price is compared where it is written
            row.Note(!same || read.Price is not null ? "product-changed" : "unchanged");
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var read = rows.Select(row => Read(row)!).ToList();
            var now = time.GetUtcNow();
            await EnsureGroupsAsync(db, read, ct);
            var settings = await PricingSettingsStore.ReadAsync(db, ct);
            var codes = read.ConvertAll(r => r.Code);
            var there = await db.Set<Product>().Where(p => codes.Contains(p.Code)).ToDictionaryAsync(p => p.Code, ct);
            var touched = new HashSet<string>();
            List<Product> fresh = [];
            foreach (var row in read)
                if (there.TryGetValue(row.Code, out var product))
                {
                    product.Describe(Over(product, row));
                    product.Restore();
                    if (db.Entry(product).State == EntityState.Modified) touched.Add(row.Code);
                }
                else
                {
                    fresh.Add(product = new Product(ProductId.New(), New(row, settings)));
                    there[row.Code] = product;
                    touched.Add(row.Code);
                }
            await db.SaveChangesAsync(ct);
            await db.InsertAsync(fresh, now, ct);
            var priced = (await ImportedLists.WriteAsync(db, [.. read.Where(r => r.Price is not null).Select(r => Priced(r, there[r.Code]))], known.Currency, now, ct)).ToHashSet();
            return read.Count(r => touched.Contains(r.Code) || priced.Contains(there[r.Code].Id));
        }

        private ImportedPrice Priced(Row row, Product product) => new(row.List ?? run.Source, row.Currency, product.Id, "", 0, row.Price!.Value);

        private ProductDetails New(Row row, PricingSettings settings) =>
            new(row.Code, row.Name, Id(row), row.Kind ?? ProductKind.Goods, row.Unit ?? "pcs", row.VatRate ?? settings.VatRate, row.Cost is { } cost ? new(cost, Currency(row)) : null, null, row.Description);

        private ProductDetails Over(Product p, Row row) =>
            new(p.Code, row.Name, row.Groups.Length > 0 ? Id(row) : p.Group, row.Kind ?? p.Kind, row.Unit ?? p.Unit, row.VatRate ?? p.VatRate,
                row.Cost is { } cost ? new(cost, Currency(row)) : p.Cost is { } was ? new(was, p.CostCurrency!) : null, p.MarginFloor, row.Description ?? p.Description) { Units = p.Units, Characteristics = p.Characteristics };

        private string Currency(Row row) => row.CostCurrency ?? row.Currency ?? known.Currency;

        private ProductGroupId? Id(Row row) => Group(row.Groups) is { } id ? new(id) : null;

        private Guid? Group(string[] path)
        {
            var at = Guid.Empty;
            foreach (var name in path)
                if (!known.Groups.TryGetValue((at, name.ToLowerInvariant()), out at)) return null;
            return path.Length == 0 ? null : at;
        }

        private async Task EnsureGroupsAsync(PortalDb db, IEnumerable<Row> rows, CancellationToken ct)
        {
            foreach (var path in rows.Select(r => r.Groups).Where(path => path.Length > 0 && Group(path) is null).ToList())
            {
                var at = Guid.Empty;
                foreach (var name in path)
                {
                    if (!known.Groups.TryGetValue((at, name.ToLowerInvariant()), out var next))
                    {
                        var group = new ProductGroup(ProductGroupId.New(), name, at == Guid.Empty ? null : new(at), null);
                        db.Add(group);
                        known.Groups[(at, name.ToLowerInvariant())] = next = group.Id.Value;
                    }
                    at = next;
                }
            }
            await db.SaveChangesAsync(ct);
        }

        private static Row? Read(ImportRow row)
        {
            var name = row.OneLine("name", 200);
            var code = row.OneLine("code", 60) ?? name;
            if (name is null) row.Refuse("missing", "name");
            if (code?.Length > 60) row.Refuse("too-long", "code", "60");
            var path = row.OneLine("group", 600)?.Split([PathSeparator, "/", ">", "\\"], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
            if (path.Length > ProductGroup.MostSteps || path.Any(step => step.Length > 120)) row.Refuse("group-unknown", string.Join(' ', path));
            var read = name is null || code is null ? null : new Row(code, name, path, Kind(row), row.OneLine("unit", 20), row.Amount("vat-rate", 0, 100), row.Amount("cost", 0, PriceNumbers.MostPrice),
                PricesImport.CurrencyOf(row, "cost-currency"), row.Text("description", 4000), row.Amount("price", 0, PriceNumbers.MostPrice), row.OneLine("price-list", 120), PricesImport.CurrencyOf(row, "currency"));
            return row.Refusal is null ? read : null;
        }

        private static ProductKind? Kind(ImportRow row)
        {
            if (row.OneLine("kind", 40) is not { } text) return null;
            switch (text.ToLowerInvariant())
            {
                case "goods" or "good" or "product" or "item" or "товар" or "marfa" or "marfă" or "barang": return ProductKind.Goods;
                case "service" or "services" or "услуга" or "послуга" or "serviciu" or "jasa": return ProductKind.Service;
                case "kit" or "set" or "bundle" or "комплект" or "набор" or "набір" or "paket": return ProductKind.Kit;
                default:
                    row.Refuse("product-kind-unknown", text);
                    return null;
            }
        }
    }
}
