using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>
/// Ships orders, in parts or several together. Lists for picking are written by who manages orders or moves goods; goods leave by <see cref="Permissions.StockMove"/> in the actor's warehouses, and come back by
/// <see cref="Permissions.StockCancel"/>. Said twice, a command changes nothing the second time.
/// </summary>
public sealed class ShipmentDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Begins to pick what of an order can be shipped now: what goes to one address from one warehouse, that which is wanted first.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, <c>orders.not-open</c>, <c>orders.no-warehouse</c>, <c>shipments.nothing-there</c></exception>
    public async Task BeginAsync(ShipmentId id, SalesOrderId of, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"sales.shipment.{id.Value}", ct);
        if (await db.Set<Shipment>().AnyAsync(s => s.Id == id, ct)) return;
        var order = await OrderWork.TakeAsync(db, of, actor, ct);
        if (!order.IsOpen) throw new RuleBrokenException("orders.not-open");
        var (going, now) = (await FirstAsync(db, order, ct), time.GetUtcNow());
        db.Add(new Shipment(id, order.Company, order.Partner!.Value, going.Warehouse, going.Place, new(await db.CompanyTodayAsync(time, ct)), going.Lines, actor, now));
        db.Add(new DocumentLink(id.Ref(), of.Ref(), DocumentLinkKind.For, now));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes another order of the same client along.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>shipments.other-client</c>, <c>credit.overdue</c>, <c>credit.over-limit</c>, as <see cref="BeginAsync"/></exception>
    public Task TakeAlongAsync(ShipmentId id, SalesOrderId more, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, shipment, now) =>
    {
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        var order = await OrderWork.TakeAsync(db, more, actor, ct);
        if (!order.IsOpen) throw new RuleBrokenException("orders.not-open");
        if (order.Partner != shipment.Partner) throw new RuleBrokenException("shipments.other-client");
        var lines = await ShipmentWork.LinesAsync(db, order, shipment.Warehouse, shipment.Place, ct);
        if (lines.Count == 0) throw new RuleBrokenException("shipments.nothing-there");
        shipment.Write(shipment.Head, [.. shipment.Lines.Where(l => l.Order != more), .. lines]);
        await RequireCreditOnTripAsync(db, shipment, ct);
        if (!await db.Set<DocumentLink>().AnyAsync(l => l.FromId == id.Value && l.ToId == more.Value, ct)) db.Add(new DocumentLink(id.Ref(), more.Ref(), DocumentLinkKind.For, now));
    }, ct);

    /// <summary>Writes the list anew: how many of each line go, those of nothing not at all; the version that it has now.</summary>
    /// <param name="quantities">by order and line</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>credit.overdue</c>, <c>credit.over-limit</c>, what <see cref="Shipment.Write"/> refuses</exception>
    public async Task<uint> WriteAsync(ShipmentId id, ShipmentHead head, IReadOnlyDictionary<(SalesOrderId, Guid), decimal> quantities, uint seen, Actor actor, CancellationToken ct)
    {
        Shipment? written = null;
        await DoAsync(id, actor, async (db, shipment, _) =>
        {
            await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
            var was = shipment.Lines.ToDictionary(l => (l.Order, l.OrderLine), l => l.Quantity);
            shipment.Write(head, [.. shipment.Lines.Where(l => quantities.GetValueOrDefault((l.Order, l.OrderLine), l.Quantity) != 0).Select(l => l with { Quantity = quantities.GetValueOrDefault((l.Order, l.OrderLine), l.Quantity) })]);
            if (shipment.Lines.Any(l => was[(l.Order, l.OrderLine)] < l.Quantity)) await RequireCreditOnTripAsync(db, shipment, ct);
            written = shipment;
        }, ct);
        return written!.Version;
    }

    /// <summary>Writes lines anew whose order says something else by now: as many as are there of those that still leave this warehouse for this address, the others not at all.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>shipments.not-draft</c></exception>
    public Task RenewAsync(ShipmentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, shipment, _) =>
    {
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        List<ShipmentLine> lines = [];
        foreach (var of in shipment.Orders)
        {
            var order = await OrderWork.ReadAsync(db, of, Actor.System("shipments"), ct);
            var there = (await ShipmentWork.LinesAsync(db, order, shipment.Warehouse, shipment.Place, ct)).ToDictionary(l => l.OrderLine);
            lines.AddRange(shipment.Lines.Where(l => l.Order == of).Select(l => order.IsOpen && shipment.Fits(l, order) ? l : order.IsOpen ? there.GetValueOrDefault(l.OrderLine) : null).OfType<ShipmentLine>());
        }
        shipment.Write(shipment.Head, lines);
        await RequireCreditOnTripAsync(db, shipment, ct);
    }, ct);

    /// <summary>Lets go of a list.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>shipments.not-draft</c>, <c>shipments.trip-there</c></exception>
    public Task DropAsync(ShipmentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, shipment, _) =>
    {
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        if (shipment.State != ShipmentState.Draft) throw new RuleBrokenException("shipments.not-draft");
        await ShipmentDelivery.RequireNoTripAsync(db, id, ct);
        await db.Set<Delivery>().Where(d => d.Shipment == id).ExecuteDeleteAsync(ct);
        await db.Set<DocumentLink>().Where(l => l.FromId == id.Value).ExecuteDeleteAsync(ct);
        db.Remove(shipment);
    }, ct);

    /// <summary>The goods go: they leave the warehouse, what was set aside for their orders is used up, and the orders follow.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>stock.warehouse-unknown</c>, <c>credit.overdue</c>, <c>credit.over-limit</c>, what <see cref="ShipmentWork.PostAsync"/> refuses</exception>
    public Task PostAsync(ShipmentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, shipment, now) =>
    {
        actor.Require(Permissions.StockMove);
        if (shipment.State == ShipmentState.Posted) return;
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        await db.RequireWarehouseAsync(shipment.Warehouse, actor, ct);
        await CreditControl.RequireAsync(db, shipment, (await db.CompanyZoneAsync(ct)).DayOf(now), ct);
        await ShipmentWork.PostAsync(db, shipment, actor, now, ct);
    }, ct);

    /// <summary>The goods have not gone after all: they are back where they were, set aside for their orders again.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>stock.warehouse-unknown</c>, what <see cref="ShipmentWork.CancelAsync"/> refuses</exception>
    public Task CancelAsync(ShipmentId id, string? reason, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, shipment, now) =>
    {
        actor.Require(Permissions.StockCancel);
        if (shipment.State == ShipmentState.Cancelled) return;
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        await db.RequireWarehouseAsync(shipment.Warehouse, actor, ct);
        await ShipmentWork.CancelAsync(db, shipment, reason, actor, now, ct);
    }, ct);

    // of several warehouses and addresses the one that is wanted first and of which something is there
    private static async Task<(WarehouseId Warehouse, PlaceId? Place, IReadOnlyList<ShipmentLine> Lines)> FirstAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        var ways = order.Items.Where(i => i.Open > 0).OrderBy(i => order.DeliveryOf(i).WantedOn ?? DateOnly.MaxValue).ThenBy(i => i.Place).Select(order.DeliveryOf).Select(d => (d.Warehouse, d.Place)).Distinct().ToList();
        if (ways.TrueForAll(way => way.Warehouse is null)) throw new RuleBrokenException("orders.no-warehouse");
        foreach (var (warehouse, place) in ways)
            if (warehouse is { } from && await ShipmentWork.LinesAsync(db, order, from, place, ct) is { Count: > 0 } lines) return (from, place, lines);
        throw new RuleBrokenException("shipments.nothing-there");
    }

    // what is on a trip is not asked again when it is loaded
    private async Task RequireCreditOnTripAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        if (await ShipmentDelivery.TripAsync(db, shipment.Id, ct) is not null) await CreditControl.RequireFreeAsync(db, shipment, await db.CompanyTodayAsync(time, ct), ct);
    }

    private PortalDb Open(Actor actor)
    {
        if (!actor.Can(Permissions.StockMove)) actor.Require(Permissions.OrdersManage);
        return contexts.CreateFor(actor);
    }

    private async Task DoAsync(ShipmentId id, Actor actor, Func<PortalDb, Shipment, DateTimeOffset, Task> change, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // of two who post, the second waits here and finds it posted
        var shipment = await ShipmentWork.TakeAsync(db, id, actor, ct);
        await change(db, shipment, time.GetUtcNow());
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }
}
