using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>Puts words on objects and takes them off; whoever may see an object may do so.</summary>
public sealed class ObjectTags(IDbContextFactory<PortalDb> contexts, ObjectDoors doors)
{
    /// <summary>Words on an object, by name.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task<IReadOnlyList<string>> ListAsync(ObjectRef about, Actor actor, CancellationToken ct)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<ObjectTag>().Where(t => t.AboutKind == about.Kind && t.AboutId == about.Id).OrderBy(t => t.Word).Select(t => t.Word).ToListAsync(ct);
    }

    /// <summary>Puts a word on an object; one that is there already stays.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c>, <c>work.too-many-tags</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public async Task AddAsync(ObjectRef about, string? word, Actor actor, CancellationToken ct)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = contexts.CreateFor(actor);
        if (await db.Set<ObjectTag>().CountAsync(t => t.AboutKind == about.Kind && t.AboutId == about.Id, ct) >= ObjectTag.MostPerObject) throw new RuleBrokenException("work.too-many-tags", ObjectTag.MostPerObject);
        db.Add(new ObjectTag(about, word));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { ConstraintName: "object_tag_word" })
        {
            // the word is on it, which is what was asked for
        }
    }

    /// <summary>Takes a word off an object.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task RemoveAsync(ObjectRef about, string word, Actor actor, CancellationToken ct)
    {
        await doors.RequireAsync(about, actor, ct);
        await using var db = contexts.CreateFor(actor);
        var lower = word.ToLowerInvariant();
        foreach (var tag in await db.Set<ObjectTag>().Where(t => t.AboutKind == about.Kind && t.AboutId == about.Id && t.Word.ToLower() == lower).ToListAsync(ct)) db.Remove(tag);
        await db.SaveChangesAsync(ct);
    }
}
