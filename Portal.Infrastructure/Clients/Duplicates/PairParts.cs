using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A contact, legal entity or address of one side. <paramref name="Alike"/> is by what it is known to be the same as another.</summary>
public sealed record PairPart(ObjectKind Kind, Guid Id, string Name, string? Detail, IReadOnlyList<string> Alike);

/// <summary>Contacts, legal entities and addresses of the two sides of a pair, and which of them are the same.</summary>
internal static class PairParts
{
    private const int Most = 200;

    /// <summary>Parts of a partner that are in use.</summary>
    public static async Task<List<PairPart>> OfAsync(PortalDb db, PartnerId partner, CancellationToken ct)
    {
        var people = await db.Set<ContactRole>().Where(r => r.Partner == partner && !r.Ended).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { Person = p, r.Role }).AsNoTracking().Take(Most).ToListAsync(ct);
        var entities = await db.Set<Counterparty>().AsNoTracking().Where(c => c.Partner == partner && !c.Archived).OrderBy(c => c.Id).Take(Most).ToListAsync(ct);
        var places = await db.Set<Place>().AsNoTracking().Where(p => p.Partner == partner && !p.Archived).OrderBy(p => p.Id).Take(Most).ToListAsync(ct);
        return
        [
            .. people.DistinctBy(p => p.Person.Id).Select(p => new PairPart(ObjectKind.Person, p.Person.Id.Value, p.Person.Name, Line(p.Role, p.Person.Phone, p.Person.Email),
                Known(Sounds(NameForm.Of(p.Person.Name)), p.Person.Email is { } mail ? MailAddress.Of(mail).Normal : null))),
            .. entities.Select(c => new PairPart(ObjectKind.Counterparty, c.Id.Value, c.Name, Line(c.TaxNumber, c.Country),
                Known(c.TaxNumber is { } tax ? $"tax {TaxNumber.Of(tax, c.Country).Normal}" : Sounds(NameForm.Of(c.Name))))),
            .. places.Select(p => new PairPart(ObjectKind.Place, p.Id.Value, p.Name, p.Address, Known(Door(p)))),
        ];
    }

    /// <summary>The parts of two sides that are the same, each in one couple at most.</summary>
    public static IReadOnlyList<SamePart> Same(IReadOnlyList<PairPart> keep, IReadOnlyList<PairPart> fold)
    {
        var (free, same) = (keep.ToList(), new List<SamePart>());
        foreach (var part in fold)
        {
            if (free.FirstOrDefault(k => k.Kind == part.Kind && k.Id != part.Id && k.Alike.Intersect(part.Alike).Any()) is not { } twin) continue;
            free.Remove(twin);
            same.Add(new(part.Kind, twin.Id, part.Id));
        }
        return same;
    }

    /// <summary>True where the first is a part of the survivor and the second of the loser.</summary>
    public static async Task<bool> AreOfSidesAsync(PortalDb db, SamePart same, Guid survivor, Guid loser, CancellationToken ct)
    {
        if (same.Kind is not (ObjectKind.Person or ObjectKind.Counterparty or ObjectKind.Place) || same.Keep == same.Fold) return false;
        var (ours, theirs) = (await OfAsync(db, new(survivor), ct), await OfAsync(db, new(loser), ct));
        return ours.Any(p => p.Kind == same.Kind && p.Id == same.Keep) && theirs.Any(p => p.Kind == same.Kind && p.Id == same.Fold);
    }

    private static string Sounds(NameForm name) => string.Join(' ', name.Words.Select(w => w.Sound).Order());

    private static string Door(Place place)
    {
        if (place.Street is null) return string.Join(' ', TextFold.Words(place.Address).Order());
        var form = AddressForm.Of(new() { City = place.Town, Street = place.Street, House = place.House });
        return $"{form.City.Whole.Sound} {form.Street.Whole.Sound} {form.House}";
    }

    private static string? Line(params string?[] parts) => string.Join(" · ", parts.Where(p => p is { Length: > 0 })) is { Length: > 0 } line ? line : null;

    private static string[] Known(params string?[] marks) => [.. marks.OfType<string>().Where(m => m.Length > 0)];
}
