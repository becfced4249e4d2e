using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>A discount that was given: so much off the unit price.</summary>
public sealed record GivenDiscount(DiscountRuleId Rule, string Name, decimal Off);

/// <summary>The price of a line and how it came about. Money is in the currency asked, of one unit of the line, to six places.</summary>
/// <param name="List">the list that the price is of; null where none has one</param>
/// <param name="Listed">the price before discounts; null where no list has one</param>
/// <param name="Net">the net price; null where there is none</param>
/// <param name="Discounts">what was taken off, in order</param>
/// <param name="VatRate">percent</param>
/// <param name="Cost">what the unit costs; null where that is not known, or not for the reader</param>
/// <param name="Floor">least margin, percent; null for none, or not for the reader</param>
/// <param name="FloorPrice">the price that leaves the least margin</param>
/// <param name="BelowFloor">how far the price is below <paramref name="FloorPrice"/>, percent of it; 0 where it is not</param>
/// <param name="Reasons">the steps to the price, in order</param>
public sealed record LinePrice(
    PriceListId? List, decimal? Listed, decimal? Net, IReadOnlyList<GivenDiscount> Discounts, decimal VatRate,
    decimal? Cost, decimal? Floor, decimal? FloorPrice, decimal BelowFloor, IReadOnlyList<PriceReason> Reasons)
{
    /// <summary>True where somebody has to approve of the price.</summary>
    public bool NeedsApproval => BelowFloor > 0 || Reasons.Any(r => r.Code == PriceReasonCode.CostUnknown);

    /// <summary>What is left of the price beyond the cost, percent of the price; null where cost or price is not known, or the price is nothing.</summary>
    public decimal? Margin => PriceNumbers.Margin(Net, Cost);

    /// <summary>As those may read it who do not see cost: what tells of it is left out, that an approval is needed is not, nor that nobody knows the cost.</summary>
    public LinePrice WithoutCost() => this with
    {
        Cost = null,
        Floor = null,
        FloorPrice = null,
        BelowFloor = BelowFloor > 0 ? 100 : 0,
        Reasons = [.. Reasons.Where(r => r.Code != PriceReasonCode.AboveFloor).Select(r => r.Code == PriceReasonCode.BelowFloor ? new PriceReason(PriceReasonCode.NeedsApproval) : r)],
    };
}
