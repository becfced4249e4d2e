using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What becomes of an instance's waits when it moves to a newer map: which stay and at which node, which are dropped, what is armed.</summary>
internal sealed class MovedWaits
{
    private readonly ProcessMap from, to;
    private readonly InstanceState state;
    private readonly MigrationPlan plan;
    private readonly Dictionary<int, Token> tokens;
    /// <summary>Waits that stay, by id, with their node in the newer map.</summary>
    private readonly Dictionary<Guid, string?> kept = [];

    public MovedWaits(ProcessMap from, ProcessMap to, InstanceState state, MigrationPlan plan)
    {
        (this.from, this.to, this.state, this.plan) = (from, to, state, plan);
        tokens = state.Tokens.ToDictionary(t => t.Id);
        var taken = new HashSet<(int?, string?)>();
        foreach (var wait in state.Waits)
        {
            var node = wait.Node is { } id ? plan.Nodes.GetValueOrDefault(id) : null;
            if (!IsForEvent(wait) || Stays(wait, node) && taken.Add((wait.Token, node))) kept.Add(wait.Id, node);
        }
    }

    /// <summary>The state with the waits that stay at their new nodes.</summary>
    public InstanceState Rename(InstanceState renamed) =>
        renamed with { Waits = [.. state.Waits.Select(w => kept.TryGetValue(w.Id, out var node) ? w with { Node = node } : w)] };

    /// <summary>Drops what does not stay, tells the runner of what has another node, and arms what the newer map waits for besides.</summary>
    public void Settle(Execution run)
    {
        foreach (var wait in run.Waits.Where(w => !kept.ContainsKey(w.Id)).ToList()) run.Drop(wait);
        foreach (var wait in state.Waits.Where(w => kept.ContainsKey(w.Id)))
        {
            if (wait.Kind == WaitKind.Task) run.Say(Moved(wait.Id, to.Node(kept[wait.Id]!)));
            else if (kept[wait.Id] != wait.Node) run.Say(new MoveWait(wait.Id, wait.Kind, kept[wait.Id]));
        }
        foreach (var token in run.Tokens.Where(t => t.Kind == TokenKind.Waiting).ToList())
            foreach (var missing in Events(to, token.Node, run.IsIteration(token)).Where(e => IsMissing(tokens[token.Id], e)).ToList())
                CatchEvents.Arm(run, token, missing);
    }

    private MoveTask Moved(Guid task, FlowNode node) => new(task, node.Id, node.Name, node.Work.NotBy, to.ApartFrom(node.Id));

    private static bool IsForEvent(Wait wait) =>
        wait.Kind is WaitKind.Timer or WaitKind.Message or WaitKind.Signal || wait is { Kind: WaitKind.Incident, Of: WaitKind.Timer };

    private bool Stays(Wait wait, string? node)
    {
        var token = tokens[wait.Token!.Value];
        return from.Nodes.TryGetValue(wait.Node!, out var old)
            && Events(to, plan.Nodes[token.Node], IsIteration(token)).FirstOrDefault(e => e.Id == node) is { } mapped && AreSame(old, mapped);
    }

    private bool IsMissing(Token old, FlowNode node)
    {
        var waits = state.Waits.Where(w => w.Token == old.Id).ToList();
        // a node whose own job has yet to begin it arms its events then
        if (waits.Any(w => w.Kind == WaitKind.Async || w.Of == WaitKind.Async)) return false;
        if (waits.Any(w => IsForEvent(w) && kept.GetValueOrDefault(w.Id) == node.Id)) return false;
        // a timer that fired beside its activity is not to fire again for having been edited
        return !Events(from, old.Node, IsIteration(old)).Any(e => plan.Nodes.GetValueOrDefault(e.Id) == node.Id
            && Awaited(e) is TimerTrigger && Awaited(node) is TimerTrigger && waits.All(w => w.Node != e.Id));
    }

    private bool IsIteration(Token token) => state.Scopes.Any(s => s.Id == token.Scope && s.Kind == ScopeKind.Iteration && s.Node == token.Node);

    /// <summary>What a token waiting at a node listens to: the event it stands in, those behind its event gateway, those on its activity.</summary>
    private static IEnumerable<FlowNode> Events(ProcessMap map, string id, bool isIteration)
    {
        var node = map.Node(id);
        if (node is EventGateway) return node.Outgoing.Select(flow => map.Node(flow.Target));
        IEnumerable<FlowNode> own = node is CatchEvent || node is ReceiveTask task && (isIteration || task.Repeats is null) ? [node] : [];
        return isIteration ? own : own.Concat(map.BoundariesOf(id));
    }

    private static EventTrigger? Awaited(FlowNode node) => node is ReceiveTask task ? task.Message : (node as EventNode)?.Trigger;

    private static bool AreSame(FlowNode one, FlowNode other) => (Awaited(one), Awaited(other)) switch
    {
        (TimerTrigger a, TimerTrigger b) => (a.Form, a.Text) == (b.Form, b.Text),
        (MessageTrigger a, MessageTrigger b) => (a.Name, a.Correlation?.Text) == (b.Name, b.Correlation?.Text),
        (SignalTrigger a, SignalTrigger b) => a.Name == b.Name,
        _ => false,
    };
}
