using Microsoft.EntityFrameworkCore;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>Running processes about an object, as what becomes of the object concerns them.</summary>
internal static class ProcessesAbout
{
    /// <summary>True where one still runs.</summary>
    public static Task<bool> AnyRunningAsync(PortalDb db, ObjectRef about, CancellationToken ct) => Running(db, about).AnyAsync(ct);

    /// <summary>True where one still runs whose map does <paramref name="action"/>.</summary>
    public static Task<bool> AnyRunningAsync(PortalDb db, ObjectRef about, string action, CancellationToken ct) =>
        Running(db, about).Join(db.Set<ProcessDefinition>().Where(d => d.Xml.Contains(action)), i => i.Definition, d => d.Id, (i, _) => i.Id).AnyAsync(ct);

    /// <summary>Holds them still until the transaction ends: as a step does, before the object, and callers before those they called.</summary>
    public static Task LockAsync(PortalDb db, ObjectRef about, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"select 1 from process.instance where business_id = {about.Id} and business_kind = {about.Kind.ToString()} and status = 'Running' order by depth, id for update", ct);

    /// <summary>
    /// Gives what one person has of them to another, within the transaction that hands him the object: the processes that are his, and his open tasks. A task that the other may not have – because of four eyes,
    /// because he does no tasks, or because he would lead another's work to himself that was not offered to him – goes back to those it was offered to.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>process.four-eyes</c>, <c>process.work-to-oneself</c>, <c>process.performer-unknown</c>: the other may not have a task, and it was offered to nobody</exception>
    public static async Task HandAsync(PortalDb db, ObjectRef about, Guid? from, Guid? to, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        if (from is null) return;
        await db.Database.ExecuteSqlAsync($"""
            with moved as (
                update process.instance set owner = {to} where business_id = {about.Id} and business_kind = {about.Kind.ToString()} and status = 'Running' and owner = {from} returning id)
            insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, before, after)
                select {now.ToUniversalTime()}, {actor.UserId}, {actor.Name}, {actor.Origin}, {nameof(ObjectKind.ProcessInstance)}, id, 'changed', jsonb_build_object('Owner', {from}::uuid), jsonb_build_object('Owner', {to}::uuid) from moved
            """, ct);
        var running = Running(db, about).Select(i => i.Id);
        var tasks = await db.Set<TaskRow>().Where(t => running.Contains(t.Instance) && t.Assignee == from && t.ClosedAt == null).OrderBy(t => t.Id).ToListAsync(ct);
        var works = tasks.Count > 0 && await db.Set<PortalUser>().WorkingOnTasks(db).AnyAsync(u => u.Id == to, ct);
        foreach (var task in tasks)
        {
            var refusal = Refusal(task);
            if (refusal is not null && task.CandidateRoles.Length + task.CandidateUsers.Length == 0) throw new RuleBrokenException(refusal);
            (task.Assignee, task.HandedFrom, task.ClaimedAt) = refusal is null ? (to, from, now) : ((Guid?)null, from, (DateTimeOffset?)null);
        }

        string? Refusal(TaskRow task) =>
            !works ? "process.performer-unknown"
            : task.Excluded.Contains(to!.Value) ? "process.four-eyes"
            : to == actor.UserId && !task.CandidateUsers.Contains(actor.UserId) && !task.CandidateRoles.Any(actor.Roles.Contains) ? "process.work-to-oneself" : null;
    }

    private static IQueryable<InstanceRow> Running(PortalDb db, ObjectRef about) =>
        db.Set<InstanceRow>().Where(i => i.BusinessKind == about.Kind && i.BusinessId == about.Id && i.Status == InstanceStatus.Running);
}
