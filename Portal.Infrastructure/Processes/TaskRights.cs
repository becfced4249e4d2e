using System.Collections.Frozen;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Processes;

/// <summary>Somebody for whom work is done.</summary>
/// <param name="Roles">codes of the roles he holds</param>
public sealed record Worker(Guid Id, string Name, string[] Roles);

/// <summary>For whom somebody works now: himself, and those he stands in for.</summary>
/// <param name="Branch">the only branch his rights reach, if any</param>
public sealed record WorkReach(Worker Self, IReadOnlyList<Worker> Absent, Guid? Branch)
{
    /// <summary>Ids of all of them.</summary>
    public Guid[] Users { get; } = [Self.Id, .. Absent.Select(a => a.Id)];

    /// <summary>Codes of the roles they hold.</summary>
    public string[] Roles { get; } = [.. Self.Roles.Union(Absent.SelectMany(a => a.Roles))];

    /// <summary>Name of the absent person for whose sake somebody sees this; null where it is his own.</summary>
    public string? For(Func<Worker, bool> has) => has(Self) ? null : Absent.FirstOrDefault(has)?.Name;
}

/// <summary>Whose tasks are whose: a task is for its assignee; without one for its candidates; and for whoever stands in for them.</summary>
public sealed class TaskRights(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// The actor as he works on the task: himself, or for somebody who is away. Refuses who may not; who looks after the work of others
    /// is no exception, else one head could give every approval of a map alone.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>process.task-not-yours</c>; <c>process.four-eyes</c> for who did what the map bars from this</exception>
    internal async ValueTask<Actor> RequireAsync(LockedTask task, Actor actor, CancellationToken ct)
    {
        if (task.Excluded.Contains(actor.UserId)) throw new RuleBrokenException("process.four-eyes");
        var branch = actor.OnlyBranch()?.Value;
        if (actor.IsSystem || IsFor(task, Self(actor), branch)) return actor;
        var absent = (await ReachAsync(actor, ct)).Absent.FirstOrDefault(a => IsFor(task, a, branch)) ?? throw new RuleBrokenException("process.task-not-yours");
        return actor with { ActsFor = absent.Name };
    }

    /// <summary>Like <see cref="RequireAsync"/>, for passing the task on: whoever looks after the work of others may do that, and to whom it was escalated.</summary>
    /// <inheritdoc cref="RequireAsync" path="/exception"/>
    internal async ValueTask<Actor> RequireToPassOnAsync(LockedTask task, Actor actor, CancellationToken ct) =>
        actor.Oversees(task.Branch is { } branch ? new(branch) : null, task.Assignee) || task.Assignee == actor.UserId || await IsEscalatedToAsync(task.Id, actor, ct) ? actor : await RequireAsync(task, actor, ct);

    /// <summary>SQL: the task t is open and was escalated to users $2 or roles $3, of branch $4.</summary>
    internal const string Escalated = """
        (t.closed_at is null and t.escalated_at is not null and (t.escalate_to = any($3) and ($4::uuid is null or t.branch is null or t.branch = $4)
            or exists (select from identity.portal_user u where u.id = any($2) and (u.normalized_user_name = upper(t.escalate_to) or u.id::text = lower(t.escalate_to)))))
        """;

    /// <summary>Of open tasks those that were escalated to somebody of the reach, as <see cref="Escalated"/> says it.</summary>
    internal static IQueryable<TaskRow> EscalatedTo(PortalDb db, IQueryable<TaskRow> open, WorkReach reach)
    {
        var (users, roles, branch) = (reach.Users, reach.Roles, reach.Branch is { } id ? new BranchId(id) : (BranchId?)null);
        var ids = users.Select(user => user.ToString()).ToArray();
        return open.Where(t => t.EscalatedAt != null && (roles.Contains(t.EscalateTo!) && (branch == null || t.Branch == null || t.Branch == branch)
            || ids.Contains(t.EscalateTo!.ToLower()) || db.Set<PortalUser>().Any(u => users.Contains(u.Id) && u.NormalizedUserName == t.EscalateTo.ToUpper())));
    }

    /// <summary>True where the open task was escalated to the actor, or to somebody he stands in for.</summary>
    internal async Task<bool> IsEscalatedToAsync(ProcessTaskId task, Actor actor, CancellationToken ct)
    {
        var reach = await ReachAsync(actor, ct);
        await using var command = database.CreateCommand($"select exists (select from process.task t where t.id = $1 and {Escalated})");
        command.Parameters.Add(new() { Value = task.Value });
        command.Parameters.Add(new() { Value = reach.Users });
        command.Parameters.Add(new() { Value = reach.Roles });
        command.Parameters.AddBranchReach(actor);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The actor with those he stands in for now.</summary>
    internal async Task<Actor> StandingInAsync(Actor actor, CancellationToken ct) =>
        actor with { StandsInFor = (await ReachAsync(actor, ct)).Absent.ToFrozenDictionary(a => a.Id, a => a.Name) };

    /// <summary>Everybody an actor works for now.</summary>
    public async Task<WorkReach> ReachAsync(Actor actor, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select u.id, u.display_name, array(select r.code from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id)
            from identity.portal_user u
            where u.id in (select s.absent from process.substitution s where s.substitute = $1 and s.starts <= $2 and s.ends > $2)
            order by u.display_name, u.id
            """);
        command.Parameters.Add(new() { Value = actor.UserId });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        var absent = new List<Worker>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) absent.Add(new(rows.GetGuid(0), rows.GetString(1), rows.GetFieldValue<string[]>(2)));
        return new(Self(actor), absent, actor.OnlyBranch()?.Value);
    }

    private static Worker Self(Actor actor) => new(actor.UserId, actor.Name, [.. actor.Roles]);

    private static bool IsFor(LockedTask task, Worker worker, Guid? branch)
    {
        if (task.Excluded.Contains(worker.Id)) return false;
        if (task.Assignee is { } assignee) return assignee == worker.Id;
        if (task.CandidateUsers.Contains(worker.Id)) return true;
        return task.CandidateRoles.Any(worker.Roles.Contains) && (branch is null || task.Branch is null || branch == task.Branch);
    }
}
