using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// OR join (BPMN 2.0, 13.4.3): fires when no token of the scope that has not arrived can still reach one of its empty ways
/// in without passing the join. A token that can reach a filled way as well does not hold it up: it comes round a loop
/// in which the join will stand empty again, and waiting for it would be waiting for itself.
/// Looked at when nothing moves any more, for only then is it known who can come.
/// </summary>
internal static class InclusiveJoin
{
    public static void Arrive(Execution run, Token token) => run.Put(token with { Kind = TokenKind.Arrived });

    /// <summary>Fires the first join that may; false when none may.</summary>
    public static bool FireOne(Execution run)
    {
        var groups = run.Tokens
            .Where(t => t.Kind == TokenKind.Arrived && run.Map.Node(t.Node) is InclusiveGateway)
            .GroupBy(t => (t.Scope, t.Node));
        foreach (var group in groups)
        {
            var gateway = run.Map.Node(group.Key.Node);
            var ways = group.GroupBy(t => t.Flow).Select(way => way.First()).ToList();
            if (MoreCanCome(run, gateway, group.Key.Scope, [.. ways.Select(t => t.Flow)])) continue;
            Join.Merge(run, gateway, ways);
            return true;
        }
        return false;
    }

    private static bool MoreCanCome(Execution run, FlowNode gateway, int scope, HashSet<string?> filled)
    {
        var ways = gateway.Incoming.ToLookup(flow => filled.Contains(flow.Id), flow => flow.Source);
        return ways[false].Any() && run.TokensIn(scope)
            .Where(t => !(t.Kind == TokenKind.Arrived && t.Node == gateway.Id))
            .Select(t => run.Map.Reachability.From(t.Node, gateway.Id))
            .Any(reached => ways[false].Any(reached.Contains) && !ways[true].Any(reached.Contains));
    }
}
