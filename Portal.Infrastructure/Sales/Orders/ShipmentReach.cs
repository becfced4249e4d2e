using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Narrows shipments to those that an actor's rights reach: they leave one of his warehouses, or are of an order that he sees.</summary>
internal static class ShipmentReach
{
    /// <summary>Shipments within reach; none for who does not read orders.</summary>
    public static IQueryable<Shipment> Within(this IQueryable<Shipment> shipments, PortalDb db, Actor actor)
    {
        if (actor.IsSystem) return shipments;
        if (!actor.Can(Permissions.OrdersRead)) return shipments.Where(_ => false);
        if (actor.Scope == ActorScope.All) return shipments;
        var orders = db.Set<SalesOrder>().Within(actor);
        var links = db.Set<DocumentLink>().Where(l => l.FromKind == ObjectKind.Shipment && orders.Any(o => (Guid)(object)o.Id == l.ToId));
        if (!actor.Can(Permissions.StockRead)) return shipments.Where(s => links.Any(l => l.FromId == (Guid)(object)s.Id));
        var warehouses = db.Set<Warehouse>().Within(actor);
        return shipments.Where(s => warehouses.Any(w => w.Id == s.Warehouse) || links.Any(l => l.FromId == (Guid)(object)s.Id));
    }
}
