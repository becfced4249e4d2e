using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Pricing.Intake;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>
/// Orders from a client's or another program's file: the rows of one number become one draft, whole or not at all, with the prices of the file or of the lists. Who answers for it looks at it and places it.
/// </summary>
public sealed class OrdersImport(PriceQuery prices, TimeProvider time) : IImportKind
{
    /// <inheritdoc/>
    public string Code => "orders";

    /// <inheritdoc/>
    public string Permission => Permissions.OrdersManage;

    /// <inheritdoc/>
    public bool CreatesMissing => false;

    /// <inheritdoc/>
    public IReadOnlyList<ImportColumn> Columns { get; } =
    [
        new("number", true, "order", "order number", "order no", "purchase order", "po number", "заказ", "номер заказа", "замовлення", "номер замовлення", "comanda", "numar comanda", "pesanan", "nomor pesanan"),
        new("client", true, "client", "customer", "buyer", "company", "клиент", "покупатель", "контрагент", "клієнт", "покупець", "cumparator", "pelanggan", "klien", "pembeli"),
        new("product", true, "product", "product code", "code", "sku", "article", "item", "item code", "товар", "код", "артикул", "код товара", "номенклатура", "код товару", "produs", "cod", "cod produs", "produk", "kode", "kode produk"),
        new("quantity", true, "quantity", "qty", "ordered", "количество", "кол во", "кількість", "cantitate", "jumlah"),
        new("unit", false, "unit", "uom", "единица", "ед изм", "одиниця", "од вим", "unitate", "um", "satuan"),
        new("price", false, "price", "unit price", "цена", "ціна", "pret", "pret unitar", "harga", "harga satuan"),
        new("discount", false, "discount", "discount percent", "скидка", "знижка", "reducere", "diskon"),
        new("wanted", false, "wanted", "wanted on", "delivery date", "requested date", "due date", "срок", "дата поставки", "дата доставки", "строк", "data livrarii", "termen", "tanggal kirim", "tanggal pengiriman"),
        new("note", false, "note", "comment", "remark", "примечание", "комментарий", "примітка", "коментар", "nota", "observatii", "catatan"),
    ];

    /// <inheritdoc/>
    public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) => new Pass(run, await KnownCatalogue.ReadAsync(connection, ct), prices, time);

    private sealed record Row(PartnerId Client, KnownProduct Product, decimal Quantity, string Unit, decimal? Price, decimal Discount, DateOnly? Wanted, string? Note);

    private sealed class Pass(ImportRun run, KnownCatalogue known, PriceQuery prices, TimeProvider time) : IImportPass
    {
        private const int MostOfName = 200;
        private readonly Dictionary<string, PartnerId> owners = [];
        private Dictionary<string, PartnerId> clients = [];

        public async Task KnowAsync(IReadOnlyList<ImportRow> rows, NpgsqlConnection connection, CancellationToken ct) =>
            clients = await PartnerNames.FindAsync(connection, rows.Select(row => row.Text("client", MostOfName)).OfType<string>(), run.Bringer, ct);

        public void Check(ImportRow row)
        {
            row.Document = row.RequiredText("number", 100);
            if (Read(row) is not { } read || row.Document is not { } number) return;
            if (owners.TryAdd(number, read.Client) || owners[number] == read.Client) return;
            row.Refuse("order-of-two-clients", number);
        }

        public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
        {
            var (author, now) = (run.Importer, time.GetUtcNow());
            var (company, today) = (await db.Set<Company>().OrderBy(c => c.Id).FirstAsync(ct), (await db.CompanyZoneAsync(ct)).DayOf(now));
            Guid? manager = await db.Set<PortalUser>().AnyAsync(u => u.Id == run.ByUser, ct) ? run.ByUser : null;
            BranchId? branch = run.Scope != ActorScope.All && run.Branch is { } own ? new(own) : null;
            var warehouse = await OrderHeads.WarehouseAsync(db, author, ct);
            foreach (var document in rows.GroupBy(row => row.Document!))
            {
                var read = document.Select(row => Read(row)!).ToList();
                var head = await OrderHeads.ForAsync(db, new(Warehouse: warehouse, WantedOn: read.Max(r => r.Wanted), Reference: document.Key, Note: read.Select(r => r.Note).FirstOrDefault(n => n is not null)), read[0].Client, today, author, ct);
                var lines = read.ConvertAll(r => (Line: new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, r.Product.Name) { Product = r.Product.Id, Code = r.Product.Code, Unit = r.Unit, Quantity = r.Quantity, VatRate = r.Product.VatRate, Asked = r.Price, Discount = r.Discount }, r.Wanted));
                var content = await OrderWork.PricedAsync(db, prices, new(company.Currency, Languages.All[0].Code, today) { Lines = lines.ConvertAll(l => l.Line), Payments = await OrderHeads.PaymentsAsync(db, head.Agreement, ct) }, head.Partner, ct);
                db.Add(new SalesOrder(SalesOrderId.New(), company.Id, new(null, null, manager, branch), head, content, [.. lines.Where(l => l.Wanted != head.WantedOn).Select(l => new OrderDelivery(l.Line.Id, WantedOn: l.Wanted))], await OrderWork.GoodsAsync(db, content.Lines, ct), author, now));
            }
            await db.SaveChangesAsync(ct);
            return rows.Count;
        }

        private Row? Read(ImportRow row)
        {
            var (client, name) = (row.RequiredText("client", MostOfName), row.OneLine("product", 200));
            if (name is null) row.Refuse("missing", "product");
            var quantity = row.Amount("quantity", 0.000001m, PriceNumbers.MostQuantity);
            if (quantity is null) row.Refuse("missing", "quantity");
            var (price, discount, unit, note) = (row.Amount("price", 0, PriceNumbers.MostPrice), row.Amount("discount", 0, 100), row.OneLine("unit", 20), row.Text("note", 1000));
            var wanted = row.Day("wanted", 2000);
            if (row.Refusal is not null || client is null || name is null || quantity is not { } many) return null;
            if (!clients.TryGetValue(client, out var partner)) row.Refuse("client-unknown", client);
            else if (known.Find(name) is not { Archived: false } product) row.Refuse("product-unknown", name);
            else if (!product.IsSoldIn(unit)) row.Refuse("unit-unknown", unit!);
            else return new(partner, product, many, unit ?? product.Unit, price, discount ?? 0, wanted, note);
            return null;
        }
    }
}
