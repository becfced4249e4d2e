using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>What a node is called.</summary>
/// <param name="Name">its name; the id where it has none</param>
/// <param name="Element">the BPMN element, such as <c>userTask</c></param>
public sealed record NodeName(string Id, LocalText Name, string? Element);

/// <summary>A task with everything its screen shows.</summary>
/// <param name="Task">what the list shows of it</param>
/// <param name="Instruction">what to do and how</param>
/// <param name="Form">the fields to fill in; empty where the task is only to be done</param>
/// <param name="Given">what the fields show at first</param>
/// <param name="Variables">what the process knows where the task stands, for the conditions of its form; empty once it is closed</param>
/// <param name="Definition">the version of the map it runs on</param>
/// <param name="MapName">name of the map</param>
/// <param name="MayWork">the reader may complete it now</param>
/// <param name="MayPassOn">he may give it to somebody</param>
/// <param name="IsEscalatedToMe">it is late, and the map tells him or somebody he stands in for</param>
/// <param name="For">name of the absent person for whom he would</param>
/// <param name="BackTo">user tasks the work can be sent back to</param>
/// <param name="MayAddSigner">it is one of several decisions, to which one more can be added</param>
/// <param name="History">what happened in its instance, newest first, at most 200 lines</param>
public sealed record TaskDetails(
    TaskLine Task, LocalText? Instruction, IReadOnlyList<FormField> Form, ContextValue Given, ContextValue Variables, DefinitionId Definition, LocalText MapName,
    bool MayWork, bool MayPassOn, bool IsEscalatedToMe, string? For, IReadOnlyList<NodeName> BackTo, bool MayAddSigner, IReadOnlyList<HistoryLine> History);

/// <summary>Reads one task for its screen.</summary>
public sealed class TaskQuery(IDbContextFactory<PortalDb> contexts, TaskRights rights, InstanceRights instances, MapCache maps, TimeProvider time)
{
    /// <summary>The task, or null when there is none for this actor: his own and his roles', those escalated to him, others where he looks after them or sees their process.</summary>
    public async Task<TaskDetails?> FindAsync(ProcessTaskId id, Actor actor, CancellationToken ct = default)
    {
        if (!actor.Can(Permissions.ProcessRead)) actor.Require(Permissions.TasksWork);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Set<TaskRow>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct);
        if (row is null) return null;
        var working = row.ClosedAt is null && actor.Can(Permissions.TasksWork) ? await WorkingAsync(row, row.Assignee, actor, ct) : null;
        var oversees = actor.Oversees(row.Branch, row.Assignee);
        var escalated = row is { ClosedAt: null, EscalatedAt: not null } && actor.Can(Permissions.TasksWork) && await rights.IsEscalatedToAsync(id, actor, ct);
        var passesOn = row.ClosedAt is null && (working is not null || oversees || escalated);
        // whom it was offered to reads on who took it and who did it
        var wasOffered = passesOn || actor.Can(Permissions.TasksWork) && await WorkingAsync(row, null, actor, ct) is not null;
        if (!wasOffered && row.ClosedBy != actor.UserId && !oversees && !await instances.MaySeeAsync(db, row.Instance, actor, ct)) return null;
        var line = (await TaskListQuery.LinesAsync(db, db.Set<TaskRow>().AsNoTracking().Where(t => t.Id == id), time.GetUtcNow(), ct))[0];
        var instance = await db.Set<InstanceRow>().AsNoTracking().Where(i => i.Id == row.Instance).Select(i => new { i.Definition, i.State }).FirstAsync(ct);
        var map = await maps.FindAsync(instance.Definition, ct);
        var state = StateJson.Read(instance.State);
        var node = map.Process.Nodes.GetValueOrDefault(row.Node);
        var token = state.Tokens.FirstOrDefault(t => t.Id == row.Token);
        return new(
            line, node?.Work.Instruction, node?.Work.Form ?? [], JsonSerializer.Deserialize<ContextValue>(row.Given, StateJson.Options)!,
            token is null ? ContextValue.Empty : state.VariablesOf(token.Scope), map.Id, map.Process.Name, working is not null, passesOn, escalated, working?.ActsFor, row.ClosedAt is null ? BackTo(map.Process, state, row.Node) : [],
            token is not null && state.Scopes.First(s => s.Id == token.Scope).Kind == ScopeKind.Iteration,
            await InstanceQuery.HistoryAsync(db, map.Process, row.Instance, new(0, 200), ct));
    }

    /// <summary>The actor as he may work on the task while that assignee has it, or null.</summary>
    private async Task<Actor?> WorkingAsync(TaskRow t, Guid? assignee, Actor actor, CancellationToken ct)
    {
        try
        {
            return await rights.RequireAsync(new(t.Id, t.Node, assignee, t.CandidateUsers, t.CandidateRoles, t.Branch?.Value, null, null, null, t.Excluded), actor, ct);
        }
        catch (RuleBrokenException refusal) when (refusal.Code is "process.task-not-yours" or "process.four-eyes")
        {
            return null;
        }
    }

    private static List<NodeName> BackTo(ProcessMap map, InstanceState state, string from)
    {
        var parents = new HashSet<string?> { null };
        for (var at = map.Nodes.GetValueOrDefault(from)?.Parent; at is not null; at = map.Node(at).Parent) parents.Add(at);
        return [.. state.Visited.Select(v => map.Nodes.GetValueOrDefault(v)).OfType<UserTask>().Where(n => n.Id != from && parents.Contains(n.Parent)).OrderBy(n => n.Order).Select(n => new NodeName(n.Id, n.Name, n.Element))];
    }
}
