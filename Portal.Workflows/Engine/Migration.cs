using Portal.Domain.Shared;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Which node of the newer map takes the place of which node of the older one.</summary>
public sealed record MigrationPlan(IReadOnlyDictionary<string, string> Nodes)
{
    /// <summary>The plan that suggests itself: nodes of the same id, type and, for events, trigger.</summary>
    public static MigrationPlan Suggest(ProcessMap from, ProcessMap to) => new(from.Nodes.Values
        .Where(node => to.Nodes.TryGetValue(node.Id, out var other) && other.Element == node.Element && Migration.Trigger(other) == Migration.Trigger(node))
        .ToDictionary(node => node.Id, node => node.Id));
}

/// <summary>
/// Moves a running instance to another version of its map. Open tasks, deadlines and variables stay. Of the events waited for,
/// those that are the same in the newer map stay with their due moment; the others are dropped, and the newer map's are armed from now.
/// </summary>
public static class Migration
{
    /// <summary>
    /// What stands against the plan for this instance: an active node without a counterpart (<c>process.migration-unmapped</c>),
    /// of another type (<c>-type</c>), in another sub-process (<c>-nesting</c>), or calling something else than what it still waits for (<c>-called</c>);
    /// a join whose way in is gone (<c>-flow</c>); four eyes that would no longer know who did a step (<c>-four-eyes</c>); or, where none of these does, what the engine refuses on the way, such as a timer it cannot compute.
    /// </summary>
    /// <param name="now">the instant the move is tried at; a new timer's moment is computed from it</param>
    public static IReadOnlyList<Finding> Check(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan, DateTimeOffset now)
    {
        if (Misfits(from, to, state, plan) is { Count: > 0 } findings) return findings;
        try
        {
            Move(from, to, state, plan, now, null, null);
            return [];
        }
        catch (RuleBrokenException refusal)
        {
            return [Finding.Of(refusal)];
        }
    }

    /// <summary>The instance on the newer map, and what the runner must write.</summary>
    /// <param name="note">said in the history, such as the two versions</param>
    /// <exception cref="RuleBrokenException">the first finding of <see cref="Check"/>, or <c>process.not-running</c></exception>
    public static StepResult Apply(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan, DateTimeOffset now, string? by = null, string? note = null)
    {
        if (state.Status != InstanceStatus.Running) throw new RuleBrokenException("process.not-running", state.Id, state.Status.ToString());
        if (Misfits(from, to, state, plan) is [var finding, ..]) throw new RuleBrokenException(finding.Code, [.. finding.Args]);
        return Move(from, to, state, plan, now, by, note);
    }

    private static List<Finding> Misfits(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan)
    {
        var findings = new List<Finding>();
        foreach (var id in Active(state))
        {
            var node = from.Node(id);
            if (!plan.Nodes.TryGetValue(id, out var mapped) || !to.Nodes.TryGetValue(mapped, out var other))
                findings.Add(MapCheck.About(node, "process.migration-unmapped"));
            else if (other.Element != node.Element || Trigger(other) != Trigger(node) || Repeats(other) != Repeats(node))
                findings.Add(MapCheck.About(node, "process.migration-type", other.Name.Default));
            else if (other.Parent != (node.Parent is { } parent ? plan.Nodes.GetValueOrDefault(parent) : null))
                findings.Add(MapCheck.About(node, "process.migration-nesting", other.Name.Default));
            else if (Called(other) != Called(node) && state.Waits.Any(w => w.Node == id && w.Kind is WaitKind.Action or WaitKind.Child))
                findings.Add(MapCheck.About(node, "process.migration-called", Called(node), Called(other)));
        }
        foreach (var token in state.Tokens.Where(t => t.Flow is not null && IsAtJoin(from, t)))
            if (findings.Count == 0 && MappedFlow(from, to, plan, token) is null)
                findings.Add(MapCheck.About(from.Node(token.Node), "process.migration-flow", token.Flow));
        if (findings.Count == 0) findings.AddRange(LostEyes(from, to, state, plan));
        return findings;
    }

    /// <summary>
    /// Tasks to come whose map bars the doers of a step that is behind, while the plan does not say which step that was: some done task
    /// has no place in it, so who did it would be let through.
    /// </summary>
    private static IEnumerable<Finding> LostEyes(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan)
    {
        string[] done = [.. state.Visited.Where(id => !plan.Nodes.ContainsKey(id)).Select(from.Nodes.GetValueOrDefault).OfType<UserTask>().OrderBy(n => n.Order).Select(n => n.Name.Default)];
        if (done.Length == 0) return [];
        var known = plan.Nodes.Values.ToHashSet();
        var ahead = state.Tokens.Select(t => plan.Nodes[t.Node]).Distinct().SelectMany(to.Reachability.Ahead).ToHashSet();
        bool IsAhead(string? id) => id is not null && (ahead.Contains(id) || IsAhead(to.Node(id).Parent));
        return to.Nodes.Values.OfType<UserTask>().OrderBy(n => n.Order).Where(task => IsAhead(task.Id))
            .SelectMany(task => task.Work.NotBy.Where(other => !known.Contains(other) && !IsAhead(other)), (task, other) =>
                MapCheck.About(task, "process.migration-four-eyes", to.Node(other).Name.Default, string.Join(", ", done)));
    }

    private static StepResult Move(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan, DateTimeOffset now, string? by, string? note)
    {
        var moved = new MovedWaits(from, to, state, plan);
        var renamed = state with
        {
            Process = to.Key,
            Tokens = [.. state.Tokens.Select(t => t with { Node = plan.Nodes[t.Node], Flow = t.Flow is not null && IsAtJoin(from, t) ? MappedFlow(from, to, plan, t) : null })],
            Scopes = [.. state.Scopes.Select(s => s.Node is null ? s : s with { Node = plan.Nodes[s.Node] })],
            Visited = [.. state.Visited.Where(plan.Nodes.ContainsKey).Select(v => plan.Nodes[v]).Order(StringComparer.Ordinal)],
        };
        var run = new Execution(to, moved.Rename(renamed), by, now, EngineLimits.Default);
        run.Write(HistoryKind.Altered, null, null, note);
        moved.Settle(run);
        // A join that lost an empty way may have all it needs now.
        foreach (var token in run.Tokens.Where(t => t.Kind == TokenKind.Arrived).ToList()) run.Put(token with { Kind = TokenKind.Active });
        run.RunToQuiescence();
        return run.Result();
    }

    private static IEnumerable<string> Active(InstanceState state) =>
        state.Tokens.Select(t => t.Node).Concat(state.Scopes.Select(s => s.Node).OfType<string>()).Distinct().Order(StringComparer.Ordinal);

    internal static Type? Trigger(FlowNode node) => (node as EventNode)?.Trigger?.GetType();

    private static bool? Repeats(FlowNode node) => (node as Activity)?.Repeats?.IsSequential;

    private static string? Called(FlowNode node) => node is CallActivity call ? call.Called : node.Work.Action?.Name;

    /// <summary>True before a join, arrived or about to: there it counts by which way the token came.</summary>
    private static bool IsAtJoin(ProcessMap from, Token token) =>
        token.Kind != TokenKind.Waiting && from.Node(token.Node) is ParallelGateway or InclusiveGateway;

    private static string? MappedFlow(ProcessMap from, ProcessMap to, MigrationPlan plan, Token token)
    {
        var join = to.Node(plan.Nodes[token.Node]);
        if (join.Incoming.Any(f => f.Id == token.Flow)) return token.Flow;
        var source = plan.Nodes.GetValueOrDefault(from.Flow(token.Flow!).Source);
        return join.Incoming.FirstOrDefault(f => f.Source == source)?.Id;
    }
}
