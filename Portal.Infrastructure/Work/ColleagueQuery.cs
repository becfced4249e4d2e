using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>Somebody of staff whom work can be given to.</summary>
public sealed record Colleague(Guid Id, string Name);

/// <summary>Finds colleagues by a part of their name.</summary>
public sealed class ColleagueQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Names one answer holds.</summary>
    public const int Most = 50;

    /// <summary>Names a form offers.</summary>
    public const int MostInForms = 2000;

    /// <summary>Staff whose name holds the text, by name; an assignment can be given to anybody.</summary>
    public async Task<IReadOnlyList<Colleague>> FindAsync(string? text, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FirstAsync(db.Set<PortalUser>().OfStaff(), text, ct);
    }

    /// <summary>Staff whose name holds the text, by name, whom a task can be given to: they may work on tasks, and four eyes do not bar them from this one.</summary>
    /// <param name="isSigner">to decide besides its performer, not in his place: then the reach does not matter</param>
    public async Task<IReadOnlyList<Colleague>> FindForAsync(ProcessTaskId task, string? text, bool isSigner, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var people = db.Set<PortalUser>().WorkingOnTasks(db).Where(u => !db.Set<TaskRow>().Any(t => t.Id == task && t.Excluded.Contains(u.Id)));
        return await FirstAsync(isSigner ? people : people.NearTo(actor), text, ct);
    }

    private static Task<List<Colleague>> FirstAsync(IQueryable<PortalUser> people, string? text, CancellationToken ct)
    {
        var pattern = LikePattern.Containing(text ?? "");
        return people.Where(u => EF.Functions.ILike(u.DisplayName, pattern, LikePattern.Escape)).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(Most).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Staff who may work with clients, by name, as far as the actor's reach goes: whom a client he works with may have or get.</summary>
    public async Task<IReadOnlyList<Colleague>> ForClientsAsync(Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().AsNoTracking().OfStaff().Holding(Permissions.ClientsRead, db).NearTo(actor)
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostInForms).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
    }

    /// <summary>All of staff, by name, for choosing in a form.</summary>
    /// <param name="forTasks">only those who may work on tasks of processes</param>
    public async Task<IReadOnlyList<Colleague>> AllAsync(Actor actor, CancellationToken ct = default, bool forTasks = false)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var people = db.Set<PortalUser>().AsNoTracking();
        return await (forTasks ? people.WorkingOnTasks(db) : people.OfStaff())
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostInForms).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
    }
}
