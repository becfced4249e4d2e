using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A sign-in that somebody ended.</summary>
public sealed class EndedSession
{
    /// <summary>Id of the sign-in.</summary>
    public required Guid Id { get; init; }

    /// <summary>When the last copy of its cookie has run out.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>Keeps the sign-ins that were ended, so that a copied cookie is of no use after a restart or on another node.</summary>
public sealed class EndedSessions(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Notes the end of a sign-in whose cookie nobody could use for longer than <paramref name="cookieLife"/>; clears away what has run out.</summary>
    public async Task NoteAsync(Guid session, TimeSpan cookieLife, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var now = time.GetUtcNow();
        await db.Set<EndedSession>().Where(s => s.Until < now).ExecuteDeleteAsync(ct);
        if (await db.Set<EndedSession>().AnyAsync(s => s.Id == session, ct)) return;
        db.Add(new EndedSession { Id = session, Until = now + cookieLife });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>All that have not run out.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        return await db.Set<EndedSession>().Where(s => s.Until >= now).Select(s => s.Id).ToListAsync(ct);
    }
}
