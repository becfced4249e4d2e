using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>What people say of a place. An empty <paramref name="Address"/> takes the parts in one line.</summary>
/// <param name="Contact">the person to ask for at the door</param>
public sealed record PlaceDetails(
    string Name, string? Address, PostalAddress Parts, PlacePurposes Purposes = PlacePurposes.None, GeoPoint? Point = null, string? Door = null, string? AccessNote = null, PersonId? Contact = null);

/// <summary>Keeps the addresses of partners. All methods need <see cref="Permissions.ClientsManage"/> or <see cref="Permissions.PlacesManage"/> and end at the actor's reach.</summary>
public sealed class PlaceRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Adds an address to a partner.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, <c>text.required</c>, <c>geo.off-globe</c>, <c>clients.country-unknown</c></exception>
    public async Task<PlaceId> AddAsync(PartnerId partner, PlaceDetails details, Actor actor, CancellationToken ct)
    {
        Require(actor);
        await using var db = contexts.CreateFor(actor);
        await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        var place = Place.OfPartner(PlaceId.New(), partner, details.Name, string.IsNullOrWhiteSpace(details.Address) ? details.Parts.ToString() : details.Address, details.Point);
        db.Add(place);
        await DescribeAsync(db, place, details, ct);
        await db.SaveChangesAsync(ct);
        return place.Id;
    }

    /// <summary>Changes an address that the user saw in version <paramref name="seen"/>; trips keep the address they were ordered with.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>clients.place-unknown</c></exception>
    public async Task ChangeAsync(PlaceId id, PlaceDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var place = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(place, seen);
        await DescribeAsync(db, place, details, ct);
        await db.SaveOrExplainAsync(new(ObjectKind.Place, id.Value), ct);
    }

    /// <summary>Takes it out of what is offered, or brings it back.</summary>
    public async Task SetArchivedAsync(PlaceId id, bool archived, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var place = await TakeAsync(db, id, actor, ct);
        if (archived) place.Archive();
        else place.Restore();
        await db.SaveChangesAsync(ct);
    }

    private static void Require(Actor actor)
    {
        if (!actor.Can(Permissions.PlacesManage)) actor.Require(Permissions.ClientsManage);
    }

    private static Task<Place> TakeAsync(PortalDb db, PlaceId id, Actor actor, CancellationToken ct)
    {
        Require(actor);
        return db.TakePartAsync<Place>(id, place => place.Partner, "clients.place-unknown", actor, ct);
    }

    private static async Task DescribeAsync(PortalDb db, Place place, PlaceDetails details, CancellationToken ct)
    {
        if (details.Contact is { } person && person != place.Contact && !await db.Set<ContactRole>().AnyAsync(r => r.Person == person && r.Partner == place.Partner && !r.Ended, ct))
            throw new RuleBrokenException("clients.person-unknown");
        place.Change(details.Name, details.Address, details.Parts, details.Purposes, details.Point);
        place.DescribeAccess(details.Door, details.AccessNote, details.Contact);
    }
}
