using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>What lies in kits, through kits within kits: the goods alone, for services are in no warehouse.</summary>
internal static class KitParts
{
    /// <summary>Base units of each of the goods in one of each kit.</summary>
    public static async Task<ILookup<ProductId, (ProductId Part, decimal Quantity)>> OfAsync(PortalDb db, IReadOnlyCollection<ProductId> kits, CancellationToken ct)
    {
        var ids = kits.Select(kit => kit.Value).ToArray();
        var parts = ids.Length == 0 ? [] : await db.Database.SqlQuery<Row>($"""
            with recursive held as (
                select kit, part, quantity::numeric from pricing.kit_part where kit = any({ids})
                union all
                select h.kit, k.part, h.quantity * k.quantity from held h join pricing.kit_part k on k.kit = h.part
            )
            select h.kit as "Kit", h.part as "Part", sum(h.quantity) as "Quantity" from held h join pricing.product p on p.id = h.part where p.kind = 'Goods' group by h.kit, h.part order by h.kit, h.part
            """).ToListAsync(ct);
        return parts.ToLookup(p => new ProductId(p.Kit), p => (new ProductId(p.Part), PriceNumbers.Unit(p.Quantity)));
    }

    private sealed record Row(Guid Kit, Guid Part, decimal Quantity);
}
