using Portal.Domain.Claims;
using Portal.Infrastructure.Claims;
using Portal.Web.Sales.Funnel;
using Portal.Web.Shared;

namespace Portal.Web.Claims;

/// <summary>What the address of claims, of their figures and of their files asks. What cannot be read is as if it were not there.</summary>
public sealed class ClaimAddress
{
    public string? Text { get; init; }
    public string? State { get; init; }
    public bool? Open { get; init; }
    public bool? Late { get; init; }
    public bool? Mine { get; init; }
    public string? Kind { get; init; }
    public string? Channel { get; init; }
    /// <summary>Id of a cause, or <c>none</c>.</summary>
    public string? Cause { get; init; }
    /// <summary>Id of a step, or <c>none</c>.</summary>
    public string? Step { get; init; }
    public string? Decision { get; init; }
    public string? Result { get; init; }
    public Guid? Partner { get; init; }
    public Guid? Order { get; init; }
    public Guid? Shipment { get; init; }
    public Guid? Trip { get; init; }
    public Guid? Product { get; init; }
    public Guid? Vehicle { get; init; }
    public Guid? Driver { get; init; }
    public Guid? Warehouse { get; init; }
    public string? Route { get; init; }
    public string? From { get; init; }
    public string? Until { get; init; }
    public bool? Amiss { get; init; }
    public bool? Alone { get; init; }
    public bool? Counted { get; init; }

    /// <summary>Means that nobody knows it.</summary>
    public const string None = "none";

    /// <summary>The filter it means.</summary>
    public ClaimFilter Filter => new(
        Text is { Length: > 0 } ? Text : null, Named.Of<ClaimState>(State), Open == true, Late == true, Mine == true, Named.Of<ClaimKind>(Kind), Named.Of<ClaimChannel>(Channel), Id(Cause) is { } cause ? new(cause) : null, Cause == None,
        Id(Step) is { } step ? new(step) : null, Step == None, Named.Of<ClaimDecision>(Decision), Named.Of<ClaimResult>(Result), Partner is { } partner ? new(partner) : null, Order is { } order ? new(order) : null, Shipment is { } shipment ? new(shipment) : null,
        Trip is { } trip ? new(trip) : null, Product is { } product ? new(product) : null, Vehicle is { } vehicle ? new(vehicle) : null, Driver is { } driver ? new(driver) : null, Warehouse is { } warehouse ? new(warehouse) : null, Route,
        FunnelAddress.Day(From), FunnelAddress.Day(Until), Amiss == true, Alone == true, Counted == true);

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
