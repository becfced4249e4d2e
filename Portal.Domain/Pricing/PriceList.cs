using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>Whom a price list is meant for in the trade.</summary>
public enum PriceListKind { Wholesale, Retail, Dealer, Special }

/// <summary>Where the prices of a list come from; a price of its own stands before what is reckoned.</summary>
public enum PriceBasis
{
    /// <summary>Only prices of its own.</summary>
    Own,
    /// <summary>So much over, or under, the prices of another list.</summary>
    OverList,
    /// <summary>So much over cost.</summary>
    OverCost,
}

/// <summary>What a price list says of itself.</summary>
/// <param name="From">first day it holds; null from ever</param>
/// <param name="Until">last day it holds; null without end</param>
/// <param name="Segment">holds for clients of this segment only</param>
/// <param name="Agreement">holds under this agreement only</param>
/// <param name="Priority">the lower of two that hold is asked first, 1 … 999</param>
/// <param name="Base">the list that prices are reckoned from, whomever that is for; on days when it does not hold nothing is reckoned from it</param>
/// <param name="Markup">percent put on the base or on cost; negative takes off</param>
public sealed record PriceListTerms(
    string Name, PriceListKind Kind, string Currency, DateOnly? From = null, DateOnly? Until = null, SegmentId? Segment = null, AgreementId? Agreement = null,
    int Priority = 100, PriceBasis Basis = PriceBasis.Own, PriceListId? Base = null, decimal Markup = 0)
{
    /// <summary>True on a day it holds.</summary>
    public bool HoldsOn(DateOnly day) => !(From > day) && !(Until < day);
}

/// <summary>Prices under a name.</summary>
public sealed class PriceList
{
    /// <summary>Lists over lists are no deeper.</summary>
    public const int MostSteps = 8;

    /// <summary>The priority of a list that every other goes before.</summary>
    public const int LastPriority = 999;

    private PriceList() { }

    /// <summary>Opens a list.</summary>
    public PriceList(PriceListId id, PriceListTerms terms)
    {
        Id = id;
        Agree(terms);
    }

    public PriceListId Id { get; private set; }
    public string Name { get; private set; } = "";
    public PriceListKind Kind { get; private set; }
    public string Currency { get; private set; } = "";
    public DateOnly? ValidFrom { get; private set; }
    public DateOnly? ValidUntil { get; private set; }
    public SegmentId? Segment { get; private set; }
    public AgreementId? Agreement { get; private set; }
    public int Priority { get; private set; }
    public PriceBasis Basis { get; private set; }
    public PriceListId? Base { get; private set; }
    public decimal Markup { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>What it says of itself.</summary>
    public PriceListTerms Terms => new(Name, Kind, Currency, ValidFrom, ValidUntil, Segment, Agreement, Priority, Basis, Base, Markup);

    /// <summary>Sets what it says. Whoever calls has seen that its base is there and that lists make no circle.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>text.required</c>, <c>clients.currency-unknown</c>, <c>number.out-of-range</c>, <c>pricing.list-ends-before-it-begins</c>, <c>pricing.list-for-two</c>, <c>pricing.list-without-base</c>, <c>pricing.list-in-circle</c>
    /// </exception>
    public void Agree(PriceListTerms terms)
    {
        if (terms.Until < terms.From) throw new RuleBrokenException("pricing.list-ends-before-it-begins");
        if (terms is { Segment: not null, Agreement: not null }) throw new RuleBrokenException("pricing.list-for-two");
        if (terms is { Basis: PriceBasis.OverList, Base: null }) throw new RuleBrokenException("pricing.list-without-base");
        if (terms.Base == Id) throw new RuleBrokenException("pricing.list-in-circle", terms.Name);
        Name = Required.Text(terms.Name, "price-list.name", 120);
        (Kind, Currency, ValidFrom, ValidUntil) = (terms.Kind, PriceNumbers.Currency(terms.Currency), terms.From, terms.Until);
        (Segment, Agreement, Basis) = (terms.Segment, terms.Agreement, terms.Basis);
        Priority = Required.Number(terms.Priority, "price-list.priority", 1, LastPriority);
        Base = Basis == PriceBasis.OverList ? terms.Base : null;
        Markup = Basis == PriceBasis.Own ? 0 : PriceNumbers.Markup(terms.Markup, "price-list.markup");
    }

    /// <summary>Lets it hold no longer; documents keep what they say.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;
}

/// <summary>A price that stands in a list: of one unit of a product, from a quantity on.</summary>
public sealed class ListPrice
{
    private ListPrice() { }

    /// <summary>Sets a price.</summary>
    /// <param name="unit">one of the product's further units; empty for its base unit</param>
    /// <param name="fromQuantity">the least quantity of a line, in that unit; 0 for any</param>
    /// <param name="price">net, in the list's currency</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public ListPrice(PriceListId list, ProductId product, string unit, decimal fromQuantity, decimal price)
    {
        (List, Product, Unit) = (list, product, unit);
        FromQuantity = fromQuantity == 0 ? 0 : PriceNumbers.Quantity(fromQuantity, "price.from-quantity");
        Become(price);
    }

    public PriceListId List { get; private set; }
    public ProductId Product { get; private set; }
    public string Unit { get; private set; } = "";
    public decimal FromQuantity { get; private set; }
    public decimal Price { get; private set; }

    /// <summary>Sets another price.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public void Become(decimal price) => Price = PriceNumbers.Price(price, "price.price");
}
