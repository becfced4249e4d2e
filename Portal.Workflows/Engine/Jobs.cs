using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Jobs: what goes on by itself when its time has come.</summary>
internal static class Jobs
{
    public static void Schedule(Execution run, Wait wait)
    {
        run.Add(wait);
        var retry = wait is { Kind: WaitKind.Async, Node: { } node } ? run.Map.Node(node).Work.Retry : null;
        run.Say(new ScheduleJob(wait.Id, wait.Kind, wait.Due!.Value, wait.Node, retry));
    }

    /// <summary>The node begins in a job of its own, after this transaction.</summary>
    public static void BeginLater(Execution run, Token token, FlowNode node)
    {
        run.Put(token with { Kind = TokenKind.Waiting });
        Schedule(run, new Wait(run.NextId(), WaitKind.Async, token.Id, node.Id, run.Now));
    }

    /// <summary>The step budget is used up: active tokens stay where they are until the job comes.</summary>
    public static void ContinueLater(Execution run)
    {
        if (++run.Continuations > run.Limits.Continuations)
        {
            Incidents.EndlessLoop(run);
            return;
        }
        Schedule(run, new Wait(run.NextId(), WaitKind.Continuation, null, null, run.Now));
    }

    public static void Due(Execution run, Wait wait)
    {
        if (run.IsLost(wait))
        {
            EventGateways.Forget(run, wait);
            return;
        }
        switch (wait.Kind)
        {
            case WaitKind.Timer:
                if (run.Map.Node(wait.Node!) is not BoundaryEvent { Interrupting: false }) run.Drop(wait);
                CatchEvents.Fire(run, wait, Expressions.ContextValue.Empty);
                break;
            case WaitKind.Async:
                run.Drop(wait);
                Nodes.Enter(run, run.Put(run.Token(wait.Token!.Value) with { Kind = TokenKind.Active }), begun: true);
                break;
            case WaitKind.Escalation:
                run.Drop(wait);
                var task = run.WaitsOf(run.Token(wait.Token!.Value)).First(w => w.Kind == WaitKind.Task);
                run.Say(new EscalateTask(task.Id, wait.Target!));
                break;
            default:
                run.Drop(wait);
                run.Resume();
                break;
        }
    }
}
