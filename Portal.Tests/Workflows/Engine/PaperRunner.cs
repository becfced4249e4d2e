using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>
/// Runs instances on paper: keeps the tables a runner keeps (tasks, jobs, subscriptions, incidents), leads messages,
/// signals and called processes, and holds the clock. Every state goes through JSON after every step, and every
/// instance's log of stimuli is replayed at the end by <see cref="Replay"/>.
/// </summary>
internal sealed class PaperRunner
{
    private readonly Dictionary<string, ProcessMap> maps = [];
    private readonly Dictionary<Guid, List<(Stimulus Stimulus, DateTimeOffset At)>> logs = [];
    private readonly Dictionary<Guid, InstanceState> beginnings = [];
    private readonly Dictionary<Guid, ProcessMap> running = [];
    private int started;

    public PaperRunner(params ProcessMap[] maps)
    {
        foreach (var map in maps) Publish(map);
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    public EngineLimits Limits { get; init; } = EngineLimits.Default;
    public Dictionary<Guid, InstanceState> Instances { get; } = [];
    public List<(Guid Instance, CreateTask Task)> Tasks { get; } = [];
    public List<(Guid Instance, ScheduleJob Job)> Jobs { get; } = [];
    public List<(Guid Instance, Subscribe Subscription)> Subscriptions { get; } = [];
    public List<(Guid Instance, RaiseIncident Incident)> Incidents { get; } = [];
    public List<WriteHistory> History { get; } = [];
    public List<Command> Said { get; } = [];
    public Dictionary<string, Func<ContextValue, ContextValue>> Actions { get; } = [];

    public void Publish(ProcessMap map) => maps[map.Key] = map;

    public InstanceState Start(string process, params (string Name, Value Value)[] variables) => Start(process, null, variables);

    public InstanceState Start(string process, string? node, params (string Name, Value Value)[] variables)
    {
        var id = DerivedId.Of(Guid.Empty, ++started);
        Begin(InstanceState.New(id, process, businessKey: $"deal:{started}"), new Start(ContextValue.Of(variables), node));
        return Instances[id];
    }

    private void Begin(InstanceState fresh, Start start)
    {
        running[fresh.Id] = maps[fresh.Process];
        (Instances[fresh.Id], beginnings[fresh.Id], logs[fresh.Id]) = (fresh, fresh, []);
        try { Send(fresh.Id, start); }
        catch
        {
            Instances.Remove(fresh.Id);
            throw;
        }
    }

    public InstanceState Send(Guid instance, Stimulus stimulus)
    {
        var result = ProcessEngine.Step(running[instance], Instances[instance], stimulus, Now, Limits);
        logs[instance].Add((stimulus, Now));
        Instances[instance] = StateJson.Read(StateJson.Write(result.State));
        foreach (var command in result.Commands) Obey(instance, command);
        return Instances[instance];
    }

    private void Obey(Guid instance, Command command)
    {
        Said.Add(command);
        switch (command)
        {
            case CreateTask task: Tasks.Add((instance, task)); break;
            case CloseTask task: Close(Tasks, t => t.Task.Task == task.Task); break;
            case CancelTask task: Close(Tasks, t => t.Task.Task == task.Task); break;
            case MoveTask moved: Move(Tasks, t => t.Task.Task == moved.Task, t => (t.Instance, t.Task with { Node = moved.Node, Title = moved.Title })); break;
            case MoveWait { Kind: WaitKind.Message or WaitKind.Signal } moved:
                Move(Subscriptions, s => s.Subscription.Subscription == moved.Wait, s => (s.Instance, s.Subscription with { Node = moved.Node! }));
                break;
            case MoveWait { Kind: WaitKind.Incident } moved: Move(Incidents, i => i.Incident.Incident == moved.Wait, i => (i.Instance, i.Incident with { Node = moved.Node })); break;
            case MoveWait { Kind: WaitKind.Timer or WaitKind.Async or WaitKind.Escalation } moved: Move(Jobs, j => j.Job.Job == moved.Wait, j => (j.Instance, j.Job with { Node = moved.Node })); break;
            case ScheduleJob job: Jobs.Add((instance, job)); break;
            case CancelJob job: Close(Jobs, j => j.Job.Job == job.Job); break;
            case Subscribe subscription: Subscriptions.Add((instance, subscription)); break;
            case Unsubscribe gone: Close(Subscriptions, s => s.Subscription.Subscription == gone.Subscription); break;
            case RaiseIncident incident: Incidents.Add((instance, incident)); break;
            case ResolveIncident incident: Close(Incidents, i => i.Incident.Incident == incident.Incident); break;
            case WriteHistory line: History.Add(line); break;
            case StartChild child:
                Begin(InstanceState.New(child.Child, child.Process, child.BusinessKey, new ParentCall(instance, child.Child), child.Depth), new Start(child.Variables));
                break;
            case CancelChild child when Instances[child.Child].Status == InstanceStatus.Running: Send(child.Child, new Cancel("call cancelled")); break;
            case BroadcastSignal signal: Signal(signal.Name, signal.Payload); break;
            case EscalateParent up: Send(up.Parent.Instance, new ChildEscalated(up.Parent.Call, up.Code)); break;
            case InvokeAction { IsExternal: false } action: Send(instance, new ActionCompleted(action.Action, Actions[action.Name](action.Inputs))); break;
            case InstanceEnded { Parent: { } parent, Status: InstanceStatus.Completed } ended: Send(parent.Instance, new ChildEnded(parent.Call, ended.Variables)); break;
            case InstanceEnded { Parent: { } parent, Status: InstanceStatus.Failed } failed:
                Send(parent.Instance, new ChildErrored(parent.Call, failed.ErrorCode!, failed.Message!));
                break;
        }
    }

    private static void Close<T>(List<T> rows, Predicate<T> which) => Assert.Equal(1, rows.RemoveAll(which));

    private static void Move<T>(List<T> rows, Predicate<T> which, Func<T, T> change)
    {
        var at = rows.FindIndex(which);
        rows[at] = change(rows[at]);
    }

    public void Complete(string task, params (string Name, Value Value)[] values)
    {
        var (instance, found) = Tasks.First(t => t.Task.Node == task || t.Task.Title.Default == task);
        Send(instance, new TaskCompleted(found.Task, ContextValue.Of(values)));
    }

    /// <summary>Delivers a message to the one open subscription of that name.</summary>
    public void Message(string name, params (string Name, Value Value)[] payload)
    {
        var (instance, subscription) = Subscriptions.First(s => s.Subscription.Name == name && s.Subscription.Kind == WaitKind.Message);
        Send(instance, new Received(subscription.Subscription, ContextValue.Of(payload)));
    }

    public void Signal(string name, ContextValue? payload = null)
    {
        foreach (var (instance, subscription) in Subscriptions.Where(s => s.Subscription.Name == name && s.Subscription.Kind == WaitKind.Signal).ToList())
            if (Subscriptions.Any(s => s.Subscription.Subscription == subscription.Subscription))
                Send(instance, new Received(subscription.Subscription, payload ?? ContextValue.Empty));
    }

    /// <summary>Moves the clock and runs the jobs that come due, earliest first.</summary>
    public void Advance(TimeSpan by)
    {
        Now += by;
        while (Jobs.Where(j => j.Job.Due <= Now).OrderBy(j => j.Job.Due).FirstOrDefault() is (var instance, { } job))
            Send(instance, new JobDue(job.Job));
    }

    /// <summary>Names of the open tasks, in order.</summary>
    public IEnumerable<string> Open => Tasks.Select(t => t.Task.Title.Default).Order(StringComparer.Ordinal);

    public bool AllEnded => Instances.Values.All(i => i.Status != InstanceStatus.Running);

    public IEnumerable<string> Waiting(InstanceState state) => Instances[state.Id].Tokens.Select(t => t.Node).Order(StringComparer.Ordinal);

    /// <summary>Moves an instance to another map; its log begins anew.</summary>
    public InstanceState Migrate(Guid instance, ProcessMap to, MigrationPlan plan)
    {
        var result = Migration.Apply(running[instance], to, Instances[instance], plan, Now);
        Instances[instance] = StateJson.Read(StateJson.Write(result.State));
        (running[instance], beginnings[instance], logs[instance]) = (to, Instances[instance], []);
        foreach (var command in result.Commands) Obey(instance, command);
        return Instances[instance];
    }

    /// <summary>Runs every log again from its beginning; the states must come out the same.</summary>
    public void Replay()
    {
        foreach (var (id, log) in logs)
        {
            if (!Instances.TryGetValue(id, out var expected)) continue;
            var state = beginnings[id];
            foreach (var (stimulus, at) in log) state = ProcessEngine.Step(running[id], state, stimulus, at, Limits).State;
            Assert.Equal(StateJson.Write(expected), StateJson.Write(state));
        }
    }
}
