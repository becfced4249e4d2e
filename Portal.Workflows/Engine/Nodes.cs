using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What happens when a token enters a node: each family of elements answers in its own file.</summary>
internal static class Nodes
{
    /// <param name="run">the step</param>
    /// <param name="token">an active token on the node</param>
    /// <param name="begun">true when the node's own job has brought it here</param>
    public static void Enter(Execution run, Token token, bool begun = false)
    {
        var node = run.Map.Node(token.Node);
        if (node.Work.Stage is { } stage && stage.Key != token.Stage) token = run.Put(token with { Stage = stage.Key });
        switch (node)
        {
            case ParallelGateway { Incoming.Count: > 1 }: ParallelJoin.Arrive(run, token, node); return;
            case InclusiveGateway { Incoming.Count: > 1 }: InclusiveJoin.Arrive(run, token); return;
            case ThrowEvent { Trigger: LinkTrigger link }: Links.Jump(run, token, link); return;
        }
        if (node.Work.IsAsync && !begun && !run.IsIteration(token))
        {
            Jobs.BeginLater(run, token, node);
            return;
        }
        if (node is not EventNode { Trigger: LinkTrigger }) run.Write(HistoryKind.Entered, node.Id, token);
        if (node is Activity { Repeats: not null } repeated && !run.IsIteration(token)) MultiInstances.Enter(run, token, repeated);
        else Begin(run, token, node);
    }

    private static void Begin(Execution run, Token token, FlowNode node)
    {
        switch (node)
        {
            case UserTask task: UserTasks.Enter(run, token, task); break;
            case ServiceTask task: ServiceTasks.Enter(run, token, task); break;
            case ScriptTask task: ScriptTasks.Enter(run, token, task); break;
            case BusinessRuleTask task: ScriptTasks.Enter(run, token, task); break;
            case SendTask task: Messages.Send(run, token, task, task.Message); run.Leave(token); break;
            case ReceiveTask task: Messages.Wait(run, token, task); break;
            case SubProcess part: SubProcesses.Enter(run, token, part); break;
            case CallActivity call: CallActivities.Enter(run, token, call); break;
            case EventGateway gateway: EventGateways.Enter(run, token, gateway); break;
            case CatchEvent caught: CatchEvents.Enter(run, token, caught); break;
            case ThrowEvent thrown: ThrowEvents.Enter(run, token, thrown); break;
            case EndEvent end: ThrowEvents.Enter(run, token, end); break;
            case UnsupportedNode: throw Execution.Refusal("process.unsupported", node, node.Element);
            // Start events, gateways that do not wait, manual and plain tasks: the token passes.
            default: run.Leave(token); break;
        }
    }
}
