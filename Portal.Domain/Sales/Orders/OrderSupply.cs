using Portal.Domain.Pricing;
using Portal.Domain.Stock;

namespace Portal.Domain.Sales.Orders;

/// <summary>So many base units of a product that a line needs from a warehouse; a line of a kit needs several.</summary>
/// <param name="Each">base units in one unit of the line</param>
public sealed record SupplyNeed(Guid Line, WarehouseId? Warehouse, ProductId Product, decimal Each, decimal Quantity, DateOnly? WantedOn)
{
    /// <summary>Where it is to come from.</summary>
    public (WarehouseId?, ProductId) Card => (Warehouse, Product);
}

/// <summary>What can be had of a line.</summary>
/// <param name="There">how many of its unit can be taken from the warehouse now: free, or set aside for its order</param>
/// <param name="PromiseOn">when all of it can be shipped; null where nobody can tell</param>
public sealed record LineSupply(decimal There, DateOnly? PromiseOn);

/// <summary>What of an order can be had when.</summary>
public static class OrderSupply
{
    /// <summary>
    /// Gives what is there to the lines, the one that is wanted first having it first. What is there can be shipped today; what is not, comes within the days that goods usually take.
    /// </summary>
    /// <param name="free">by warehouse and product: what is not set aside for others</param>
    /// <param name="supplyDays">how long goods take that are not there; null where nobody can tell</param>
    public static IReadOnlyDictionary<Guid, LineSupply> Of(IEnumerable<SupplyNeed> needs, IReadOnlyDictionary<(WarehouseId?, ProductId), decimal> free, DateOnly today, int? supplyDays)
    {
        var left = free.ToDictionary();
        var lines = new Dictionary<Guid, LineSupply>();
        foreach (var line in needs.GroupBy(n => n.Line).OrderBy(l => l.Min(n => n.WantedOn ?? DateOnly.MaxValue)))
        {
            // of a kit there are as many as there are of its scarcest part
            var there = line.Min(n => Math.Min(n.Quantity, Math.Max(0, left.GetValueOrDefault(n.Card))) / n.Each);
            foreach (var need in line) left[need.Card] = left.GetValueOrDefault(need.Card) - Math.Min(need.Quantity, PriceNumbers.Unit(there * need.Each));
            var whole = line.All(n => PriceNumbers.Unit(there * n.Each) >= n.Quantity);
            lines[line.Key] = new(PriceNumbers.Unit(there), whole ? today : supplyDays is { } days ? today.AddDays(days) : null);
        }
        return lines;
    }
}
