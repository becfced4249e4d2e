using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>The history list's state as it stands in the address; page and export read the same values.</summary>
public sealed record TripListAddress(string? State, Guid? Branch, Guid? Customer, Guid? Vehicle, Guid? Driver, DateOnly? From, DateOnly? To, string? Q, bool Late, string? Sort, bool Desc)
{
    /// <summary>What is ordered by; an unknown word orders by pickup.</summary>
    public TripOrdering Ordering => Named.Of<TripOrdering>(Sort) ?? TripOrdering.Pickup;

    /// <summary>The newest first until somebody orders otherwise.</summary>
    public bool Descending => Sort is null || Desc;

    /// <summary>The filter for the query; what cannot be read does not narrow.</summary>
    public TripFilter Filter(LocalTime clock) => new()
    {
        States = BoardFilter.Parse(State, null, null, null, null, false).States,
        Branch = Branch is { } b ? new BranchId(b) : null, Customer = Customer is { } c ? new PartnerId(c) : null,
        Vehicle = Vehicle is { } v ? new VehicleId(v) : null, Driver = Driver is { } d ? new DriverId(d) : null,
        From = LocalTime.Known(From) is { } from ? clock.Day(from).From : null, To = LocalTime.Known(To) is { } to ? clock.Day(to).To : null,
        Text = Q is null ? "" : Q.Length > 80 ? Q[..80] : Q, LateOnly = Late,
    };
}
