using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Work;

/// <summary>Somebody stands in for somebody.</summary>
public sealed record SubstitutionLine(SubstitutionId Id, Guid Absent, string AbsentName, Guid Substitute, string SubstituteName, DateTimeOffset Starts, DateTimeOffset Ends);

/// <summary>Who stands in for whom.</summary>
public sealed class SubstitutionQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Substitutions now and to come: one's own; those of everybody in reach for whoever looks after the work of others.</summary>
    public async Task<IReadOnlyList<SubstitutionLine>> ListAsync(Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (all, near) = (actor.Can(Permissions.TasksOversee), db.Set<PortalUser>().NearTo(actor));
        return await (
            from s in db.Set<Substitution>().AsNoTracking()
            where s.Ends > now && s.Ends > s.Starts
            join absent in db.Set<PortalUser>() on s.Absent equals absent.Id
            where all && near.Any(n => n.Id == absent.Id) || s.Absent == actor.UserId || s.Substitute == actor.UserId
            join substitute in db.Set<PortalUser>() on s.Substitute equals substitute.Id
            orderby s.Starts, s.Id
            select new SubstitutionLine(s.Id, s.Absent, absent.DisplayName, s.Substitute, substitute.DisplayName, s.Starts, s.Ends)).Take(500).ToListAsync(ct);
    }
}
