namespace Portal.Domain.Sales.Offers;

/// <summary>Id of an <see cref="Offer"/>.</summary>
public readonly record struct OfferId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static OfferId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of an <see cref="OfferLink"/>.</summary>
public readonly record struct OfferLinkId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static OfferLinkId New() => new(Guid.CreateVersion7());
}
