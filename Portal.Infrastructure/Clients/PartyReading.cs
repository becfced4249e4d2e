using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>Reads partners with all by which they can be recognised: their legal entities, people and addresses count as theirs.</summary>
internal static class PartyReading
{
    /// <summary>Partners prepared to be compared; archived ones among them, for they come back as duplicates too.</summary>
    /// <param name="reader">who is told what comes of it: what is hidden from him is not compared, or he would find out by trying; null compares all</param>
    public static async Task<IReadOnlyDictionary<PartnerId, PartyForm>> ReadAsync(PortalDb db, IReadOnlyCollection<PartnerId> ids, Actor? reader, CancellationToken ct) =>
        (await DetailsAsync(db, ids, reader, ct)).ToDictionary(p => p.Key, p => PartyForm.Of(p.Value));

    /// <summary>What partners are recognised by; one that was merged into another is recognised there.</summary>
    public static async Task<IReadOnlyDictionary<PartnerId, PartyDetails>> DetailsAsync(PortalDb db, IReadOnlyCollection<PartnerId> ids, Actor? reader, CancellationToken ct)
    {
        var partners = await db.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id) && p.MergedInto == null).ToListAsync(ct);
        var entities = (await db.Set<Counterparty>().AsNoTracking().Where(c => ids.Contains(c.Partner)).ToListAsync(ct)).ToLookup(c => c.Partner);
        var places = (await db.Set<Place>().AsNoTracking().Where(p => ids.Contains(p.Partner!.Value)).ToListAsync(ct)).ToLookup(p => p.Partner!.Value);
        var people = (await db.Set<ContactRole>().Where(r => ids.Contains(r.Partner!.Value)).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { Partner = r.Partner!.Value, Person = p })
            .AsNoTracking().ToListAsync(ct)).ToLookup(x => x.Partner, x => x.Person);
        var persons = people.SelectMany(p => p).Select(p => (PersonId?)p.Id).Distinct().ToList();
        var points = await db.Set<ContactPoint>().AsNoTracking().Where(p => ids.Contains(p.Partner!.Value) || persons.Contains(p.Person)).ToListAsync(ct);
        var (ofPartners, ofPeople) = (points.Where(p => p.Partner is not null).ToLookup(p => p.Partner!.Value), points.Where(p => p.Person is not null).ToLookup(p => p.Person!.Value));
        return partners.ToDictionary(p => p.Id, p =>
        {
            List<Person> own = [.. people[p.Id].DistinctBy(x => x.Id)];
            return Details(p, [.. entities[p.Id]], [.. places[p.Id]], own, [.. ofPartners[p.Id], .. own.SelectMany(x => ofPeople[x.Id])]).Without(reader?.HiddenOf(p.Responsible) ?? ConfidentialFields.None);
        });
    }

    /// <summary>What a partner is recognised by. A client who is a human being is his own contact: he is not told twice.</summary>
    /// <param name="own">further numbers and addresses of the partner and of its people</param>
    internal static PartyDetails Details(Partner partner, IReadOnlyList<Counterparty> entities, IReadOnlyList<Place> places, IReadOnlyList<Person> people, IReadOnlyList<ContactPoint> own)
    {
        var self = people is [var only] && only.Name == partner.Name ? only : null;
        var country = entities.Select(e => e.Country).Concat(places.Select(p => p.Country)).FirstOrDefault(c => c is not null);
        var phones = people.Select(p => p.Phone).Prepend(partner.Phone).Concat(own.Where(p => p.Channel == ContactChannel.Phone).Select(p => p.Value));
        var mails = people.Select(p => p.Email).Prepend(partner.Email).Concat(own.Where(p => p.Channel == ContactChannel.Email).Select(p => p.Value));
        return new()
        {
            Name = partner.Name,
            OtherNames = [.. entities.Select(e => e.Name)],
            TaxNumbers = [.. entities.Where(e => e.TaxNumber is not null).Select(e => TaxNumber.Of(e.TaxNumber!, e.Country))],
            Phones = [.. phones.OfType<string>().Select(p => PhoneNumber.Of(p, country))],
            Mails = [.. mails.OfType<string>().Select(MailAddress.Of)],
            Addresses = [.. places.Where(p => p.Street is not null || p.Town is not null).Select(p => new AddressParts { Country = p.Country, Region = p.Region, City = p.Town, Postcode = p.Postcode, Street = p.Street, House = p.House, Premise = p.Premise })],
            Contacts = [.. people.Where(p => p != self).Select(p => p.Name)],
            BirthDate = self?.BirthDate,
        };
    }
}
