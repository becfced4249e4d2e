using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>What lies in kits, through kits within kits: the goods alone, for services are in no warehouse.</summary>
internal static class KitParts
{
    /// <summary>All that lies in kits {0}, at any depth, as the rows <c>held</c> of kit, part and quantity: the beginning of a query.</summary>
    public const string Held = """
        with recursive held as (
            select kit, part, quantity::numeric from pricing.kit_part where kit = any({0})
            union all
            select h.kit, k.part, h.quantity * k.quantity from held h join pricing.kit_part k on k.kit = h.part
        )
        """;

    /// <summary>Base units of each of the goods in one of each kit among the products; a kit without goods is there too, what is no kit is not.</summary>
    public static async Task<IReadOnlyDictionary<ProductId, IReadOnlyList<(ProductId Part, decimal Quantity)>>> OfAsync(PortalDb db, IReadOnlyCollection<ProductId> products, CancellationToken ct)
    {
        var kits = await db.Set<Product>().Where(p => products.Contains(p.Id) && p.Kind == ProductKind.Kit).Select(p => p.Id).ToListAsync(ct);
        var ids = kits.Select(kit => kit.Value).ToArray();
        var parts = (ids.Length == 0 ? [] : await db.Database.SqlQueryRaw<Row>(Held + """
            select h.kit as "Kit", h.part as "Part", sum(h.quantity) as "Quantity" from held h join pricing.product p on p.id = h.part where p.kind = 'Goods' group by h.kit, h.part order by h.kit, h.part
            """, ids).ToListAsync(ct)).ToLookup(p => p.Kit);
        return kits.ToDictionary(kit => kit, kit => (IReadOnlyList<(ProductId, decimal)>)[.. parts[kit.Value].Select(p => (new ProductId(p.Part), PriceNumbers.Unit(p.Quantity)))]);
    }

    private sealed record Row(Guid Kit, Guid Part, decimal Quantity);
}
