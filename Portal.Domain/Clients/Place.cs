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

/// <summary>What a place is used for; one place can serve several ends.</summary>
[Flags]
public enum PlacePurposes { None = 0, Office = 1, Warehouse = 2, Shop = 4, Legal = 8 }

/// <summary>An address in its parts, as far as they are known.</summary>
public sealed record PostalAddress(string? Country, string? Region, string? Town, string? Street, string? House, string? Postcode)
{
    /// <summary>What is narrower than the house or stands in for it: an office, a flat, a business centre, a farm.</summary>
    public string? Premise { get; init; }

    /// <summary>The parts in one line, the way letters are addressed in the countries Portal is used in.</summary>
    public override string ToString() => string.Join(", ", new[] { string.Join(' ', new[] { Street, House }.Where(p => !string.IsNullOrWhiteSpace(p))), Premise, Town, Region, Postcode, Country }
        .Where(p => !string.IsNullOrWhiteSpace(p)));
}

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
    public PlacePurposes Purposes { get; private set; }
    public string? Country { get; private set; }
    public string? Region { get; private set; }
    public string? Town { get; private set; }
    public string? Street { get; private set; }
    public string? House { get; private set; }
    public string? Premise { get; private set; }
    public string? Postcode { get; private set; }
    public bool Archived { get; private set; }
    /// <summary>The record that stands for this one since both were found to be one place.</summary>
    public PlaceId? MergedInto { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>The address in its parts.</summary>
    public PostalAddress Parts => new(Country, Region, Town, Street, House, Postcode) { Premise = Premise };

    /// <summary>Sets what the place is called and used for, and where it is. <paramref name="address"/> is the line people read; empty takes the parts in one line.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>geo.off-globe</c>, <c>clients.country-unknown</c></exception>
    public void Change(string name, string? address, PostalAddress parts, PlacePurposes purposes, GeoPoint? point)
    {
        if (point is { IsOnGlobe: false }) throw new RuleBrokenException("geo.off-globe");
        Name = Required.Text(name, "place.name", 200);
        Country = CountryCode.Read(parts.Country);
        Region = Required.Optional(parts.Region, "place.region", 120);
        Town = Required.Optional(parts.Town, "place.town", 120);
        Street = Required.Optional(parts.Street, "place.street", 200);
        House = Required.Optional(parts.House, "place.house", 40);
        Premise = Required.Optional(parts.Premise, "place.premise", 120);
        Postcode = Required.Optional(parts.Postcode, "place.postcode", 20);
        Address = Required.Text(string.IsNullOrWhiteSpace(address) ? Parts.ToString() : address, "place.address", 300);
        Purposes = purposes;
        (Latitude, Longitude) = (point?.Latitude, point?.Longitude);
    }

    /// <summary>Takes it out of what is offered.</summary>
    public void Archive() => Archived = true;

    /// <summary>Leaves its place to another record of the same place.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merge-itself</c></exception>
    public void MergeInto(PlaceId survivor)
    {
        MergedInto = survivor != Id ? survivor : throw new RuleBrokenException("clients.merge-itself");
        Archived = true;
    }

    /// <summary>Brings it back; one that was merged comes back when the merge is undone.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merged-away</c></exception>
    public void Restore() => Archived = MergedInto is null ? false : throw new RuleBrokenException("clients.merged-away");

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
