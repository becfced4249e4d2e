using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Sold;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>The one place in which goods of orders leave and come back, in the transaction of who does so. Each order's goods go out by a stock document of their own, so that each takes only what is set aside for it.</summary>
internal static class ShipmentWork
{
    /// <summary>How links and audit know a shipment.</summary>
    public static ObjectRef Ref(this ShipmentId id) => new(ObjectKind.Shipment, id.Value);

    /// <summary>The shipment within the actor's reach, locked until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.unknown</c></exception>
    public static async Task<Shipment> TakeAsync(PortalDb db, ShipmentId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from sales.shipment where id = {id.Value} for update", ct);
        return await db.Set<Shipment>().Within(db, actor).FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("shipments.unknown");
    }

    /// <summary>What of an order can leave a warehouse for an address now: as many as are there of goods, all of what is made to order.</summary>
    public static async Task<IReadOnlyList<ShipmentLine>> LinesAsync(PortalDb db, SalesOrder order, WarehouseId warehouse, PlaceId? place, CancellationToken ct)
    {
        var going = order.Items.Where(i => i.Open > 0 && order.DeliveryOf(i) is var to && to.Warehouse == warehouse && to.Place == place).OrderBy(i => i.Place).ToList();
        var needs = (await OrderWork.NeedsAsync(db, order, ct)).Where(n => going.Exists(i => i.Line == n.Line)).ToList();
        var free = (await db.FreeAsync([.. needs.Select(n => n.Product).Distinct()], order.Id.Ref(), ct)).ToDictionary(card => ((WarehouseId?)card.Warehouse, card.Product), card => card.Free);
        var supply = OrderSupply.Of(needs, free, DateOnly.MinValue, null);
        return [.. going.Select(i => new ShipmentLine(order.Id, i.Line, i.Name, i.Product, i.Product is null ? i.Open : supply.GetValueOrDefault(i.Line)?.There ?? 0, i.Unit)).Where(l => l.Quantity > 0)];
    }

    /// <summary>Moves the goods, uses up what was set aside for their orders and lets the orders follow.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.other-client</c>, <c>shipments.stale</c>, what <see cref="Shipment.RequirePostable"/>, <see cref="SalesOrder.Ship"/> and the posting of stock refuse</exception>
    public static async Task PostAsync(PortalDb db, Shipment shipment, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var local = TimeZoneInfo.ConvertTime(now, await db.CompanyZoneAsync(ct));
        var today = DateOnly.FromDateTime(local.DateTime);
        shipment.RequirePostable(today);
        var moved = new Dictionary<(SalesOrderId, Guid), List<long>>();
        var orders = await OrdersAsync(db, shipment, ct);
        foreach (var order in orders)
        {
            if (order.Partner != shipment.Partner) throw new RuleBrokenException("shipments.other-client");
            var lines = shipment.Lines.Where(l => l.Order == order.Id).ToList();
            if (order.IsOpen && lines.Find(l => !shipment.Fits(l, order)) is { } stale) throw new RuleBrokenException("shipments.stale", stale.Name);
            foreach (var line in lines) order.Ship(line.OrderLine, line.Quantity);
            var goods = await GoodsAsync(db, order, lines, ct);
            if (goods.Count > 0)
            {
                var at = shipment.Day == today ? new TimeOnly(local.Hour, local.Minute) : new(23, 59);
                var issue = new StockDocument(StockDocumentId.New(), shipment.Company, StockDocumentKind.Issue, new(shipment.Day, at, shipment.Warehouse, Partner: shipment.Partner), [.. goods.Select(g => g.Line)], null, actor, now);
                db.Add(issue);
                db.Add(new DocumentLink(new(ObjectKind.StockDocument, issue.Id.Value), shipment.Id.Ref(), DocumentLinkKind.For, now));
                await db.PostAsync(issue, actor, now, ct, order.Id.Ref());
                foreach (var (line, (of, _)) in issue.Lines.Zip(goods))
                {
                    if (!moved.TryGetValue((order.Id, of), out var movements)) moved[(order.Id, of)] = movements = [];
                    movements.Add(line.Movement!.Value);
                }
            }
            await OrderWork.SaveAsync(db, order, ct);
            await OrderWork.FitReservesAsync(db, order, ct);
            OrderWork.Tell(db, order, "order.shipped", now, actor);
        }
        shipment.Post([.. shipment.Lines.Select(l => l with { Movements = moved.GetValueOrDefault((l.Order, l.OrderLine)) ?? [] })], await db.TakeAsync(shipment.Company, DocumentType.Shipment, today.Year, ct), actor, now);
        await SoldEntry.EnterAsync(db, shipment, orders, now, ct);
    }

    /// <summary>Brings the goods back and sets them aside for their orders again, as far as nobody else has them.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.trip-there</c>, <c>shipments.told</c>, what <see cref="Shipment.Cancel"/> and the cancelling of stock refuse</exception>
    public static async Task CancelAsync(PortalDb db, Shipment shipment, string? reason, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        await ShipmentDelivery.RequireNoTripAsync(db, shipment.Id, ct);
        shipment.Cancel(reason, actor, now);
        var orders = await OrdersAsync(db, shipment, ct);
        var issues = await db.Set<DocumentLink>().Where(l => l.ToId == shipment.Id.Value && l.FromKind == ObjectKind.StockDocument).OrderBy(l => l.FromId).Select(l => l.FromId).ToListAsync(ct);
        foreach (var id in issues)
        {
            await db.Database.ExecuteSqlAsync($"select from stock.stock_document where id = {id} for update", ct);
            await db.CancelAsync(await db.Set<StockDocument>().FirstAsync(d => d.Id == new StockDocumentId(id), ct), reason, actor, now, ct);
        }
        await SoldEntry.StrikeAsync(db, shipment.Id.Ref(), ct);
        var today = (await db.CompanyZoneAsync(ct)).DayOf(now);
        foreach (var order in orders)
        {
            var lines = shipment.Lines.Where(l => l.Order == order.Id).ToList();
            foreach (var line in lines) order.TakeBack(line.OrderLine, line.Quantity);
            await OrderWork.SaveAsync(db, order, ct);
            var kept = await db.Set<Reserve>().Where(r => r.OwnerId == order.Id.Value && r.OwnerKind == ObjectKind.Order).Select(r => new ReserveLine(r.Warehouse, r.Product, r.Quantity, r.NeededOn)).ToListAsync(ct);
            var wanted = order.Items.ToDictionary(i => i.Line, i => order.DeliveryOf(i).WantedOn);
            var back = (await GoodsAsync(db, order, lines, ct)).Select(g => new ReserveLine(shipment.Warehouse, g.Line.Product, g.Base, wanted[g.Of] ?? today));
            await db.ReserveFreeAsync(order.Id.Ref(), [.. kept, .. back], now, ct);
            OrderWork.Tell(db, order, "order.shipment-cancelled", now, actor);
        }
    }

    private sealed record Going(Guid Of, StockDocumentLine Line, decimal Base)
    {
        public void Deconstruct(out Guid of, out StockDocumentLine line) => (of, line) = (Of, Line);
    }

    // the orders in one order of locking, so that two shipments of the same orders do not wait for one another in a circle
    private static async Task<List<SalesOrder>> OrdersAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        List<SalesOrder> orders = [];
        foreach (var id in shipment.Orders.OrderBy(o => o.Value)) orders.Add(await OrderWork.TakeAsync(db, id, Actor.System("shipments"), ct));
        return orders;
    }

    /// <summary>What leaves the warehouse for lines: goods as they are, kits by their parts, nothing for what was made to order.</summary>
    private static async Task<IReadOnlyList<Going>> GoodsAsync(PortalDb db, SalesOrder order, IReadOnlyList<ShipmentLine> lines, CancellationToken ct)
    {
        var products = lines.Select(l => l.Product).OfType<ProductId>().Distinct().ToList();
        var kits = await KitParts.OfAsync(db, products, ct);
        var stocked = products.Concat(kits.Values.SelectMany(parts => parts).Select(p => p.Part)).Distinct().ToList();
        var units = await db.Set<Product>().Where(p => stocked.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Unit, ct);
        return [.. from line in lines
                   where line.Product is not null
                   let product = line.Product!.Value
                   let factor = order.Items.First(i => i.Line == line.OrderLine).Factor
                   let whole = PriceNumbers.Unit(line.Quantity * factor)
                   from going in kits.TryGetValue(product, out var parts)
                       ? parts.Select(p => new Going(line.OrderLine, new(Guid.CreateVersion7(), p.Part, PriceNumbers.Unit(whole * p.Quantity), units[p.Part]), PriceNumbers.Unit(whole * p.Quantity)))
                       : [new Going(line.OrderLine, new(Guid.CreateVersion7(), product, line.Quantity, line.Unit.Length == 0 ? units[product] : line.Unit), whole)]
                   select going];
    }
}
