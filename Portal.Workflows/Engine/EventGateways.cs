using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Event gateway: waits for every event behind it; the first wins and the others are dropped with it.</summary>
internal static class EventGateways
{
    public static void Enter(Execution run, Token token, EventGateway gateway)
    {
        token = run.Put(token with { Kind = TokenKind.Waiting });
        foreach (var flow in gateway.Outgoing) CatchEvents.Arm(run, token, run.Map.Node(flow.Target));
    }

    public static void Win(Execution run, Token token, FlowNode winner, ContextValue payload)
    {
        run.Disarm(token);
        run.Write(HistoryKind.Left, token.Node, token);
        token = run.Put(token with { Node = winner.Id });
        run.SetVariables(token.Scope, payload);
        run.Write(HistoryKind.Entered, winner.Id, token);
        run.Leave(token);
    }
}
