using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Arrows: where they may begin and end, and which of them need a condition.</summary>
internal static class FlowCheck
{
    public static IEnumerable<Finding> Of(ProcessMap map, FlowNode node)
    {
        if (node is StartEvent or BoundaryEvent && node.Incoming.Count > 0) yield return MapCheck.About(node, "map.incoming-not-allowed");
        if (node is EndEvent && node.Outgoing.Count > 0) yield return MapCheck.About(node, "map.outgoing-not-allowed");
        if (node is StartEvent or CatchEvent or BoundaryEvent && node.Outgoing.Count == 0) yield return MapCheck.About(node, "map.leads-nowhere");
        if (node.DefaultFlow is { } other && node.Outgoing.All(f => f.Id != other)) yield return MapCheck.About(node, "map.default-unknown", other);
        foreach (var flow in node.Outgoing)
        {
            var target = map.Node(flow.Target);
            if (target.Parent != node.Parent) yield return Finding.Of("map.flow-crosses", flow.Id, flow.Name?.Default ?? flow.Id, node.Name.Default, target.Name.Default);
            if (node is ExclusiveGateway or InclusiveGateway && node.Outgoing.Count > 1 && flow.Condition is null && flow.Id != node.DefaultFlow)
                yield return Finding.Of("map.flow-no-condition", flow.Id, flow.Name?.Default ?? flow.Id, node.Name.Default);
            if (node is ParallelGateway or EventGateway && flow.Condition is not null)
                yield return Finding.Of("map.condition-not-allowed", flow.Id, flow.Name?.Default ?? flow.Id, node.Name.Default);
        }
        if (node is EventGateway)
        {
            if (node.Outgoing.Count < 2) yield return MapCheck.About(node, "map.event-gateway-alone");
            foreach (var target in node.Outgoing.Select(flow => map.Node(flow.Target)).Where(target => !MayFollow(map, target)))
                yield return MapCheck.About(target, "map.event-gateway-target", node.Name.Default);
        }
    }

    private static bool MayFollow(ProcessMap map, FlowNode target) => target.Incoming.Count == 1 && target switch
    {
        CatchEvent { Trigger: MessageTrigger or TimerTrigger or SignalTrigger } => true,
        ReceiveTask { Repeats: null } => !map.BoundariesOf(target.Id).Any(),
        _ => false,
    };
}
