using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Which flows a token leaves a node by.</summary>
internal static class OutgoingFlows
{
    /// <summary>
    /// A parallel gateway takes all, an exclusive one the first that holds, everything else all that hold;
    /// a flow without condition always holds. Where none holds, the default flow is taken.
    /// </summary>
    public static IReadOnlyList<SequenceFlow> Of(Execution run, FlowNode node, Token token)
    {
        if (node is ParallelGateway || node.Outgoing.All(flow => flow.Condition is null && flow.Id != node.DefaultFlow) && node is not ExclusiveGateway)
            return node.Outgoing;
        var holding = node.Outgoing.Where(flow => flow.Id != node.DefaultFlow && (flow.Condition is null || run.Holds(node, flow.Condition, token.Scope)));
        var chosen = (node is ExclusiveGateway ? holding.Take(1) : holding).ToList();
        if (chosen.Count > 0 || node.Outgoing.Count == 0) return chosen;
        return node.Outgoing.FirstOrDefault(flow => flow.Id == node.DefaultFlow) is { } otherwise
            ? [otherwise]
            : throw Execution.Refusal("process.no-flow", node, node.Id);
    }
}
