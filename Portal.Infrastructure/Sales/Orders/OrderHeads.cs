using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>For whom an order is: what of a client fits it, and what nobody has to say because there is only one.</summary>
internal static class OrderHeads
{
    /// <summary>The head for another client: its only legal entity, its only agreement in force and its only address.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.merged-away</c></exception>
    public static async Task<OrderHead> ForAsync(PortalDb db, OrderHead head, PartnerId? partner, DateOnly today, Actor actor, CancellationToken ct)
    {
        if (partner is not { } client) return head with { Partner = null, Counterparty = null, Agreement = null, Contact = null, Place = null };
        await PartnerRegistry.TakeAsync(db, client, actor, ct);
        var entities = await db.Set<Counterparty>().Where(c => c.Partner == client && !c.Archived).Select(c => c.Id).Take(2).ToListAsync(ct);
        var agreements = await db.Set<Agreement>().Where(a => a.Partner == client && !a.Archived && a.ValidFrom <= today && (a.ValidUntil == null || a.ValidUntil >= today)).Select(a => new { a.Id, a.Counterparty }).Take(2).ToListAsync(ct);
        var places = await db.Set<Place>().Where(p => p.Partner == client && !p.Archived).Select(p => p.Id).Take(2).ToListAsync(ct);
        var agreement = agreements is [var one] ? one : null;
        return head with { Partner = client, Counterparty = agreement?.Counterparty ?? (entities is [var entity] ? entity : null), Agreement = agreement?.Id, Contact = null, Place = places is [var place] ? place : null };
    }

    /// <summary>Refuses what is not of the order's client, and a warehouse that is not in use.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.not-of-client</c>, <c>stock.warehouse-unknown</c></exception>
    public static async Task RequireFitAsync(PortalDb db, OrderHead head, IReadOnlyCollection<OrderDelivery> deliveries, Actor actor, CancellationToken ct)
    {
        var client = head.Partner;
        if (head.Counterparty is { } entity && !await db.Set<Counterparty>().AnyAsync(c => c.Id == entity && c.Partner == client, ct)
            || head.Agreement is { } agreement && !await db.Set<Agreement>().AnyAsync(a => a.Id == agreement && a.Partner == client, ct)
            || head.Contact is { } contact && !await db.Set<ContactRole>().AnyAsync(r => r.Person == contact && r.Partner == client, ct)) throw new RuleBrokenException("orders.not-of-client");
        var places = deliveries.Select(d => d.Place).Append(head.Place).OfType<PlaceId>().Distinct().ToList();
        if (places.Count > 0 && await db.Set<Place>().CountAsync(p => places.Contains(p.Id) && (p.Partner == client || p.Partner == null), ct) < places.Count) throw new RuleBrokenException("orders.not-of-client");
        var warehouses = deliveries.Select(d => d.Warehouse).Append(head.Warehouse).OfType<WarehouseId>().Distinct().ToList();
        if (warehouses.Count > 0 && await db.Set<Warehouse>().CountAsync(w => warehouses.Contains(w.Id) && !w.Archived, ct) < warehouses.Count) throw new RuleBrokenException("stock.warehouse-unknown");
    }

    /// <summary>The warehouse from which the actor's orders were shipped last, else the first of his.</summary>
    public static async Task<WarehouseId?> WarehouseAsync(PortalDb db, Actor actor, CancellationToken ct) =>
        await db.Set<SalesOrder>().Where(o => o.ByUser == actor.UserId && o.Warehouse != null && db.Set<Warehouse>().Any(w => w.Id == o.Warehouse && !w.Archived)).OrderByDescending(o => o.CreatedAt).Select(o => o.Warehouse).FirstOrDefaultAsync(ct)
            ?? await db.Set<Warehouse>().Within(actor).Where(w => !w.Archived).OrderBy(w => w.Name).Select(w => (WarehouseId?)w.Id).FirstOrDefaultAsync(ct)
            ?? await db.Set<Warehouse>().Where(w => !w.Archived).OrderBy(w => w.Name).Select(w => (WarehouseId?)w.Id).FirstOrDefaultAsync(ct);

    /// <summary>When an agreement has it paid; nothing where it says nothing.</summary>
    public static async Task<IReadOnlyList<PaymentPart>> PaymentsAsync(PortalDb db, AgreementId? agreement, CancellationToken ct) =>
        await db.Set<Agreement>().Where(a => a.Id == agreement).Select(a => (int?)a.PaymentDays).FirstOrDefaultAsync(ct) is { } days and > 0 ? [new(PaymentEvent.Delivery, days)] : [];
}
