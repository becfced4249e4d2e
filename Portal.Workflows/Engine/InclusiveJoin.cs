using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// OR join: fires when no token of the scope that has not arrived can still reach one of its empty ways in
/// without passing the join. Looked at when nothing moves any more, for only then is it known who can come.
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
        var sources = gateway.Incoming.Where(flow => !filled.Contains(flow.Id)).Select(flow => flow.Source).ToList();
        return sources.Count > 0 && run.TokensIn(scope)
            .Where(t => !(t.Kind == TokenKind.Arrived && t.Node == gateway.Id))
            .Any(t => sources.Any(run.Map.Reachability.From(t.Node, gateway.Id).Contains));
    }
}
