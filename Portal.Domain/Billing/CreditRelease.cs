using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>So much of a line of an order that a release was given for.</summary>
/// <param name="Gross">what it is worth, in the order's currency</param>
public sealed record ReleasedGoods(SalesOrderId Order, Guid OrderLine, ProductId? Product, string Unit, decimal Quantity, decimal Gross)
{
    /// <summary>True where the release holds for these goods: the same, no more of them, and worth no more.</summary>
    internal bool Covers(ReleasedGoods going) => (Order, OrderLine, Product, Unit) == (going.Order, going.OrderLine, going.Product, going.Unit) && going.Quantity <= Quantity && going.Gross <= Gross;
}

/// <summary>Somebody answers for goods that go to a client who owes too much, or too long.</summary>
public sealed class CreditRelease
{
    private CreditRelease() { }

    /// <summary>Lets a shipment go.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public CreditRelease(ShipmentId shipment, IReadOnlyList<ReleasedGoods> goods, string? reason, Actor by, DateTimeOffset now)
    {
        Shipment = shipment;
        Renew(goods, reason, by, now);
    }

    public ShipmentId Shipment { get; private set; }
    /// <summary>Why it may go.</summary>
    public string Reason { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>For which goods it was given.</summary>
    public IReadOnlyList<ReleasedGoods> Goods { get; private set; } = [];

    /// <summary>True where it holds for goods: for fewer, but neither for more nor for others.</summary>
    public bool Covers(IReadOnlyCollection<ReleasedGoods> going) => going.All(line => Goods.Any(released => released.Covers(line)));

    /// <summary>Gives it anew, for other goods.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Renew(IReadOnlyList<ReleasedGoods> goods, string? reason, Actor by, DateTimeOffset now) => (Reason, Goods, At, ByUser, ByName) = (Required.Text(reason, "credit.reason", 1000), goods, now, by.UserId, by.Name);
}
