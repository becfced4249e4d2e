using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Sold;

namespace Portal.Infrastructure.Stock;

/// <summary>The one place in which a document of stock is posted, and in which it is cancelled, in the transaction of who does so.</summary>
internal static class StockDocumentPosting
{
    /// <summary>Moves the goods of a draft and gives it its number.</summary>
    /// <param name="owner">for whom goods go out, such as an order: what is set aside for that one may be taken</param>
    /// <exception cref="RuleBrokenException">
    /// <c>stock.unit-unknown</c>, <c>stock.no-price</c>, <c>pricing.sum-too-large</c>, what <see cref="StockDocument.RequirePostable"/> and <see cref="StockPosting.PostAsync"/> refuse
    /// </exception>
    public static async Task PostAsync(this PortalDb db, StockDocument document, Actor actor, DateTimeOffset now, CancellationToken ct, ObjectRef? owner = null)
    {
        var local = TimeZoneInfo.ConvertTime(now, await db.CompanyZoneAsync(ct));
        var today = DateOnly.FromDateTime(local.DateTime);
        document.RequirePostable(today, TimeOnly.FromDateTime(local.DateTime));
        var moved = document.Kind == StockDocumentKind.StockTaking ? await CountedAsync(db, document, ct) : await MovedAsync(db, document, ct);
        var posted = await db.PostAsync(new StockEntry(new(ObjectKind.StockDocument, document.Id.Value), document.Day, document.Time, [.. moved.SelectMany(m => m.Moves)], owner), now, ct);
        List<StockDocumentLine> lines = [];
        var next = 0;
        foreach (var (line, moves) in moved)
        {
            lines.Add(line with { Movement = moves.Count > 0 ? posted[next].Sequence : null });
            next += moves.Count;
        }
        document.Post(lines, await db.TakeAsync(document.Company, document.Kind.Series(), today.Year, ct), actor, now);
        if (document.Kind == StockDocumentKind.CustomerReturn) await SoldEntry.EnterReturnAsync(db, document, now, ct);
        await SoldCosts.FollowAsync(db, new(ObjectKind.StockDocument, document.Id.Value), document.Number, ct);
        await SettleOriginAsync(db, document, ct);
    }

    /// <summary>Takes back what a posted document moved.</summary>
    /// <exception cref="RuleBrokenException">what <see cref="StockDocument.Cancel"/> and <see cref="StockPosting.TakeBackAsync"/> refuse</exception>
    public static async Task CancelAsync(this PortalDb db, StockDocument document, string? reason, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        document.Cancel(reason, actor, now);
        await db.TakeBackAsync(new(ObjectKind.StockDocument, document.Id.Value), document.Day, now, ct);
        await SoldEntry.StrikeAsync(db, new(ObjectKind.StockDocument, document.Id.Value), ct);
        await SoldCosts.FollowAsync(db, new(ObjectKind.StockDocument, document.Id.Value), document.Number, ct);
        await SettleOriginAsync(db, document, ct);
    }

    /// <summary>The lines, each with what it moves.</summary>
    private static async Task<List<(StockDocumentLine Line, IReadOnlyList<StockLine> Moves)>> MovedAsync(PortalDb db, StockDocument document, CancellationToken ct)
    {
        var (goods, currency) = (await GoodsAsync(db, document, ct), await db.CompanyCurrencyAsync(ct));
        List<(StockDocumentLine, IReadOnlyList<StockLine>)> moved = [];
        var count = 0;
        foreach (var line in document.Lines)
        {
            var product = goods[line.Product];
            var factor = product.Factor(line.Unit);
            var known = line with { Price = document.Kind == StockDocumentKind.Receipt ? line.Price ?? product.CostIn(currency, factor) ?? throw new RuleBrokenException("stock.no-price", product.Name) : null };
            var move = new StockLine(document.Warehouse, line.Product, Moving(document.Kind), PriceNumbers.Unit(line.Quantity * factor), known.Price is { } price ? LineSums.Of(line.Quantity, price, 0, currency).Net : null, line.Source);
            StockLine[] moves = document is { AtOnce: true, Target: { } target } ? [move, new(target, line.Product, MovementKind.TransferIn, move.Quantity, SourceLine: count)] : [move];
            moved.Add((known, moves));
            count += moves.Length;
        }
        return moved;
    }

    /// <summary>What was counted against what the books said at that moment; lines of one product are counted together.</summary>
    private static async Task<List<(StockDocumentLine Line, IReadOnlyList<StockLine> Moves)>> CountedAsync(PortalDb db, StockDocument document, CancellationToken ct)
    {
        var (goods, currency) = (await GoodsAsync(db, document, ct), await db.CompanyCurrencyAsync(ct));
        var books = await StockBooks.TakeAsync(db, [.. document.Lines.Select(l => (document.Warehouse, l.Product))], ct);
        var cards = books.Cards.Where(c => c.Warehouse == document.Warehouse).ToDictionary(c => c.Product, c => c.Id);
        var booked = await books.QuantitiesAsync([.. cards.Values], document.Day, document.Time, ct);
        var counted = document.Lines.GroupBy(l => l.Product).ToDictionary(g => g.Key, g => (First: g.First(), Quantity: g.Sum(l => PriceNumbers.Unit(l.Quantity * goods[l.Product].Factor(l.Unit)))));
        List<(StockDocumentLine, IReadOnlyList<StockLine>)> moved = [];
        foreach (var line in document.Lines)
        {
            var (there, (first, quantity)) = (booked[cards[line.Product]], counted[line.Product]);
            var more = quantity - there;
            StockLine[] moves = more == 0 || !ReferenceEquals(line, first) ? []
                : more < 0 ? [new(document.Warehouse, line.Product, MovementKind.Shortage, -more)]
                : [new(document.Warehouse, line.Product, MovementKind.Surplus, more, line.Price is { } price ? LineSums.Of(more, price / goods[line.Product].Factor(line.Unit), 0, currency).Net : null)];
            moved.Add((line with { Booked = there }, moves));
        }
        return moved;
    }

    private static MovementKind Moving(StockDocumentKind kind) => kind switch
    {
        StockDocumentKind.Receipt => MovementKind.Receipt,
        StockDocumentKind.Issue => MovementKind.Issue,
        StockDocumentKind.Transfer => MovementKind.TransferOut,
        StockDocumentKind.Arrival => MovementKind.TransferIn,
        StockDocumentKind.CustomerReturn => MovementKind.CustomerReturn,
        StockDocumentKind.SupplierReturn => MovementKind.SupplierReturn,
        StockDocumentKind.WriteOff => MovementKind.WriteOff,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static async Task<Dictionary<ProductId, Goods>> GoodsAsync(PortalDb db, StockDocument document, CancellationToken ct)
    {
        var products = document.Lines.Select(l => l.Product).Distinct().ToList();
        var goods = await db.Set<Product>().Where(p => products.Contains(p.Id)).Select(p => new Goods(p.Id, p.Name, p.Unit, p.Units, p.Cost, p.CostCurrency)).ToDictionaryAsync(p => p.Id, ct);
        return goods.Count == products.Count ? goods : throw new RuleBrokenException("pricing.product-unknown");
    }

    // a transfer is on the way as long as something of it has not arrived
    private static async Task SettleOriginAsync(PortalDb db, StockDocument document, CancellationToken ct)
    {
        if (document is not { Kind: StockDocumentKind.Arrival, Origin: { } id }) return;
        await db.Database.ExecuteSqlAsync($"select from stock.stock_document where id = {id.Value} for update", ct);
        var origin = await db.Set<StockDocument>().FirstAsync(d => d.Id == id, ct);
        origin.Arrived(!await db.Database.SqlQuery<bool>($"""
            select exists (select from stock.movement m where m.document_id = {id.Value} and m.kind = 'TransferOut' and -m.quantity > coalesce((select sum(a.quantity) from stock.movement a where a.source = m.sequence), 0)) as "Value"
            """).SingleAsync(ct));
    }

    private sealed record Goods(ProductId Id, string Name, string Unit, IReadOnlyList<ProductUnit> Units, decimal? Cost, string? CostCurrency)
    {
        public decimal Factor(string unit) => unit == Unit ? 1 : Units.FirstOrDefault(u => u.Name == unit)?.Factor ?? throw new RuleBrokenException("stock.unit-unknown", Name, unit);

        public decimal? CostIn(string currency, decimal factor) => CostCurrency == currency ? Cost * factor : null;
    }
}
