using Portal.Domain.Dispatch;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Orders;

/// <summary>Id of a <see cref="Delivery"/>.</summary>
public readonly record struct DeliveryId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DeliveryId New() => new(Guid.CreateVersion7());
}

/// <summary>What became of a shipment at the client's door.</summary>
public enum DeliveryState { Planned, Delivered, Partly, Refused }

/// <summary>So much of a line of a shipment that the client did not take.</summary>
/// <param name="Quantity">in the line's unit</param>
public sealed record RefusedLine(SalesOrderId Order, Guid OrderLine, decimal Quantity, string Reason);

/// <summary>How many of a line the client took, and why not all of them.</summary>
public sealed record HandedLine(SalesOrderId Order, Guid OrderLine, decimal Quantity, string? Reason);

/// <summary>What happened at the client's door.</summary>
/// <param name="Lines">lines of which something is to be said; the client took all of the others</param>
/// <param name="Receiver">who took the goods</param>
/// <param name="Signature">the file with his signature</param>
/// <param name="Photos">files with what the driver saw</param>
public sealed record DeliveryResult(IReadOnlyList<HandedLine> Lines, string? Receiver, Guid? Signature, IReadOnlyList<Guid> Photos, string? Note);

/// <summary>A shipment on a trip: the stop at which it is handed over, and what became of it there.</summary>
public sealed class Delivery
{
    /// <summary>Photos of one delivery.</summary>
    public const int MostPhotos = 5;

    private Delivery() { }

    /// <summary>Puts a shipment on a trip.</summary>
    /// <param name="place">of the stop on its way, from 1</param>
    public Delivery(DeliveryId id, TripId trip, ShipmentId shipment, int place, TripStop stop) => (Id, Trip, Shipment, Place, Stop) = (id, trip, shipment, place, stop);

    public DeliveryId Id { get; private set; }
    public TripId Trip { get; private set; }
    public ShipmentId Shipment { get; private set; }
    /// <summary>Place of the stop on the way, from 1.</summary>
    public int Place { get; private set; }
    /// <summary>The door as the driver must find it.</summary>
    public TripStop Stop { get; private set; } = new();
    public DeliveryState State { get; private set; }
    /// <summary>What the client did not take.</summary>
    public IReadOnlyList<RefusedLine> Refused { get; private set; } = [];
    public string? Receiver { get; private set; }
    public Guid? Signature { get; private set; }
    public Guid[] Photos { get; private set; } = [];
    public string? Note { get; private set; }
    /// <summary>When it happened.</summary>
    public DateTimeOffset? At { get; private set; }
    public Guid? ByUser { get; private set; }
    public string? ByName { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>True once its driver, or somebody for him, has said what became of it.</summary>
    public bool IsTold => State != DeliveryState.Planned;

    /// <summary>The door that its trip says: dispatchers may have changed it since it was ordered. What was told stays where it was.</summary>
    public TripStop StopOn(Trip trip)
    {
        if (IsTold || Place > trip.Via.Count + 1) return Stop;
        var stop = Place <= trip.Via.Count ? trip.Via[Place - 1] : trip.Dropoff;
        // stops on the way name no place of the client's
        return stop with { Place = stop.Place ?? (stop.Address == Stop.Address ? Stop.Place : null) };
    }

    /// <summary>Keeps the door that its trip says.</summary>
    public void Follow(Trip trip)
    {
        if (StopOn(trip) is var stop && stop != Stop) Stop = stop;
    }

    /// <summary>The stop takes another place on the way.</summary>
    public void Move(int place) => Place = place;

    /// <summary>Keeps what happened at the door.</summary>
    /// <param name="shipped">the lines of the shipment</param>
    /// <param name="proofAsked">true where goods are handed over against a signature or a photo only</param>
    /// <exception cref="RuleBrokenException">
    /// <c>deliveries.told</c>, <c>deliveries.line-unknown</c>, <c>deliveries.more-than-shipped</c>, <c>deliveries.no-reason</c>, <c>deliveries.no-proof</c>, <c>file.too-many</c>, <c>number.out-of-range</c>, <c>text.too-long</c>
    /// </exception>
    public void Tell(DeliveryResult result, IReadOnlyList<ShipmentLine> shipped, bool proofAsked, DateTimeOffset at, Actor by)
    {
        if (IsTold) throw new RuleBrokenException("deliveries.told");
        if (result.Photos.Count > MostPhotos) throw new RuleBrokenException("file.too-many", MostPhotos);
        var refused = RefusedOf(result.Lines, shipped);
        var left = shipped.ToDictionary(l => (l.Order, l.OrderLine), l => l.Quantity);
        foreach (var line in refused) left[(line.Order, line.OrderLine)] -= line.Quantity;
        var state = refused.Count == 0 ? DeliveryState.Delivered : left.Values.All(quantity => quantity == 0) ? DeliveryState.Refused : DeliveryState.Partly;
        if (proofAsked && state != DeliveryState.Refused && result.Signature is null && result.Photos.Count == 0) throw new RuleBrokenException("deliveries.no-proof");
        (Receiver, Note) = (Required.Optional(result.Receiver, "delivery.receiver", 200), Required.Optional(result.Note, "delivery.note", 300));
        (State, Refused, Signature, Photos, At, ByUser, ByName) = (state, refused, result.Signature, [.. result.Photos.Distinct()], at, by.UserId, by.Name);
    }

    private static List<RefusedLine> RefusedOf(IReadOnlyList<HandedLine> handed, IReadOnlyList<ShipmentLine> shipped)
    {
        List<RefusedLine> refused = [];
        foreach (var line in handed.DistinctBy(l => (l.Order, l.OrderLine)))
        {
            var of = shipped.FirstOrDefault(l => l.Order == line.Order && l.OrderLine == line.OrderLine) ?? throw new RuleBrokenException("deliveries.line-unknown");
            var quantity = line.Quantity == 0 ? 0 : Pricing.PriceNumbers.Quantity(line.Quantity, "price.quantity");
            if (quantity > of.Quantity) throw new RuleBrokenException("deliveries.more-than-shipped", of.Name, of.Quantity, quantity);
            if (quantity == of.Quantity) continue;
            if (string.IsNullOrWhiteSpace(line.Reason)) throw new RuleBrokenException("deliveries.no-reason", of.Name);
            refused.Add(new(line.Order, line.OrderLine, of.Quantity - quantity, Required.Text(line.Reason, "delivery.reason", 200)));
        }
        return refused;
    }
}
