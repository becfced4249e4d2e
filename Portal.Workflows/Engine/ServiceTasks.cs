using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Service tasks: a feature's action is asked for, its answer comes back as a stimulus.</summary>
internal static class ServiceTasks
{
    public static void Enter(Execution run, Token token, ServiceTask node)
    {
        if (node.Work.Action is not { } action) throw Execution.Refusal("process.no-action", node);
        token = run.Put(token with { Kind = TokenKind.Waiting });
        var wait = new Wait(run.NextId(), WaitKind.Action, token.Id, node.Id);
        run.Add(wait);
        run.Say(new InvokeAction(wait.Id, node.Id, action.Name, action.IsExternal, Inputs(run, token, node, action), node.Work.Retry));
        // An action inside the transaction answers before anything else can happen.
        if (action.IsExternal) Boundaries.Arm(run, token);
    }

    private static ContextValue Inputs(Execution run, Token token, FlowNode node, ActionCall action)
    {
        var inputs = ContextValue.Empty;
        foreach (var input in action.Inputs)
        {
            var value = Execution.Named(node, () => input.Value.Evaluate(run.Evaluation(token.Scope)));
            if (input.Type is { } type && !TaskForm.Fits(type, value))
                throw Execution.Refusal("process.input-type", node, input.Name, type.ToString(), value.TypeName);
            inputs = inputs.With(input.Name, value);
        }
        return inputs;
    }

    public static void Complete(Execution run, Wait wait, ContextValue outputs)
    {
        var token = run.Token(wait.Token!.Value);
        var node = run.Map.Node(token.Node);
        var mappings = node.Work.Action?.Outputs ?? [];
        run.Remove(wait);
        run.SetVariables(token.Scope, mappings.Count == 0 ? outputs : run.Mapped(node, mappings, new Evaluation(outputs, run.Now)));
        bool? success = node.Work.Success is { } verdict ? run.Holds(node, verdict, token.Scope) : null;
        run.Leave(token, success);
    }
}
