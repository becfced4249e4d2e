using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Work;

/// <summary>What a person holds: open tasks, running processes he owns, assignments he does, and assignments whose result he is to accept.</summary>
public sealed record WorkHeld(int Tasks, int Processes, int Assignments, int Controlled)
{
    /// <summary>All of it.</summary>
    public int Total => Tasks + Processes + Assignments + Controlled;
}

/// <summary>Somebody stands in for somebody.</summary>
public sealed record SubstitutionLine(SubstitutionId Id, Guid Absent, string AbsentName, Guid Substitute, string SubstituteName, DateTimeOffset Starts, DateTimeOffset Ends);

/// <summary>All work of a person to another in one go, such as when he leaves; and who stands in for whom.</summary>
public sealed class Handover(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>What would be handed over.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<WorkHeld> PreviewAsync(Guid from, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await TaskDesk.RequireWorkOfAsync(db, from, null, actor, ct);
        return await HeldAsync(db, from, ct);
    }

    /// <summary>Those who may receive all that a person holds, by name.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c></exception>
    public async Task<IReadOnlyList<Colleague>> HeirsAsync(Guid from, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await TaskDesk.RequireWorkOfAsync(db, from, null, actor, ct);
        var heirs = Able(db, await HeldAsync(db, from, ct)).Where(u => u.Id != from);
        // as a head leads work: within his reach and not to himself
        if (from != actor.UserId) heirs = heirs.Where(u => u.Id != actor.UserId);
        if (from != actor.UserId && actor.OnlyBranch() is { } only) heirs = heirs.Where(u => u.Branch == only);
        return await heirs.AsNoTracking().OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ColleagueQuery.MostInForms).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Hands everything over, or nothing; a repeat finds nothing left.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>identity.out-of-reach</c>, <c>process.work-to-oneself</c>, <c>process.performer-unknown</c>, <c>work.person-unknown</c>, <c>work.same-person</c></exception>
    public async Task<WorkHeld> RunAsync(Guid from, Guid to, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        if (from == to) throw new RuleBrokenException("work.same-person");
        await using var db = contexts.CreateFor(actor);
        await TaskDesk.RequireWorkOfAsync(db, from, to, actor, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var person = await AssignmentDesk.PersonAsync(db, to, ct);
        if (!await Able(db, await HeldAsync(db, from, ct)).AnyAsync(u => u.Id == to, ct)) throw new RuleBrokenException("process.performer-unknown");
        var now = time.GetUtcNow();
        var (moved, controlled) = (0, 0);
        // first, so that what a person gave himself gets its new controller before it gets its new performer
        foreach (var assignment in await Controlled(db, from).Include(a => a.Events).ToListAsync(ct))
        {
            assignment.HandOverControl(from, to, person.DisplayName, now, actor);
            controlled++;
        }
        foreach (var assignment in await Done(db, from).Include(a => a.Events).ToListAsync(ct))
        {
            assignment.HandOver(to, person.DisplayName, person.Branch, now, actor);
            // what he had asked of himself is accepted by who does it now
            if (assignment.Controller is null && assignment.Giver == from) assignment.HandOverControl(from, to, person.DisplayName, now, actor);
            moved++;
        }
        await db.SaveChangesAsync(ct);
        var (done, owned) = await TaskDesk.HandOverAsync(db, from, to, now, actor, ct);
        await transaction.CommitAsync(ct);
        return new(done, owned, moved, controlled);
    }

    /// <summary>Substitutions now and to come: one's own; those of everybody in reach for whoever looks after the work of others.</summary>
    public async Task<IReadOnlyList<SubstitutionLine>> SubstitutionsAsync(Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        var now = time.GetUtcNow();
        var (all, only) = (actor.Can(Permissions.TasksOversee), actor.OnlyBranch());
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await (
            from s in db.Set<Substitution>().AsNoTracking()
            where s.Ends > now && s.Ends > s.Starts
            join absent in db.Set<PortalUser>() on s.Absent equals absent.Id
            where all && (only == null || absent.Branch == only) || s.Absent == actor.UserId || s.Substitute == actor.UserId
            join substitute in db.Set<PortalUser>() on s.Substitute equals substitute.Id
            orderby s.Starts, s.Id
            select new SubstitutionLine(s.Id, s.Absent, absent.DisplayName, s.Substitute, substitute.DisplayName, s.Starts, s.Ends)).Take(500).ToListAsync(ct);
    }

    private static async Task<WorkHeld> HeldAsync(PortalDb db, Guid user, CancellationToken ct) => new(
        await db.Set<TaskRow>().CountAsync(t => t.Assignee == user && t.ClosedAt == null, ct),
        await db.Set<InstanceRow>().CountAsync(i => i.Owner == user && i.Status == InstanceStatus.Running, ct),
        await Done(db, user).CountAsync(ct),
        await Controlled(db, user).CountAsync(ct));

    /// <summary>Who could go on with it: an assignment is for anybody of staff, work of processes for those who may work on tasks.</summary>
    private static IQueryable<PortalUser> Able(PortalDb db, WorkHeld held) =>
        held is { Tasks: 0, Processes: 0 } ? db.Set<PortalUser>().OfStaff() : db.Set<PortalUser>().WorkingOnTasks(db);

    private static IQueryable<Assignment> Done(PortalDb db, Guid user) => db.Set<Assignment>().Where(a => a.Performer == user && a.EndedAt == null);

    private static IQueryable<Assignment> Controlled(PortalDb db, Guid user) =>
        db.Set<Assignment>().Where(a => a.EndedAt == null && (a.Controller == user || a.Giver == user && a.Controller == null && a.Performer != user));
}
