using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>A further number or address.</summary>
public sealed record ContactPointDetails(ContactChannel Channel, ContactUse Use, string? Value);

/// <summary>What people say of a contact: who it is, what for, and how to reach him beyond the main phone and mail.</summary>
public sealed record ContactDetails(
    string Name, string Role, string? Phone = null, string? Email = null, DateOnly? BirthDate = null, string? Note = null,
    CounterpartyId? Counterparty = null, PlaceId? Place = null, IReadOnlyList<ContactPointDetails>? Others = null);

/// <summary>Keeps the contacts of partners. All methods need <see cref="Permissions.ClientsManage"/> and end at the actor's reach.</summary>
public sealed class ContactRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Adds a contact to a partner: a new person, or one who is in the base already.</summary>
    /// <returns>id of the role</returns>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, <c>clients.person-hidden</c>, <c>clients.entity-unknown</c>, <c>clients.place-unknown</c>, <c>clients.too-many-points</c>, <c>text.required</c>, those of <see cref="PhoneNumber.Require"/> and <see cref="MailAddress.Require"/></exception>
    public async Task<Guid> AddAsync(PartnerId partner, PersonId? known, ContactDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        Person person;
        if (known is { } id) person = await FindAsync(db, id, actor, ct);
        else db.Add(person = new Person(PersonId.New(), details.Name, null, null));
        var role = new ContactRole(Guid.CreateVersion7(), person.Id, details.Role, partner);
        db.Add(role);
        if (known is null) await DescribeAsync(db, person, details, ConfidentialFields.None, ct);
        await PlaceAsync(db, role, details, ct);
        await db.SaveChangesAsync(ct);
        return role.Id;
    }

    /// <summary>Changes a contact whose person the user saw in version <paramref name="seen"/>; what is hidden from him stays.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>clients.contact-unknown</c></exception>
    public async Task ChangeAsync(Guid role, ContactDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var found = await TakeAsync(db, role, actor, ct);
        var person = await db.Set<Person>().FirstAsync(p => p.Id == found.Person, ct);
        db.ExpectVersion(person, seen);
        await DescribeAsync(db, person, details, await db.HiddenOfAsync(found.Partner!.Value, actor, ct), ct);
        await PlaceAsync(db, found, details, ct);
        await db.SaveOrExplainAsync(new(ObjectKind.Person, person.Id.Value), ct);
    }

    /// <summary>The person has the role no longer, or again.</summary>
    public async Task SetEndedAsync(Guid role, bool ended, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var found = await TakeAsync(db, role, actor, ct);
        if (ended) found.End();
        else found.Resume();
        await db.SaveChangesAsync(ct);
    }

    private static Task<ContactRole> TakeAsync(PortalDb db, Guid role, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        return db.TakePartAsync<ContactRole>(role, found => found.Partner, "clients.contact-unknown", actor, ct);
    }

    /// <summary>Somebody who is a contact of a partner within reach; our own people and strangers are not taken by id. Whoever took one of whom he may not read all would read it on his own client.</summary>
    internal static async Task<Person> FindAsync(PortalDb db, PersonId id, Actor actor, CancellationToken ct)
    {
        var person = await db.Set<Person>().FirstOrDefaultAsync(p => p.Id == id && db.Set<ContactRole>().Any(r => r.Person == id && db.Set<Partner>().Within(actor).Any(x => x.Id == r.Partner)), ct)
            ?? throw new RuleBrokenException("clients.person-unknown");
        return await db.OpenRoles(actor).AnyAsync(r => r.Person == id, ct) ? person : throw new RuleBrokenException("clients.person-hidden");
    }

    private static async Task DescribeAsync(PortalDb db, Person person, ContactDetails details, ConfidentialFields hidden, CancellationToken ct)
    {
        var (phone, mail) = (person.Phone, person.Email);
        person.Describe(details.Name, Kept(ConfidentialFields.Phones, person.Phone) ?? details.Phone, Kept(ConfidentialFields.Mails, person.Email) ?? details.Email);
        if (person.Phone != phone) PhoneNumber.Require(person.Phone);
        if (person.Email != mail) MailAddress.Require(person.Email);
        person.Annotate(details.BirthDate, Kept(ConfidentialFields.Notes, person.Note) ?? details.Note);
        if (details.Others is not { } others) return;
        if (others.Count > ContactPoint.Most) throw new RuleBrokenException("clients.too-many-points", ContactPoint.Most);
        var kept = await db.Set<ContactPoint>().Where(p => p.Person == person.Id).ToListAsync(ct);
        var wanted = others.Where(o => !string.IsNullOrWhiteSpace(o.Value)).Select(o => new ContactPoint(Guid.CreateVersion7(), person.Id, o.Channel, o.Use, o.Value)).ToList();
        foreach (var point in kept.ExceptBy(wanted.Select(Content), Content).Where(point => !hidden.Has(HiddenFields.FieldOf(point.Channel)))) db.Remove(point);
        foreach (var point in wanted.ExceptBy(kept.Select(Content), Content))
        {
            if (point.Channel == ContactChannel.Phone) PhoneNumber.Require(point.Value);
            if (point.Channel == ContactChannel.Email) MailAddress.Require(point.Value);
            db.Add(point);
        }

        string? Kept(ConfidentialFields field, string? value) => hidden.Has(field) ? value : null;

        static (ContactChannel, ContactUse, string) Content(ContactPoint point) => (point.Channel, point.Use, point.Value);
    }

    private static async Task PlaceAsync(PortalDb db, ContactRole role, ContactDetails details, CancellationToken ct)
    {
        if (details.Counterparty is { } entity && !await db.Set<Counterparty>().AnyAsync(c => c.Id == entity && c.Partner == role.Partner, ct)) throw new RuleBrokenException("clients.entity-unknown");
        if (details.Place is { } place && !await db.Set<Place>().AnyAsync(p => p.Id == place && p.Partner == role.Partner, ct)) throw new RuleBrokenException("clients.place-unknown");
        role.Change(details.Role, details.Counterparty, details.Place);
    }
}
