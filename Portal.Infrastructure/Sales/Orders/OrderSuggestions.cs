using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>A product that may be wanted.</summary>
/// <param name="Orders">in how many orders it was: the client's own, or those of clients like him</param>
/// <param name="Quantity">how many were in the latest of them</param>
public sealed record OrderSuggestion(ProductHint Product, bool IsOwn, int Orders, decimal Quantity, string Unit);

/// <summary>What is bought most while an order is entered: by its client, then by clients who bought the same, and of a new client by everybody. Looks at a year.</summary>
public sealed class OrderSuggestions(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Suggestions at once.</summary>
    public const int Most = 8;

    // clients who are looked at as being like this one
    private const int MostAlike = 50;

    /// <summary>The products, those that the client buys himself first.</summary>
    /// <param name="but">what the order has already</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<OrderSuggestion>> OfAsync(PartnerId? partner, IReadOnlyCollection<ProductId> but, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (partner is { } asked && !await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == asked, ct)) partner = null;
        var (client, had, since) = (partner?.Value ?? Guid.Empty, but.Select(p => p.Value).ToArray(), (await db.CompanyTodayAsync(time, ct)).AddYears(-1));
        var found = await db.Database.SqlQuery<Row>($"""
            with bought as materialized (
                select o.partner, i.product, count(*) as orders, (array_agg(i.quantity order by o.placed_on desc, o.id desc))[1] as quantity, (array_agg(i.unit order by o.placed_on desc, o.id desc))[1] as unit
                from sales.order_item i join sales.sales_order o on o.id = i."order"
                where o.placed_on >= {since} and o.state <> 'Cancelled' and i.product is not null group by o.partner, i.product
            ), alike as (
                select b.partner from bought own join bought b on b.product = own.product and b.partner <> own.partner where own.partner = {client} group by b.partner order by count(*) desc, b.partner limit {MostAlike}
            ), best as (
                select b.product, true as own, b.orders, b.quantity, b.unit from bought b where b.partner = {client}
                union all
                select b.product, false, sum(b.orders), (array_agg(b.quantity order by b.orders desc))[1], (array_agg(b.unit order by b.orders desc))[1] from bought b
                where b.partner <> {client} and (b.partner in (select partner from alike) or not exists (select from alike)) and not exists (select from bought own where own.partner = {client} and own.product = b.product) group by b.product
            )
            select b.product as "Product", b.own as "Own", b.orders::int as "Orders", b.quantity as "Quantity", b.unit as "Unit" from best b join pricing.product p on p.id = b.product
            where not p.archived and b.product <> all({had}) order by b.own desc, b.orders desc, p.code limit {Most}
            """).ToListAsync(ct);
        var ids = found.ConvertAll(r => new ProductId(r.Product));
        var hints = await ProductListQuery.Hint(db.Set<Product>().Where(p => ids.Contains(p.Id))).ToDictionaryAsync(p => p.Id, ct);
        return [.. found.Select(r => new OrderSuggestion(hints[new(r.Product)], r.Own, r.Orders, r.Quantity, hints[new(r.Product)].SoldIn.Contains(r.Unit) ? r.Unit : hints[new(r.Product)].Unit))];
    }

    private sealed record Row(Guid Product, bool Own, int Orders, decimal Quantity, string Unit);
}
