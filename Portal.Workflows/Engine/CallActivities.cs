using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Call activities: another process is started, and its end lets the token go on.</summary>
internal static class CallActivities
{
    public static void Enter(Execution run, Token token, CallActivity node)
    {
        if (node.Called is not { } called) throw Execution.Refusal("process.no-called", node);
        if (run.Depth >= run.Limits.CallDepth) throw Execution.Refusal("process.calls-too-deep", node, run.Limits.CallDepth);
        token = run.Put(token with { Kind = TokenKind.Waiting });
        var wait = new Wait(run.NextId(), WaitKind.Child, token.Id, node.Id);
        run.Add(wait);
        run.Say(new StartChild(wait.Id, called, run.BusinessKey, Given(run, token, node), run.Depth + 1));
        Boundaries.Arm(run, token);
    }

    private static ContextValue Given(Execution run, Token token, CallActivity node)
    {
        var mapped = run.Mapped(node, node.In, run.Evaluation(token.Scope));
        return node.PassesAll ? run.VariablesSeen(token.Scope).With(mapped) : mapped;
    }

    public static void Ended(Execution run, Wait wait, ContextValue variables)
    {
        var token = run.Token(wait.Token!.Value);
        var node = (CallActivity)run.Map.Node(token.Node);
        run.Remove(wait);
        if (node.PassesAll) run.SetVariables(token.Scope, variables);
        run.SetVariables(token.Scope, run.Mapped(node, node.Out, new Evaluation(variables, run.Now)));
        run.Leave(token);
    }
}
