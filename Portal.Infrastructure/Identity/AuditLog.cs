using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>What happened without changing a record, yet belongs into the audit. The value is the key <c>event.&lt;value&gt;</c> of its text.</summary>
public static class AuditEvents
{
    public const string SignedIn = "signed-in";
    public const string SignInFailed = "sign-in-failed";
    public const string LockedOut = "locked-out";
    public const string SignedOut = "signed-out";
    public const string Refused = "refused";
    public const string OutboxRetried = "outbox-retried";
    public const string Exported = "exported";
}

/// <summary>
/// Notes events of people in the audit: who, what, from where. A flood cannot fill the table:
/// of one person's (or address's) events of one sort a few are noted each minute, of all together some hundreds.
/// </summary>
public sealed class AuditLog(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Rows a minute for one user, origin and event.</summary>
    public const int EachPerMinute = 5;

    /// <summary>Rows a minute in all.</summary>
    public const int AllPerMinute = 300;

    private readonly Lock gate = new();
    private readonly Dictionary<(Guid User, string Origin, string What), int> noted = [];
    private long minute;
    private int all;

    /// <summary>Notes an event.</summary>
    /// <param name="actor">Who; a user id of zeros for somebody unknown.</param>
    /// <param name="what">One of <see cref="AuditEvents"/>.</param>
    /// <param name="about">What it was about, such as the permission that was missing.</param>
    public async Task NoteAsync(Actor actor, string what, string? about, CancellationToken ct)
    {
        // what left the house is noted each time: it took a right and an answer to get there, so no flood comes of it
        if (what != AuditEvents.Exported && !MayNote((actor.UserId, actor.Origin, what))) return;
        await using var db = contexts.CreateFor(actor);
        db.Add(new AuditRow
        {
            At = time.GetUtcNow(),
            UserId = actor.UserId,
            UserName = actor.Name,
            Origin = actor.Origin,
            ObjectKind = nameof(ObjectKind.User),
            ObjectId = actor.UserId,
            Action = "event",
            After = JsonSerializer.Serialize(new { What = what, About = about }),
        });
        await db.SaveChangesAsync(ct);
    }

    private bool MayNote((Guid, string, string) key)
    {
        lock (gate)
        {
            if (time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute is var now && now != minute)
            {
                (minute, all) = (now, 0);
                noted.Clear();
            }
            var times = noted.GetValueOrDefault(key);
            if (times >= EachPerMinute || all >= AllPerMinute) return false;
            noted[key] = times + 1;
            all++;
            return true;
        }
    }
}
