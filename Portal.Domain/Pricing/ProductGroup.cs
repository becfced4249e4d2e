using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>A branch of the catalogue: products and further groups lie in it.</summary>
public sealed class ProductGroup : ISearchable
{
    /// <summary>No tree of groups is deeper.</summary>
    public const int MostSteps = 8;

    private ProductGroup() { }

    /// <summary>Opens a group.</summary>
    public ProductGroup(ProductGroupId id, string name, ProductGroupId? parent, decimal? marginFloor)
    {
        Id = id;
        Describe(name, parent, marginFloor);
    }

    public ProductGroupId Id { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>The group it lies in; null at the root.</summary>
    public ProductGroupId? Parent { get; private set; }
    /// <summary>Least margin of its products, percent of the price; null takes that of the group above.</summary>
    public decimal? MarginFloor { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets what it is. Whoever calls has seen that it does not come to lie in itself.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>number.out-of-range</c>, <c>pricing.group-in-itself</c></exception>
    public void Describe(string name, ProductGroupId? parent, decimal? marginFloor)
    {
        if (parent == Id) throw new RuleBrokenException("pricing.group-in-itself");
        Name = Required.Text(name, "group.name", 120);
        Parent = parent;
        MarginFloor = marginFloor is { } floor ? PriceNumbers.Percent(floor, "price.floor", Product.MostFloor) : null;
    }

    /// <summary>Takes it out of the catalogue.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.ProductGroup, Id.Value), Name, "");
}
