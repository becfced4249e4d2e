namespace Portal.Domain.Pricing;

/// <summary>A step on the way to a price. The arguments stand in the order named.</summary>
public enum PriceReasonCode
{
    /// <summary>List, price of the unit.</summary>
    InList,
    /// <summary>List, least quantity, unit, price of the unit.</summary>
    InListFrom,
    /// <summary>Unit, base units in one, base unit, price of the unit: the list holds the price of the base unit.</summary>
    OfBaseUnits,
    /// <summary>List, markup in percent, base list, price.</summary>
    OverList,
    /// <summary>List, price.</summary>
    OverCost,
    /// <summary>Price in the currency asked.</summary>
    Converted,
    /// <summary>List, its currency: there is no rate, the list was passed over.</summary>
    NoRate,
    /// <summary>List, the list it is reckoned from: that one does not hold on the day, the list was passed over.</summary>
    BaseOver,
    /// <summary>No list that holds has a price.</summary>
    NoPrice,
    /// <summary>Discount, percent, price after it.</summary>
    Discount,
    /// <summary>Discount, amount off the unit, price after it.</summary>
    DiscountAmount,
    /// <summary>Discount, cap in percent, price after it.</summary>
    DiscountCapped,
    /// <summary>Discount: it stands alone, and another was given already.</summary>
    DiscountPassedOver,
    /// <summary>Discount, its currency: there is no rate.</summary>
    DiscountWithoutRate,
    /// <summary>Price set by hand.</summary>
    ByHand,
    /// <summary>Margin in percent, floor in percent.</summary>
    AboveFloor,
    /// <summary>Floor in percent, price at the floor; the price needs approval.</summary>
    BelowFloor,
    /// <summary>The price is below the floor and needs approval: for readers who do not see cost.</summary>
    NeedsApproval,
    /// <summary>A floor is set, but the cost is not known, or not in a currency with a rate; the price needs approval.</summary>
    CostUnknown,
}

/// <summary>Why a price is what it is: one step, with its arguments (texts, quantities and percents as numbers, prices as money).</summary>
public sealed record PriceReason(PriceReasonCode Code, params IReadOnlyList<object> Args);
