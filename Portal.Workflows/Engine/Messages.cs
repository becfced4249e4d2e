using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Messages and signals, in and out.</summary>
internal static class Messages
{
    public static void Wait(Execution run, Token token, ReceiveTask task)
    {
        token = run.Put(token with { Kind = TokenKind.Waiting });
        Subscribe(run, token, task, task.Message);
        Boundaries.Arm(run, token);
    }

    public static void Subscribe(Execution run, Token token, FlowNode node, MessageTrigger message)
    {
        var wait = new Wait(run.NextId(), WaitKind.Message, token.Id, node.Id);
        run.Add(wait);
        run.Say(new Subscribe(wait.Id, WaitKind.Message, message.Name, Key(run, token, node, message), node.Id));
    }

    public static void Subscribe(Execution run, Token token, FlowNode node, SignalTrigger signal)
    {
        var wait = new Wait(run.NextId(), WaitKind.Signal, token.Id, node.Id);
        run.Add(wait);
        run.Say(new Subscribe(wait.Id, WaitKind.Signal, signal.Name, null, node.Id));
    }

    public static void Send(Execution run, Token token, FlowNode node, MessageTrigger message) => run.Say(new SendMessage(
        run.NextId(), message.Name, Key(run, token, node, message), run.Mapped(node, message.Payload, run.Evaluation(token.Scope))));

    public static void Send(Execution run, Token token, FlowNode node, SignalTrigger signal) => run.Say(new BroadcastSignal(
        run.NextId(), signal.Name, run.Mapped(node, signal.Payload, run.Evaluation(token.Scope))));

    /// <summary>The correlation key: the map's expression, or what the instance is about.</summary>
    private static string? Key(Execution run, Token token, FlowNode node, MessageTrigger message)
    {
        if (message.Correlation is null) return run.BusinessKey;
        var key = run.Evaluate(node, message.Correlation, token.Scope);
        return key.IsNull ? throw Execution.Refusal("process.no-correlation", node, message.Correlation.Text) : key.ToString();
    }
}
