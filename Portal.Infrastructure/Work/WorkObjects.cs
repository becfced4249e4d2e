using Microsoft.EntityFrameworkCore;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>What somebody's work is about: whoever has the work sees as much of the object as he needs for it, whatever else he may see.</summary>
public sealed class WorkObjects(ObjectDoors doors)
{
    /// <summary>True where the work is there for the actor, and about the object.</summary>
    /// <param name="through">the task or assignment</param>
    internal async Task<bool> AreAboutAsync(PortalDb db, ObjectRef through, ObjectRef about, Actor actor, CancellationToken ct)
    {
        if (!await doors.MaySeeAsync(through, actor, ct)) return false;
        var (task, assignment) = (new ProcessTaskId(through.Id), new AssignmentId(through.Id));
        return through.Kind == ObjectKind.ProcessTask
            ? await db.Set<TaskRow>().AnyAsync(t => t.Id == task && t.BusinessKind == about.Kind && t.BusinessId == about.Id, ct)
            : await db.Set<Assignment>().AnyAsync(a => a.Id == assignment && a.AboutKind == about.Kind && a.AboutId == about.Id, ct);
    }
}
