using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>Whose tasks a list asks for.</summary>
public enum TaskShare
{
    /// <summary>Assigned to me or to those I stand in for, and those offered to us.</summary>
    Both,
    /// <summary>Assigned to me, or to those I stand in for.</summary>
    Mine,
    /// <summary>Offered to me and my roles, and taken by nobody.</summary>
    Offered,
    /// <summary>Everybody's, for whoever looks after the work of others.</summary>
    All,
}

/// <summary>Which tasks a list asks for; what is null or empty does not narrow.</summary>
public sealed record TaskFilter
{
    public TaskShare Share { get; init; }
    /// <summary>Closed ones in place of the open.</summary>
    public bool Closed { get; init; }
    public string? Map { get; init; }
    public string? Node { get; init; }
    public InstanceId? Instance { get; init; }
    public ObjectRef? About { get; init; }
    public Guid? Assignee { get; init; }
    /// <summary>Only those past their deadline.</summary>
    public bool LateOnly { get; init; }
    /// <summary>Words in the title or in the name of the object.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A task in a list.</summary>
/// <param name="Title">in every language of the map</param>
/// <param name="Map">key of the map</param>
/// <param name="About">the object the process is about</param>
/// <param name="AboutTitle">what people call it, and what tells the process from others about it</param>
/// <param name="Roles">codes of the roles it is offered to</param>
/// <param name="People">names of those it is offered to by name</param>
/// <param name="Priority">0–100, more is more important</param>
/// <param name="IsLate">past its deadline, and open</param>
public sealed record TaskLine(
    ProcessTaskId Id, LocalText Title, string Map, string Node, InstanceId Instance, ObjectRef? About, string? AboutTitle,
    Guid? Assignee, string? AssigneeName, IReadOnlyList<string> Roles, IReadOnlyList<string> People, int Priority, DateTimeOffset? Due, bool IsLate, string? Stage,
    DateTimeOffset CreatedAt, DateTimeOffset? ClaimedAt, DateTimeOffset? EscalatedAt, DateTimeOffset? ClosedAt, string? ClosedByName, TaskOutcome? Outcome, bool? Success);

/// <summary>Tasks filtered, ordered and paged in SQL: important first, then the nearest deadline; closed ones latest first.</summary>
public sealed class TaskListQuery(IDbContextFactory<PortalDb> contexts, TaskRights rights, TimeProvider time)
{
    /// <summary>A page and how many there are in all.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<TaskLine>> PageAsync(TaskFilter filter, Slice slice, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tasks = await NarrowAsync(db, filter, actor, ct);
        var ordered = filter.Closed
            ? tasks.OrderByDescending(t => t.ClosedAt).ThenBy(t => t.Id)
            : tasks.OrderByDescending(t => t.Priority).ThenBy(t => t.Due == null).ThenBy(t => t.Due).ThenBy(t => t.CreatedAt).ThenBy(t => t.Id);
        return new(await LinesAsync(db, ordered.Skip(slice.From).Take(slice.Count), time.GetUtcNow(), ct), await tasks.CountAsync(ct));
    }

    /// <summary>How many open tasks are mine or offered to me, and how many of them are late: for the navigation.</summary>
    public async Task<(int Open, int Late)> CountAsync(Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        var counts = await (await NarrowAsync(db, new TaskFilter(), actor, ct)).GroupBy(t => 1)
            .Select(g => new { Open = g.Count(), Late = g.Count(t => t.Due < now) }).FirstOrDefaultAsync(ct);
        return (counts?.Open ?? 0, counts?.Late ?? 0);
    }

    private async Task<IQueryable<TaskRow>> NarrowAsync(PortalDb db, TaskFilter filter, Actor actor, CancellationToken ct)
    {
        actor.Require(filter.Share == TaskShare.All ? Permissions.TasksOversee : Permissions.TasksWork);
        var tasks = db.Set<TaskRow>().AsNoTracking().Where(t => filter.Closed ? t.ClosedAt != null : t.ClosedAt == null);
        if (actor.OnlyBranch() is { } only && filter.Share == TaskShare.All) tasks = tasks.Where(t => t.Branch == null || t.Branch == only);
        if (actor.OnlyPeople() is { } people && filter.Share == TaskShare.All) tasks = tasks.Where(t => t.Assignee == null || people.Contains(t.Assignee.Value));
        if (filter.Share != TaskShare.All) tasks = Shared(tasks, filter, await rights.ReachAsync(actor, ct));
        if (filter.Map is { } map) tasks = tasks.Where(t => t.Key == map);
        if (filter.Node is { } node) tasks = tasks.Where(t => t.Node == node);
        if (filter.Instance is { } instance) tasks = tasks.Where(t => t.Instance == instance);
        if (filter.About is { } about) tasks = tasks.Where(t => t.BusinessId == about.Id && t.BusinessKind == about.Kind);
        if (filter.Assignee is { } assignee) tasks = tasks.Where(t => t.Assignee == assignee);
        if (filter.LateOnly)
        {
            var now = time.GetUtcNow();
            tasks = tasks.Where(t => t.Due < now);
        }
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            tasks = tasks.Where(t => EF.Functions.ILike((string)(object)t.Title, pattern, LikePattern.Escape)
                || db.Set<InstanceRow>().Any(i => i.Id == t.Instance && EF.Functions.ILike(i.Title!, pattern, LikePattern.Escape))
                || db.Set<SearchRow>().Any(s => s.ObjectId == t.BusinessId && EF.Functions.ILike(s.Title, pattern, LikePattern.Escape)));
        return tasks;
    }

    internal static IQueryable<TaskRow> Shared(IQueryable<TaskRow> tasks, TaskFilter filter, WorkReach reach)
    {
        var (self, users, roles, branch) = (reach.Self.Id, reach.Users, reach.Roles, reach.Branch is { } id ? new BranchId(id) : (BranchId?)null);
        if (filter.Closed) return tasks.Where(t => users.Contains(t.ClosedBy!.Value));
        return filter.Share switch
        {
            TaskShare.Mine => tasks.Where(t => users.Contains(t.Assignee!.Value)),
            TaskShare.Offered => tasks.Where(t => t.Assignee == null && !t.Excluded.Contains(self) && (t.CandidateUsers.Any(u => users.Contains(u)) || t.CandidateRoles.Any(r => roles.Contains(r)) && (branch == null || t.Branch == null || t.Branch == branch))),
            _ => tasks.Where(t => users.Contains(t.Assignee!.Value)
                || t.Assignee == null && !t.Excluded.Contains(self) && (t.CandidateUsers.Any(u => users.Contains(u)) || t.CandidateRoles.Any(r => roles.Contains(r)) && (branch == null || t.Branch == null || t.Branch == branch))),
        };
    }

    /// <summary>The lines of some tasks, in their order.</summary>
    internal static async Task<List<TaskLine>> LinesAsync(PortalDb db, IQueryable<TaskRow> tasks, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await (
            from t in tasks
            select new
            {
                Task = t,
                People = db.Set<PortalUser>().Where(u => t.CandidateUsers.Contains(u.Id)).OrderBy(u => u.DisplayName).Select(u => u.DisplayName).ToList(),
                Name = db.Set<PortalUser>().Where(u => u.Id == t.Assignee).Select(u => u.DisplayName).FirstOrDefault(),
                About = db.Set<SearchRow>().Where(s => s.ObjectId == t.BusinessId && s.Kind == t.BusinessKind).Select(s => s.Title).FirstOrDefault(),
                Process = db.Set<InstanceRow>().Where(i => i.Id == t.Instance).Select(i => i.Title).FirstOrDefault(),
            }).ToListAsync(ct);
        return [.. rows.Select(r => new TaskLine(
            r.Task.Id, JsonSerializer.Deserialize<LocalText>(r.Task.Title, StateJson.Options)!, r.Task.Key, r.Task.Node, r.Task.Instance,
            r.Task.BusinessKind is { } kind ? new ObjectRef(kind, r.Task.BusinessId!.Value) : null, InstanceLine.Join(r.About, r.Process),
            r.Task.Assignee, r.Name, r.Task.CandidateRoles, r.People, r.Task.Priority, r.Task.Due, r.Task.ClosedAt is null && r.Task.Due < now, r.Task.Stage,
            r.Task.CreatedAt, r.Task.ClaimedAt, r.Task.EscalatedAt, r.Task.ClosedAt, r.Task.ClosedByName, r.Task.Outcome, r.Task.Success))];
    }
}
