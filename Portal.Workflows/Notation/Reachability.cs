namespace Portal.Workflows.Notation;

/// <summary>Where tokens can go: along flows, from an activity to its boundary events, from a link's throw to its catch.</summary>
public sealed class Reachability
{
    private readonly ProcessMap map;
    private readonly Dictionary<string, List<string>> next;
    private readonly HashSet<(string From, string To)> backward = [];
    private readonly Dictionary<(string, string), HashSet<string>> past = [];
    private readonly Lock gate = new();

    internal Reachability(ProcessMap map)
    {
        this.map = map;
        next = map.Nodes.Values.ToDictionary(node => node.Id, node => Steps(node).Distinct().ToList());
        foreach (var scope in map.Nodes.Values.Select(n => n.Parent).Distinct().ToList()) MarkBackward(scope);
    }

    private IEnumerable<string> Steps(FlowNode node)
    {
        var steps = node.Outgoing.Select(flow => flow.Target).Concat(map.BoundariesOf(node.Id).Select(b => b.Id));
        return node is ThrowEvent { Trigger: LinkTrigger link }
            ? steps.Concat(map.LinkTargets(node, link).Select(c => c.Id))
            : steps;
    }

    /// <summary>Nodes one step on from this one.</summary>
    public IReadOnlyList<string> Next(string node) => next[node];

    /// <summary>True when a step closes a loop: it leads back to a node on the way from the start.</summary>
    public bool IsBackward(string from, string to) => backward.Contains((from, to));

    /// <summary>Nodes a token on <paramref name="from"/> can come to without passing <paramref name="around"/>; the node itself is among them.</summary>
    public IReadOnlySet<string> From(string from, string around)
    {
        lock (gate)
        {
            if (past.TryGetValue((from, around), out var known)) return known;
            return past[(from, around)] = Walk(from, (_, to) => to != around);
        }
    }

    /// <summary>Nodes a token on <paramref name="from"/> can come to without going round a loop; the node itself is among them.</summary>
    public IReadOnlySet<string> Ahead(string from) => Walk(from, (step, to) => !IsBackward(step, to));

    private HashSet<string> Walk(string from, Func<string, string, bool> allowed)
    {
        var seen = new HashSet<string> { from };
        var open = new Stack<string>([from]);
        while (open.TryPop(out var at))
            foreach (var to in next[at])
                if (allowed(at, to) && seen.Add(to)) open.Push(to);
        return seen;
    }

    /// <summary>Depth-first from the starts; a step to a node still on the path goes backward.</summary>
    private void MarkBackward(string? scope)
    {
        var state = new Dictionary<string, bool>();
        var nodes = map.In(scope).ToList();
        foreach (var start in nodes.Where(n => n.Incoming.Count == 0 && n is not BoundaryEvent).Concat(nodes))
        {
            if (!state.TryAdd(start.Id, true)) continue;
            var path = new Stack<(string Node, int Step)>([(start.Id, 0)]);
            while (path.TryPop(out var at))
            {
                if (at.Step == next[at.Node].Count)
                {
                    state[at.Node] = false;
                    continue;
                }
                path.Push((at.Node, at.Step + 1));
                var to = next[at.Node][at.Step];
                if (state.TryAdd(to, true)) path.Push((to, 0));
                else if (state[to]) backward.Add((at.Node, to));
            }
        }
    }
}
