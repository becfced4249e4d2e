using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing;

/// <summary>What kits cost: their parts, by currency, through kits within kits.</summary>
internal static class KitCosts
{
    /// <summary>Costs of one of each kit; a kit of which a part has no cost, or that has no parts, is left out.</summary>
    public static async Task<ILookup<ProductId, Money>> OfAsync(PortalDb db, IReadOnlyCollection<ProductId> kits, CancellationToken ct)
    {
        var ids = kits.Select(kit => kit.Value).ToArray();
        var sums = ids.Length == 0 ? [] : await db.Database.SqlQueryRaw<KitSum>(KitParts.Held + """
            select h.kit as "Kit", p.cost_currency as "Currency", sum(h.quantity * p.cost) as "Cost"
            from held h join pricing.product p on p.id = h.part
            where p.kind <> 'Kit' or not exists (select from pricing.kit_part k where k.kit = p.id)
            group by h.kit, p.cost_currency
            """, ids).ToListAsync(ct);
        return sums.GroupBy(s => s.Kit).Where(kit => kit.All(s => s.Currency is not null))
            .SelectMany(kit => kit).ToLookup(s => new ProductId(s.Kit), s => new Money(s.Cost!.Value, s.Currency!));
    }

    private sealed record KitSum(Guid Kit, string? Currency, decimal? Cost);
}
