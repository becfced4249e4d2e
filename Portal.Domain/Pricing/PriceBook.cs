using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>A product as its price is reckoned.</summary>
/// <param name="Groups">the group it lies in and those above, the nearest first</param>
/// <param name="Unit">its base unit</param>
/// <param name="Units">its further units: how many base units one holds</param>
/// <param name="VatRate">percent</param>
/// <param name="Costs">what one base unit costs, by currency: a kit's parts may cost in several; empty where that is not known whole</param>
/// <param name="Floor">least margin that holds for it, percent of the price: its own, that of the nearest group, or the company's; null for none</param>
public sealed record PricedProduct(
    ProductId Id, string Code, string Name, IReadOnlyList<ProductGroupId> Groups, string Unit, IReadOnlyDictionary<string, decimal> Units, decimal VatRate, IReadOnlyList<Money> Costs, decimal? Floor);

/// <summary>A price list as prices are looked for in it.</summary>
public sealed record KnownList(PriceListId Id, PriceListTerms Terms);

/// <summary>A discount as it is looked at.</summary>
public sealed record KnownDiscount(DiscountRuleId Id, int Position, DiscountTerms Terms);

/// <summary>Prices of a list for one quantity and more of one unit; <paramref name="Unit"/> is empty for the base unit.</summary>
public sealed record KnownPrice(PriceListId List, ProductId Product, string Unit, decimal FromQuantity, decimal Price);

/// <summary>Everything that lines are reckoned from. The order of what it holds means nothing.</summary>
public sealed class PriceBook
{
    private readonly Dictionary<PriceListId, KnownList> lists;
    private readonly ILookup<(PriceListId, ProductId), KnownPrice> prices;

    /// <summary>Takes in products, the lists that are in use with their prices of these products, and the discounts in use.</summary>
    public PriceBook(IEnumerable<PricedProduct> products, IEnumerable<KnownList> lists, IEnumerable<KnownPrice> prices, IEnumerable<KnownDiscount> discounts)
    {
        Products = products.ToDictionary(p => p.Id);
        this.lists = lists.ToDictionary(l => l.Id);
        this.prices = prices.ToLookup(p => (p.List, p.Product));
        Discounts = [.. discounts.OrderBy(d => d.Position).ThenBy(d => d.Id.Value)];
    }

    /// <summary>The products by id.</summary>
    public IReadOnlyDictionary<ProductId, PricedProduct> Products { get; }

    /// <summary>The discounts in the order in which they are looked at.</summary>
    public IReadOnlyList<KnownDiscount> Discounts { get; }

    /// <summary>The lists.</summary>
    public IEnumerable<KnownList> Lists => lists.Values;

    /// <summary>The list of that id, or null where it is not in use.</summary>
    public KnownList? Find(PriceListId id) => lists.GetValueOrDefault(id);

    /// <summary>Units and quantities at which the price of a product changes in a list, or in those it is reckoned from: the base unit first, each from its least quantity on.</summary>
    public IReadOnlyList<(string Unit, decimal From)> StepsOf(PriceListId list, ProductId product)
    {
        var steps = new SortedSet<(string Unit, decimal From)>(Comparer<(string Unit, decimal From)>.Create((a, b) => string.CompareOrdinal(a.Unit, b.Unit) is not 0 and var units ? units : a.From.CompareTo(b.From))) { ("", 0) };
        for (var (at, depth) = (Find(list), 0); at is not null && depth < PriceList.MostSteps; at = at.Terms.Base is { } below ? Find(below) : null, depth++)
            foreach (var price in prices[(at.Id, product)]) steps.Add((price.Unit, price.FromQuantity));
        return [.. steps];
    }

    /// <summary>The price that a list holds itself for so many of a unit: that of the greatest quantity which the line reaches.</summary>
    public KnownPrice? Find(PriceListId list, ProductId product, string unit, decimal quantity) =>
        prices[(list, product)].Where(p => p.Unit == unit && p.FromQuantity <= quantity).MaxBy(p => p.FromQuantity);
}

/// <summary>For whom, when and in what money prices are asked.</summary>
/// <param name="Day">business day in the company's zone</param>
/// <param name="Currency">ISO 4217 code of the prices wanted</param>
/// <param name="Segments">segments that the client belongs to</param>
/// <param name="Agreements">agreements with him that hold on the day</param>
/// <param name="Only">prices of this list alone are wanted; null takes the first that has one</param>
/// <param name="Rates">units of <paramref name="Currency"/> for one of another currency; what is in a currency without a rate is passed over</param>
public sealed record PriceTerms(
    DateOnly Day, string Currency, IReadOnlySet<SegmentId> Segments, IReadOnlySet<AgreementId> Agreements, PriceListId? Only = null, IReadOnlyDictionary<string, decimal>? Rates = null)
{
    /// <summary>Terms for somebody of whom nothing is known.</summary>
    public static PriceTerms ForAnybody(DateOnly day, string currency) => new(day, currency, new HashSet<SegmentId>(), new HashSet<AgreementId>());

    /// <summary>An amount in another currency; null where a rate is missing.</summary>
    public decimal? Converted(decimal amount, string from, string to) =>
        from == to ? amount : Rate(from) is { } own && Rate(to) is { } other ? PriceNumbers.Unit(amount * own / other) : null;

    private decimal? Rate(string currency) => currency == Currency ? 1 : Rates?.GetValueOrDefault(currency) is { } rate and > 0 ? rate : null;
}

/// <summary>A line whose price is asked.</summary>
/// <param name="Unit">one of the product's units; null for its base unit</param>
/// <param name="Quantity">in that unit</param>
/// <param name="Asked">the net unit price that somebody has set by hand; null for that of lists and discounts</param>
public sealed record PriceLine(ProductId Product, string? Unit, decimal Quantity, decimal? Asked = null);
