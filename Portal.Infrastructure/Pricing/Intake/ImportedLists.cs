using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Pricing.Intake;

/// <summary>A price as a row names it: the list by its name, the product's own key beside it.</summary>
internal sealed record ImportedPrice(string List, string? Currency, ProductId Product, string Unit, decimal FromQuantity, decimal Price);

/// <summary>Writes imported prices, opening the lists that are not there.</summary>
internal static class ImportedLists
{
    /// <summary>Writes prices in the open transaction.</summary>
    /// <param name="currency">of lists that are opened and name none</param>
    /// <returns>the products of prices that were new, or are others than before</returns>
    public static async Task<IReadOnlyList<ProductId>> WriteAsync(PortalDb db, IReadOnlyList<ImportedPrice> prices, string currency, DateTimeOffset now, CancellationToken ct)
    {
        if (prices.Count == 0) return [];
        await db.TakeTurnAsync("pricing.lists", ct);
        var there = await db.Set<PriceList>().Where(l => !l.Archived).Select(l => new { l.Name, l.Id, l.Priority }).ToListAsync(ct);
        var lists = there.ToDictionary(l => l.Name, l => l.Id, StringComparer.OrdinalIgnoreCase);
        // a list that nobody has looked at yet does not go before those that hold
        var last = Math.Min(PriceList.LastPriority, there.Select(l => l.Priority).Append(99).Max() + 1);
        foreach (var price in prices)
            if (!lists.ContainsKey(price.List))
            {
                var list = new PriceList(PriceListId.New(), new(price.List, PriceListKind.Wholesale, price.Currency ?? currency, Priority: last));
                db.Add(list);
                lists[list.Name] = list.Id;
            }
        await db.SaveChangesAsync(ct);
        var (ofLists, products) = (prices.Select(p => lists[p.List]).Distinct().ToList(), prices.Select(p => p.Product).Distinct().ToList());
        var standing = await db.Set<ListPrice>().Where(p => ofLists.Contains(p.List) && products.Contains(p.Product)).ToDictionaryAsync(p => (p.List, p.Product, p.Unit, p.FromQuantity), ct);
        List<ListPrice> fresh = [];
        List<ProductId> changed = [];
        foreach (var price in prices)
            if (!standing.TryGetValue((lists[price.List], price.Product, price.Unit, price.FromQuantity), out var known)) fresh.Add(new(lists[price.List], price.Product, price.Unit, price.FromQuantity, price.Price));
            else if (known.Price != PriceNumbers.Unit(price.Price))
            {
                known.Become(price.Price);
                changed.Add(price.Product);
            }
        await db.SaveChangesAsync(ct);
        await db.InsertAsync(fresh, now, ct);
        return [.. fresh.Select(p => p.Product), .. changed];
    }
}
