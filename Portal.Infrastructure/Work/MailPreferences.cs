using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Work;

/// <summary>What a user wants to be written about.</summary>
public sealed record MailWishes(bool OnNewWork = true, bool BeforeDeadline = true, bool OnAnswer = true, bool OnReminder = true);

/// <summary>What users want to be written about, and where a letter reaches them.</summary>
public sealed class MailPreferences(IDbContextFactory<PortalDb> contexts, UserRights rights)
{
    /// <summary>The actor's wishes.</summary>
    public async Task<MailWishes> OfAsync(Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<MailPreference>().AsNoTracking().FirstOrDefaultAsync(p => p.User == actor.UserId, ct) is { } p ? new(p.OnNewWork, p.BeforeDeadline, p.OnAnswer, p.OnReminder) : new();
    }

    /// <summary>Sets the actor's wishes.</summary>
    public async Task SetAsync(MailWishes wishes, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = contexts.CreateFor(actor);
        var kept = await db.Set<MailPreference>().FirstOrDefaultAsync(p => p.User == actor.UserId, ct);
        if (kept is null) db.Add(kept = new MailPreference(actor.UserId));
        (kept.OnNewWork, kept.BeforeDeadline, kept.OnAnswer, kept.OnReminder) = (wishes.OnNewWork, wishes.BeforeDeadline, wishes.OnAnswer, wishes.OnReminder);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Where a letter reaches a user of staff, and who he is with his rights of this moment; null where it may not or cannot.</summary>
    public async Task<(string Address, Actor Actor)?> ReaderAsync(Guid user, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var address = await db.Set<PortalUser>().OfStaff().Where(u => u.Id == user && u.Email != "").Select(u => u.Email).FirstOrDefaultAsync(ct);
        return address is not null && await rights.FindAsync(user, ct) is { } actor ? (address, actor) : null;
    }
}
