using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>A contact person of some client. <paramref name="Detail"/> names the client and, as far as the reader may know them, his numbers.</summary>
public sealed record KnownPerson(PersonId Id, string Name, string Detail);

/// <summary>Finds people who are in the base already while a contact is being entered, so that nobody is entered twice.</summary>
public sealed class KnownPeopleQuery(SearchQuery search, IDbContextFactory<PortalDb> contexts)
{
    /// <summary>People one answer names.</summary>
    public const int Most = 5;

    private const int LeastLetters = 3;

    /// <summary>Contacts of clients within the actor's reach whose phone, mail address or name the text is; those of the client itself, and those of whom something is hidden from the actor, are left out: he cannot take them.</summary>
    public async Task<IReadOnlyList<KnownPerson>> FindAsync(string? text, PartnerId? client, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        if (text?.Trim() is not { Length: >= LeastLetters } typed) return [];
        var found = await search.FindAsync(typed, [ObjectKind.Person], actor, ct);
        // our own people, and callers, are nobody's contact
        var people = found.Where(row => row.Partner is not null).DistinctBy(row => row.ObjectId).ToList();
        if (people.Count == 0) return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ids = people.ConvertAll(row => new PersonId(row.ObjectId));
        var here = await db.Set<ContactRole>().Where(role => role.Partner == client && ids.Contains(role.Person)).Select(role => role.Person.Value).ToListAsync(ct);
        var open = await db.OpenRoles(actor).Where(role => ids.Contains(role.Person)).Select(role => role.Person.Value).ToListAsync(ct);
        return [.. people.Where(row => open.Contains(row.ObjectId) && !here.Contains(row.ObjectId)).Take(Most).Select(row => new KnownPerson(new(row.ObjectId), row.Title, row.Text))];
    }
}
