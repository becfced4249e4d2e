using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>What a run gives to every client that it takes in.</summary>
/// <param name="Role">what a contact is called whose role no row names</param>
/// <param name="Responsible">who answers for all of them; else whom a row names</param>
internal sealed record IntakeTerms(string Role, Guid? Responsible, BranchId? Branch, Func<string, StaffName> Staff);

/// <summary>One document of a file as the records it becomes: a party with its legal entities, people and addresses, each told once however many rows repeat it.</summary>
internal sealed class ImportedClient
{
    private readonly List<Counterparty> entities = [];
    private readonly List<Person> people = [];
    private readonly List<ContactRole> roles = [];
    private readonly List<Place> places = [];
    private readonly List<ContactPoint> points = [];
    private readonly List<ObjectTag> tags = [];

    private ImportedClient(Partner partner) => Partner = partner;

    public Partner Partner { get; }
    public IReadOnlyList<Counterparty> Entities => entities;
    public IReadOnlyList<Person> People => people;
    public IReadOnlyList<ContactRole> Roles => roles;
    public IReadOnlyList<Place> Places => places;
    public IReadOnlyList<ContactPoint> Points => points;
    public IReadOnlyList<ObjectTag> Tags => tags;

    /// <summary>All records, the party first.</summary>
    public IEnumerable<object> Records => [Partner, .. entities, .. people, .. roles, .. places, .. points, .. tags];

    /// <summary>What a row calls the client.</summary>
    public static string? NameIn(ClientRow row) => row.Name ?? row.LegalName ?? row.Person;

    /// <summary>By what the client is recognised.</summary>
    public PartyDetails Recognised() => PartyReading.Details(Partner, entities, places, people, points);

    /// <summary>Makes the records of a document.</summary>
    /// <param name="into">the client of the base that the rows belong to; null for a new one</param>
    /// <param name="called">what the client is called where no row says: a further row of a client need not repeat his name</param>
    /// <exception cref="RuleBrokenException">as the constructors and verbs of the records, <c>clients.too-many-points</c>, and <c>clients.names-differ</c> where the rows name several clients</exception>
    public static ImportedClient Of(IReadOnlyList<ClientRow> rows, IntakeTerms terms, PartnerId? into = null, string? called = null)
    {
        var names = rows.Select(r => r.Name).OfType<string>().DistinctBy(TextFold.Joined).Take(2).ToArray();
        if (into is null && names.Length > 1) throw new RuleBrokenException("clients.names-differ", names[0], names[1]);
        var name = names.FirstOrDefault() ?? rows.Select(NameIn).FirstOrDefault(n => n is not null) ?? called ?? throw new RuleBrokenException("text.required", "partner.name");
        var partner = new Partner(into ?? PartnerId.New(), name, rows.Select(r => r.Kinds).FirstOrDefault(k => k is not null) ?? PartnerKinds.Client);
        var client = new ImportedClient(partner);
        var phones = Distinct(rows.SelectMany(r => r.Phones));
        var mails = Distinct(rows.SelectMany(r => r.Mails));
        partner.Reach(phones.FirstOrDefault(), mails.FirstOrDefault());
        partner.Annotate(rows.Select(r => r.Website).FirstOrDefault(w => w is not null), Joined(rows.Select(r => r.Note)));
        partner.Stand(rows.Select(r => r.Standing).FirstOrDefault(s => s is not null) ?? PartnerStanding.Prospect);
        partner.HandTo(terms.Responsible ?? (rows.Select(r => r.Responsible).FirstOrDefault(r => r is not null) is { } named ? terms.Staff(named).User : null), terms.Branch);
        client.AddPoints(partner.Id, ContactChannel.Phone, phones.Skip(1));
        client.AddPoints(partner.Id, ContactChannel.Email, mails.Skip(1));
        foreach (var row in rows)
        {
            if (row.HasEntity) client.AddEntity(row);
            if (row.Person is not null) client.AddPerson(row, terms);
            if (row.HasPlace) client.AddPlace(row);
        }
        foreach (var word in Distinct(rows.SelectMany(r => r.Tags)).Take(ObjectTag.MostPerObject)) client.tags.Add(new(new(ObjectKind.Partner, partner.Id.Value), word));
        return client;
    }

    private void AddEntity(ClientRow row)
    {
        var name = row.LegalName ?? Partner.Name;
        var normal = row.TaxNumber is { } number ? TaxNumber.Of(number, row.Country).Normal : null;
        if (entities.Any(e => normal is not null ? e.TaxNumber is not null && TaxNumber.Of(e.TaxNumber, e.Country).Normal == normal : Same(e.Name, name))) return;
        var entity = new Counterparty(CounterpartyId.New(), Partner.Id, name, row.TaxNumber);
        entity.Describe(name, row.Country, row.LegalAddress, row.TaxNumber, row.RegisterNumber);
        entities.Add(entity);
    }

    private void AddPerson(ClientRow row, IntakeTerms terms)
    {
        // a client who is a human being: his phone is his, and need not stand twice
        var (phones, mails) = (row.PersonPhones, row.PersonMails);
        if (people.FirstOrDefault(p => Same(p.Name, row.Person!)) is { } known)
        {
            var had = points.Where(p => p.Person == known.Id).Select(p => p.Value).Append(known.Phone).Append(known.Email).ToHashSet(StringComparer.OrdinalIgnoreCase);
            AddPoints(known.Id, ContactChannel.Phone, phones.Where(p => !had.Contains(p)));
            AddPoints(known.Id, ContactChannel.Email, mails.Where(m => !had.Contains(m)));
            return;
        }
        var person = new Person(PersonId.New(), row.Person!, phones.FirstOrDefault(), mails.FirstOrDefault());
        if (row.BirthDate is not null || row.BirthText is not null) person.Annotate(row.BirthDate, row.BirthText);
        people.Add(person);
        roles.Add(new(Guid.CreateVersion7(), person.Id, row.Role is { } role && role != row.Person ? role : terms.Role, Partner.Id));
        AddPoints(person.Id, ContactChannel.Phone, phones.Skip(1));
        AddPoints(person.Id, ContactChannel.Email, mails.Skip(1));
    }

    private void AddPlace(ClientRow row)
    {
        var parts = (row.Parts with { Country = null }).ToString().Length > 0 ? row.Parts.ToString() : null;
        var line = row.Address ?? parts ?? row.Place ?? row.Point.ToString()!;
        if (places.Any(p => Same(p.Address, line) && (row.Place is null || Same(p.Name, row.Place)))) return;
        var place = Place.OfPartner(PlaceId.New(), Partner.Id, row.Place ?? row.Parts.Town ?? line[..Math.Min(line.Length, 200)], line, row.Point);
        place.Change(place.Name, line, row.Parts, row.Purposes ?? PlacePurposes.None, row.Point);
        place.DescribeAccess(row.Door, row.AccessNote, null);
        places.Add(place);
    }

    private void AddPoints(PartnerId partner, ContactChannel channel, IEnumerable<string> values) =>
        Add(values.Select(value => new ContactPoint(Guid.CreateVersion7(), partner, channel, ContactUse.Work, value)), points.Count(p => p.Partner == partner));

    private void AddPoints(PersonId person, ContactChannel channel, IEnumerable<string> values) =>
        Add(values.Select(value => new ContactPoint(Guid.CreateVersion7(), person, channel, ContactUse.Work, value)), points.Count(p => p.Person == person));

    private void Add(IEnumerable<ContactPoint> added, int had)
    {
        var more = added.ToList();
        if (had + more.Count > ContactPoint.Most) throw new RuleBrokenException("clients.too-many-points", ContactPoint.Most);
        points.AddRange(more);
    }

    private static List<string> Distinct(IEnumerable<string> values) => [.. values.Distinct(StringComparer.OrdinalIgnoreCase)];

    private static string? Joined(IEnumerable<string?> notes) => string.Join('\n', Distinct(notes.OfType<string>())) is { Length: > 0 } text ? text : null;

    private static bool Same(string a, string b) => string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);
}
