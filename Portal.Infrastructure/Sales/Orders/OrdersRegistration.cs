using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Registers clients' orders.</summary>
public static class OrdersRegistration
{
    /// <summary>Adds orders to the container; needs offers, prices, stock and work.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddSingleton<OrderPrices>().AddSingleton<OrderDesk>().AddSingleton<OrderFulfilment>();
        services.AddSingleton<OrderQuery>().AddSingleton<OrderListQuery>().AddSingleton<OrderSuggestions>();
        return services.AddDoor<OrderQuery>(ObjectKind.Order, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<SalesOrder>().Where(o => o.Id == new SalesOrderId(id)).Select(o => o.Manager));
    }
}
