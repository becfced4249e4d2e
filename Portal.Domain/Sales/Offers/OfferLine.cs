using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>What a line of an offer is: a heading, a product of the catalogue, something said freely, something put together of parts, or the delivery.</summary>
public enum OfferLineKind { Section, Product, Free, Composition, Delivery }

/// <summary>A part of a composition.</summary>
/// <param name="Quantity">in one unit of the line</param>
/// <param name="Cost">of one unit of the part, in the offer's currency; null where it is not known</param>
public sealed record OfferPart(string Name, decimal Quantity, decimal? Cost);

/// <summary>
/// A line as it is offered. It holds everything that is printed and reckoned, so that it says the same when its product is gone. Money is in the offer's currency, of one unit, net.
/// </summary>
/// <param name="Id">stays through all versions: by it two versions are compared</param>
public sealed record OfferLine(Guid Id, OfferLineKind Kind, string Name)
{
    public ProductId? Product { get; init; }
    public string? Code { get; init; }
    public string Unit { get; init; } = "";
    public decimal Quantity { get; init; } = 1;
    /// <summary>The price set by hand; null takes that of the price lists.</summary>
    public decimal? Asked { get; init; }
    /// <summary>Off the price, percent.</summary>
    public decimal Discount { get; init; }
    /// <summary>Percent of the net sum.</summary>
    public decimal VatRate { get; init; }
    /// <summary>True for what counts only once the client has chosen it.</summary>
    public bool IsOption { get; init; }
    public string? Note { get; init; }
    public IReadOnlyList<OfferPart> Parts { get; init; } = [];

    /// <summary>The price before the discounts of the offer: by hand, or of lists and their discounts; null where there is none.</summary>
    public decimal? Price { get; init; }
    /// <summary>What one unit costs; null where that is not known, or not for the reader.</summary>
    public decimal? Cost { get; init; }
    /// <summary>The price that leaves the least margin; null where none is set, or it is not for the reader.</summary>
    public decimal? FloorPrice { get; init; }
    /// <summary>The steps to the price, in order.</summary>
    public IReadOnlyList<PriceReason> Reasons { get; init; } = [];

    /// <summary>True for a line that is sold, not a heading.</summary>
    public bool IsSold => Kind != OfferLineKind.Section;

    /// <summary>The unit price after its own discount and that on the whole, which leaves delivery as it is.</summary>
    /// <param name="whole">discount on the whole, percent</param>
    public decimal UnitNet(decimal whole) =>
        PriceNumbers.Unit((Price ?? 0) * (1 - Discount / 100) * (Kind == OfferLineKind.Delivery ? 1 : 1 - whole / 100));

    /// <summary>Both discounts, the line's own and that on the whole, as one share of the price that is printed, percent; 0 where there is no price.</summary>
    public decimal Reduction(decimal whole) => IsSold && Price is > 0 and var price ? (1 - UnitNet(whole) / price) * 100 : 0;

    /// <summary>The sums of the line, rounded to the currency's minor unit.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.sum-too-large</c></exception>
    public LineSums Sums(decimal whole, string currency) => IsSold ? LineSums.Of(Quantity, UnitNet(whole), VatRate, currency) : default;

    /// <summary>How far the unit price is below its floor, percent of that; 0 where it is not.</summary>
    public decimal BelowFloor(decimal whole) =>
        IsSold && Price is not null ? PriceNumbers.Below(UnitNet(whole), FloorPrice) : 0;

    /// <summary>What is left of the unit price beyond the cost, percent of it; null where either is not known.</summary>
    public decimal? Margin(decimal whole) => PriceNumbers.Margin(UnitNet(whole), Cost);

    /// <summary>True where a least margin is set and nobody has said what the line costs, or not in a currency with a rate into the offer's: whether it is kept, nobody knows.</summary>
    public bool IsUnjudged => Reasons.Any(r => r.Code == PriceReasonCode.CostUnknown);

    /// <summary>What one unit of a composition costs by its parts; null where a part has no cost, or there is none.</summary>
    public decimal? CostOfParts => Parts.Count > 0 && Parts.All(p => p.Cost is not null) ? PriceNumbers.Unit(Parts.Sum(p => p.Quantity * p.Cost!.Value)) : null;

    /// <summary>As those may read it who do not see cost.</summary>
    public OfferLine WithoutCost() => this with
    {
        Cost = null,
        FloorPrice = null,
        Parts = [.. Parts.Select(p => p with { Cost = null })],
        // that nobody knows a cost tells of none: everybody is told why somebody has to approve
        Reasons = [.. Reasons.Where(r => r.Code is not (PriceReasonCode.AboveFloor or PriceReasonCode.BelowFloor or PriceReasonCode.OverCost))],
    };

    /// <summary>The line, when it can be: texts trimmed, numbers within their bounds.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c>, <c>offers.too-many-parts</c></exception>
    public OfferLine Checked()
    {
        var name = Required.Text(Name, "offer.line-name", 400);
        if (!IsSold) return new(Id, Kind, name);
        if (Parts.Count > MostParts) throw new RuleBrokenException("offers.too-many-parts", MostParts);
        return this with
        {
            Name = name,
            Product = Kind == OfferLineKind.Product ? Product : null,
            Code = Required.Optional(Code, "product.code", 60),
            Unit = Required.Optional(Unit, "product.unit", 20) ?? "",
            Quantity = PriceNumbers.Quantity(Quantity, "price.quantity"),
            Asked = Asked is { } asked ? PriceNumbers.Price(asked, "price.price") : null,
            Discount = PriceNumbers.Percent(Discount, "discount.percent"),
            VatRate = PriceNumbers.Percent(VatRate, "product.vat-rate"),
            Note = Required.Optional(Note, "offer.line-note", 1000),
            Cost = Cost is { } cost ? PriceNumbers.Price(cost, "product.cost") : null,
            Parts = Kind == OfferLineKind.Composition ? [.. Parts.Select(Checked)] : [],
        };
    }

    private const int MostParts = 200;

    private static OfferPart Checked(OfferPart part) => new(
        Required.Text(part.Name, "offer.part-name", 200), PriceNumbers.Quantity(part.Quantity, "price.quantity"), part.Cost is { } cost ? PriceNumbers.Price(cost, "product.cost") : null);
}
