using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Script tasks (an expression) and business rule tasks (a decision table): compute, put into variables, go on.</summary>
internal static class ScriptTasks
{
    public static void Enter(Execution run, Token token, ScriptTask node)
    {
        if (node.Script is { } script) Put(run, token, node, node.Result, run.Evaluate(node, script, token.Scope));
        run.Leave(token);
    }

    public static void Enter(Execution run, Token token, BusinessRuleTask node)
    {
        if (node.Decision is not { } decision) throw Execution.Refusal("process.no-decision", node);
        Put(run, token, node, node.Result, run.Compute(node, token.Scope, decision.Decide));
        run.Leave(token);
    }

    private static void Put(Execution run, Token token, FlowNode node, string? variable, Value value)
    {
        if (variable is not null) run.SetVariable(token.Scope, variable, value);
        else if (value is ContextValue context) run.SetVariables(token.Scope, context);
        else if (!value.IsNull) throw Execution.Refusal("process.no-result", node, value.TypeName);
    }
}
