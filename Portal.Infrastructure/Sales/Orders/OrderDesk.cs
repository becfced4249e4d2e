using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>
/// Writes orders. All methods need <see cref="Permissions.OrdersManage"/> and end at the actor's reach. New orders come under an id of the caller: a repeated command finds its order there and changes nothing.
/// Whoever does not see cost neither reads nor changes it.
/// </summary>
public sealed class OrderDesk(IDbContextFactory<PortalDb> contexts, PriceQuery prices, OrderPrices standing, TimeProvider time)
{
    /// <summary>Begins a draft, for a client or for nobody yet.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task AddAsync(SalesOrderId id, PartnerId? partner, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var today = await db.CompanyTodayAsync(time, ct);
        var head = await OrderHeads.ForAsync(db, new(Warehouse: await OrderHeads.WarehouseAsync(db, actor, ct)), partner, today, actor, ct);
        var content = new OfferContent(await db.CompanyCurrencyAsync(ct), (Languages.Find(actor.Culture) ?? Languages.All[0]).Code, today) { Payments = await OrderHeads.PaymentsAsync(db, head.Agreement, ct) };
        await BeginAsync(db, id, new(null, null, actor.IsSystem ? null : actor.UserId, BranchOf(actor)), head, content, [], null, actor, ct);
    }

    /// <summary>Begins the order of an accepted offer with all that was agreed; where there is one already, that one is meant.</summary>
    /// <returns>The order of the offer.</returns>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c>, <c>orders.offer-open</c></exception>
    public async Task<SalesOrderId> FromOfferAsync(SalesOrderId id, OfferId from, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var offer = await OfferWork.TakeAsync(db, from, actor, ct);
        if (offer.State != OfferState.Accepted) throw new RuleBrokenException("orders.offer-open");
        if (await db.Set<SalesOrder>().Where(o => o.Offer == from && o.State != OrderState.Cancelled).Select(o => (SalesOrderId?)o.Id).FirstOrDefaultAsync(ct) is { } there) return there;
        var answer = await db.Set<OfferAnswer>().AsNoTracking().FirstAsync(a => a.Offer == from && a.Answer == OfferState.Accepted, ct);
        var agreed = offer.Of(offer.InForce!.Value).Content;
        var content = agreed with { Parties = null, Lines = [.. agreed.Lines.Where(l => !l.IsOption || answer.Options.Contains(l.Id)).Select(l => l with { Asked = l.Price, IsOption = false })] };
        var head = await OrderHeads.ForAsync(db, new(Warehouse: await OrderHeads.WarehouseAsync(db, actor, ct)), offer.Partner, await db.CompanyTodayAsync(time, ct), Actor.System("orders"), ct);
        if (content.Payments.Count == 0) content = content with { Payments = await OrderHeads.PaymentsAsync(db, head.Agreement, ct) };
        await BeginAsync(db, id, new(from, offer.Deal, await OfferWork.ManagerAsync(db, offer, ct) ?? actor.UserId, offer.Branch), head with { Contact = offer.Contact }, content, [], (new(ObjectKind.Offer, from.Value), DocumentLinkKind.For), actor, ct);
        await transaction.CommitAsync(ct);
        return id;
    }

    /// <summary>Begins an order with the lines of another, for the same client, with the prices of today.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c></exception>
    public async Task CopyAsync(SalesOrderId id, SalesOrderId of, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var old = await OrderWork.ReadAsync(db, of, actor, ct);
        var content = await OrderWork.PricedAsync(db, prices, old.Content, old.Partner, ct);
        var deliveries = old.Items.Select(i => new OrderDelivery(i.Line, i.Destination, i.Warehouse)).ToList();
        await BeginAsync(db, id, new(null, null, actor.UserId, old.Branch), old.Head with { Reference = null, WantedOn = null }, content, deliveries, (of.Ref(), DocumentLinkKind.CopyOf), actor, ct);
    }

    /// <summary>Writes the draft anew, with the prices of today, and answers with what it has become. For another client it takes what is only once of that one; in another currency what was said by hand is worth the same.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>orders.unknown</c>, <c>orders.not-of-client</c>, <c>stock.warehouse-unknown</c>, what <see cref="SalesOrder.Write"/> and prices refuse</exception>
    public async Task<WrittenOffer> WriteAsync(SalesOrderId id, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, uint seen, Actor actor, CancellationToken ct)
    {
        SalesOrder? written = null;
        string? withoutRate = null;
        await DoAsync(id, seen, actor, async (db, order, _) =>
        {
            if (head.Partner != order.Partner)
            {
                head = await OrderHeads.ForAsync(db, head, head.Partner, await db.CompanyTodayAsync(time, ct), actor, ct);
                (deliveries, content) = ([.. deliveries.Select(d => d with { Place = null })], content.Payments.Count > 0 ? content : content with { Payments = await OrderHeads.PaymentsAsync(db, head.Agreement, ct) });
            }
            await OrderHeads.RequireFitAsync(db, head, deliveries, actor, ct);
            var sent = actor.Can(Permissions.PricingCost) ? content : content.WithCostsOf(order.Content);
            var terms = await OrderWork.TermsAsync(db, prices, head.Partner, content.Currency, ct);
            var (same, exchanged) = sent.Checked().ExchangedFrom(order.Currency, terms);
            withoutRate = exchanged ? null : order.Currency;
            var priced = await db.PricedAsync(same, terms, ct);
            order.Write(head, priced, deliveries, await OrderWork.GoodsAsync(db, priced.Lines, ct));
            written = order;
        }, ct);
        return OfferDesk.Seen(written!.Content, actor) with { Version = written.Version, WithoutRate = withoutRate };
    }

    /// <summary>Lets go of a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>orders.unknown</c>, <c>orders.not-draft</c></exception>
    public async Task DropAsync(SalesOrderId id, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var order = await OrderWork.TakeAsync(db, id, actor, ct);
        await db.RequireSeenAsync(id.Ref(), order.Version, seen, ct);
        if (order.State != OrderState.Draft) throw new RuleBrokenException("orders.not-draft");
        await db.Set<DocumentLink>().Where(l => l.FromId == id.Value).ExecuteDeleteAsync(ct);
        db.Remove(order);
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Changes what was placed. Prices that were agreed stand where their line is the same; what is set aside beyond the new need is let go.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.needs-approval</c>, <c>orders.on-trip</c>, as <see cref="WriteAsync"/>, and what <see cref="SalesOrder.Change"/> refuses</exception>
    public Task ChangeAsync(SalesOrderId id, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, order, now) =>
    {
        await standing.ChangeAsync(db, order, head, content, deliveries, actor, ct);
        await OrderWork.FitReservesAsync(db, order, ct);
        OrderWork.Tell(db, order, "order.changed", now, actor);
    }, ct);

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.OrdersManage);
        return contexts.CreateFor(actor);
    }

    private static BranchId? BranchOf(Actor actor) => actor.BranchId is { } branch ? new(branch) : null;

    private async Task BeginAsync(PortalDb db, SalesOrderId id, OrderOrigin origin, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, (ObjectRef To, DocumentLinkKind How)? link, Actor actor, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        await db.TakeTurnAsync($"sales.order.{id.Value}", ct);
        if (await db.Set<SalesOrder>().AnyAsync(o => o.Id == id, ct)) return;
        var (company, now) = (await db.CompanyIdAsync(ct), time.GetUtcNow());
        db.Add(new SalesOrder(id, company, origin, head, content, deliveries, await OrderWork.GoodsAsync(db, content.Lines, ct), actor, now));
        if (link is var (to, how)) db.Add(new DocumentLink(id.Ref(), to, how, now));
        await db.SaveChangesAsync(ct);
        if (transaction is not null) await transaction.CommitAsync(ct);
    }

    private Task DoAsync(SalesOrderId id, uint seen, Actor actor, Func<PortalDb, SalesOrder, DateTimeOffset, Task> change, CancellationToken ct) => OrderWork.ChangeAsync(contexts, id, actor, async (db, order) =>
    {
        await db.RequireSeenAsync(id.Ref(), order.Version, seen, ct);
        await change(db, order, time.GetUtcNow());
    }, ct);
}
