using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>Adds to a client of the base what a file knows more of him. Nothing that is there is changed or taken away.</summary>
internal static class ClientCompletion
{
    /// <summary>Adds what is missing to what is being saved.</summary>
    /// <param name="told">what the file tells, made for the client of the base</param>
    /// <returns>true where anything was missing</returns>
    public static async Task<bool> AddMissingAsync(PortalDb db, ImportedClient told, CancellationToken ct)
    {
        var id = told.Partner.Id;
        var partner = await db.Set<Partner>().FirstAsync(p => p.Id == id, ct);
        var entities = await db.Set<Counterparty>().Where(c => c.Partner == id).ToListAsync(ct);
        var people = await db.Set<Person>().Where(p => db.Set<ContactRole>().Any(r => r.Partner == id && r.Person == p.Id)).ToListAsync(ct);
        var places = await db.Set<Place>().Where(p => p.Partner == id).ToListAsync(ct);
        var persons = people.Select(p => (PersonId?)p.Id).ToList();
        var points = await db.Set<ContactPoint>().Where(p => p.Partner == id || persons.Contains(p.Person)).ToListAsync(ct);
        var words = await db.Set<ObjectTag>().Where(t => t.AboutKind == ObjectKind.Partner && t.AboutId == id.Value).Select(t => t.Word.ToLower()).ToListAsync(ct);
        var country = told.Entities.Select(e => e.Country).Concat(told.Places.Select(p => p.Country)).FirstOrDefault(c => c is not null);

        var added = new List<object>();
        added.AddRange(told.Entities.Where(e => !entities.Exists(had => IsSame(had, e))));
        added.AddRange(told.Places.Where(p => !places.Exists(had => Same(had.Address, p.Address))));
        added.AddRange(told.Tags.Where(t => !words.Contains(t.Word.ToLowerInvariant())));
        if (partner.Phone is null && told.Partner.Phone is not null || partner.Email is null && told.Partner.Email is not null)
        {
            partner.Reach(partner.Phone ?? told.Partner.Phone, partner.Email ?? told.Partner.Email);
            added.Add(partner);
        }
        added.AddRange(Missing([(ContactChannel.Phone, told.Partner.Phone), (ContactChannel.Email, told.Partner.Email), .. told.Points.Where(p => p.Partner == id).Select(p => (p.Channel, (string?)p.Value))],
            [partner.Phone, partner.Email, .. points.Where(p => p.Partner == id).Select(p => p.Value)], (channel, value) => new(Guid.CreateVersion7(), id, channel, ContactUse.Work, value)));
        foreach (var person in told.People)
        {
            var own = told.Points.Where(p => p.Person == person.Id).ToList();
            if (people.Find(p => Same(p.Name, person.Name)) is not { } had)
            {
                added.AddRange([person, .. told.Roles.Where(r => r.Person == person.Id), .. own]);
                continue;
            }
            added.AddRange(Missing([(ContactChannel.Phone, person.Phone), (ContactChannel.Email, person.Email), .. own.Select(p => (p.Channel, (string?)p.Value))],
                [had.Phone, had.Email, .. points.Where(p => p.Person == had.Id).Select(p => p.Value)], (channel, value) => new(Guid.CreateVersion7(), had.Id, channel, ContactUse.Work, value)));
        }
        db.AddRange(added.Where(record => record != partner));
        return added.Count > 0;

        IEnumerable<ContactPoint> Missing(IEnumerable<(ContactChannel Channel, string? Value)> values, IEnumerable<string?> had, Func<ContactChannel, string, ContactPoint> point)
        {
            var normal = had.OfType<string>().Select(Normal).ToHashSet();
            foreach (var (channel, value) in values)
                if (value is not null && normal.Add(Normal(value)) && normal.Count <= ContactPoint.Most) yield return point(channel, value);
        }

        string Normal(string value) => value.Contains('@') ? MailAddress.Of(value).Normal : PhoneNumber.Of(value, country).Normal;
    }

    private static bool IsSame(Counterparty a, Counterparty b) => a.TaxNumber is not null && b.TaxNumber is not null
        ? TaxNumber.Of(a.TaxNumber, a.Country).IsSameAs(TaxNumber.Of(b.TaxNumber, b.Country))
        : Same(a.Name, b.Name);

    private static bool Same(string a, string b) => string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);
}
