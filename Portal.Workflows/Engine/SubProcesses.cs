using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Embedded sub-processes: a scope of their own, whose end lets the host go on.</summary>
internal static class SubProcesses
{
    public static void Enter(Execution run, Token token, SubProcess node)
    {
        var host = run.Put(token with { Kind = TokenKind.Waiting });
        var scope = run.Open(new Scope(run.NextNumber(), ScopeKind.SubProcess, host.Scope, node.Id, host.Id, ContextValue.Empty));
        var start = run.Map.In(node.Id).OfType<StartEvent>().FirstOrDefault() ?? throw Execution.Refusal("process.no-start", node);
        run.Spawn(start.Id, scope.Id, host.Stage);
        Boundaries.Arm(run, host);
    }
}
