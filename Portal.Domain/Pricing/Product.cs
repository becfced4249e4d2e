using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>What a product is: something on a shelf, something done, or several of both sold as one.</summary>
public enum ProductKind { Goods, Service, Kit }

/// <summary>A unit beside the base unit: one of it holds <paramref name="Factor"/> base units.</summary>
public sealed record ProductUnit(string Name, decimal Factor);

/// <summary>A property that tells products apart, such as a width.</summary>
public sealed record Characteristic(string Name, string Value);

/// <summary>What is said of a product.</summary>
/// <param name="Code">article number; letters small and capital are different</param>
/// <param name="Unit">the base unit: cost, and prices that name no other unit, are per one of it</param>
/// <param name="VatRate">value-added tax, percent of the net price</param>
/// <param name="Cost">what one base unit costs us; null where it is not known, and for kits, whose parts cost</param>
/// <param name="MarginFloor">least margin, percent of the price; null takes that of its group</param>
public sealed record ProductDetails(
    string Code, string Name, ProductGroupId? Group, ProductKind Kind, string Unit, decimal VatRate, Money? Cost = null, decimal? MarginFloor = null, string? Description = null)
{
    /// <summary>Further units.</summary>
    public IReadOnlyList<ProductUnit> Units { get; init; } = [];
    /// <summary>Characteristics in the order they are read.</summary>
    public IReadOnlyList<Characteristic> Characteristics { get; init; } = [];
}

/// <summary>Something we sell. Pictures hang on it as files.</summary>
public sealed class Product : ISearchable
{
    /// <summary>A margin of the whole price would need goods that cost nothing.</summary>
    public const decimal MostFloor = 99;

    private const int MostUnits = 12, MostCharacteristics = 60;

    private Product() { }

    /// <summary>Enters a product.</summary>
    public Product(ProductId id, ProductDetails details)
    {
        Id = id;
        Describe(details);
    }

    public ProductId Id { get; private set; }
    public string Code { get; private set; } = "";
    public string Name { get; private set; } = "";
    public ProductGroupId? Group { get; private set; }
    public ProductKind Kind { get; private set; }
    public string Unit { get; private set; } = "";
    public IReadOnlyList<ProductUnit> Units { get; private set; } = [];
    public decimal VatRate { get; private set; }
    public decimal? Cost { get; private set; }
    /// <summary>ISO 4217 code of the cost.</summary>
    public string? CostCurrency { get; private set; }
    public decimal? MarginFloor { get; private set; }
    public string? Description { get; private set; }
    public IReadOnlyList<Characteristic> Characteristics { get; private set; } = [];
    public bool Archived { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets what is said of it.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c>, <c>clients.currency-unknown</c>, <c>pricing.unit-twice</c>, <c>pricing.too-many-units</c>, <c>pricing.too-many-characteristics</c>
    /// </exception>
    public void Describe(ProductDetails details)
    {
        Code = Required.Text(details.Code, "product.code", 60);
        Name = Required.Text(details.Name, "product.name", 200);
        (Group, Kind) = (details.Group, details.Kind);
        Unit = Required.Text(details.Unit, "product.unit", 20);
        VatRate = PriceNumbers.Percent(details.VatRate, "product.vat-rate");
        (Cost, CostCurrency) = details is { Kind: not ProductKind.Kit, Cost: { } cost } ? ((decimal?)PriceNumbers.Price(cost.Amount, "product.cost"), PriceNumbers.Currency(cost.Currency)) : (null, null);
        MarginFloor = details.MarginFloor is { } floor ? PriceNumbers.Percent(floor, "price.floor", MostFloor) : null;
        Description = Required.Optional(details.Description, "product.description", 4000);
        Units = [.. details.Units.Select(u => new ProductUnit(Required.Text(u.Name, "product.unit", 20), PriceNumbers.Factor(u.Factor, "product.factor")))];
        if (Units.Count > MostUnits) throw new RuleBrokenException("pricing.too-many-units", MostUnits);
        if (Units.Select(u => u.Name).Append(Unit).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new RuleBrokenException("pricing.unit-twice", twice.Key);
        Characteristics = [.. details.Characteristics.Select(c => new Characteristic(Required.Text(c.Name, "product.characteristic", 80), Required.Text(c.Value, "product.characteristic-value", 400)))];
        if (Characteristics.Count > MostCharacteristics) throw new RuleBrokenException("pricing.too-many-characteristics", MostCharacteristics);
    }

    /// <summary>Lays it into another group.</summary>
    public void MoveTo(ProductGroupId? group) => Group = group;

    /// <summary>Sets the rate of value-added tax, percent.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public void Tax(decimal vatRate) => VatRate = PriceNumbers.Percent(vatRate, "product.vat-rate");

    /// <summary>Takes it out of the catalogue; documents keep it.</summary>
    public void Archive() => Archived = true;

    /// <summary>Brings it back.</summary>
    public void Restore() => Archived = false;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Product, Id.Value), $"{Code} {Name}", string.Join(' ', Characteristics.Select(c => c.Value)));
}

/// <summary>A product in a kit, so many base units of it in one kit.</summary>
public sealed class KitPart
{
    private KitPart() { }

    /// <summary>Puts a product into a kit. Whoever calls has seen that the kit does not come to hold itself.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>pricing.kit-in-itself</c></exception>
    public KitPart(ProductId kit, ProductId part, decimal quantity)
    {
        if (kit == part) throw new RuleBrokenException("pricing.kit-in-itself");
        (Kit, Part) = (kit, part);
        Count(quantity);
    }

    public ProductId Kit { get; private set; }
    public ProductId Part { get; private set; }
    public decimal Quantity { get; private set; }

    /// <summary>Sets how many.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public void Count(decimal quantity) => Quantity = PriceNumbers.Quantity(quantity, "price.quantity");
}
