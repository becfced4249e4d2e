using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>What of a product lies in a warehouse, in base units.</summary>
/// <param name="There">what lies there</param>
/// <param name="ForOthers">of it, set aside for others</param>
/// <param name="Own">of it, set aside for who asks</param>
internal sealed record CardStock(WarehouseId Warehouse, ProductId Product, decimal There, decimal ForOthers, decimal Own)
{
    /// <summary>What who asks may take.</summary>
    public decimal Free => Math.Max(0, There - ForOthers);
}

/// <summary>Reads what somebody may take of products now.</summary>
internal static class StockFree
{
    /// <summary>The cards of products in warehouses in use.</summary>
    /// <param name="owner">who asks, such as an order</param>
    public static async Task<IReadOnlyList<CardStock>> FreeAsync(this PortalDb db, IReadOnlyCollection<ProductId> products, ObjectRef owner, CancellationToken ct)
    {
        var ids = products.Select(p => p.Value).ToArray();
        var kind = owner.Kind.ToString();
        return ids.Length == 0 ? [] : [.. (await db.Database.SqlQuery<Row>($"""
            select c.warehouse as "Warehouse", c.product as "Product", c.quantity as "There", coalesce(r.others, 0) as "ForOthers", coalesce(r.own, 0) as "Own"
            from stock.card c join stock.warehouse w on w.id = c.warehouse and not w.archived left join (
                select warehouse, product, sum(quantity) filter (where owner_id <> {owner.Id} or owner_kind <> {kind}) as others, sum(quantity) filter (where owner_id = {owner.Id} and owner_kind = {kind}) as own
                from stock.reserve where product = any({ids}) group by warehouse, product
            ) r on r.warehouse = c.warehouse and r.product = c.product where c.product = any({ids})
            """).ToListAsync(ct)).Select(r => new CardStock(new(r.Warehouse), new(r.Product), r.There, r.ForOthers, r.Own))];
    }

    private sealed record Row(Guid Warehouse, Guid Product, decimal There, decimal ForOthers, decimal Own);
}
