using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Domain.Sales.Orders;

/// <summary>Id of a <see cref="SalesOrder"/>.</summary>
public readonly record struct SalesOrderId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static SalesOrderId New() => new(Guid.CreateVersion7());
}

/// <summary>Where an order stands. Shipped means that nothing of it is left to ship.</summary>
public enum OrderState { Draft, Placed, PartShipped, Shipped, Cancelled }

/// <summary>For whom an order is, and where and when its goods go unless a line says otherwise.</summary>
/// <param name="Counterparty">the client's legal entity that documents name</param>
/// <param name="Place">where it is delivered; null where the client fetches it</param>
/// <param name="Warehouse">from where it is shipped</param>
/// <param name="WantedOn">when the client wants it</param>
/// <param name="Reference">what the client calls the order</param>
public sealed record OrderHead(
    PartnerId? Partner = null, CounterpartyId? Counterparty = null, AgreementId? Agreement = null, PersonId? Contact = null, PlaceId? Place = null, WarehouseId? Warehouse = null, DateOnly? WantedOn = null,
    string? Reference = null, string? Note = null);

/// <summary>What an order comes from, and who answers for it.</summary>
public sealed record OrderOrigin(OfferId? Offer, DealId? Deal, Guid? Manager, Identity.BranchId? Branch);

/// <summary>Where, when and from where the goods of a line go; null for as the order says.</summary>
public sealed record OrderDelivery(Guid Line, PlaceId? Place = null, WarehouseId? Warehouse = null, DateOnly? WantedOn = null);

/// <summary>A product as an order reckons with it.</summary>
public sealed record OrderedGoods(string Name, ProductKind Kind, string Unit, IReadOnlyList<ProductUnit> Units)
{
    /// <summary>How many base units one of a unit holds.</summary>
    /// <param name="unit">empty for the base unit</param>
    /// <exception cref="RuleBrokenException"><c>stock.unit-unknown</c></exception>
    public decimal Factor(string unit) => unit.Length == 0 || unit == Unit ? 1 : Units.FirstOrDefault(u => u.Name == unit)?.Factor ?? throw new RuleBrokenException("stock.unit-unknown", Name, unit);
}

/// <summary>What of an order is to be shipped: the need by product and day, and how far it is met. A line of something made to order has no product.</summary>
public sealed class OrderItem
{
    private OrderItem() { }

    internal OrderItem(SalesOrderId order, Guid line) => (Order, Line) = (order, line);

    public SalesOrderId Order { get; private set; }
    /// <summary>Id of the order's line.</summary>
    public Guid Line { get; private set; }
    /// <summary>Place among the lines.</summary>
    public int Place { get; private set; }
    public string Name { get; private set; } = "";
    public ProductId? Product { get; private set; }
    public string Unit { get; private set; } = "";
    public decimal Quantity { get; private set; }
    /// <summary>How many base units of its product one of its unit holds.</summary>
    public decimal Factor { get; private set; }
    public decimal Shipped { get; private set; }
    /// <summary>Where it goes, where the order does not say.</summary>
    public PlaceId? Destination { get; private set; }
    public WarehouseId? Warehouse { get; private set; }
    public DateOnly? WantedOn { get; private set; }

    /// <summary>What is left to ship, in its unit.</summary>
    public decimal Open => Quantity - Shipped;

    internal void Say(int place, OfferLine line, decimal factor, OrderDelivery? delivery)
    {
        (Place, Name, Product, Unit, Quantity, Factor) = (place, line.Name, line.Product, line.Unit, line.Quantity, factor);
        (Destination, Warehouse, WantedOn) = (delivery?.Place, delivery?.Warehouse, delivery?.WantedOn);
    }

    internal void Ship(decimal quantity) => Shipped = quantity <= Open ? Shipped + quantity : throw new RuleBrokenException("orders.more-than-open", Name, quantity, Open);

    internal void TakeBack(decimal quantity) => Shipped -= Math.Min(quantity, Shipped);
}
