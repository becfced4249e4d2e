using Portal.Domain.Shared;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Which node of the newer map takes the place of which node of the older one.</summary>
public sealed record MigrationPlan(IReadOnlyDictionary<string, string> Nodes)
{
    /// <summary>The plan that suggests itself: nodes of the same id and type.</summary>
    public static MigrationPlan Suggest(ProcessMap from, ProcessMap to) => new(from.Nodes.Values
        .Where(node => to.Nodes.TryGetValue(node.Id, out var other) && other.Element == node.Element)
        .ToDictionary(node => node.Id, node => node.Id));
}

/// <summary>Moves a running instance to another version of its map. Open tasks, deadlines, subscriptions and variables stay.</summary>
public static class Migration
{
    /// <summary>
    /// What stands against the plan for this instance: an active node without a counterpart (<c>process.migration-unmapped</c>),
    /// of another type (<c>-type</c>), in another sub-process (<c>-nesting</c>), or a join whose way in is gone (<c>-flow</c>).
    /// </summary>
    public static IReadOnlyList<Finding> Check(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan)
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
        }
        foreach (var token in state.Tokens.Where(t => t.Kind == TokenKind.Arrived && t.Flow is not null))
            if (findings.Count == 0 && MappedFlow(from, to, plan, token) is null)
                findings.Add(MapCheck.About(from.Node(token.Node), "process.migration-flow", token.Flow));
        return findings;
    }

    /// <summary>The instance on the newer map, and what the runner must write. Boundary events that are new are armed from now.</summary>
    /// <param name="note">said in the history, such as the two versions</param>
    /// <exception cref="RuleBrokenException">the first finding of <see cref="Check"/>, or <c>process.not-running</c></exception>
    public static StepResult Apply(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan, DateTimeOffset now, string? by = null, string? note = null)
    {
        if (state.Status != InstanceStatus.Running) throw new RuleBrokenException("process.not-running", state.Id, state.Status.ToString());
        if (Check(from, to, state, plan) is [var finding, ..]) throw new RuleBrokenException(finding.Code, [.. finding.Args]);
        var renamed = state with
        {
            Process = to.Key,
            Tokens = [.. state.Tokens.Select(t => t with { Node = plan.Nodes[t.Node], Flow = t.Kind == TokenKind.Arrived ? MappedFlow(from, to, plan, t) : null })],
            Scopes = [.. state.Scopes.Select(s => s.Node is null ? s : s with { Node = plan.Nodes[s.Node] })],
            Waits = [.. state.Waits.Select(w => w.Node is { } node && plan.Nodes.TryGetValue(node, out var other) ? w with { Node = other } : w)],
            Visited = [.. state.Visited.Where(plan.Nodes.ContainsKey).Select(v => plan.Nodes[v]).Order(StringComparer.Ordinal)],
        };
        var run = new Execution(to, renamed, by, now, EngineLimits.Default);
        run.Write(HistoryKind.Altered, null, null, note);
        foreach (var wait in renamed.Waits.Where(w => w.Kind == WaitKind.Task)) run.Say(new MoveTask(wait.Id, wait.Node!, to.Node(wait.Node!).Name));
        foreach (var token in renamed.Tokens.Where(t => t.Kind == TokenKind.Waiting)) Rearm(run, from, state, plan, token);
        return run.Result();
    }

    private static IEnumerable<string> Active(InstanceState state) =>
        state.Tokens.Select(t => t.Node).Concat(state.Scopes.Select(s => s.Node).OfType<string>()).Distinct().Order(StringComparer.Ordinal);

    private static Type? Trigger(FlowNode node) => (node as EventNode)?.Trigger?.GetType();

    private static bool? Repeats(FlowNode node) => (node as Activity)?.Repeats?.IsSequential;

    private static string? MappedFlow(ProcessMap from, ProcessMap to, MigrationPlan plan, Token token)
    {
        var join = to.Node(plan.Nodes[token.Node]);
        if (join.Incoming.Any(f => f.Id == token.Flow)) return token.Flow;
        var source = plan.Nodes.GetValueOrDefault(from.Flow(token.Flow!).Source);
        return join.Incoming.FirstOrDefault(f => f.Source == source)?.Id;
    }

    /// <summary>Boundary events without a counterpart are dropped, new ones armed.</summary>
    private static void Rearm(Execution run, ProcessMap from, InstanceState state, MigrationPlan plan, Token token)
    {
        if (run.IsIteration(token)) return;
        var old = state.Tokens.First(t => t.Id == token.Id);
        var events = run.Map.BoundariesOf(token.Node).ToList();
        foreach (var wait in run.WaitsOf(token).Where(w => w.Kind is WaitKind.Timer or WaitKind.Message or WaitKind.Signal).ToList())
            if (wait.Node != token.Node && run.Map.Node(token.Node) is not EventGateway && events.All(e => e.Id != wait.Node)) run.Drop(wait);
        var kept = from.BoundariesOf(old.Node).Select(b => plan.Nodes.GetValueOrDefault(b.Id)).ToHashSet();
        foreach (var added in events.Where(e => !kept.Contains(e.Id))) CatchEvents.Arm(run, token, added);
    }
}
