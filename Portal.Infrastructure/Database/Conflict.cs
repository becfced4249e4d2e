using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>Turns a lost race between two people into a refusal that says who was first.</summary>
public static class Conflict
{
    /// <summary>Saves; where the record was changed since it was read, refuses with the name of who changed it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c> with the name of who was first</exception>
    public static async Task SaveOrExplainAsync(this PortalDb db, ObjectRef what, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw await db.ChangedByAnotherAsync(what, ct);
        }
    }

    /// <summary>Refuses where somebody else has changed the record since it was seen. Asked before anything else: who was first is told by name, not by what can no longer be done.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c></exception>
    public static async Task RequireSeenAsync(this PortalDb db, ObjectRef what, uint version, uint seen, CancellationToken ct)
    {
        if (version != seen) throw await db.ChangedByAnotherAsync(what, ct);
    }

    /// <summary>The refusal that says who changed a record last.</summary>
    public static async Task<RuleBrokenException> ChangedByAnotherAsync(this PortalDb db, ObjectRef what, CancellationToken ct)
    {
        var kind = what.Kind.ToString();
        var first = await db.Set<AuditRow>().Where(r => r.ObjectKind == kind && r.ObjectId == what.Id).OrderByDescending(r => r.Id).Select(r => r.UserName).FirstOrDefaultAsync(ct);
        return new("shared.changed-by", first);
    }

    /// <summary>Makes the next save compare with the version the user saw, not with the one just read.</summary>
    public static void ExpectVersion(this PortalDb db, object entity, uint version) =>
        db.Entry(entity).Property("Version").OriginalValue = version;
}
