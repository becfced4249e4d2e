using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// One transaction over instances: locks them (callers before those they called), leads stimuli through the engine to quiescence,
/// obeys its commands, and writes everything with the commit. Without <see cref="CommitAsync"/> nothing has happened.
/// </summary>
internal sealed class ProcessStep : IAsyncDisposable
{
    /// <summary>Stimuli in one transaction: a map that calls actions or processes in a circle would never come to rest.</summary>
    public const int MostStimuli = 1_000;

    private const int MostOfTitle = 200;

    private static readonly string LockSql = Locking("$1");
    private static readonly string LockOfTaskSql = Locking("(select t.instance from process.task t where t.id = $1)");

    private static string Locking(string id) => $"""
        select {RunningInstance.Columns} from process.instance i
        where i.id = any(array(select unnest(c.ancestors || c.id) from process.instance c where c.id = {id}))
        order by i.depth for update
        """;

    private readonly StepTools tools;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Dictionary<Guid, RunningInstance> instances = [];
    private readonly Queue<Pending> queue = new();
    private readonly List<(RunningInstance Instance, CreateTask Task)> tasks = [];
    private readonly List<(RunningInstance Instance, Subscribe Subscription)> subscriptions = [];
    private readonly HashSet<Guid> unsubscribed = [];
    private readonly HashSet<string> taken = [];
    private PortalDb? actionDatabase;
    private int stimuli;
    private DateTimeOffset now;

    private ProcessStep(StepTools tools, NpgsqlConnection connection, NpgsqlTransaction transaction, Actor actor) =>
        (this.tools, this.connection, this.transaction, Actor) = (tools, connection, transaction, actor);

    /// <summary>
    /// Something still to be done before the transaction may end. When <paramref name="Caller"/> no longer waits for
    /// <paramref name="Wait"/>, it is dropped.
    /// </summary>
    private sealed record Pending(RunningInstance? Caller, Guid Wait, Func<CancellationToken, Task> Do)
    {
        public bool IsWanted => Caller is null || Caller.State.Waits.Any(wait => wait.Id == Wait);
    }

    public Actor Actor { get; }
    public NpgsqlConnection Connection => connection;
    public StepWrites Writes { get; } = new();

    /// <summary>The instant of this transaction, in the company's zone; taken after the locks, so that history is in order.</summary>
    public DateTimeOffset Now => now;

    public static async Task<ProcessStep> BeginAsync(StepTools tools, Actor actor, CancellationToken ct)
    {
        await tools.Clock.LoadAsync(ct);
        await tools.Months.EnsureAsync(tools.Clock.Now, ct);
        var connection = await tools.Database.OpenConnectionAsync(ct);
        // goes with the first command, so it costs no round trip
        var transaction = await connection.BeginTransactionAsync(ct);
        return new(tools, connection, transaction, actor) { now = tools.Clock.Now };
    }

    /// <summary>Locks an instance with all that called it.</summary>
    /// <exception cref="RuleBrokenException"><c>process.unknown</c></exception>
    public async Task<RunningInstance> LockAsync(Guid id, CancellationToken ct) =>
        await FindAsync(id, ct) ?? throw new RuleBrokenException("process.unknown");

    /// <summary>Like <see cref="LockAsync(Guid, CancellationToken)"/>, but null where there is none.</summary>
    public Task<RunningInstance?> FindAsync(Guid id, CancellationToken ct) => LockAsync(new(LockSql) { Parameters = { new() { Value = id } } }, null, null, ct);

    /// <summary>Locks the instance of a task, and reads a row of the task after it, in one round trip; null when there is no such task.</summary>
    public Task<RunningInstance?> LockOfTaskAsync(Guid task, NpgsqlBatchCommand and, Action<NpgsqlDataReader> read, CancellationToken ct) =>
        LockAsync(new(LockOfTaskSql) { Parameters = { new() { Value = task } } }, and, read, ct);

    private async Task<RunningInstance?> LockAsync(NpgsqlBatchCommand locking, NpgsqlBatchCommand? and, Action<NpgsqlDataReader>? read, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { locking } };
        if (and is not null) batch.BatchCommands.Add(and);
        await batch.PrepareAsync(ct);
        var found = new List<(DefinitionId Definition, Func<PublishedMap, RunningInstance> With)>();
        await using (var rows = await batch.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct)) found.Add(RunningInstance.Read(rows));
            if (read is not null && await rows.NextResultAsync(ct) && await rows.ReadAsync(ct)) read(rows);
        }
        now = tools.Clock.Now;
        RunningInstance? last = null;
        foreach (var (definition, with) in found)
        {
            last = with(await tools.Maps.FindAsync(definition, ct));
            // the callers of a child that is locked later are known already, and further than their rows
            if (!instances.TryAdd(last.Id, last)) last = instances[last.Id];
        }
        return last;
    }

    /// <summary>A new instance, to be started by a <see cref="Start"/>.</summary>
    /// <param name="owner">whose process it is where the map names nobody</param>
    public RunningInstance Add(InstanceState state, PublishedMap map, ObjectRef? about, Guid? branch, Guid? owner, Guid[] ancestors)
    {
        var instance = new RunningInstance(state.Id, map, about, branch, owner, ancestors, 0, state);
        instances.Add(state.Id, instance);
        return instance;
    }

    /// <summary>The running instance that called this one and waits for it, if any.</summary>
    public RunningInstance? CallerOf(RunningInstance instance) =>
        instance.State.Parent is { } parent && instances.TryGetValue(parent.Instance, out var caller) && caller.State.Waits.Any(w => w.Id == parent.Call) ? caller : null;

    /// <summary>Leads a stimulus through the engine, and everything that follows from it in this transaction.</summary>
    public async Task ApplyAsync(RunningInstance instance, Stimulus stimulus, CancellationToken ct)
    {
        Step(instance, stimulus);
        await SettleAsync(ct);
    }

    /// <summary>Takes what the engine says over into the rows of this transaction.</summary>
    public async Task TakeAsync(RunningInstance instance, StepResult result, CancellationToken ct)
    {
        Take(instance, result);
        await SettleAsync(ct);
    }

    private void Step(RunningInstance at, Stimulus stimulus)
    {
        if (++stimuli > MostStimuli) throw new RuleBrokenException("process.endless-loop", at.Process.Name.Default);
        Take(at, ProcessEngine.Step(at.Process, at.State, stimulus with { By = Actor.IsSystem ? null : Actor.Name }, now, tools.Limits));
    }

    private void Take(RunningInstance at, StepResult result)
    {
        at.State = result.State;
        at.HasChanged = true;
        foreach (var command in result.Commands) Obey(at, command);
    }

    private async Task SettleAsync(CancellationToken ct)
    {
        while (queue.TryDequeue(out var next))
            if (next.IsWanted) await next.Do(ct);
    }

    private void Obey(RunningInstance at, Command command)
    {
        switch (command)
        {
            case CreateTask task: tasks.Add((at, task)); break;
            case CloseTask task: Writes.Close(at, task, Actor, now); break;
            case CancelTask task: Writes.Close(task.Task, TaskOutcome.Cancelled, null, Actor, now); break;
            case MoveTask task: Writes.Move(task); break;
            case MoveWait wait: Writes.Move(wait); break;
            case EscalateTask task: Writes.Escalate(task.Task, now); break;
            case ScheduleJob job: Writes.Insert(at, job, now); break;
            case CancelJob job: Writes.DeleteJob(job.Job); break;
            case Subscribe subscription:
                Writes.Insert(at, subscription);
                if (subscription.Kind == WaitKind.Message) subscriptions.Add((at, subscription));
                break;
            case Unsubscribe gone:
                unsubscribed.Add(gone.Subscription);
                Writes.DeleteSubscription(gone.Subscription);
                break;
            case SendMessage message:
                Writes.Outbox(OutboxKinds.Message(message.Message.ToString(), message.Name, message.Key, message.Payload), now);
                break;
            case BroadcastSignal signal: Writes.Outbox(OutboxKinds.Signal(signal.Signal.ToString(), signal.Name, signal.Payload), now); break;
            case InvokeAction { IsExternal: true } action: Writes.Outbox(OutboxKinds.Action(at.Id, at.About, action), now); break;
            case InvokeAction action: queue.Enqueue(new(at, action.Action, ct => InvokeAsync(at, action, ct))); break;
            case CancelAction action: Writes.DropFromOutbox(OutboxKinds.ActionKey(action.Action)); break;
            case StartChild child: queue.Enqueue(new(at, child.Child, ct => StartAsync(at, child, ct))); break;
            case CancelChild child: queue.Enqueue(new(null, child.Child, ct => CancelAsync(child.Child, ct))); break;
            case EscalateParent up: Tell(up.Parent, new ChildEscalated(up.Parent.Call, up.Code)); break;
            case RaiseIncident incident:
                Writes.Insert(at, incident, now);
                Writes.News.Add(new(ObjectKind.ProcessInstance, at.Id));
                break;
            case ResolveIncident incident: Writes.Resolve(incident.Incident, Actor, now); break;
            case WriteHistory line: Writes.Write(at, line); break;
            case InstanceEnded ended: End(at, ended); break;
            default: throw new InvalidOperationException($"Nobody obeys {command.GetType().Name}.");
        }
    }

    private void End(RunningInstance at, InstanceEnded ended)
    {
        at.EndNote = ended.Status == InstanceStatus.Completed ? null : ended.Message;
        Writes.News.Add(new(ObjectKind.ProcessInstance, at.Id));
        if (ended.Parent is not { } parent) return;
        if (ended.Status == InstanceStatus.Completed) Tell(parent, new ChildEnded(parent.Call, ended.Variables));
        else if (ended.Status == InstanceStatus.Failed) Tell(parent, new ChildErrored(parent.Call, ended.ErrorCode!, ended.Message!));
    }

    private void Tell(ParentCall parent, Stimulus stimulus)
    {
        var caller = instances[parent.Instance];
        queue.Enqueue(new(caller, parent.Call, _ =>
        {
            Step(caller, stimulus);
            return Task.CompletedTask;
        }));
    }

    /// <summary>An action inside the transaction: its rows and ours stand or fall together.</summary>
    private async Task InvokeAsync(RunningInstance at, InvokeAction call, CancellationToken ct)
    {
        var action = tools.Actions.Find(call.Name);
        if (action.IsExternal) throw new RuleBrokenException("map.action-place", at.Process.Node(call.Node).Name.Default, call.Name);
        ProcessActions.Check(action, call.Inputs);
        Stimulus answer;
        try
        {
            answer = new ActionCompleted(call.Action, await action.Run(new(call.Action, new(at.Id), at.About, call.Inputs, Actor, now, await DatabaseAsync(ct)), ct));
        }
        catch (ProcessErrorException error)
        {
            answer = new ActionErrored(call.Action, error.Code, error.Message);
        }
        Step(at, answer);
    }

    /// <summary>A context in this transaction, whose saves stand or fall with the step.</summary>
    public async Task<PortalDb> DatabaseAsync(CancellationToken ct)
    {
        if (actionDatabase is not null) return actionDatabase;
        // the command's entry in the log is the step's to write
        actionDatabase = tools.Contexts.CreateFor(Actor with { Command = null });
        actionDatabase.Database.SetDbConnection(connection);
        await actionDatabase.Database.UseTransactionAsync(transaction, ct);
        return actionDatabase;
    }

    private async Task StartAsync(RunningInstance caller, StartChild child, CancellationToken ct)
    {
        var map = await tools.Maps.NewestAsync(child.Process, ct);
        var state = InstanceState.New(child.Child, map.Key, child.BusinessKey, new ParentCall(caller.Id, child.Child), child.Depth);
        Step(Add(state, map, caller.About, caller.Branch, caller.Owner, [.. caller.Ancestors, caller.Id]), new Start(child.Variables));
    }

    private async Task CancelAsync(Guid child, CancellationToken ct)
    {
        // never started when its call was called off in the same transaction
        var instance = instances.GetValueOrDefault(child) ?? await FindAsync(child, ct);
        if (instance?.State.Status == InstanceStatus.Running) Step(instance, new Cancel("process.called-off"));
    }

    /// <summary>Messages that came before anybody waited for them are delivered now, under the lock of their name and key.</summary>
    private async Task TakeBufferedAsync(CancellationToken ct)
    {
        while (subscriptions.Count > 0)
        {
            var open = subscriptions.Where(s => !unsubscribed.Contains(s.Subscription.Subscription)).ToList();
            subscriptions.Clear();
            if (open.Count == 0) return;
            foreach (var (subscription, message, payload) in await MessageBuffer.FindAsync(connection, open.Select(o => o.Subscription).ToList(), now, ct))
            {
                var at = open.First(o => o.Subscription.Subscription == subscription).Instance;
                if (unsubscribed.Contains(subscription) || !taken.Add(message)) continue;
                var isTaken = Fits(at, subscription, payload);
                Writes.Settle(message, isTaken ? CorrelationOutcome.Delivered : CorrelationOutcome.Refused, at.Id, now);
                if (isTaken) await ApplyAsync(at, new Received(subscription, payload), ct);
            }
        }
    }

    /// <summary>False where a kept message brings what its receiver does not take: that stands in the history and stops nobody's step.</summary>
    private bool Fits(RunningInstance at, Guid subscription, ContextValue payload)
    {
        var wait = at.State.Waits.First(w => w.Id == subscription);
        try
        {
            MessageForm.Accepted(at.Process, at.Process.Node(wait.Node!), payload);
            return true;
        }
        catch (RuleBrokenException refusal)
        {
            Writes.Write(at, new(HistoryKind.Incident, now, wait.Node, wait.Token, $"{refusal.Code}: {refusal.Args[1]}", null, null));
            return false;
        }
    }

    /// <summary>Writes everything and commits; then tells the live bus and the workers.</summary>
    public async Task CommitAsync(CancellationToken ct)
    {
        await TakeBufferedAsync(ct);
        await FollowAsync(ct);
        var fresh = instances.Values.Where(i => i.IsNew && i.HasChanged).ToDictionary(i => i, OwnerNamed);
        var performers = await Performers.FindAsync(connection, tasks.Select(t => t.Task), fresh.Select(f => (f.Key.Process.Name.Default, f.Value)), ct);
        foreach (var (at, task) in tasks) Writes.Insert(at, task, performers, now);
        foreach (var instance in instances.Values.Where(i => i.HasChanged))
        {
            instance.Title = TitleOf(instance);
            if (instance.IsNew) Writes.Insert(instance, performers.Of(fresh[instance]) ?? instance.Owner, Actor, now);
            else Writes.Update(instance, now);
            Writes.News.Add(new(ObjectKind.ProcessInstance, instance.Id));
        }
        await Writes.CommitAsync(connection, Actor, ct);
        tools.Live.Publish([.. Writes.News.Select(o => new LiveChange(o, null, Actor.UserId, Actor.Name)), .. actionDatabase?.Uncommitted ?? []]);
        if (Writes.HasWorkNow) tools.Hints.Poke();
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        foreach (var instance in instances.Values.Where(i => i.HasChanged && i.About is not null))
            foreach (var follower in tools.Followers.Where(f => f.Kind == instance.About!.Value.Kind))
                await follower.FollowAsync(new(instance.Map, instance.About!.Value, instance.State.Status, instance.Map.StagesOf(instance.State), now, await DatabaseAsync(ct)), ct);
    }

    /// <summary>Whom the map names as the owner of a process that has just begun.</summary>
    private string? OwnerNamed(RunningInstance instance) =>
        instance.Process.Owner is { } owner ? Computed(instance, over => owner.Names(over).FirstOrDefault()) : null;

    /// <summary>What tells the process from others about the same object.</summary>
    private string? TitleOf(RunningInstance instance)
    {
        if (instance.Process.Title is not { } title) return null;
        var text = Computed(instance, over => title.Evaluate(over) is { IsNull: false } value ? value.ToString() : null)?.ReplaceLineEndings(" ").Trim();
        return text is { Length: > MostOfTitle } ? $"{text.AsSpan(0, MostOfTitle - 1)}…" : text is "" ? null : text;
    }

    private T Computed<T>(RunningInstance instance, Func<Evaluation, T> compute)
    {
        try
        {
            return compute(new(instance.State.Variables, now));
        }
        catch (RuleBrokenException wrong) when (wrong.Code.StartsWith("expression.", StringComparison.Ordinal))
        {
            throw new RuleBrokenException("process.expression-failed", [instance.Process.Name.Default, wrong.Args[0], wrong.Code, .. wrong.Args.Skip(1)]);
        }
    }

    /// <summary>Ends the transaction however it stands; what was not committed has not happened.</summary>
    public async ValueTask DisposeAsync()
    {
        if (actionDatabase is not null) await actionDatabase.DisposeAsync();
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
