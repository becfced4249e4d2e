using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Processes;

/// <summary>For whom somebody works now: himself, and those he stands in for.</summary>
/// <param name="Users">ids of users</param>
/// <param name="Roles">codes of the roles they hold</param>
/// <param name="Branch">the only branch his rights reach, if any</param>
internal sealed record WorkReach(Guid[] Users, string[] Roles, Guid? Branch);

/// <summary>Whose tasks are whose: a task is for its assignee; without one for its candidates; and for whoever stands in for them.</summary>
public sealed class TaskRights(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Refuses who may not work on the task.</summary>
    /// <exception cref="RuleBrokenException"><c>process.task-not-yours</c></exception>
    internal async ValueTask RequireAsync(LockedTask task, Actor actor, CancellationToken ct)
    {
        if (actor.Can(Permissions.TasksOversee) || IsFor(task, Own(actor))) return;
        if (!IsFor(task, await ReachAsync(actor, ct))) throw new RuleBrokenException("process.task-not-yours");
    }

    /// <summary>Everybody an actor works for now.</summary>
    internal async Task<WorkReach> ReachAsync(Actor actor, CancellationToken ct)
    {
        var own = Own(actor);
        var (users, roles) = (own.Users.ToHashSet(), own.Roles.ToHashSet());
        await using var command = database.CreateCommand("""
            select s.absent, r.code from process.substitution s
            left join identity.user_role ur on ur.user_id = s.absent left join identity.role r on r.id = ur.role_id
            where s.substitute = $1 and s.starts <= $2 and s.ends > $2
            """);
        command.Parameters.Add(new() { Value = actor.UserId });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            users.Add(rows.GetGuid(0));
            if (!rows.IsDBNull(1)) roles.Add(rows.GetString(1));
        }
        return own with { Users = [.. users], Roles = [.. roles] };
    }

    private static WorkReach Own(Actor actor) => new([actor.UserId], [.. actor.Roles], actor.OnlyBranch()?.Value);

    private static bool IsFor(LockedTask task, WorkReach reach)
    {
        if (task.Assignee is { } assignee) return reach.Users.Contains(assignee);
        if (task.CandidateUsers.Any(reach.Users.Contains)) return true;
        return task.CandidateRoles.Any(reach.Roles.Contains) && (reach.Branch is null || task.Branch is null || reach.Branch == task.Branch);
    }
}
