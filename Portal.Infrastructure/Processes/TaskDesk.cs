using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Processes;

/// <summary>Who does which task: claim, release, assign, hand over, stand in.</summary>
public sealed class TaskDesk(IDbContextFactory<PortalDb> contexts, TaskRights rights, TimeProvider time)
{
    /// <summary>Takes a task that is offered to the actor, or to somebody he stands in for.</summary>
    /// <exception cref="RuleBrokenException"><c>process.task-taken</c> with by whom, <c>process.task-closed-by</c>, <c>process.task-not-yours</c></exception>
    public Task ClaimAsync(ProcessTaskId task, Actor actor, CancellationToken ct = default) => ChangeAsync(task, actor, async (db, row) =>
    {
        if (row.Assignee == actor.UserId) return;
        if (row.Assignee is { } other && !actor.Oversees(row.Branch, other)) throw await TakenAsync(db, other, ct);
        // who looks after the work of others takes a task from somebody only where it was offered to him as well
        db.Actor = await rights.RequireAsync(Locked(row) with { Assignee = null }, actor, ct);
        Hand(row, actor.UserId, row.Assignee);
    }, ct);

    /// <summary>Gives a task back to those it was offered to.</summary>
    /// <exception cref="RuleBrokenException"><c>process.task-offered-to-nobody</c>, <c>process.task-not-yours</c></exception>
    public Task ReleaseAsync(ProcessTaskId task, Actor actor, CancellationToken ct = default) => ChangeAsync(task, actor, async (db, row) =>
    {
        if (row.Assignee is null) return;
        db.Actor = await rights.RequireToPassOnAsync(Locked(row), actor, ct);
        if (row.CandidateRoles.Length + row.CandidateUsers.Length == 0) throw new RuleBrokenException("process.task-offered-to-nobody");
        (row.HandedFrom, row.Assignee, row.ClaimedAt) = (row.Assignee, null, null);
    }, ct);

    /// <summary>Gives a task to a person in reach: one's own to a colleague, or as who looks after the work of others.</summary>
    /// <exception cref="RuleBrokenException"><c>process.performer-unknown</c>, <c>identity.out-of-reach</c>, <c>process.task-not-yours</c>, <c>process.four-eyes</c></exception>
    public Task AssignAsync(ProcessTaskId task, Guid user, Actor actor, CancellationToken ct = default) => ChangeAsync(task, actor, async (db, row) =>
    {
        db.Actor = await rights.RequireToPassOnAsync(Locked(row), actor, ct);
        if (row.Assignee == user) return;
        if (user == actor.UserId) await rights.RequireAsync(Locked(row) with { Assignee = null }, actor, ct);
        await RequireStaffAsync(db, user, ct);
        if (user != actor.UserId) await RequireReachOfAsync(db, user, actor, ct);
        if (row.Excluded.Contains(user)) throw new RuleBrokenException("process.four-eyes");
        Hand(row, user, row.Assignee ?? (user == actor.UserId ? null : actor.UserId));
    }, ct);

    /// <summary>Agrees on somebody who works for a person who is away: one's own substitute; for others of his reach, who looks after their work, but never himself.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.work-to-oneself</c>, <c>process.substitute-self</c>, <c>process.substitute-period</c>, <c>process.performer-unknown</c>, <c>shared.year</c></exception>
    public async Task<SubstitutionId> SubstituteAsync(Guid absent, Guid substitute, DateTimeOffset starts, DateTimeOffset ends, Actor actor, CancellationToken ct = default)
    {
        var agreed = new Substitution(SubstitutionId.New(), absent, substitute, starts.ToUniversalTime(), ends.ToUniversalTime());
        BusinessDay.Require(starts);
        BusinessDay.Require(ends.AddTicks(-1));
        await using var db = contexts.CreateFor(actor);
        await RequireWorkOfAsync(db, absent, substitute, actor, ct);
        await RequireStaffAsync(db, absent, ct);
        await RequireStaffAsync(db, substitute, ct);
        db.Add(agreed);
        await db.SaveChangesAsync(ct);
        return agreed.Id;
    }

    /// <summary>Ends a substitution before its time.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.substitution-unknown</c></exception>
    public async Task EndSubstitutionAsync(SubstitutionId id, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        var found = await db.Set<Substitution>().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("process.substitution-unknown");
        await RequireWorkOfAsync(db, found.Absent, null, actor, ct);
        found.End(time.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    /// <summary>
    /// Refuses who may not lead a person's work to another: it is his own, or of somebody in reach whose work he looks after, and goes to
    /// somebody in reach. Nobody leads another's work to himself, else one head could give every approval of a map alone.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.work-to-oneself</c></exception>
    internal static async Task RequireWorkOfAsync(PortalDb db, Guid person, Guid? to, Actor actor, CancellationToken ct)
    {
        if (person == actor.UserId) return;
        actor.Require(Permissions.TasksOversee);
        if (to == actor.UserId) throw new RuleBrokenException("process.work-to-oneself");
        await RequireReachOfAsync(db, person, actor, ct);
        if (to is { } receiver) await RequireReachOfAsync(db, receiver, actor, ct);
    }

    private static async Task RequireReachOfAsync(PortalDb db, Guid person, Actor actor, CancellationToken ct)
    {
        if (!await db.Set<PortalUser>().NearTo(actor).AnyAsync(u => u.Id == person, ct)) throw new RuleBrokenException("identity.out-of-reach");
    }

    private void Hand(TaskRow row, Guid to, Guid? from) => (row.Assignee, row.HandedFrom, row.ClaimedAt) = (to, from, time.GetUtcNow());

    private async Task ChangeAsync(ProcessTaskId task, Actor actor, Func<PortalDb, TaskRow, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.TasksWork);
        await using var db = contexts.CreateFor(actor);
        var row = await db.Set<TaskRow>().FirstOrDefaultAsync(t => t.Id == task, ct) ?? throw new RuleBrokenException("process.task-unknown");
        Locked(row).RequireOpen();
        await change(db, row);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            var now = await db.Set<TaskRow>().AsNoTracking().FirstAsync(t => t.Id == task, ct);
            Locked(now).RequireOpen();
            throw now.Assignee is { } first ? await TakenAsync(db, first, ct) : new RuleBrokenException("shared.changed-meanwhile");
        }
    }

    private static async Task<RuleBrokenException> TakenAsync(PortalDb db, Guid by, CancellationToken ct) =>
        new("process.task-taken", await db.Set<PortalUser>().Where(u => u.Id == by).Select(u => u.DisplayName).FirstOrDefaultAsync(ct));

    private static async Task RequireStaffAsync(PortalDb db, Guid user, CancellationToken ct)
    {
        if (!await db.Set<PortalUser>().WorkingOnTasks(db).AnyAsync(u => u.Id == user, ct)) throw new RuleBrokenException("process.performer-unknown");
    }

    private static LockedTask Locked(TaskRow t) =>
        new(t.Id, t.Node, t.Assignee, t.CandidateUsers, t.CandidateRoles, t.Branch?.Value, t.ClosedAt, t.ClosedByName, t.Outcome?.ToString(), t.Excluded);
}
