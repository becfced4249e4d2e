using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>A client as its card beside a task shows it.</summary>
/// <param name="Hidden">fields that hold something the reader may not know</param>
public sealed record PartnerCard(string Name, string? Phone, string? Email, ConfidentialFields Hidden);

/// <summary>Reads the client that somebody's work is about: the work gives the right to see it.</summary>
public sealed class PartnerCardQuery(IDbContextFactory<PortalDb> contexts, ObjectDoors doors)
{
    /// <summary>The client, or null where the work is not about it or not for this actor.</summary>
    /// <param name="through">the task or assignment</param>
    public async Task<PartnerCard?> FindAsync(PartnerId id, ObjectRef through, Actor actor, CancellationToken ct = default)
    {
        if (!await doors.MaySeeAsync(through, actor, ct)) return null;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (task, assignment) = (new ProcessTaskId(through.Id), new AssignmentId(through.Id));
        var about = through.Kind == ObjectKind.ProcessTask
            ? await db.Set<TaskRow>().AnyAsync(t => t.Id == task && t.BusinessKind == ObjectKind.Partner && t.BusinessId == id.Value, ct)
            : await db.Set<Assignment>().AnyAsync(a => a.Id == assignment && a.AboutKind == ObjectKind.Partner && a.AboutId == id.Value, ct);
        return about ? (await PartnerListQuery.RowsAsync(db, db.Set<Partner>().Where(p => p.Id == id), actor, ct)).Select(p => new PartnerCard(p.Name, p.Phone, p.Email, p.Hidden)).SingleOrDefault() : null;
    }
}
