using System.Collections.Frozen;

namespace Portal.Workflows.Notation;

/// <summary>One process: what the engine runs. Immutable; nodes of sub-processes stand in the same table and know their parent.</summary>
public sealed class ProcessMap
{
    /// <summary>Id of the process, the key under which it is published and started.</summary>
    public required string Key { get; init; }
    /// <summary>Name shown to people.</summary>
    public required LocalText Name { get; init; }
    /// <summary>Marked <c>isExecutable</c>.</summary>
    public required bool IsExecutable { get; init; }
    /// <summary>User whose process it is to be, by name or id; null for who starts it.</summary>
    public required Formula? Owner { get; init; }
    /// <summary>What tells a process of this map from others about the same object, such as the subject of a deal; null where the map says nothing.</summary>
    public required Formula? Title { get; init; }
    /// <summary>Lanes, inner ones included.</summary>
    public required IReadOnlyList<Lane> Lanes { get; init; }
    /// <summary>Every flow node by id.</summary>
    public required FrozenDictionary<string, FlowNode> Nodes { get; init; }
    /// <summary>Every sequence flow by id.</summary>
    public required FrozenDictionary<string, SequenceFlow> Flows { get; init; }
    /// <summary>Data objects and stores.</summary>
    public required IReadOnlyList<DataNeed> Data { get; init; }

    /// <summary>
    /// Published before messages declared their fields: a message or signal without a declaration brings those that a form of the process asks.
    /// </summary>
    public bool TakesFormFields { get; init; }

    private ILookup<string, BoundaryEvent> Boundaries =>
        field ??= Nodes.Values.OfType<BoundaryEvent>().OrderBy(b => b.Order).ToLookup(b => b.AttachedTo);

    private ILookup<string, FlowNode> Children => field ??= Nodes.Values.OrderBy(n => n.Order).ToLookup(n => n.Parent ?? "");

    // Inner lanes come after the ones around them, so the innermost wins.
    private Dictionary<string, Lane> LaneByNode =>
        field ??= Lanes.SelectMany(lane => lane.Nodes, (lane, node) => (lane, node)).GroupBy(l => l.node).ToDictionary(g => g.Key, g => g.Last().lane);

    private ILookup<(string?, string), CatchEvent> LinkCatches => field ??= Nodes.Values.OfType<CatchEvent>()
        .Where(c => c.Trigger is LinkTrigger).ToLookup(c => (c.Parent, ((LinkTrigger)c.Trigger!).Name));

    /// <summary>The fields the message or signal a node receives may bring.</summary>
    public IReadOnlyList<FormField> FieldsOf(FlowNode node)
    {
        var declared = node switch
        {
            ReceiveTask task => task.Message.Fields,
            EventNode { Trigger: MessageTrigger message } => message.Fields,
            EventNode { Trigger: SignalTrigger signal } => signal.Fields,
            _ => [],
        };
        return declared.Count == 0 && TakesFormFields ? AskedFields : declared;
    }

    private IReadOnlyList<FormField> AskedFields => field ??=
        [.. Nodes.Values.OrderBy(n => n.Order).SelectMany(n => n.Work.Form).Where(f => !f.IsReadOnly).DistinctBy(f => f.Key).Select(f => f with { IsRequired = false })];

    /// <summary>User tasks kept in other hands than this one by four eyes: those it names, and those that name it.</summary>
    public IReadOnlyList<string> ApartFrom(string node) => [.. Apart[node]];

    // Both ways, since of two tasks open side by side either may be done first.
    private ILookup<string, string> Apart => field ??= Nodes.Values.SelectMany(n => n.Work.NotBy, (n, other) => (One: n.Id, Other: other))
        .SelectMany(pair => new[] { pair, (One: pair.Other, Other: pair.One) }).Distinct().ToLookup(pair => pair.One, pair => pair.Other);

    /// <summary>Every field of a task's form by its key, with the task.</summary>
    public ILookup<string, (FlowNode Node, FormField Field)> Asked => field ??= Nodes.Values.OfType<UserTask>().OrderBy(n => n.Order)
        .SelectMany(n => n.Work.Form, (node, asked) => ((FlowNode)node, asked)).ToLookup(f => f.asked.Key);

    /// <summary>Where a link jumps to: the catches of its name on the same level; a map that runs has exactly one.</summary>
    public IEnumerable<CatchEvent> LinkTargets(FlowNode thrown, LinkTrigger link) => LinkCatches[(thrown.Parent, link.Name)];

    /// <summary>The start event at which people and programs begin; null where only the clock or a message starts the process.</summary>
    public StartEvent? PlainStart => In(null).OfType<StartEvent>().FirstOrDefault(start => start.Trigger is null);

    /// <summary>Which node a token can come to from which.</summary>
    public Reachability Reachability => field ??= new Reachability(this);

    /// <summary>The node of that id.</summary>
    public FlowNode Node(string id) => Nodes[id];

    /// <summary>The flow of that id.</summary>
    public SequenceFlow Flow(string id) => Flows[id];

    /// <summary>Nodes lying directly in the process (null) or in a sub-process, in the file's order.</summary>
    public IEnumerable<FlowNode> In(string? parent) => Children[parent ?? ""];

    /// <summary>Boundary events of an activity, in the file's order.</summary>
    public IEnumerable<BoundaryEvent> BoundariesOf(string activity) => Boundaries[activity];

    /// <summary>The lane a node lies in: its own, or that of the sub-process around it.</summary>
    public Lane? LaneOf(FlowNode node)
    {
        for (var at = node; at is not null; at = at.Parent is { } parent ? Nodes[parent] : null)
            if (LaneByNode.TryGetValue(at.Id, out var lane)) return lane;
        return null;
    }
}
