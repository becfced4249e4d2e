using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>An item of an order as its page shows it.</summary>
/// <param name="Delivery">what the line says itself</param>
/// <param name="Reserved">set aside for it, in its unit</param>
/// <param name="Cost">what the goods that went out for it cost, in the company's currency; only for readers of cost</param>
/// <param name="Supply">what can be had of what is still to be shipped; null for what is made for the client, or where nothing is left to ship</param>
public sealed record OrderSheetItem(Guid Line, string Name, bool IsStocked, string Unit, decimal Quantity, decimal Shipped, decimal Reserved, OrderDelivery Delivery, LineSupply? Supply, decimal? Cost)
{
    /// <summary>What is left to ship.</summary>
    public decimal Open => Quantity - Shipped;
}

/// <summary>Something of a client, or of us, to choose from.</summary>
public sealed record OrderChoice(Guid Id, string Name);

/// <summary>What of its client an order may name.</summary>
public sealed record OrderChoices(IReadOnlyList<OrderChoice> Counterparties, IReadOnlyList<OrderChoice> Agreements, IReadOnlyList<OrderChoice> Contacts, IReadOnlyList<OrderChoice> Places, IReadOnlyList<OrderChoice> Warehouses);

/// <summary>An order as its page shows it. Names beyond the reader's reach are left out.</summary>
/// <param name="Approval">null where nobody has to approve of the draft's prices</param>
/// <param name="Offer">the offer it comes from, where the reader sees it</param>
/// <param name="Copy">the order it began as a copy of, where the reader sees it</param>
public sealed record OrderSheet(
    SalesOrderId Id, string? Number, OrderState State, OrderHead Head, string? Client, WrittenOffer Written, IReadOnlyList<OrderSheetItem> Items, OrderChoices Choices, OfferApproval? Approval,
    string? Manager, DealId? Deal, string? DealTitle, (OfferId Id, string Name)? Offer, (SalesOrderId Id, string Name)? Copy,
    string ByName, DateTimeOffset CreatedAt, DateOnly? PlacedOn, DateTimeOffset? PlacedAt, string? PlacedBy, DateTimeOffset? CancelledAt, string? CancelledBy, string? Reason, uint Version)
{
    /// <summary>True while something of it may still be shipped.</summary>
    public bool IsOpen => State is OrderState.Placed or OrderState.PartShipped;

    /// <summary>What may be written of it: where each line goes.</summary>
    public IReadOnlyList<OrderDelivery> Deliveries => [.. Items.Select(i => i.Delivery)];
}

/// <summary>Something that follows a change of an order beside the change itself.</summary>
/// <param name="Name">of the product</param>
/// <param name="Quantity">base units that others can take again</param>
public sealed record OrderRelease(string Name, decimal Quantity, string Unit);

/// <summary>What a change of an order would do.</summary>
/// <param name="Invoiced">what its invoices ask for, where they do not fit it any more</param>
public sealed record OrderEffects(IReadOnlyList<OfferChange> Changes, OfferContent Before, OfferContent After, IReadOnlyList<OrderRelease> Released, decimal? Invoiced);

/// <summary>What giving an order up would let go.</summary>
/// <param name="Drafts">drafts of its invoices</param>
public sealed record OrderEnd(IReadOnlyList<OrderRelease> Released, int Drafts);

/// <summary>One order, read by those within whose reach it is.</summary>
public sealed class OrderQuery(IDbContextFactory<PortalDb> contexts, OrderPrices prices, PriceApprovals approvals, TimeProvider time)
{
    private const int MostChoices = 200;

    /// <summary>The order, or null where it is not there for the actor.</summary>
    public async Task<OrderSheet?> FindAsync(SalesOrderId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<SalesOrder>().Within(actor).AsNoTracking().Include(o => o.Items).FirstOrDefaultAsync(o => o.Id == id, ct) is not { } order) return null;
        var offer = order.Offer is { } of ? await db.Set<Offer>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == of, ct) : null;
        var copied = (await db.LinksAsync(id.Ref(), ct)).Find(l => l.Kind == DocumentLinkKind.CopyOf)?.ToId;
        var origin = copied is { } from ? await db.Set<SalesOrder>().Within(actor).AsNoTracking().Select(o => new { o.Id, o.Year, o.Sequence, o.Reference }).FirstOrDefaultAsync(o => o.Id == new SalesOrderId(from), ct) : null;
        var floor = actor.Can(Permissions.PricingRead) ? await OrderPrices.FloorAsync(db, order, ct) : null;
        return new(
            id, order.Number?.ToString(), order.State, order.Head, await db.Set<Partner>().Within(actor).Where(p => p.Id == order.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            OfferDesk.Seen(order.Content, actor) with { Version = order.Version }, await ItemsAsync(db, order, actor, ct), await ChoicesAsync(db, order, actor, ct),
            await OfferApproval.OfAsync(approvals, id.Ref(), floor, actor, ct),
            await db.Set<PortalUser>().Where(u => u.Id == order.Manager).Select(u => u.DisplayName).FirstOrDefaultAsync(ct),
            order.Deal, await db.Set<Deal>().Within(actor).Where(d => d.Id == order.Deal).Select(d => d.Title).FirstOrDefaultAsync(ct),
            offer is null ? null : (offer.Id, $"{offer.Number} {offer.Title}"), origin is null ? null : (origin.Id, OrderWork.NameOf(DocumentNumber.Of(origin.Year, origin.Sequence), origin.Reference)),
            order.ByName, order.CreatedAt, order.PlacedOn, order.PlacedAt, order.PlacedBy, order.CancelledAt, order.CancelledBy, order.Reason, order.Version);
    }

    /// <summary>True when the order is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(SalesOrderId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<SalesOrder>().Within(actor).AnyAsync(o => o.Id == id, ct);
    }

    /// <summary>What a change of a placed order would do, told before it is done.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, what <see cref="OrderDesk.ChangeAsync"/> refuses but for an approval that is missing</exception>
    public async Task<OrderEffects> EffectsAsync(SalesOrderId id, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var order = await OrderWork.ReadAsync(db, id, actor, ct);
        var before = order.Content;
        await prices.ChangeAsync(db, order, head, content, deliveries, actor, ct, binding: false);
        var (older, newer) = (before.WithoutCost(), order.Content.WithoutCost());
        return new(OfferComparison.Of(older, newer), older, newer, await ReleasedAsync(db, order, await OrderWork.NeedsAsync(db, order, ct), ct), await BillingWork.MisfitAsync(db, id, order.Gross, ct));
    }

    /// <summary>What giving an order up would let go.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, <c>invoices.order-invoiced</c></exception>
    public async Task<OrderEnd> EffectsOfCancellingAsync(SalesOrderId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new(await ReleasedAsync(db, await OrderWork.ReadAsync(db, id, actor, ct), [], ct), (await BillingWork.DraftsOfAsync(db, id, ct)).Count);
    }

    private static async Task<IReadOnlyList<OrderRelease>> ReleasedAsync(PortalDb db, SalesOrder order, IReadOnlyList<SupplyNeed> needs, CancellationToken ct)
    {
        var needed = needs.GroupBy(n => n.Card).ToDictionary(g => g.Key, g => g.Sum(n => n.Quantity));
        var kept = await (from r in db.Set<Reserve>()
                          where r.OwnerId == order.Id.Value && r.OwnerKind == ObjectKind.Order
                          join p in db.Set<Product>() on r.Product equals p.Id
                          select new { r.Warehouse, r.Product, r.Quantity, p.Name, p.Unit }).ToListAsync(ct);
        return [.. from card in kept.GroupBy(r => new { r.Warehouse, r.Product, r.Name, r.Unit })
                   let beyond = card.Sum(r => r.Quantity) - needed.GetValueOrDefault((card.Key.Warehouse, card.Key.Product))
                   where beyond > 0
                   orderby card.Key.Name
                   select new OrderRelease(card.Key.Name, beyond, card.Key.Unit)];
    }

    private async Task<IReadOnlyList<OrderSheetItem>> ItemsAsync(PortalDb db, SalesOrder order, Actor actor, CancellationToken ct)
    {
        var needs = order.State is OrderState.Shipped or OrderState.Cancelled ? [] : await OrderWork.NeedsAsync(db, order, ct);
        var stock = await db.FreeAsync([.. needs.Select(n => n.Product).Distinct()], order.Id.Ref(), ct);
        // who has not said from where has all warehouses to choose from
        var free = Sums(stock, card => card.Free);
        var today = await db.CompanyTodayAsync(time, ct);
        var supply = OrderSupply.Of(needs, free, today, (await OfferSettingsStore.ReadAsync(db, ct)).SupplyDays);
        var reserved = OrderSupply.Of(needs, Sums(stock, card => card.Own), today, null);
        var costs = actor.Can(Permissions.PricingCost) ? await CostsAsync(db, order.Id, ct) : [];
        return [.. order.Items.OrderBy(i => i.Place).Select(i => new OrderSheetItem(
            i.Line, i.Name, i.Product is not null, i.Unit, i.Quantity, i.Shipped, reserved.GetValueOrDefault(i.Line)?.There ?? 0, new(i.Line, i.Destination, i.Warehouse, i.WantedOn), supply.GetValueOrDefault(i.Line), costs.TryGetValue(i.Line, out var cost) ? cost : null))];
    }

    // what movements cost may still change with documents that come late, so it is read from them and not kept
    private static async Task<Dictionary<Guid, decimal>> CostsAsync(PortalDb db, SalesOrderId id, CancellationToken ct)
    {
        var shipments = await db.Set<Shipment>().AsNoTracking().Where(s => s.State == ShipmentState.Posted && db.Set<DocumentLink>().Any(l => l.ToId == id.Value && l.FromKind == ObjectKind.Shipment && l.FromId == (Guid)(object)s.Id)).ToListAsync(ct);
        var lines = shipments.SelectMany(s => s.Lines).Where(l => l.Order == id).SelectMany(l => l.Movements.Select(m => (Movement: m, l.OrderLine))).ToDictionary(m => m.Movement, m => m.OrderLine);
        var movements = lines.Keys.ToArray();
        var values = movements.Length == 0 ? [] : await db.Database.SqlQuery<MovementCost>($"""select sequence as "Sequence", abs(value) as "Value" from stock.movement where sequence = any({movements}) union all select source, -value from stock.movement where source = any({movements}) and kind = 'CustomerReturn'""").ToListAsync(ct);
        return values.GroupBy(v => lines[v.Sequence]).ToDictionary(g => g.Key, g => g.Sum(v => v.Value));
    }

    private sealed record MovementCost(long Sequence, decimal Value);

    private static Dictionary<(WarehouseId?, ProductId), decimal> Sums(IReadOnlyList<CardStock> stock, Func<CardStock, decimal> of) =>
        stock.Select(card => (Key: ((WarehouseId?)card.Warehouse, card.Product), Quantity: of(card)))
            .Concat(stock.GroupBy(card => card.Product).Select(g => (Key: ((WarehouseId?)null, g.Key), Quantity: g.Sum(of)))).ToDictionary(s => s.Key, s => s.Quantity);

    private static async Task<OrderChoices> ChoicesAsync(PortalDb db, SalesOrder order, Actor actor, CancellationToken ct)
    {
        var client = order.Partner;
        var warehouses = await db.Set<Warehouse>().Where(w => !w.Archived || w.Id == order.Warehouse).OrderBy(w => w.Name).Select(w => new OrderChoice(w.Id.Value, w.Name)).Take(MostChoices).ToListAsync(ct);
        if (client is null || !await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct)) return new([], [], [], [], warehouses);
        return new(
            await db.Set<Counterparty>().Where(c => c.Partner == client && (!c.Archived || c.Id == order.Counterparty)).OrderBy(c => c.Name).Select(c => new OrderChoice(c.Id.Value, c.Name)).Take(MostChoices).ToListAsync(ct),
            await db.Set<Agreement>().Where(a => a.Partner == client && (!a.Archived || a.Id == order.Agreement)).OrderByDescending(a => a.ValidFrom).Select(a => new OrderChoice(a.Id.Value, a.Number + (a.Name == null ? "" : " " + a.Name))).Take(MostChoices).ToListAsync(ct),
            await (from r in db.Set<ContactRole>()
                   join p in db.Set<Person>() on r.Person equals p.Id
                   where r.Partner == client
                   orderby p.Name
                   select new OrderChoice(p.Id.Value, p.Name)).Distinct().Take(MostChoices).ToListAsync(ct),
            await db.Set<Place>().Where(p => p.Partner == client && (!p.Archived || p.Id == order.Place)).OrderBy(p => p.Name).Select(p => new OrderChoice(p.Id.Value, p.Name + ", " + p.Address)).Take(MostChoices).ToListAsync(ct),
            warehouses);
    }
}
