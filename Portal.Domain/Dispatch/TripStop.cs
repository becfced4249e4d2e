using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>An end of a trip as the driver must find it: the address is a copy, so that a later change of the place does not rewrite history.</summary>
public sealed record TripStop
{
    /// <summary>The place of the base it was taken from, if any.</summary>
    public PlaceId? Place { get; init; }
    public string Address { get; init; } = "";
    public double? Latitude { get; init; }
    public double? Longitude { get; init; }
    public string? Door { get; init; }
    public string? Contact { get; init; }
    public string? Phone { get; init; }
    public string? AccessNote { get; init; }

    /// <summary>Where it is, once known.</summary>
    public GeoPoint? Point => Latitude is { } latitude && Longitude is { } longitude ? new(latitude, longitude) : null;

    /// <summary>A stop at an address with a point.</summary>
    public static TripStop At(string address, GeoPoint? point) => new() { Address = address, Latitude = point?.Latitude, Longitude = point?.Longitude };

    internal TripStop Checked(string field)
    {
        if (Point is { IsOnGlobe: false }) throw new RuleBrokenException("geo.off-globe");
        return this with
        {
            Address = Required.Text(Address, field, 300),
            Door = Required.Optional(Door, "trip.door", 80),
            Contact = Required.Optional(Contact, "trip.contact", 200),
            Phone = Required.Optional(Phone, "trip.contact-phone", 40),
            AccessNote = Required.Optional(AccessNote, "trip.access-note", 500),
        };
    }
}
