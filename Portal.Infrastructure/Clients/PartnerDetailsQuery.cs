using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>The head of a client's card; <see cref="Version"/> is the one to change from. <see cref="Parent"/> is unnamed where it is beyond the reader's reach.</summary>
public sealed record PartnerHead(
    PartnerId Id, string Name, PartnerKinds Kinds, PartnerStanding Standing, string? Phone, string? Email, string? Website, string? Note,
    PartnerId? ParentId, string? Parent, NetworkLevel Level, Guid? ResponsibleId, string? Responsible, BranchId? BranchId, string? Branch,
    DateTimeOffset CreatedAt, bool Archived, uint Version)
{
    /// <summary>It was merged with another, which stands for it: nothing is changed here any more.</summary>
    public bool Merged { get; init; }
    /// <summary>Names of the teams of who answers for it.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];
    /// <summary>Fields that hold something the reader may not know.</summary>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>A legal entity on the card.</summary>
public sealed record CounterpartyRow(
    CounterpartyId Id, string Name, string? Country, string? LegalAddress, string? TaxNumber, string? RegisterNumber, CounterpartyId? ParentId, string? Parent, bool Archived, uint Version)
{
    /// <inheritdoc cref="PartnerHead.Hidden"/>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>A contact on the card: a person in a role.</summary>
public sealed record ContactRow(
    Guid Role, PersonId Person, string Name, string Title, string? Phone, string? Email, DateOnly? BirthDate, string? Note,
    CounterpartyId? CounterpartyId, string? Counterparty, PlaceId? PlaceId, string? Place, bool Ended, uint Version)
{
    /// <summary>Further numbers and addresses.</summary>
    public IReadOnlyList<ContactPointDetails> Others { get; init; } = [];
    /// <inheritdoc cref="PartnerHead.Hidden"/>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>An address on the card.</summary>
public sealed record PlaceRow(
    PlaceId Id, string Name, string Address, PostalAddress Parts, PlacePurposes Purposes, GeoPoint? Point, string? Door, string? AccessNote, PersonId? ContactId, string? Contact, string? ContactPhone,
    bool Archived, uint Version)
{
    /// <inheritdoc cref="PartnerHead.Hidden"/>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>A contract or agreement on the card.</summary>
public sealed record AgreementRow(
    AgreementId Id, AgreementKind Kind, string Number, string? Name, CounterpartyId? CounterpartyId, string? Counterparty, DateOnly ValidFrom, DateOnly? ValidUntil,
    int PaymentDays, decimal? CreditLimit, string? Currency, string? Note, bool Archived, uint Version)
{
    /// <inheritdoc cref="PartnerHead.Hidden"/>
    public ConfidentialFields Hidden { get; init; }
}

/// <summary>What a client's card shows beside its history. <paramref name="Currency"/> is the company's own.</summary>
public sealed record PartnerDetailsPage(
    PartnerHead Head, IReadOnlyList<CounterpartyRow> Entities, IReadOnlyList<ContactRow> Contacts, IReadOnlyList<PlaceRow> Places, IReadOnlyList<AgreementRow> Agreements, string Currency)
{
    /// <summary>Where its numbers are dialled from, as its entities and addresses tell; null when they do not.</summary>
    public string? Country => Entities.Select(e => e.Country).Concat(Places.Select(p => p.Parts.Country)).FirstOrDefault(country => country is not null);
}

/// <summary>Reads one client within the actor's reach.</summary>
public sealed class PartnerDetailsQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Rows of each part that a card shows at most.</summary>
    public const int MostRows = 500;

    /// <summary>True when the partner is there and within reach.</summary>
    public async Task<bool> MaySeeAsync(PartnerId id, Actor actor, CancellationToken ct)
    {
        if (!actor.Can(Permissions.ClientsRead)) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == id, ct);
    }

    /// <summary>The client, or null when there is none within reach. What is archived or ended comes last.</summary>
    public async Task<PartnerDetailsPage?> FindAsync(PartnerId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var head = await db.Set<Partner>().Within(actor).Where(p => p.Id == id).Select(p => new PartnerHead(
            p.Id, p.Name, p.Kinds, p.Standing, p.Phone, p.Email, p.Website, p.Note,
            p.Parent, db.Set<Partner>().Within(actor).Where(x => x.Id == p.Parent).Select(x => x.Name).FirstOrDefault(), p.Level,
            p.Responsible, db.Set<PortalUser>().Where(u => u.Id == p.Responsible).Select(u => u.DisplayName).FirstOrDefault(),
            p.Branch, db.Set<Branch>().Where(b => b.Id == p.Branch).Select(b => b.Name).FirstOrDefault(),
            p.CreatedAt, p.Archived, p.Version) { Merged = p.MergedInto != null }).FirstOrDefaultAsync(ct);
        if (head is null) return null;
        var teams = await db.Set<Team>().Where(t => t.Head == head.ResponsibleId || db.Set<TeamMember>().Any(m => m.Team == t.Id && m.User == head.ResponsibleId)).OrderBy(t => t.Name).Select(t => t.Name).ToListAsync(ct);
        return new PartnerDetailsPage(head with { Teams = teams }, await EntitiesAsync(db, id, ct), await ContactsAsync(db, id, ct), await PlacesAsync(db, id, ct), await AgreementsAsync(db, id, ct),
            await db.CompanyCurrencyAsync(ct)).For(actor);
    }

    private static Task<List<CounterpartyRow>> EntitiesAsync(PortalDb db, PartnerId id, CancellationToken ct) =>
        db.Set<Counterparty>().Where(c => c.Partner == id).OrderBy(c => c.Archived).ThenBy(c => c.Name).ThenBy(c => c.Id).Take(MostRows)
            .Select(c => new CounterpartyRow(c.Id, c.Name, c.Country, c.LegalAddress, c.TaxNumber, c.RegisterNumber, c.Parent,
                db.Set<Counterparty>().Where(x => x.Id == c.Parent).Select(x => x.Name).FirstOrDefault(), c.Archived, c.Version)).ToListAsync(ct);

    private static async Task<IReadOnlyList<ContactRow>> ContactsAsync(PortalDb db, PartnerId id, CancellationToken ct)
    {
        var rows = await db.Set<ContactRole>().Where(r => r.Partner == id).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { Role = r, Person = p })
            .OrderBy(x => x.Role.Ended).ThenBy(x => x.Person.Name).ThenBy(x => x.Role.Id).Take(MostRows)
            .Select(x => new ContactRow(x.Role.Id, x.Person.Id, x.Person.Name, x.Role.Role, x.Person.Phone, x.Person.Email, x.Person.BirthDate, x.Person.Note,
                x.Role.Counterparty, db.Set<Counterparty>().Where(c => c.Id == x.Role.Counterparty).Select(c => c.Name).FirstOrDefault(),
                x.Role.Place, db.Set<Place>().Where(p => p.Id == x.Role.Place).Select(p => p.Name).FirstOrDefault(), x.Role.Ended, x.Person.Version)).ToListAsync(ct);
        var people = rows.Select(r => (PersonId?)r.Person).Distinct().ToList();
        var others = (await db.Set<ContactPoint>().Where(p => people.Contains(p.Person)).OrderBy(p => p.Id).ToListAsync(ct)).ToLookup(p => p.Person);
        return [.. rows.Select(r => r with { Others = [.. others[r.Person].Select(p => new ContactPointDetails(p.Channel, p.Use, p.Value))] })];
    }

    private static async Task<IReadOnlyList<PlaceRow>> PlacesAsync(PortalDb db, PartnerId id, CancellationToken ct) =>
        [.. (await db.Set<Place>().AsNoTracking().Where(p => p.Partner == id).OrderBy(p => p.Archived).ThenBy(p => p.Name).ThenBy(p => p.Id).Take(MostRows)
            .Select(p => new
            {
                Place = p, Contact = db.Set<Person>().Where(x => x.Id == p.Contact).Select(x => new { x.Name, x.Phone }).FirstOrDefault(),
            }).ToListAsync(ct))
            .Select(x => new PlaceRow(x.Place.Id, x.Place.Name, x.Place.Address, x.Place.Parts, x.Place.Purposes, x.Place.Point, x.Place.Door, x.Place.AccessNote,
                x.Place.Contact, x.Contact?.Name, x.Contact?.Phone, x.Place.Archived, x.Place.Version))];

    private static Task<List<AgreementRow>> AgreementsAsync(PortalDb db, PartnerId id, CancellationToken ct) =>
        db.Set<Agreement>().Where(a => a.Partner == id).OrderBy(a => a.Archived).ThenByDescending(a => a.ValidFrom).ThenBy(a => a.Id).Take(MostRows)
            .Select(a => new AgreementRow(a.Id, a.Kind, a.Number, a.Name, a.Counterparty, db.Set<Counterparty>().Where(c => c.Id == a.Counterparty).Select(c => c.Name).FirstOrDefault(),
                a.ValidFrom, a.ValidUntil, a.PaymentDays, a.CreditLimit, a.Currency, a.Note, a.Archived, a.Version)).ToListAsync(ct);
}
