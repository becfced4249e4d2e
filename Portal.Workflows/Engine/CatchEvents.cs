using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Events that wait: arming them, and what happens when they come.</summary>
internal static class CatchEvents
{
    public static void Enter(Execution run, Token token, CatchEvent node)
    {
        token = run.Put(token with { Kind = TokenKind.Waiting });
        Arm(run, token, node);
    }

    /// <summary>Makes a token wait for what a node catches.</summary>
    public static void Arm(Execution run, Token token, FlowNode node)
    {
        switch (node)
        {
            case ReceiveTask task: Messages.Subscribe(run, token, node, task.Message); break;
            case EventNode { Trigger: MessageTrigger message }: Messages.Subscribe(run, token, node, message); break;
            case EventNode { Trigger: SignalTrigger signal }: Messages.Subscribe(run, token, node, signal); break;
            case EventNode { Trigger: TimerTrigger timer }: Timers.Arm(run, token, node, timer); break;
            // Errors and escalations are looked up when thrown; nothing waits for them.
            case EventNode { Trigger: ErrorTrigger or EscalationTrigger }: break;
            default: throw Execution.Refusal("process.cannot-wait", node, node.Element);
        }
    }

    /// <summary>A timer fired or a message came.</summary>
    public static void Fire(Execution run, Wait wait, ContextValue payload)
    {
        var token = run.Token(wait.Token!.Value);
        var node = run.Map.Node(wait.Node!);
        if (node is BoundaryEvent boundary) Boundaries.Fire(run, token, boundary, wait, payload);
        else if (token.Node != node.Id) EventGateways.Win(run, token, node, payload);
        else
        {
            run.SetVariables(token.Scope, payload);
            run.Leave(token);
        }
    }
}
