namespace Portal.Domain.Pricing;

/// <summary>Id of a <see cref="Product"/>.</summary>
public readonly record struct ProductId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ProductId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="ProductGroup"/>.</summary>
public readonly record struct ProductGroupId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ProductGroupId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="PriceList"/>.</summary>
public readonly record struct PriceListId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PriceListId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="DiscountRule"/>.</summary>
public readonly record struct DiscountRuleId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DiscountRuleId New() => new(Guid.CreateVersion7());
}
