using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Pricing.Intake;

/// <summary>
/// Prices of products that are in the catalogue, by code or by a name that only one has. A row goes into the list it names, else into one named after the source;
/// a price that stands there already is changed, and one that is the same stays.
/// </summary>
public sealed class PricesImport(TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "prices";

    /// <inheritdoc/>
    public string Permission => Permissions.PricingManage;

    /// <inheritdoc/>
    public bool HasOwnKey => true;

    /// <inheritdoc/>
    public string IsKnown => "'unchanged' = any(coalesce(s.notes, '{}'))";

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("product", true, "code", "product code", "sku", "article", "article number", "item code", "product", "product name", "name", "артикул", "код", "код товара", "товар", "номенклатура", "наименование", "код товару", "найменування", "назва",
            "cod", "cod produs", "cod articol", "produs", "denumire", "kode", "kode produk", "produk", "nama produk"),
        new("price", true, "price", "sales price", "list price", "unit price", "цена", "цена продажи", "ціна", "ціна продажу", "pret", "pret de vanzare", "harga", "harga jual"),
        new("price-list", false, "price list", "list", "прайс лист", "прайс", "lista de preturi", "lista", "daftar harga", "daftar"),
        new("unit", false, "unit", "uom", "единица", "ед изм", "одиниця", "од вим", "unitate", "um", "satuan"),
        new("from-quantity", false, "from quantity", "min quantity", "minimum quantity", "quantity", "qty", "от количества", "мин количество", "количество", "від кількості", "мін кількість", "кількість", "de la cantitatea", "cantitate minima", "cantitate", "mulai jumlah", "jumlah minimum", "jumlah"),
        new("currency", false, "currency", "валюта", "moneda", "valuta", "mata uang"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        var known = await KnownCatalogue.ReadAsync(connection, ct);
        var prices = new Dictionary<(Guid List, Guid Product, string Unit, decimal From), decimal>();
        await using var command = new NpgsqlCommand("select list, product, unit, from_quantity, price from pricing.list_price", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) prices[(rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2), rows.GetDecimal(3))] = rows.GetDecimal(4);
        return new Pass(run, known, prices, time);
    }

    /// <summary>A code of ISO 4217 in capitals; refuses the row for something else.</summary>
    internal static string? CurrencyOf(ImportRow row, string column)
    {
        if (row.OneLine(column, 20) is not { } text) return null;
        if (text.ToUpperInvariant() is { Length: 3 } code && code.All(char.IsAsciiLetterUpper)) return code;
        row.Refuse("currency-unknown", column, text);
        return null;
    }

    private sealed class Pass(ImportRun run, KnownCatalogue known, Dictionary<(Guid List, Guid Product, string Unit, decimal From), decimal> prices, TimeProvider time) : IImportPass
    {
        private readonly Dictionary<(string List, ProductId Product, string Unit, decimal From), int> lines = [];
        private readonly NamedLists opened = new(known.Currency, run.CreateMissing);

        public void Check(ImportRow row)
        {
            if (Read(row) is not { } price) return;
            var key = (price.List.ToLowerInvariant(), price.Product, price.Unit, price.FromQuantity);
            if (!lines.TryAdd(key, row.Line))
            {
                row.Refuse("price-twice", lines[key].ToString(System.Globalization.CultureInfo.InvariantCulture));
                return;
            }
            row.Document = $"{price.Product.Value:n} {price.Unit} {price.FromQuantity:0.######} {price.List}";
            if (!known.Lists.TryGetValue(price.List, out var list))
            {
                opened.Name(row, price.List, price.Currency);
                return;
            }
            if (price.Currency is { } currency && currency != list.Currency) row.Refuse("list-currency", list.Currency);
            else if (prices.TryGetValue((list.Id, price.Product.Value, price.Unit, price.FromQuantity), out var there)) row.Note(there == PriceNumbers.Unit(price.Price) ? "unchanged" : "price-changed");
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct) =>
            (await ImportedLists.WriteAsync(db, [.. rows.Select(Read).OfType<ImportedPrice>()], known.Currency, time.GetUtcNow(), ct)).Count;

        private ImportedPrice? Read(ImportRow row)
        {
            var name = row.OneLine("product", 200);
            if (name is null) row.Refuse("missing", "product");
            var amount = row.Amount("price", 0, PriceNumbers.MostPrice);
            if (amount is null) row.Refuse("missing", "price");
            var from = row.Amount("from-quantity", 0, PriceNumbers.MostQuantity) ?? 0;
            var (list, unit, currency) = (row.OneLine("price-list", 120) ?? run.Source, row.OneLine("unit", 20) ?? "", CurrencyOf(row, "currency"));
            if (row.Refusal is not null || name is null || amount is not { } price) return null;
            var product = known.Find(name);
            if (product is null)
            {
                row.Refuse("product-unknown", name);
                return null;
            }
            if (unit == product.Unit) unit = "";
            if (unit.Length == 0 || product.Units.Contains(unit)) return new(list, currency, product.Id, unit, PriceNumbers.Unit(from), price);
            row.Refuse("unit-unknown", unit);
            return null;
        }
    }
}
