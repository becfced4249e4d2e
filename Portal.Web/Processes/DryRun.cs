using System.Diagnostics.CodeAnalysis;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>
/// A process walked by hand before it is published: the pure engine over memory. Nothing is stored, sent or called; timers, messages and
/// actions are answered by whoever walks. The published maps it calls are walked with it.
/// </summary>
public sealed class DryRun
{
    /// <summary>Most moments one dry run keeps.</summary>
    public const int MostMoments = 2_000;

    // Far below a real instance's, so that a map that turns in a circle is told of at once.
    private static readonly EngineLimits Limits = new(NodeSteps: 1_000, Continuations: 5, Tokens: 500, Iterations: 100, VariableSize: 200_000);

    // Processes that call one another in a circle never come to rest.
    private const int MostStimuli = 1_000;

    private readonly ProcessMap map;
    private readonly IReadOnlyDictionary<string, ProcessMap> called;
    private readonly List<DryRunMoment> moments = [];

    /// <summary>A dry run about to start.</summary>
    /// <param name="map">the process</param>
    /// <param name="now">where its clock begins, with the offset of the company's time zone</param>
    /// <param name="called">maps by key that run when they are called; calls of others are ended by hand</param>
    public DryRun(ProcessMap map, DateTimeOffset now, IReadOnlyDictionary<string, ProcessMap>? called = null)
    {
        (this.map, this.called) = (map, called ?? new Dictionary<string, ProcessMap>());
        moments.Add(new(now, [new() { Map = map, State = InstanceState.New(Guid.CreateVersion7(now), map.Key, "dry-run") }], []));
    }

    private sealed record Pending(Guid Process, Guid? Caller, Stimulus Stimulus, Guid? Wait = null);

    /// <summary>The process.</summary>
    public ProcessMap Map => map;
    /// <summary>The moment shown.</summary>
    public DryRunMoment Current => moments[At];
    /// <summary>Number of the moment shown; 0 is before the start.</summary>
    public int At { get; private set; }
    /// <summary>Moments there are; those after <see cref="At"/> were stepped back from.</summary>
    public int Count => moments.Count;
    /// <summary>True once started.</summary>
    public bool HasStarted => Current.Root.State.Status != InstanceStatus.New;

    /// <summary>Starts at a start event; null takes the plain one.</summary>
    /// <exception cref="RuleBrokenException"><c>process.*</c></exception>
    public void Start(ContextValue variables, string? node = null) => Take(new Start(variables, node));

    /// <summary>Starts at an event that asks a form, with what was typed into it and other data beside.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-*</c></exception>
    public void Start(StartEvent start, IReadOnlyDictionary<string, string?> typed, ContextValue beside)
    {
        var read = start.Work.Form.Where(f => !f.IsReadOnly).Select(f => (f.Key, Value: TaskForm.Read(start, f, typed.GetValueOrDefault(f.Key))));
        Start(beside.With(ContextValue.Of(read.Where(f => !f.Value.IsNull))), start.Id);
    }

    /// <summary>Completes a task with what was typed into its form.</summary>
    /// <exception cref="RuleBrokenException"><c>process.field-*</c>, <c>process.task-closed</c></exception>
    public void Complete(Guid task, IReadOnlyDictionary<string, string?> typed)
    {
        var process = Current.Processes.Find(p => p.Tasks.Exists(t => t.Task == task)) ?? throw new RuleBrokenException("process.task-closed", task);
        var open = process.Tasks.Find(t => t.Task == task)!;
        var node = process.Map.Node(open.Node);
        var values = ContextValue.Of(open.Form.Where(f => !f.IsReadOnly).Select(f => (f.Key, TaskForm.Read(node, f, typed.GetValueOrDefault(f.Key), open.Values[f.Key]))));
        Take(new TaskCompleted(task, values), process.Id);
    }

    /// <summary>Lets a timer or job come due: the clock goes there where it is not past.</summary>
    public void Fire(Guid job)
    {
        var process = Current.Processes.Find(p => p.Jobs.Exists(j => j.Job == job)) ?? throw new RuleBrokenException("process.job-gone", job);
        var due = process.Jobs.Find(j => j.Job == job)!.Due;
        Take(new JobDue(job), process.Id, due > Current.Now ? due.ToOffset(Current.Now.Offset) : Current.Now);
    }

    /// <summary>Answers any other wait of a process (the walked one where none is named), or alters it.</summary>
    /// <exception cref="RuleBrokenException"><c>process.*</c></exception>
    public void Take(Stimulus stimulus, Guid? process = null) => Take(stimulus, process ?? Current.Root.Id, Current.Now);

    /// <summary>Steps back.</summary>
    public void Back() => At = Math.Max(0, At - 1);

    /// <summary>Steps forward again.</summary>
    public void Forward() => At = Math.Min(moments.Count - 1, At + 1);

    /// <summary>Shows a moment.</summary>
    public void GoTo(int moment) => At = Math.Clamp(moment, 0, moments.Count - 1);

    /// <summary>Begins again from nothing.</summary>
    public void Restart()
    {
        At = 0;
        moments.RemoveRange(1, moments.Count - 1);
    }

    /// <summary>
    /// The value somebody typed: an expression (<c>12</c>, <c>true</c>, <c>[1, 2]</c>, <c>"text"</c>, <c>@"2030-01-31"</c>), or else the text itself.
    /// </summary>
    public static Value ReadValue(string text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text)) return Value.Null;
        if (Temporal.Parse(text.Trim()) is { } moment) return moment;
        try
        {
            var value = new Expression(text).Evaluate(new Evaluation(ContextValue.Empty, now));
            // A bare word is a variable nobody set: the word was meant.
            return value.IsNull && text.Trim() != "null" ? Value.Of(text.Trim()) : value;
        }
        catch (RuleBrokenException)
        {
            return Value.Of(text.Trim());
        }
    }

    private void Take(Stimulus stimulus, Guid process, DateTimeOffset now)
    {
        if (At + 1 >= MostMoments) throw new RuleBrokenException("process.dry-run-too-long", MostMoments);
        var before = Current with { Now = now, Processes = Current.Processes.RemoveAll(p => p.Id != Current.Root.Id && !p.IsRunning) };
        var next = Settled(before, new(process, null, stimulus));
        next = next with { Processes = [.. next.Processes.Select(p => p.Travelling(before.Find(p.Id)?.History.Count ?? 0))] };
        moments.RemoveRange(At + 1, moments.Count - At - 1);
        moments.Add(next);
        At++;
    }

    /// <summary>Leads a stimulus to its process, and everything that follows without anybody's help: calls and their ends, own signals, the rest of a long step.</summary>
    private DryRunMoment Settled(DryRunMoment moment, Pending first)
    {
        var queue = new Queue<Pending>([first]);
        for (var steps = 0; queue.TryDequeue(out var next) || Rest(moment, out next); steps++)
        {
            if (steps >= MostStimuli) throw new RuleBrokenException("process.endless-loop", map.Name.Default);
            if (next.Wait is { } wait && moment.Find(next.Caller ?? next.Process)?.WaitsFor(wait) != true)
            {
                // called off before it began
                moment = moment with { Processes = moment.Processes.RemoveAll(p => p.Id == next.Process && p.State.Status == InstanceStatus.New && p.Id != moment.Root.Id) };
                continue;
            }
            var at = moment.Find(next.Process)!;
            var result = ProcessEngine.Step(at.Map, at.State, next.Stimulus, moment.Now, Limits);
            moment = moment.With(at.After(result));
            foreach (var command in result.Commands) moment = Follow(moment, at.Id, command, queue);
        }
        return moment;
    }

    private static bool Rest(DryRunMoment moment, [NotNullWhen(true)] out Pending? rest)
    {
        var job = moment.Processes.SelectMany(p => p.Jobs, (p, j) => (p.Id, Job: j)).FirstOrDefault(j => j.Job.Kind == WaitKind.Continuation);
        rest = job.Job is null ? null : new(job.Id, null, new JobDue(job.Job.Job));
        return rest is not null;
    }

    private DryRunMoment Follow(DryRunMoment moment, Guid at, Command command, Queue<Pending> queue)
    {
        switch (command)
        {
            case StartChild child when called.TryGetValue(child.Process, out var process):
                var state = InstanceState.New(child.Child, process.Key, child.BusinessKey, new ParentCall(at, child.Child), child.Depth);
                queue.Enqueue(new(child.Child, at, new Start(child.Variables), child.Child));
                return moment with { Processes = moment.Processes.Add(new() { Map = process, State = state }) };
            case CancelChild child when moment.Find(child.Child) is { IsRunning: true }:
                queue.Enqueue(new(child.Child, null, new Cancel("process.called-off")));
                return moment;
            case InstanceEnded { Parent: { } parent, Status: InstanceStatus.Completed } ended:
                queue.Enqueue(new(parent.Instance, null, new ChildEnded(parent.Call, ended.Variables), parent.Call));
                return moment;
            case InstanceEnded { Parent: { } parent, Status: InstanceStatus.Failed } failed:
                queue.Enqueue(new(parent.Instance, null, new ChildErrored(parent.Call, failed.ErrorCode!, failed.Message!), parent.Call));
                return moment;
            case EscalateParent up:
                queue.Enqueue(new(up.Parent.Instance, null, new ChildEscalated(up.Parent.Call, up.Code), up.Parent.Call));
                return moment;
            case BroadcastSignal signal:
                foreach (var process in moment.Processes)
                    foreach (var heard in process.Subscriptions.Where(s => s.Kind == WaitKind.Signal && s.Name == signal.Name))
                        queue.Enqueue(new(process.Id, null, new Received(heard.Subscription, signal.Payload), heard.Subscription));
                return moment with { Sent = moment.Sent.Add(command) };
            case SendMessage or EscalateTask: return moment with { Sent = moment.Sent.Add(command) };
            default: return moment;
        }
    }
}
