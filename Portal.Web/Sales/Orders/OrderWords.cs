using Portal.Domain.Sales.Orders;

namespace Portal.Web.Sales.Orders;

/// <summary>Orders in the reader's words.</summary>
internal static class OrderWords
{
    /// <summary>The colour of a state.</summary>
    public static string? Tone(OrderState state) => state switch { OrderState.Shipped => "good", OrderState.Cancelled => "bad", OrderState.PartShipped => "warn", _ => null };

    /// <summary>The colour of a shipment's state.</summary>
    public static string? Tone(ShipmentState state) => state switch { ShipmentState.Posted => "good", ShipmentState.Cancelled => "bad", _ => "warn" };
}
