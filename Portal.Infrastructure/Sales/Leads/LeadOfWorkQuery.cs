using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>The lead that somebody's work is about.</summary>
/// <param name="Opens">its page is within the reader's reach</param>
public sealed record LeadOfWork(LeadRow Lead, bool Opens);

/// <summary>Reads the lead that somebody's work is about: the work gives the right to see it.</summary>
public sealed class LeadOfWorkQuery(IDbContextFactory<PortalDb> contexts, WorkObjects works, TimeProvider time)
{
    /// <summary>The lead, or null where it is beyond the actor's reach and his work is not about it.</summary>
    /// <param name="through">the task or assignment</param>
    public async Task<LeadOfWork?> FindAsync(LeadId id, ObjectRef through, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var opens = await db.Set<Lead>().Within(actor).AnyAsync(l => l.Id == id, ct);
        if (!opens && !await works.AreAboutAsync(db, through, new(ObjectKind.Lead, id.Value), actor, ct)) return null;
        var rows = await LeadRows.ReadAsync(db, db.Set<Lead>().AsNoTracking().Where(l => l.Id == id), await LeadSettings.RulesAsync(db, ct), time.GetUtcNow(), actor, ct);
        return rows.FirstOrDefault() is { } lead ? new(lead, opens) : null;
    }
}
