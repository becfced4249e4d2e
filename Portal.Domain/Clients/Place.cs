using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of a <see cref="Place"/>.</summary>
public readonly record struct PlaceId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PlaceId New() => new(Guid.CreateVersion7());
}

/// <summary>Whose place it is.</summary>
public enum PlaceOwner { Ours, Partner, Free }

/// <summary>An address with its point, door, access note and the person to ask for there.</summary>
public sealed class Place : ISearchable
{
    private Place() { }

    private Place(PlaceId id, PlaceOwner owner, string name, string address, GeoPoint? point)
    {
        Id = id;
        Owner = owner;
        Name = Required.Text(name, "place.name", 200);
        Address = Required.Text(address, "place.address", 300);
        if (point is { IsOnGlobe: false }) throw new RuleBrokenException("geo.off-globe");
        Latitude = point?.Latitude;
        Longitude = point?.Longitude;
    }

    /// <summary>A place of our own, such as a depot.</summary>
    public static Place OfOurs(PlaceId id, BranchId branch, string name, string address, GeoPoint? point) =>
        new(id, PlaceOwner.Ours, name, address, point) { Branch = branch };

    /// <summary>A partner's place.</summary>
    public static Place OfPartner(PlaceId id, PartnerId partner, string name, string address, GeoPoint? point) =>
        new(id, PlaceOwner.Partner, name, address, point) { Partner = partner };

    /// <summary>A place of nobody in particular: a station, a mall.</summary>
    public static Place Free(PlaceId id, string name, string address, GeoPoint? point) => new(id, PlaceOwner.Free, name, address, point);

    public PlaceId Id { get; private set; }
    public PlaceOwner Owner { get; private set; }
    public BranchId? Branch { get; private set; }
    public PartnerId? Partner { get; private set; }
    public string Name { get; private set; } = "";
    public string Address { get; private set; } = "";
    public double? Latitude { get; private set; }
    public double? Longitude { get; private set; }
    /// <summary>Where it is, once known.</summary>
    public GeoPoint? Point => Latitude is { } latitude && Longitude is { } longitude ? new(latitude, longitude) : null;
    public string? Door { get; private set; }
    public string? AccessNote { get; private set; }
    public PersonId? Contact { get; private set; }
    public bool Archived { get; private set; }

    /// <summary>Tells a driver how to get in and whom to ask for.</summary>
    public void DescribeAccess(string? door, string? accessNote, PersonId? contact)
    {
        Door = Required.Optional(door, "place.door", 80);
        AccessNote = Required.Optional(accessNote, "place.access-note", 500);
        Contact = contact;
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Place, Id.Value), Name, $"{Address} {Door}", Partner?.Value);
}
