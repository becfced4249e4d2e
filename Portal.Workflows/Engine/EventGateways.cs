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

    /// <summary>Drops a wait for an event the map does not have; a gateway waits for what stands behind it now.</summary>
    public static void Forget(Execution run, Wait wait)
    {
        run.Drop(wait);
        if (wait.Token is not { } id || run.Map.Node(run.Token(id).Node) is not EventGateway) return;
        run.Disarm(run.Token(id));
        run.Put(run.Token(id) with { Kind = TokenKind.Active });
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
