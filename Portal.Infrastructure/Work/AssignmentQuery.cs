using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>An assignment with the names of its people.</summary>
/// <param name="Reader">who reads, with those he stands in for</param>
public sealed record AssignmentDetails(Assignment Assignment, string Giver, string Performer, string? Controller, Actor Reader);

/// <summary>Reads one assignment.</summary>
public sealed class AssignmentQuery(IDbContextFactory<PortalDb> contexts, TaskRights rights)
{
    /// <summary>The assignment, or null where there is none that the actor may see.</summary>
    public async Task<AssignmentDetails?> FindAsync(AssignmentId id, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var assignment = await db.Set<Assignment>().AsNoTracking().Include(a => a.Events).Include(a => a.Times).AsSplitQuery().FirstOrDefaultAsync(a => a.Id == id, ct);
        actor = await rights.StandingInAsync(actor, ct);
        if (assignment is null || !actor.MaySee(assignment)) return null;
        Guid[] people = [assignment.Giver, assignment.Performer, assignment.Controller ?? assignment.Giver];
        var names = await db.Set<PortalUser>().Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        return new(assignment, names[assignment.Giver], names[assignment.Performer], assignment.Controller is { } controller ? names[controller] : null, actor);
    }

    /// <summary>True where there is such an assignment for the actor.</summary>
    internal async Task<bool> MaySeeAsync(Guid id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var key = new AssignmentId(id);
        return await db.Set<Assignment>().AsNoTracking().FirstOrDefaultAsync(a => a.Id == key, ct) is { } assignment && (await rights.StandingInAsync(actor, ct)).MaySee(assignment);
    }
}
