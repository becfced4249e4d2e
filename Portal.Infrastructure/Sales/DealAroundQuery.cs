using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>Somebody at the client of a deal.</summary>
public sealed record DealPerson(Guid Role, string Name, string Title);

/// <summary>What surrounds a deal: the latest talks with its client, who is there, its other deals.</summary>
public sealed record DealSurroundings(IReadOnlyList<InteractionRow> Talks, IReadOnlyList<DealPerson> People, IReadOnlyList<DealRow> Deals);

/// <summary>Reads what surrounds a deal, each part by the rights of its own feature.</summary>
public sealed class DealAroundQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Lines of each part.</summary>
    public const int Most = 8;

    /// <summary>The surroundings; empty where the deal or its client is beyond the actor's reach.</summary>
    public async Task<DealSurroundings> FindAsync(DealId id, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var partner = await db.Set<Deal>().Within(actor).Where(d => d.Id == id).Select(d => d.Partner).FirstOrDefaultAsync(ct);
        if (partner is not { } client) return new([], [], []);
        var others = await DealRows.ReadAsync(db, db.Set<Deal>().AsNoTracking().Within(actor).Where(d => d.Partner == client && d.Id != id && !d.Archived).OrderByDescending(d => d.OpenedOn).ThenByDescending(d => d.Number).Take(Most), actor, ct);
        if (!actor.Can(Permissions.ClientsRead) || !await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct)) return new([], [], others);
        var talks = await InteractionRows.ReadAsync(db, InteractionQuery.Within(db, actor).Where(i => i.Partner == client && i.State != InteractionState.Cancelled).OrderByDescending(i => i.At).ThenBy(i => i.Id).Take(Most), ct);
        var people = await db.Set<ContactRole>().Where(r => r.Partner == client && !r.Ended).Join(db.Set<Person>(), r => r.Person, p => p.Id, (r, p) => new { r, p }).OrderBy(x => x.p.Name).ThenBy(x => x.r.Id).Take(Most)
            .Select(x => new DealPerson(x.r.Id, x.p.Name, x.r.Role)).ToListAsync(ct);
        return new(talks, people, others);
    }
}
