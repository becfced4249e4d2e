using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Sold;

/// <summary>
/// The one place in which our own documents enter what was sold, in the transaction of who posts them. Goods count when they go out; services and the delivery of an order when the last of its goods have gone; what comes back counts against them on its own day;
/// what a document sold is struck when the document is cancelled.
/// </summary>
internal static class SoldEntry
{
    /// <summary>Enters what went out with a posted shipment.</summary>
    /// <param name="orders">its orders, which have followed</param>
    /// <exception cref="RuleBrokenException"><c>orders.currency-without-rate</c></exception>
    public static async Task EnterAsync(PortalDb db, Shipment shipment, IReadOnlyList<SalesOrder> orders, DateTimeOffset now, CancellationToken ct)
    {
        var own = await db.CompanyCurrencyAsync(ct);
        var rates = (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(own, own);
        var moved = await MovedAsync(db, [.. shipment.Lines.SelectMany(l => l.Movements)], ct);
        var branch = await db.Set<Warehouse>().Where(w => w.Id == shipment.Warehouse).Select(w => w.Branch).FirstAsync(ct);
        List<(SoldLine Line, IReadOnlyList<long> Movements)> sold = [];
        foreach (var order in orders)
        {
            var rate = rates.TryGetValue(order.Currency, out var known) ? known : throw new RuleBrokenException("orders.currency-without-rate", order.Currency);
            var (source, region, digits) = (await SourceAsync(db, order, ct), await RegionAsync(db, shipment.Place, order.Partner, ct), LineSums.MinorDigits(order.Currency));
            foreach (var line in shipment.Lines.Where(l => l.Order == order.Id))
            {
                var (item, agreed) = (order.Items.First(i => i.Line == line.OrderLine), order.Content.Lines.First(l => l.Id == line.OrderLine));
                var revenue = SoldShare.Of(agreed.Sums(order.Content.Discount, order.Currency).Net, item.Quantity, item.Shipped - line.Quantity, line.Quantity, digits);
                var cost = line.Movements.Count > 0 ? line.Movements.Sum(m => moved[m].Cost) : line.Quantity * Cost(agreed) * rate;
                Add(agreed, line.Quantity * item.Factor, revenue * rate, cost, line.Movements);
            }
            if (order.State != OrderState.Shipped) continue;
            // what is not shipped is done with the last of the goods
            var entered = await db.Set<SaleLine>().Where(l => l.SalesOrder == order.Id).Select(l => l.OrderLine).Distinct().ToListAsync(ct);
            foreach (var line in order.Content.Lines.Where(l => l.IsSold && l.Quantity != 0 && order.Items.All(i => i.Line != l.Id) && !entered.Contains(l.Id)))
                Add(line, line.Quantity, line.Sums(order.Content.Discount, order.Currency).Net * rate, line.Quantity * Cost(line) * rate, []);

            void Add(OfferLine line, decimal quantity, decimal revenue, decimal? cost, IReadOnlyList<long> movements) =>
                sold.Add((new(shipment.Number!.ToString()!, sold.Count + 1, shipment.Day, order.Partner, line.Product, order.Manager, order.Branch ?? branch, region, PriceNumbers.Unit(quantity), revenue, cost)
                {
                    Source = source, Name = line.Product is null ? line.Name : null, Origin = new(ObjectKind.Shipment, shipment.Id.Value), Order = order.Id, OrderLine = line.Id,
                }, movements));
        }
        await WriteAsync(db, shipment.Company, sold, now, ct);

        static decimal? Cost(OfferLine line) => line.Cost ?? line.CostOfParts;
    }

    /// <summary>Enters what a client brought back with a posted return, as far as we know what it was sold with; of a kit each part counts by what it cost.</summary>
    public static async Task EnterReturnAsync(PortalDb db, StockDocument document, DateTimeOffset now, CancellationToken ct)
    {
        var sources = document.Lines.Where(l => l.Movement is not null).Select(l => l.Source).OfType<long>().ToArray();
        if (sources.Length == 0) return;
        var parts = await db.Database.SqlQuery<SoldPart>($"""
            select m.sequence as movement, s.line, -m.quantity as quantity, case sum(m.value) over w when 0 then 1.0 / count(*) over w else m.value / sum(m.value) over w end as share
            from sales.sale_movement s join stock.movement m on m.sequence = s.movement
            where s.line in (select line from sales.sale_movement where movement = any({sources})) window w as (partition by s.line)
            """).ToDictionaryAsync(p => p.Movement, ct);
        if (parts.Count == 0) return;
        var of = parts.Values.Select(p => p.Line).Distinct().ToList();
        var sold = await db.Set<SaleLine>().AsNoTracking().Where(l => of.Contains(l.Id)).ToDictionaryAsync(l => l.Id, ct);
        var back = await MovedAsync(db, [.. document.Lines.Select(l => l.Movement).OfType<long>()], ct);
        List<(SoldLine Line, IReadOnlyList<long> Movements)> lines = [];
        foreach (var line in document.Lines)
        {
            if (line is not { Source: { } source, Movement: { } movement } || !parts.TryGetValue(source, out var part) || part.Quantity == 0) continue;
            var (was, share) = (sold[part.Line], part.Share * back[movement].Quantity / part.Quantity);
            lines.Add((new(document.Number!.ToString()!, lines.Count + 1, document.Day, was.Partner, was.Product, was.Manager, was.Branch, was.Region, -PriceNumbers.Unit(was.Quantity * share), -was.Revenue * share, back[movement].Cost)
            {
                Source = was.Source, Name = was.Name, Origin = new(ObjectKind.StockDocument, document.Id.Value), Order = was.SalesOrder, OrderLine = was.OrderLine,
            }, [movement]));
        }
        await WriteAsync(db, document.Company, lines, now, ct);
    }

    /// <summary>Enters what a client refused at his door and no warehouse keeps: what was made for him.</summary>
    public static async Task EnterRefusalAsync(PortalDb db, Shipment shipment, IReadOnlyCollection<RefusedLine> refused, DateOnly day, DateTimeOffset now, CancellationToken ct)
    {
        var kept = refused.Where(r => shipment.Lines.First(l => (l.Order, l.OrderLine) == (r.Order, r.OrderLine)).Movements.Count == 0).ToList();
        if (kept.Count == 0) return;
        var sold = await db.Set<SaleLine>().AsNoTracking().Where(l => l.OriginId == shipment.Id.Value && l.Quantity > 0).ToListAsync(ct);
        List<(SoldLine, IReadOnlyList<long>)> lines = [];
        foreach (var line in kept)
        {
            if (sold.Find(l => l.SalesOrder == line.Order && l.OrderLine == line.OrderLine) is not { } was) continue;
            var share = line.Quantity / was.Quantity;
            lines.Add((new(was.Document, sold.Count + lines.Count + 1, day, was.Partner, was.Product, was.Manager, was.Branch, was.Region, -line.Quantity, -was.Revenue * share, -was.Cost * share)
            {
                Source = was.Source, Name = was.Name, Origin = new(ObjectKind.Shipment, shipment.Id.Value), Order = was.SalesOrder, OrderLine = was.OrderLine,
            }, []));
        }
        await WriteAsync(db, shipment.Company, lines, now, ct);
    }

    /// <summary>Strikes what a document sold, or took back: it has not happened after all.</summary>
    public static Task StrikeAsync(PortalDb db, ObjectRef origin, CancellationToken ct) => db.Set<SaleLine>().Where(l => l.OriginId == origin.Id && l.OriginKind == origin.Kind).ExecuteDeleteAsync(ct);

    private sealed record SoldPart(long Movement, long Line, decimal Quantity, decimal Share);

    private static async Task WriteAsync(PortalDb db, CompanyId company, List<(SoldLine Line, IReadOnlyList<long> Movements)> sold, DateTimeOffset now, CancellationToken ct)
    {
        if (sold.Count == 0) return;
        var digits = LineSums.MinorDigits(await db.CompanyCurrencyAsync(ct));
        await db.InsertAsync(sold.Select(s => new SaleLine(company, s.Line, digits)), now, ct);
        var moved = sold.SelectMany(s => s.Movements.Select(m => (s.Line.Line, Movement: m))).ToList();
        if (moved.Count == 0) return;
        var (origin, lines, movements) = (sold[0].Line.Origin!.Value.Id, moved.Select(m => m.Line).ToArray(), moved.Select(m => m.Movement).ToArray());
        await db.Database.ExecuteSqlAsync($"insert into sales.sale_movement (movement, line) select m.movement, l.id from unnest({movements}, {lines}) m (movement, line) join sales.sale_line l on l.origin_id = {origin} and l.line = m.line", ct);
    }

    // how many moved, and what that is of the cost of goods sold: of an issue what it cost, of a return less than nothing
    private static async Task<Dictionary<long, (decimal Quantity, decimal Cost)>> MovedAsync(PortalDb db, long[] movements, CancellationToken ct) =>
        movements.Length == 0 ? [] : await db.Database.SqlQuery<Moved>($"select sequence as movement, abs(quantity) as quantity, difference - value as cost from stock.movement where sequence = any({movements})").ToDictionaryAsync(m => m.Movement, m => (m.Quantity, m.Cost), ct);

    private sealed record Moved(long Movement, decimal Quantity, decimal Cost);

    // of several contacts the first brought the client to us
    private static async Task<LeadSourceId?> SourceAsync(PortalDb db, SalesOrder order, CancellationToken ct) =>
        await db.Set<Deal>().Where(d => d.Id == order.Deal).Select(d => d.Source).FirstOrDefaultAsync(ct)
        ?? await db.Set<Deal>().Where(d => d.Partner == order.Partner && d.Source != null).OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).Select(d => d.Source).FirstOrDefaultAsync(ct);

    // where the goods went, or where the client sits
    private static async Task<string?> RegionAsync(PortalDb db, PlaceId? to, PartnerId? partner, CancellationToken ct)
    {
        var places = await db.Set<Place>().AsNoTracking().Where(p => p.Id == to || to == null && p.Partner == partner && !p.Archived).OrderBy(p => p.Name).Take(20).ToListAsync(ct);
        var at = places.OrderByDescending(p => p.Purposes.HasFlag(PlacePurposes.Legal)).FirstOrDefault()?.Parts;
        return at?.Region ?? at?.Town ?? at?.Country;
    }
}
