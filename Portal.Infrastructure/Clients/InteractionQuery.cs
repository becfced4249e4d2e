using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients;

/// <summary>An assignment that came from an interaction.</summary>
public sealed record InteractionAssignment(AssignmentId Id, string Title, AssignmentState State, string Performer, DateTimeOffset? Deadline);

/// <summary>One interaction with what hangs on it.</summary>
/// <param name="Chain">what it followed from and what followed, the oldest first; itself among them</param>
/// <param name="Reminders">those its reader set for himself, still to ring</param>
/// <param name="MayChange">the reader answers for it, wrote it down or manages clients</param>
public sealed record InteractionCard(
    InteractionRow Interaction, IReadOnlyList<InteractionRow> Chain, IReadOnlyList<InteractionAssignment> Assignments, IReadOnlyList<Reminder> Reminders, bool MayChange);

/// <summary>Reads one interaction within the actor's reach.</summary>
public sealed class InteractionQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Interactions of a chain that are shown.</summary>
    public const int MostInChain = 100;

    /// <summary>The interaction, or null when there is none within reach.</summary>
    public async Task<InteractionCard?> FindAsync(InteractionId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = (await InteractionRows.ReadAsync(db, Within(db, actor).Where(i => i.Id == id), ct)).SingleOrDefault();
        if (found is null) return null;
        // who sees an assignment says AssignmentRights; here are those of the reader and of whoever looks after the work of others
        var assignments = await db.Set<Assignment>().Where(a => a.AboutKind == ObjectKind.Interaction && a.AboutId == id.Value)
            .OrderBy(a => a.EndedAt != null).ThenBy(a => a.Deadline).ThenBy(a => a.Id).Take(50).ToListAsync(ct);
        assignments.RemoveAll(a => !actor.MaySee(a));
        var names = await db.Set<PortalUser>().Where(u => assignments.Select(a => a.Performer).Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        return new(found, await ChainAsync(db, id, actor, ct),
            [.. assignments.Select(a => new InteractionAssignment(a.Id, a.Title, a.State, names.GetValueOrDefault(a.Performer, ""), a.Deadline))],
            await db.Set<Reminder>().AsNoTracking().Where(r => r.Interaction == id && r.User == actor.UserId && r.StartsAt == null && r.RungAt == null && r.DoneAt == null).OrderBy(r => r.At).Take(20).ToListAsync(ct),
            found.ResponsibleId == actor.UserId || found.ByUser == actor.UserId || actor.Can(Permissions.ClientsManage));
    }

    /// <summary>True when the interaction is there and within reach.</summary>
    public async Task<bool> MaySeeAsync(Guid id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Within(db, actor).AnyAsync(i => i.Id == new InteractionId(id), ct);
    }

    /// <summary>People of a client whom an interaction may name, by name.</summary>
    public async Task<IReadOnlyList<Participant>> PeopleAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Person>().Where(p => db.Set<ContactRole>().Any(r => r.Person == p.Id && !r.Ended && db.Set<Partner>().Within(actor).Any(x => x.Id == partner && x.Id == r.Partner)))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Take(200).Select(p => new Participant(p.Id, null, p.Name)).ToListAsync(ct);
    }

    /// <summary>
    /// Interactions that the actor may know of, whoever answers for them or takes part: those with clients that he reaches, and none where he may not see clients. Every list of interactions begins here.
    /// </summary>
    internal static IQueryable<Interaction> Within(PortalDb db, Actor actor)
    {
        var sees = actor.Can(Permissions.ClientsRead);
        return db.Set<Interaction>().AsNoTracking().Where(i => sees && db.Set<Partner>().Within(actor).Any(p => p.Id == i.Partner));
    }

    private static async Task<IReadOnlyList<InteractionRow>> ChainAsync(PortalDb db, InteractionId id, Actor actor, CancellationToken ct)
    {
        var ids = (await db.Database.SqlQuery<Guid>($"""
            with recursive up as (
                select i.id, i.after from clients.interaction i where i.id = {id.Value}
                union select i.id, i.after from clients.interaction i join up on i.id = up.after),
            down as (
                select up.id from up where up.after is null
                union select i.id from clients.interaction i join down on i.after = down.id)
            select id as "Value" from down limit {MostInChain}
            """).ToListAsync(ct)).Select(one => new InteractionId(one)).ToList();
        return await InteractionRows.ReadAsync(db, Within(db, actor).Where(i => ids.Contains(i.Id)).OrderBy(i => i.At).ThenBy(i => i.Id), ct);
    }
}
