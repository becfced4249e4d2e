using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>All that is said of a new client at once; what is not known yet is null.</summary>
/// <param name="Known">the contact, where he is one of another client already</param>
public sealed record NewPartner(PartnerDetails Head, CounterpartyDetails? Entity = null, ContactDetails? Contact = null, PlaceDetails? Place = null, PersonId? Known = null)
{
    /// <summary>By what it is recognised.</summary>
    public PartyDetails Recognised()
    {
        var country = CountryCode.Read(Entity?.Country) ?? CountryCode.Read(Place?.Parts.Country);
        return new()
        {
            Name = Head.Name,
            OtherNames = Some(Entity?.Name),
            TaxNumbers = [.. Some(Entity?.TaxNumber).Select(number => TaxNumber.Of(number, country))],
            Phones = [.. Some(Head.Phone).Concat(Some(Contact?.Phone)).Select(phone => PhoneNumber.Of(phone, country))],
            Mails = [.. Some(Head.Email).Concat(Some(Contact?.Email)).Select(MailAddress.Of)],
            Contacts = Some(Contact?.Name),
            Addresses = Place is { Parts: var parts } && (parts.Street ?? parts.Town) is not null
                ? [new() { Country = country, Region = parts.Region, City = parts.Town, Postcode = parts.Postcode, Street = parts.Street, House = parts.House }]
                : [],
        };

        static List<string> Some(string? text) => string.IsNullOrWhiteSpace(text) ? [] : [text];
    }
}

/// <summary>Takes a new client into the base with its first legal entity, contact and address, all or nothing, and asks before it takes one that is likely there already.</summary>
public sealed class PartnerIntake(IDbContextFactory<PortalDb> contexts, PartnerRegistry registry, DuplicateQuery duplicates)
{
    /// <summary>Takes the client in.</summary>
    /// <param name="knowingly">the user has seen the duplicates and says that it is another</param>
    /// <exception cref="RuleBrokenException"><c>clients.likely-duplicate</c>, <c>clients.doubtful-duplicate</c> where another has its tax number, phone or mail; as the registries of its parts</exception>
    public async Task<PartnerId> TakeAsync(NewPartner client, bool knowingly, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await RequireTakableAsync(db, client, knowingly, actor, ct);
        var (partner, _) = await TakeInAsync(db, client, actor, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return partner.Id;
    }

    /// <summary>Refuses a client that cannot be taken in, or is likely there already. Of two who save at once the later waits for the other's commit, and is told of his client.</summary>
    internal async Task RequireTakableAsync(PortalDb db, NewPartner client, bool knowingly, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        // the words are checked before a duplicate is looked for
        _ = new Partner(PartnerId.New(), client.Head.Name, client.Head.Kinds);
        if (knowingly) return;
        await db.TakeTurnAsync("clients.new", ct);
        await RequireNewAsync(client, actor, ct);
    }

    /// <summary>Adds a new client to what is being saved, and its contact where it has one.</summary>
    internal async Task<(Partner Partner, Person? Contact)> TakeInAsync(PortalDb db, NewPartner client, Actor actor, CancellationToken ct)
    {
        var partner = new Partner(PartnerId.New(), client.Head.Name, client.Head.Kinds);
        await registry.TakeInAsync(db, partner, client.Head, actor, ct);
        if (client.Entity is { } entity) db.Add(Described(new Counterparty(CounterpartyId.New(), partner.Id, entity.Name, entity.TaxNumber), entity));
        var person = client.Contact is { } contact ? await ContactAsync(db, partner.Id, client.Known, contact, actor, ct) : null;
        if (client.Place is { } place)
        {
            var added = Place.OfPartner(PlaceId.New(), partner.Id, place.Name, string.IsNullOrWhiteSpace(place.Address) ? place.Parts.ToString() : place.Address, place.Point);
            added.Change(place.Name, place.Address, place.Parts, place.Purposes, place.Point);
            added.DescribeAccess(place.Door, place.AccessNote, person?.Id);
            db.Add(added);
        }
        return (partner, person);
    }

    /// <summary>Adds the contact of a client to what is being saved: a new person, or one who is another client's already.</summary>
    internal static async Task<Person> ContactAsync(PortalDb db, PartnerId partner, PersonId? known, ContactDetails contact, Actor actor, CancellationToken ct)
    {
        Person person;
        if (known is { } id) person = await ContactRegistry.FindAsync(db, id, actor, ct);
        else
        {
            PhoneNumber.Require(contact.Phone);
            MailAddress.Require(contact.Email);
            db.Add(person = new Person(PersonId.New(), contact.Name, contact.Phone, contact.Email));
        }
        db.Add(new ContactRole(Guid.CreateVersion7(), person.Id, contact.Role, partner));
        return person;
    }

    private async Task RequireNewAsync(NewPartner client, Actor actor, CancellationToken ct)
    {
        var found = await duplicates.FindAsync(client.Recognised(), null, actor, ct);
        if (found.Any(one => one.IsLikely)) throw new RuleBrokenException("clients.likely-duplicate");
        if (found.Any(one => one.SharesNumber)) throw new RuleBrokenException("clients.doubtful-duplicate");
    }

    private static Counterparty Described(Counterparty entity, CounterpartyDetails details)
    {
        entity.Describe(details.Name, details.Country, details.LegalAddress, details.TaxNumber, details.RegisterNumber);
        TaxNumber.Require(entity.TaxNumber, entity.Country);
        return entity;
    }
}
