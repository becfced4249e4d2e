using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>What to look for in the audit; every part may be absent.</summary>
public sealed record AuditFilter(string? Text, string? Kind, Guid? Object, Period? Period);

/// <summary>The audit trail, newest first, read by key so that the last page is as quick as the first. Whose rights end at a branch reads what people <see cref="UserReach">within reach</see> did.</summary>
public sealed class AuditQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Rows of one page.</summary>
    public const int PageSize = 100;

    /// <summary>Rows older than <paramref name="before"/> (an audit id), or the newest.</summary>
    public async Task<IReadOnlyList<AuditRow>> FindAsync(AuditFilter filter, long? before, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.AuditRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = db.Set<AuditRow>().AsNoTracking();
        if (actor.OnlyBranch() is not null)
        {
            var people = db.Set<PortalUser>().WithinReachOf(actor, db);
            rows = rows.Where(r => people.Any(user => user.Id == r.UserId));
        }
        // who may not know of a file is not told by the audit either
        if (!actor.Can(Permissions.FilesConfidential))
            rows = rows.Where(r => r.ObjectKind != nameof(ObjectKind.StoredFile)
                || !db.Set<StoredFile>().Any(f => (Guid)(object)f.Id == r.ObjectId && f.Confidential && f.ByUser != actor.UserId));
        if (before is { } id) rows = rows.Where(r => r.Id < id);
        if (!string.IsNullOrWhiteSpace(filter.Kind)) rows = rows.Where(r => r.ObjectKind == filter.Kind);
        if (filter.Object is { } found) rows = rows.Where(r => r.ObjectId == found);
        if (filter.Period is { } period) rows = rows.Where(r => r.At >= period.From && r.At < period.To);
        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            rows = rows.Where(r => EF.Functions.ILike(r.UserName, pattern, LikePattern.Escape) || EF.Functions.ILike(r.Origin, pattern, LikePattern.Escape));
        }
        return (await rows.OrderByDescending(r => r.Id).Take(PageSize).ToListAsync(ct)).ConvertAll(r => r.For(actor));
    }
}
