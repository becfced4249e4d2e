using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Narrows orders to those that an actor's rights reach: by who answers for them, or by their branch.</summary>
internal static class OrderReach
{
    /// <summary>Orders within reach; none for who does not read orders.</summary>
    public static IQueryable<SalesOrder> Within(this IQueryable<SalesOrder> orders, Actor actor)
    {
        if (actor.IsSystem) return orders;
        if (!actor.Can(Permissions.OrdersRead)) return orders.Where(_ => false);
        var me = actor.UserId;
        if (actor.Scope == ActorScope.All) return orders;
        if (actor.Scope == ActorScope.Own) return orders.Where(o => o.Manager == me);
        if (actor.Scope == ActorScope.Team)
        {
            var team = actor.Teammates.Append(me).Select(mate => (Guid?)mate).ToArray();
            return orders.Where(o => team.Contains(o.Manager));
        }
        var branch = actor.OnlyBranch();
        return orders.Where(o => o.Branch == null || o.Branch == branch || o.Manager == me);
    }
}
