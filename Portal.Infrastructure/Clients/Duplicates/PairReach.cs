using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Which records an actor's rights reach: partners as everywhere, persons through the partners they are contacts of.</summary>
internal static class PairReach
{
    /// <summary>Persons within reach, one who was merged as far as the one who stands for him; one who is nobody's contact belongs to whoever reaches all.</summary>
    public static IQueryable<Person> Persons(PortalDb db, Actor actor)
    {
        if (actor.IsSystem || actor.Scope == ActorScope.All) return db.Set<Person>();
        var partners = db.Set<Partner>().Within(actor);
        return db.Set<Person>().Where(p => db.Set<ContactRole>().Any(r => (r.Person == p.Id || r.Person == p.MergedInto) && partners.Any(x => x.Id == r.Partner)));
    }

    /// <summary>Ids of records of a kind within reach.</summary>
    public static IQueryable<Guid> Ids(PortalDb db, ObjectKind kind, Actor actor) =>
        kind == ObjectKind.Partner ? db.Set<Partner>().Within(actor).Select(p => (Guid)(object)p.Id) : Persons(db, actor).Select(p => (Guid)(object)p.Id);

    /// <summary>How many of some records are within reach.</summary>
    public static Task<int> CountAsync(PortalDb db, ObjectKind kind, Guid[] ids, Actor actor, CancellationToken ct) =>
        Ids(db, kind, actor).CountAsync(id => ids.Contains(id), ct);
}
