using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Whether the prices of an order may stand: what was agreed before needs nobody's word, what is below its floor or cannot be judged does.</summary>
public sealed class OrderPrices(PriceQuery prices, PriceApprovals approvals)
{
    /// <summary>Reckons the draft once more as it is placed.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.prices-changed</c>, <c>orders.needs-approval</c>, <c>orders.currency-without-rate</c></exception>
    internal async Task SettleAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        var own = await db.CompanyCurrencyAsync(ct);
        if (order.Currency != own && (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(order.Currency, own).Count == 0) throw new RuleBrokenException("orders.currency-without-rate", order.Currency);
        var priced = await OrderWork.PricedAsync(db, prices, order.Content, order.Partner, ct);
        if (!priced.Lines.Select(l => l.Price).SequenceEqual(order.Content.Lines.Select(l => l.Price))) throw new RuleBrokenException("offers.prices-changed");
        await RequireApprovedAsync(order.Id, priced, await AgreedAsync(db, order, ct), ct);
        order.Write(order.Head, priced, [.. order.Items.Select(i => new OrderDelivery(i.Line, i.Destination, i.Warehouse, i.WantedOn))], await OrderWork.GoodsAsync(db, priced.Lines, ct));
    }

    /// <summary>Changes a placed order, in memory: a line that is the same keeps its price.</summary>
    /// <param name="binding">false where it is only looked at what a change would do</param>
    internal async Task ChangeAsync(PortalDb db, SalesOrder order, OrderHead head, OfferContent content, IReadOnlyCollection<OrderDelivery> deliveries, Actor actor, CancellationToken ct, bool binding = true)
    {
        await OrderHeads.RequireFitAsync(db, head, deliveries, actor, ct);
        var before = order.Content;
        var sent = actor.Can(Permissions.PricingCost) ? content : content.WithCostsOf(before);
        var priced = await OrderWork.PricedAsync(db, prices, sent, head.Partner, ct);
        var kept = before.Lines.ToDictionary(l => l.Id);
        priced = priced with { Lines = [.. priced.Lines.Select(line => kept.GetValueOrDefault(line.Id) is { } old && IsSame(old, line) ? line with { Price = old.Price, Cost = old.Cost, FloorPrice = old.FloorPrice, Reasons = old.Reasons } : line)] };
        if (binding) await RequireApprovedAsync(order.Id, priced, before, ct);
        order.Change(head, priced, deliveries, await OrderWork.GoodsAsync(db, priced.Lines, ct));
        await ShipmentDelivery.RequireListsFitAsync(db, order, ct);
    }

    /// <summary>What somebody has to approve of in an order; null where there is nothing.</summary>
    internal static async Task<OfferFloor?> FloorAsync(PortalDb db, SalesOrder order, CancellationToken ct) => order.State == OrderState.Draft ? FloorOf(order.Content, await AgreedAsync(db, order, ct)) : null;

    private async Task RequireApprovedAsync(SalesOrderId id, OfferContent content, OfferContent? agreed, CancellationToken ct)
    {
        if (FloorOf(content, agreed) is { } floor && await approvals.FindAsync(id.Ref(), floor.Marks, Actor.System("orders"), ct) is not { Granted: true }) throw new RuleBrokenException("orders.needs-approval", floor.Lines);
    }

    private static OfferFloor? FloorOf(OfferContent content, OfferContent? agreed)
    {
        var lines = agreed?.Lines.ToDictionary(l => l.Id) ?? [];
        return OfferFloor.Of(content with { Lines = [.. content.Lines.Where(l => lines.GetValueOrDefault(l.Id) is not { } old || old.Product != l.Product || old.Unit != l.Unit || old.Name != l.Name || l.UnitNet(content.Discount) < old.UnitNet(agreed!.Discount))] });
    }

    private static async Task<OfferContent?> AgreedAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        if (order.Offer is { } offer) return await db.Set<OfferVersion>().AsNoTracking().Where(v => v.Offer == offer && db.Set<Offer>().Any(o => o.Id == offer && o.InForce == v.Number)).Select(v => v.Content).FirstOrDefaultAsync(ct);
        // what a claim was decided by needs nobody's word a second time
        return await ClaimRemedy.GivenAsync(db, order.Id, ct) is { } given ? order.Content with { Lines = [.. order.Content.Lines.Where(given)] } : null;
    }

    private static bool IsSame(OfferLine a, OfferLine b) => (a.Kind, a.Product, a.Unit, a.Quantity, a.Asked) == (b.Kind, b.Product, b.Unit, b.Quantity, b.Asked);
}
