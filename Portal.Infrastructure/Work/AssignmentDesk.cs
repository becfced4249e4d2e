using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>Gives assignments and takes them through their life. Everybody of staff may give one to everybody of staff; who stands in for somebody does what that one may.</summary>
public sealed class AssignmentDesk(IDbContextFactory<PortalDb> contexts, ObjectDoors doors, TaskRights rights, TimeProvider time)
{
    /// <summary>Gives an assignment under an id that its sender made: a double click finds it given already.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>work.person-unknown</c>, <c>work.object-unknown</c>, or what is wrong with the order</exception>
    public async Task GiveAsync(AssignmentId id, AssignmentOrder order, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = contexts.CreateFor(actor);
        var performer = await PersonAsync(db, order.Performer, ct);
        if (order.Controller is { } controller) await PersonAsync(db, controller, ct);
        if (order.About is { } about) await doors.RequireAsync(about, actor, ct);
        db.Add(Assignment.Give(id, order, performer.Branch, time.GetUtcNow(), actor));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException twice) when (twice.IsUniqueViolation("assignment_pkey"))
        {
            await using var fresh = contexts.CreateFor(actor);
            if (!await fresh.Set<Assignment>().AnyAsync(a => a.Id == id && a.Giver == actor.UserId, ct)) throw new RuleBrokenException("work.object-unknown");
        }
    }

    /// <summary>The giver changes title, deadline, importance, controller or what it is about.</summary>
    public Task ChangeAsync(AssignmentId id, AssignmentOrder order, Actor actor, uint? seen = null, CancellationToken ct = default) =>
        RunAsync(id, seen, actor, async (db, assignment, now, me) =>
        {
            if (order.Controller is { } controller && controller != assignment.Controller) await PersonAsync(db, controller, ct);
            if (order.About is { } about && about != assignment.About) await doors.RequireAsync(about, me, ct);
            assignment.Change(order, now, me);
        }, ct);

    /// <summary>The performer takes it on.</summary>
    public Task AcceptAsync(AssignmentId id, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Accept(now, me), ct);

    /// <summary>The performer tells the result.</summary>
    public Task ReportAsync(AssignmentId id, string? result, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Report(result, now, me), ct);

    /// <summary>The giver or controller accepts the result.</summary>
    public Task ApproveAsync(AssignmentId id, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Approve(now, me), ct);

    /// <summary>The giver or controller returns it with a reason.</summary>
    public Task ReturnAsync(AssignmentId id, string? reason, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Return(reason, now, me), ct);

    /// <summary>The giver withdraws it with a reason.</summary>
    public Task WithdrawAsync(AssignmentId id, string? reason, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Withdraw(reason, now, me), ct);

    /// <summary>The performer, the giver or who looks after the branch's work gives it to somebody else.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-performer</c>, <c>work.person-unknown</c></exception>
    public Task HandOverAsync(AssignmentId id, Guid to, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, async (db, assignment, now, me) =>
        {
            if (!assignment.IsDoneBy(me) && !assignment.IsGivenBy(me) && !me.Oversees(assignment.Branch, assignment.Performer)) throw new RuleBrokenException("work.not-performer");
            var person = await PersonAsync(db, to, ct);
            assignment.HandOver(to, person.DisplayName, person.Branch, now, me);
        }, ct);

    /// <summary>The performer notes time spent, on a day of his own calendar.</summary>
    /// <param name="minutes">1–1,440</param>
    public Task SpendAsync(AssignmentId id, DateOnly day, int minutes, string? note, Actor actor, CancellationToken ct = default) =>
        RunAsync(id, null, actor, (assignment, now, me) => assignment.Spend(day, minutes, note, Today(now, me), me), ct);

    internal static async Task<PortalUser> PersonAsync(PortalDb db, Guid user, CancellationToken ct) =>
        await db.Set<PortalUser>().AsNoTracking().OfStaff().FirstOrDefaultAsync(u => u.Id == user, ct)
        ?? throw new RuleBrokenException("work.person-unknown");

    private Task RunAsync(AssignmentId id, uint? seen, Actor actor, Action<Assignment, DateTimeOffset, Actor> verb, CancellationToken ct) =>
        RunAsync(id, seen, actor, (_, assignment, now, me) =>
        {
            verb(assignment, now, me);
            return Task.CompletedTask;
        }, ct);

    private async Task RunAsync(AssignmentId id, uint? seen, Actor actor, Func<PortalDb, Assignment, DateTimeOffset, Actor, Task> verb, CancellationToken ct)
    {
        actor = await rights.StandingInAsync(actor, ct);
        await using var db = contexts.CreateFor(actor);
        var assignment = await db.Set<Assignment>().Include(a => a.Events).Include(a => a.Times).AsSplitQuery().FirstOrDefaultAsync(a => a.Id == id, ct);
        if (assignment is null || !actor.MaySee(assignment)) throw new RuleBrokenException("work.object-unknown");
        if (seen is { } version) db.ExpectVersion(assignment, version);
        var known = assignment.Events.Count;
        await verb(db, assignment, time.GetUtcNow(), actor);
        // the audit says for whom, as the history does
        if (assignment.Events.Count > known) db.Actor = actor with { ActsFor = assignment.Events[^1].ForName };
        // times alone do not touch the row; two of them are no conflict
        await db.SaveOrExplainAsync(new(ObjectKind.Assignment, id.Value), ct);
    }

    private static DateOnly Today(DateTimeOffset now, Actor actor) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.TryFindSystemTimeZoneById(actor.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc).Date);
}
