using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>Comments on any object, under the rights of that object.</summary>
public sealed class Remarks(IDbContextFactory<PortalDb> contexts, ObjectDoors doors, TimeProvider time)
{
    /// <summary>Comments one answer holds; the newest.</summary>
    public const int Most = 200;

    /// <summary>Says something.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, or what is wrong with the text</exception>
    public async Task AddAsync(ObjectRef about, string? text, Actor actor, CancellationToken ct = default)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = contexts.CreateFor(actor);
        db.Add(new Comment(about, text, time.GetUtcNow(), actor));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What was said, oldest first.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task<IReadOnlyList<Comment>> OfAsync(ObjectRef about, Actor actor, CancellationToken ct = default)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var newest = await db.Set<Comment>().AsNoTracking().Where(c => c.AboutKind == about.Kind && c.AboutId == about.Id)
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(Most).ToListAsync(ct);
        newest.Reverse();
        return newest;
    }
}
