using Microsoft.EntityFrameworkCore;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>
/// Makes orders ours to fulfil, sets goods aside for them and gives them up. Needs <see cref="Permissions.OrdersManage"/> and ends at the actor's reach; said twice, a command changes nothing the second time.
/// </summary>
public sealed class OrderFulfilment(IDbContextFactory<PortalDb> contexts, OrderPrices prices, PriceApprovals approvals, TimeProvider time)
{
    /// <summary>Places a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>orders.unknown</c>, <c>offers.prices-changed</c>, <c>orders.needs-approval</c>, <c>orders.currency-without-rate</c>, what <see cref="SalesOrder.PlaceAsync"/> refuses</exception>
    public Task PlaceAsync(SalesOrderId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, order, now) =>
    {
        if (order.PlacedAt is not null) return;
        await db.RequireSeenAsync(id.Ref(), order.Version, seen, ct);
        await prices.SettleAsync(db, order, ct);
        var today = (await db.CompanyZoneAsync(ct)).DayOf(now);
        await order.PlaceAsync(today, actor, now, () => db.TakeAsync(order.Company, DocumentType.Order, today.Year, ct));
        OrderWork.Tell(db, order, "order.placed", now, actor);
    }, ct);

    /// <summary>Sets aside what is free of all that the order still needs, in place of what was set aside for it before.</summary>
    /// <returns>True where there was enough of everything.</returns>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, <c>orders.not-open</c>, <c>orders.no-warehouse</c>, <c>stock.warehouse-unknown</c></exception>
    public async Task<bool> ReserveAsync(SalesOrderId id, Actor actor, CancellationToken ct)
    {
        var whole = false;
        await DoAsync(id, actor, async (db, order, now) =>
        {
            if (!order.IsOpen) throw new RuleBrokenException("orders.not-open");
            whole = await ReserveAsync(db, order, now, ct);
        }, ct);
        return whole;
    }

    /// <summary>Lets go of all that is set aside for the order.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c></exception>
    public Task ReleaseAsync(SalesOrderId id, Actor actor, CancellationToken ct) => DoAsync(id, actor, (db, order, _) => db.ReleaseAsync(order.Id.Ref(), ct), ct);

    /// <summary>Gives an order up of which nothing was shipped: what is set aside for it is free again, drafts of its invoices go. What was issued has to be cancelled before.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>orders.unknown</c>, <c>invoices.order-invoiced</c>, what <see cref="SalesOrder.Cancel"/> refuses</exception>
    public Task CancelAsync(SalesOrderId id, string? reason, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, order, now) =>
    {
        if (order.State == OrderState.Cancelled) return;
        await db.RequireSeenAsync(id.Ref(), order.Version, seen, ct);
        order.Cancel(reason, actor, now);
        // who issues a draft just now is waited for
        await db.Database.ExecuteSqlAsync($"select from billing.invoice where \"order\" = {id.Value} and state <> 'Cancelled' order by id for update", ct);
        foreach (var draft in await BillingWork.DraftsOfAsync(db, id, ct)) await BillingWork.DropAsync(db, draft, ct);
        await db.ReleaseAsync(order.Id.Ref(), ct);
        OrderWork.Tell(db, order, "order.cancelled", now, actor);
    }, ct);

    /// <summary>Asks for approval of the draft's prices below their floor and of those nobody can judge; a process decides about them.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, <c>pricing.nothing-to-approve</c>, <c>text.required</c></exception>
    public async Task AskApprovalAsync(SalesOrderId id, string? why, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var order = await db.Set<SalesOrder>().Within(actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("orders.unknown");
        var floor = await OrderPrices.FloorAsync(db, order, ct) ?? throw new RuleBrokenException("pricing.nothing-to-approve");
        var client = await db.Set<Domain.Clients.Partner>().Where(p => p.Id == order.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct);
        await approvals.AskAsync(new(id.Ref(), floor.Marks, order.Reference ?? client ?? order.ByName, new(floor.Net, order.Currency), floor.Depth, why ?? ""), actor, ct);
    }

    /// <summary>Sets aside what is free of the order's need.</summary>
    internal static async Task<bool> ReserveAsync(PortalDb db, SalesOrder order, DateTimeOffset now, CancellationToken ct)
    {
        var (needs, today) = (await OrderWork.NeedsAsync(db, order, ct), (await db.CompanyZoneAsync(ct)).DayOf(now));
        var lines = needs.Select(n => new ReserveLine(n.Warehouse ?? throw new RuleBrokenException("orders.no-warehouse"), n.Product, n.Quantity, n.WantedOn ?? today)).ToList();
        return await db.ReserveFreeAsync(order.Id.Ref(), lines, now, ct);
    }

    private Task DoAsync(SalesOrderId id, Actor actor, Func<PortalDb, SalesOrder, DateTimeOffset, Task> change, CancellationToken ct) =>
        OrderWork.ChangeAsync(contexts, id, actor, (db, order) => change(db, order, time.GetUtcNow()), ct);
}
