using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Link events: a jump within one level of the map, which leaves no trace in the history.</summary>
internal static class Links
{
    public static void Jump(Execution run, Token token, LinkTrigger link)
    {
        var from = run.Map.Node(token.Node);
        var to = run.Map.LinkTargets(from, link).FirstOrDefault() ?? throw Execution.Refusal("process.no-link", from, link.Name);
        run.Leave(run.Put(token with { Node = to.Id, Kind = TokenKind.Waiting }));
    }
}
