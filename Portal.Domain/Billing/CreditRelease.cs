using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>Somebody answers for goods that go to a client who owes too much, or too long.</summary>
public sealed class CreditRelease
{
    private CreditRelease() { }

    /// <summary>Lets a shipment go.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public CreditRelease(ShipmentId shipment, string? reason, Actor by, DateTimeOffset now) =>
        (Shipment, Reason, At, ByUser, ByName) = (shipment, Required.Text(reason, "credit.reason", 1000), now, by.UserId, by.Name);

    public ShipmentId Shipment { get; private set; }
    /// <summary>Why it may go.</summary>
    public string Reason { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
}
