using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Leads each stimulus to what it concerns.</summary>
internal static class Stimuli
{
    public static void Take(Execution run, Stimulus stimulus)
    {
        if (stimulus is Start start)
        {
            Begin(run, start);
            return;
        }
        if (run.Status != InstanceStatus.Running) throw new RuleBrokenException("process.not-running", run.InstanceId, run.Status.ToString());
        if (stimulus is not JobDue) run.Continuations = 0;
        switch (stimulus)
        {
            case TaskCompleted done: UserTasks.Complete(run, run.Expect(done.Task, "process.task-closed", WaitKind.Task), done.Values); break;
            case JobDue due: TakeJob(run, due); break;
            case JobExhausted failed: Incidents.Exhausted(run, ExpectJob(run, failed.Job), failed.Message); break;
            case Received received: Receive(run, received); break;
            case ActionCompleted done: ServiceTasks.Complete(run, ExpectAction(run, done.Action), done.Outputs); break;
            case ActionErrored error: Errors.Throw(run, Answered(run, ExpectAction(run, error.Action)), error.Code, error.Message); break;
            case ActionFailed failed: Incidents.Exhausted(run, ExpectAction(run, failed.Action), failed.Message); break;
            case ChildEnded ended: CallActivities.Ended(run, ExpectChild(run, ended.Call), ended.Variables); break;
            case ChildErrored error: Errors.Throw(run, Answered(run, ExpectChild(run, error.Call)), error.Code, error.Message); break;
            case ChildEscalated escalated: Escalations.Throw(run, run.Token(ExpectChild(run, escalated.Call).Token!.Value), escalated.Code); break;
            default: Alterations.Take(run, stimulus); break;
        }
    }

    private static void Begin(Execution run, Start start)
    {
        if (run.Status != InstanceStatus.New) throw new RuleBrokenException("process.already-started", run.InstanceId);
        run.Status = InstanceStatus.Running;
        var root = run.Open(new Scope(run.NextNumber(), ScopeKind.Process, null, null, null, ContextValue.Empty));
        var events = run.Map.In(null).OfType<StartEvent>().ToList();
        var node = start.Node is { } id ? events.Find(e => e.Id == id) : run.Map.PlainStart ?? (events.Count == 1 ? events[0] : null);
        if (node is null) throw new RuleBrokenException("process.start-unknown", run.Map.Key, start.Node);
        run.SetIn(root.Id, node.Trigger is null ? StartForm.Accepted(run.Parent is null ? run.Map : null, node, start.Variables, new Evaluation(start.Variables, run.Now)) : MessageForm.Accepted(run.Map, node, start.Variables));
        run.Write(HistoryKind.Started, null, null);
        run.Spawn(node.Id, root.Id, null);
    }

    private static void TakeJob(Execution run, JobDue due)
    {
        var wait = ExpectJob(run, due.Job);
        if (wait.Kind != WaitKind.Continuation) run.Continuations = 0;
        Jobs.Due(run, wait);
    }

    private static void Receive(Execution run, Received received)
    {
        var wait = run.Expect(received.Subscription, "process.subscription-gone", WaitKind.Message, WaitKind.Signal);
        if (run.IsLost(wait)) throw new RuleBrokenException("process.subscription-gone", received.Subscription);
        var node = run.Map.Node(wait.Node!);
        var brought = MessageForm.Accepted(run.Map, node, received.Payload);
        if (node is not BoundaryEvent { Interrupting: false }) run.Drop(wait);
        CatchEvents.Fire(run, wait, brought);
    }

    private static Token Answered(Execution run, Wait wait)
    {
        run.Remove(wait);
        return run.Token(wait.Token!.Value);
    }

    private static Wait ExpectJob(Execution run, Guid id) =>
        run.Expect(id, "process.job-gone", WaitKind.Timer, WaitKind.Async, WaitKind.Continuation, WaitKind.Escalation);

    private static Wait ExpectAction(Execution run, Guid id) => run.Expect(id, "process.action-gone", WaitKind.Action);

    private static Wait ExpectChild(Execution run, Guid id) => run.Expect(id, "process.child-gone", WaitKind.Child);
}
