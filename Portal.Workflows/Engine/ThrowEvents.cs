using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Events that cause something, on the way or at an end.</summary>
internal static class ThrowEvents
{
    public static void Enter(Execution run, Token token, EventNode node)
    {
        switch (node.Trigger)
        {
            case MessageTrigger message: Messages.Send(run, token, node, message); break;
            case SignalTrigger signal: Messages.Send(run, token, node, signal); break;
            case TerminateTrigger: Terminate(run, token); return;
            case ErrorTrigger error: Errors.Throw(run, token, error.Code ?? "", node.Name.Default); return;
            case EscalationTrigger escalation: Escalations.Throw(run, token, escalation.Code ?? ""); break;
            case null: break;
            default: throw Execution.Refusal("process.unsupported", node, node.Element);
        }
        // An escalation may have ended the scope this token was in.
        if (run.TokenOrNone(token.Id) is { } still && still.Node == node.Id) run.Leave(still);
    }

    /// <summary>Everything else in the scope ends at once, then the scope itself as usual.</summary>
    private static void Terminate(Execution run, Token token)
    {
        foreach (var other in run.TokensIn(token.Scope).Where(t => t.Id != token.Id).ToList()) run.Cancel(other);
        run.Leave(token);
    }
}
