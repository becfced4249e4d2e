using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Intake;

/// <summary>One row of the file of clients: on the first of a client stands what he is, on every one at most one legal entity, contact and address, all of one country.</summary>
/// <param name="Client">null on his further rows</param>
/// <param name="Key">the same on all rows of a client</param>
/// <param name="Phones">of the contact, the main one first</param>
/// <param name="OwnPhones">of the client, the main one first</param>
public sealed record ClientFileRow(
    string Key, PartnerRow? Client, Partner? Details, string OwnPhones, string OwnMails, string Tags, Counterparty? Entity, Person? Person, string? Role, string Phones, string Mails, Place? Place)
{
    /// <summary>ISO 3166 code of the legal entity and the address.</summary>
    public string? Country => Entity?.Country ?? Place?.Country;

    /// <summary>What the reader may not know of the client; what is left of a row tells nothing of it.</summary>
    internal ConfidentialFields Hidden { get; init; }

    /// <summary>The tax number of the legal entity.</summary>
    public string? TaxNumber => Hidden.Has(ConfidentialFields.TaxNumbers) ? null : Entity?.TaxNumber;

    /// <summary>The register number of the legal entity.</summary>
    public string? RegisterNumber => Hidden.Has(ConfidentialFields.TaxNumbers) ? null : Entity?.RegisterNumber;

    /// <summary>Who answers for the client, by his name; where several have it, by his sign-in.</summary>
    public string? Responsible { get; init; } = Client?.Responsible;

    /// <summary>The note on the client.</summary>
    public string? Note => Hidden.Has(ConfidentialFields.Notes) ? null : Details?.Note;
}

/// <summary>Reads clients with their legal entities, contacts and addresses as the rows of a file that the import takes back in.</summary>
public sealed class ClientFileQuery(IDbContextFactory<PortalDb> contexts, PartnerListQuery list)
{
    private const int AtOnce = 2_000;

    /// <summary>The clients of a filter within the actor's reach, as many as a list holds at most.</summary>
    /// <exception cref="RuleBrokenException"><c>export.too-many</c>; <c>clients.equal-cut</c> where equal ones are asked for, and there are more than are listed; <c>clients.only-similar</c> where nothing holds the text and the list shows what is like it</exception>
    public async Task<IReadOnlyList<ClientFileRow>> ReadAsync(PartnerFilter filter, PartnerSort sort, bool descending, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsExport);
        var rows = new List<ClientFileRow>();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var staff = db.Set<PortalUser>().Where(u => u.Partner == null);
        var namesakes = await staff.Where(u => staff.Any(other => other.Id != u.Id && other.DisplayName.ToLower() == u.DisplayName.ToLower())).ToDictionaryAsync(u => u.Id, u => u.UserName, ct);
        var listed = await list.ListAsync(filter, sort, descending, Slice.All, actor, ct);
        // a file holds no more: what each of them has need not be read for that
        if (listed.Rows.Count > Slice.MaxRows) throw new RuleBrokenException("export.too-many", Slice.MaxRows);
        if (filter.Equal is not null && listed.More) throw new RuleBrokenException("clients.equal-cut");
        if (listed.Rows.Count == 0 && filter.Equal is null && (await list.NearlyAsync(filter, sort, descending, new(0, 1), actor, ct)).Rows.Count > 0) throw new RuleBrokenException("clients.only-similar");
        foreach (var some in listed.Rows.Chunk(AtOnce)) await AddAsync(db, rows, some, namesakes, actor, ct);
        return rows;
    }

    private static async Task AddAsync(PortalDb db, List<ClientFileRow> rows, PartnerRow[] clients, Dictionary<Guid, string?> namesakes, Actor actor, CancellationToken ct)
    {
        var ids = clients.Select(c => c.Id).ToList();
        var raw = ids.ConvertAll(id => id.Value);
        var partners = await db.Set<Partner>().AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        var entities = (await db.Set<Counterparty>().AsNoTracking().Where(c => ids.Contains(c.Partner) && !c.Archived).OrderBy(c => c.Name).ThenBy(c => c.Id).ToListAsync(ct)).ToLookup(c => c.Partner);
        var places = (await db.Set<Place>().AsNoTracking().Where(p => ids.Contains(p.Partner!.Value) && !p.Archived).OrderBy(p => p.Name).ThenBy(p => p.Address).ThenBy(p => p.Id).ToListAsync(ct)).ToLookup(p => p.Partner!.Value);
        var contacts = (await db.Set<ContactRole>().Where(r => ids.Contains(r.Partner!.Value) && !r.Ended).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { Role = r, Person = p })
            .AsNoTracking().OrderBy(c => c.Person.Name).ThenBy(c => c.Role.Id).ToListAsync(ct)).ToLookup(c => c.Role.Partner!.Value);
        var people = contacts.SelectMany(c => c).Select(c => (PersonId?)c.Person.Id).Distinct().ToList();
        var points = await db.Set<ContactPoint>().AsNoTracking().Where(p => ids.Contains(p.Partner!.Value) || people.Contains(p.Person)).OrderBy(p => p.Value).ToListAsync(ct);
        var (ofPartners, ofPeople) = (points.Where(p => p.Partner is not null).ToLookup(p => p.Partner!.Value), points.Where(p => p.Person is not null).ToLookup(p => p.Person!.Value));
        var tags = (await db.Set<ObjectTag>().Where(t => t.AboutKind == ObjectKind.Partner && raw.Contains(t.AboutId)).ToListAsync(ct)).ToLookup(t => t.AboutId, t => t.Word);
        foreach (var client in clients)
        {
            var (own, partner) = (ofPartners[client.Id], partners[client.Id]);
            ClientFileRow[] first = [new(client.Id.Value.ToString(), client, partner, Joined(partner.Phone, own, ContactChannel.Phone), Joined(partner.Email, own, ContactChannel.Email), string.Join(", ", tags[client.Id.Value].Order()),
                null, null, null, "", "", null) { Responsible = client.ResponsibleId is { } user && namesakes.TryGetValue(user, out var signIn) ? signIn : client.Responsible }];
            var of = first.ToList();
            var at = 0;
            foreach (var entity in entities[client.Id]) Next(of, at++, row => row with { Entity = entity });
            at = 0;
            foreach (var contact in contacts[client.Id])
                Next(of, at++, row => row with
                {
                    Person = contact.Person, Role = contact.Role.Role,
                    Phones = Joined(contact.Person.Phone, ofPeople[contact.Person.Id], ContactChannel.Phone), Mails = Joined(contact.Person.Email, ofPeople[contact.Person.Id], ContactChannel.Email),
                });
            // a row is of one country: an address abroad gets a row of its own
            foreach (var place in places[client.Id])
            {
                var free = of.FindIndex(row => row.Place is null && (row.Entity is null || row.Entity.Country == place.Country));
                Next(of, free < 0 ? of.Count : free, row => row with { Place = place });
            }
            rows.AddRange(of.Select(row => row.Without(actor.HiddenOf(partner.Responsible))));
        }
    }

    private static void Next(List<ClientFileRow> rows, int at, Func<ClientFileRow, ClientFileRow> tell)
    {
        if (at == rows.Count) rows.Add(new(rows[0].Key, null, null, "", "", "", null, null, null, "", "", null));
        rows[at] = tell(rows[at]);
    }

    private static string Joined(string? main, IEnumerable<ContactPoint> others, ContactChannel channel) =>
        string.Join("; ", others.Where(p => p.Channel == channel).Select(p => p.Value).Prepend(main).Where(value => !string.IsNullOrEmpty(value)));
}
