using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A person whom work can be given to.</summary>
public sealed record StaffMember(Guid Id, string UserName, string DisplayName);

/// <summary>Whom work can be given to: the roles and the people of the company.</summary>
public sealed class StaffQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int MostPeople = 2_000;

    /// <summary>All roles, standard ones first, and everybody who may work on tasks, by name; for those who draw maps or look after tasks.</summary>
    public async Task<(IReadOnlyList<Role> Roles, IReadOnlyList<StaffMember> People)> OfferAsync(Actor actor, CancellationToken ct)
    {
        if (!actor.Can(Permissions.MapsDraw)) actor.Require(Permissions.TasksWork);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var roles = await db.Set<Role>().AsNoTracking().OrderByDescending(r => r.BuiltIn).ThenBy(r => r.Id).ToListAsync(ct);
        var people = await db.Set<PortalUser>().AsNoTracking().WorkingOnTasks(db)
            .OrderBy(u => u.DisplayName).Take(MostPeople).Select(u => new StaffMember(u.Id, u.UserName!, u.DisplayName)).ToListAsync(ct);
        return (roles, people);
    }
}
