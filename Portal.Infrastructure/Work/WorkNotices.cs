using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Work;

/// <summary>Why a letter about work is written.</summary>
public enum NoticeReason { NewWork, DeadlineNear }

/// <summary>A letter to be written: the words are found when it is sent.</summary>
public sealed record WorkNotice(NoticeReason Reason, ObjectKind Kind, Guid Object, Guid User);

/// <summary>
/// Orders letters about work: new work to whoever has it or may take it, a day before the deadline to whoever has it. Looks at the
/// tables, so nothing that was given while nobody ran is missed; the key of the outbox's entry lets each letter be ordered once.
/// </summary>
public sealed class WorkNotices(NpgsqlDataSource database, WorkHints hints, TimeProvider time, ILogger<WorkNotices> log) : BackgroundService
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "work.mail";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private const string Order = """
        insert into core.outbox (key, kind, body, created_at, due_at)
        select distinct on (key) 'mail:' || w.reason || ':' || w.id || ':' || u.id as key, 'work.mail',
            jsonb_build_object('Reason', w.reason, 'Kind', w.kind, 'Object', w.id, 'User', u.id), $1, $1
        from (
            select 'NewWork' as reason, 'ProcessTask' as kind, t.id, t.assignee as to_user, t.candidate_users as users, t.candidate_roles as roles, t.branch
                from process.task t where t.closed_at is null and (t.assignee is null or t.claimed_at is not null) and coalesce(t.claimed_at, t.created_at) > $1 - interval '1 day'
            union all
            select 'NewWork', 'Assignment', a.id, a.performer, '{}', '{}', null from work.assignment a
                where a.ended_at is null and a.performer <> a.giver and a.handed_at > $1 - interval '1 day'
            union all
            select 'DeadlineNear', 'ProcessTask', t.id, t.assignee, '{}', '{}', null from process.task t
                where t.closed_at is null and t.assignee is not null and t.due > $1 and t.due <= $1 + interval '1 day' and t.created_at < t.due - interval '1 day'
            union all
            select 'DeadlineNear', 'Assignment', a.id, a.performer, '{}', '{}', null from work.assignment a
                where a.ended_at is null and a.state <> 'Reported' and a.deadline > $1 and a.deadline <= $1 + interval '1 day' and a.given_at < a.deadline - interval '1 day') w
        join identity.portal_user u on case when w.to_user is not null then u.id = w.to_user
            else u.id = any(w.users) or (w.branch is null or u.branch is null or u.branch = w.branch)
                and exists (select from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id and r.code = any(w.roles)) end
        left join work.mail_preference p on p."user" = u.id
        where u.email is not null and not u.blocked and u.partner is null
            and case w.reason when 'NewWork' then coalesce(p.on_new_work, true) else coalesce(p.before_deadline, true) end
        on conflict (key) do nothing
        """;

    /// <summary>Orders what is not ordered yet; how many letters that is.</summary>
    public async Task<int> OrderAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(Order);
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        var ordered = await command.ExecuteNonQueryAsync(ct);
        if (ordered > 0) hints.Poke();
        return ordered;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, OrderAsync, away => log.LogWarning(away, "Letters about work wait for the database"), stopping);
}

/// <summary>What users want to be written about, and to whom a notice goes.</summary>
public sealed class MailPreferences(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The actor's wishes.</summary>
    public async Task<(bool OnNewWork, bool BeforeDeadline)> OfAsync(Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<MailPreference>().AsNoTracking().FirstOrDefaultAsync(p => p.User == actor.UserId, ct) is { } p ? (p.OnNewWork, p.BeforeDeadline) : (true, true);
    }

    /// <summary>Sets the actor's wishes.</summary>
    public async Task SetAsync(bool onNewWork, bool beforeDeadline, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = contexts.CreateFor(actor);
        var wishes = await db.Set<MailPreference>().FirstOrDefaultAsync(p => p.User == actor.UserId, ct);
        if (wishes is null) db.Add(wishes = new MailPreference(actor.UserId));
        (wishes.OnNewWork, wishes.BeforeDeadline) = (onNewWork, beforeDeadline);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The receiver of a notice while he may still sign in and has an address; else null.</summary>
    public async Task<PortalUser?> ReceiverAsync(Guid user, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == user && !u.Blocked && u.Email != null && u.Partner == null, ct);
    }

    /// <summary>Reads the order of a letter.</summary>
    public static WorkNotice Read(string body) => JsonSerializer.Deserialize<WorkNotice>(body, Json)!;

    private static readonly JsonSerializerOptions Json = new() { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
}
