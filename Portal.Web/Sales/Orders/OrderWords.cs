using Portal.Domain.Sales.Orders;
using Portal.Infrastructure.Sales.Orders;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Orders;

/// <summary>Orders in the reader's words.</summary>
internal static class OrderWords
{
    /// <summary>The colour of a state.</summary>
    public static string? Tone(OrderState state) => state switch { OrderState.Shipped => "good", OrderState.Cancelled => "bad", OrderState.PartShipped => "warn", _ => null };

    /// <summary>The colour of a shipment's state.</summary>
    public static string? Tone(ShipmentState state) => state switch { ShipmentState.Posted => "good", ShipmentState.Cancelled => "bad", _ => "warn" };

    /// <summary>The colour of what became of a delivery.</summary>
    public static string? Tone(DeliveryState state) => state switch { DeliveryState.Delivered => "good", DeliveryState.Partly => "warn", DeliveryState.Refused => "bad", _ => null };

    /// <summary>What became of a shipment on its trip, or where that stands.</summary>
    public static string Standing(this Texts texts, ShipmentTrip trip) =>
        trip.Result == DeliveryState.Planned ? texts["shipments.trip", trip.Number, texts[$"tripState.{trip.State}"]] : texts[$"deliveryState.{trip.Result}"];

    /// <summary>Keys of the reasons that the driver's page proposes for goods that a client did not take; they are kept as keys.</summary>
    public static readonly IReadOnlyList<string> RefusalReasons = ["drive.refused.damaged", "drive.refused.wrong", "drive.refused.too-many", "drive.refused.late", "drive.refused.no-money", "drive.refused.unwanted"];

    /// <summary>Why a client did not take goods, in the reader's language where it was one of the proposed reasons.</summary>
    public static string? RefusalReason(this Texts texts, string? reason) => reason is not null && RefusalReasons.Contains(reason) ? texts[reason] : reason;

    /// <summary>What a delivery trip carries.</summary>
    public static string Cargo(this Texts texts, IReadOnlyList<string> numbers, int? packages)
    {
        var named = string.Join(", ", numbers);
        return packages is { } count ? texts["shipments.cargo-packages", named, count] : texts["shipments.cargo", named];
    }
}
