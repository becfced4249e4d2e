using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Sold;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Registers clients' orders.</summary>
public static class OrdersRegistration
{
    /// <summary>Adds orders to the container; needs offers, prices, stock, dispatch and work.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<OrderPrices>().AddSingleton<OrderDesk>().AddSingleton<OrderFulfilment>();
        services.AddSingleton<OrderQuery>().AddSingleton<OrderListQuery>().AddSingleton<OrderSuggestions>().AddSingleton<SoldQuery>();
        services.AddSingleton<ShipmentDesk>().AddSingleton<ShipmentQuery>().AddSingleton<ShipmentDelivery>();
        services.AddSingleton<DeliveryResults>().AddSingleton<DeliveryQuery>();
        services.AddPriceSubject(new(ObjectKind.Order, async (db, id, ct) => await db.Set<SalesOrder>().AsNoTracking().FirstOrDefaultAsync(o => o.Id == new SalesOrderId(id), ct) is { } order ? OfferFloor.MarksOf(order.Content) : []));
        return services.AddDoor<OrderQuery>(ObjectKind.Order, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<SalesOrder>().Where(o => o.Id == new SalesOrderId(id)).Select(o => o.Manager))
            .AddDoor<ShipmentQuery>(ObjectKind.Shipment, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct), (db, id) => db.Set<Shipment>().Where(s => s.Id == new ShipmentId(id)).Select(s => (Guid?)s.ByUser));
    }
}
