using System.Collections.Immutable;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>One moment of a dry run: the state, what is open, and the arrows taken to get here. Immutable, so that one may step back.</summary>
public sealed record DryRunMoment
{
    /// <summary>How the instance stands.</summary>
    public required InstanceState State { get; init; }
    /// <summary>The dry run's clock.</summary>
    public required DateTimeOffset Now { get; init; }
    /// <summary>Tasks waiting for a person.</summary>
    public ImmutableList<CreateTask> Tasks { get; init; } = [];
    /// <summary>Timers, deadlines and jobs, to be fired by hand.</summary>
    public ImmutableList<ScheduleJob> Jobs { get; init; } = [];
    /// <summary>Messages and signals waited for.</summary>
    public ImmutableList<Subscribe> Subscriptions { get; init; } = [];
    /// <summary>Actions to be answered by hand.</summary>
    public ImmutableList<InvokeAction> Actions { get; init; } = [];
    /// <summary>Called processes, to be ended by hand.</summary>
    public ImmutableList<StartChild> Calls { get; init; } = [];
    /// <summary>What a person must help with.</summary>
    public ImmutableList<RaiseIncident> Incidents { get; init; } = [];
    /// <summary>What happened so far.</summary>
    public ImmutableList<WriteHistory> History { get; init; } = [];
    /// <summary>Messages, signals and escalations that would have gone out.</summary>
    public ImmutableList<Command> Sent { get; init; } = [];
    /// <summary>Flows taken since the moment before; those of one round were taken side by side.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Travelled { get; init; } = [];
}

/// <summary>
/// A process walked by hand before it is published: the pure engine over memory. Nothing is stored, sent or called;
/// timers, messages, actions and called processes are answered by whoever walks.
/// </summary>
public sealed class DryRun
{
    /// <summary>Most moments one dry run keeps.</summary>
    public const int MostMoments = 2_000;

    // Far below a real instance's, so that a map that turns in a circle is told of at once.
    private static readonly EngineLimits Limits = new(NodeSteps: 1_000, Continuations: 5, Tokens: 500, Iterations: 100, VariableSize: 200_000);

    private readonly ProcessMap map;
    private readonly List<DryRunMoment> moments = [];
    private readonly Guid id;

    /// <summary>A dry run about to start.</summary>
    /// <param name="map">the process</param>
    /// <param name="now">where its clock begins, with the offset of the company's time zone</param>
    public DryRun(ProcessMap map, DateTimeOffset now)
    {
        this.map = map;
        id = Guid.CreateVersion7(now);
        moments.Add(new DryRunMoment { State = InstanceState.New(id, map.Key, "dry-run"), Now = now });
    }

    /// <summary>The process.</summary>
    public ProcessMap Map => map;
    /// <summary>The moment shown.</summary>
    public DryRunMoment Current => moments[At];
    /// <summary>Number of the moment shown; 0 is before the start.</summary>
    public int At { get; private set; }
    /// <summary>Moments there are; those after <see cref="At"/> were stepped back from.</summary>
    public int Count => moments.Count;
    /// <summary>True once started.</summary>
    public bool HasStarted => Current.State.Status != InstanceStatus.New;

    /// <summary>Starts at a start event; null takes the plain one.</summary>
    /// <exception cref="RuleBrokenException"><c>process.*</c></exception>
    public void Start(ContextValue variables, string? node = null) => Take(new Start(variables, node), Current.Now);

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
        var open = Current.Tasks.Find(t => t.Task == task) ?? throw new RuleBrokenException("process.task-closed", task);
        var node = map.Node(open.Node);
        var values = ContextValue.Of(open.Form.Where(f => !f.IsReadOnly).Select(f => (f.Key, TaskForm.Read(node, f, typed.GetValueOrDefault(f.Key), open.Values[f.Key]))));
        Take(new TaskCompleted(task, values), Current.Now);
    }

    /// <summary>Lets a timer or job come due: the clock goes there where it is not past.</summary>
    public void Fire(Guid job)
    {
        var due = Current.Jobs.Find(j => j.Job == job) ?? throw new RuleBrokenException("process.job-gone", job);
        Take(new JobDue(job), due.Due > Current.Now ? due.Due.ToOffset(Current.Now.Offset) : Current.Now);
    }

    /// <summary>Answers any other wait, or alters the instance.</summary>
    /// <exception cref="RuleBrokenException"><c>process.*</c></exception>
    public void Take(Stimulus stimulus) => Take(stimulus, Current.Now);

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

    private void Take(Stimulus stimulus, DateTimeOffset now)
    {
        if (At + 1 >= MostMoments) throw new RuleBrokenException("process.dry-run-too-long", MostMoments);
        var next = Settled(Step(Current with { Now = now, Travelled = [] }, stimulus));
        next = next with { Travelled = Travels(next.History.Skip(Current.History.Count)) };
        moments.RemoveRange(At + 1, moments.Count - At - 1);
        moments.Add(next);
        At++;
    }

    /// <summary>What the process would give itself without anybody's help: the rest of a long step, its own signals.</summary>
    private DryRunMoment Settled(DryRunMoment moment)
    {
        while (moment.Jobs.Find(j => j.Kind == WaitKind.Continuation) is { } rest) moment = Step(moment, new JobDue(rest.Job));
        return moment;
    }

    private DryRunMoment Step(DryRunMoment moment, Stimulus stimulus)
    {
        var result = ProcessEngine.Step(map, moment.State, stimulus, moment.Now, Limits);
        var next = Open(result.Commands.Aggregate(moment with { State = result.State }, Note));
        foreach (var signal in result.Commands.OfType<BroadcastSignal>())
            foreach (var heard in next.Subscriptions.Where(s => s.Kind == WaitKind.Signal && s.Name == signal.Name))
                if (next.Subscriptions.Contains(heard)) next = Step(next, new Received(heard.Subscription, signal.Payload));
        return next;
    }

    private static DryRunMoment Note(DryRunMoment moment, Command command) => command switch
    {
        CreateTask task => moment with { Tasks = moment.Tasks.Add(task) },
        ScheduleJob job => moment with { Jobs = moment.Jobs.Add(job) },
        Subscribe subscription => moment with { Subscriptions = moment.Subscriptions.Add(subscription) },
        InvokeAction action => moment with { Actions = moment.Actions.Add(action) },
        StartChild child => moment with { Calls = moment.Calls.Add(child) },
        RaiseIncident incident => moment with { Incidents = moment.Incidents.Add(incident) },
        WriteHistory line => moment with { History = moment.History.Add(line) },
        SendMessage or BroadcastSignal or EscalateTask => moment with { Sent = moment.Sent.Add(command) },
        _ => moment,
    };

    /// <summary>Open is what the state still waits for.</summary>
    private static DryRunMoment Open(DryRunMoment moment)
    {
        var waits = moment.State.Waits.Select(w => w.Id).ToHashSet();
        return moment with
        {
            Tasks = moment.Tasks.RemoveAll(t => !waits.Contains(t.Task)),
            Jobs = moment.Jobs.RemoveAll(j => !waits.Contains(j.Job)),
            Subscriptions = moment.Subscriptions.RemoveAll(s => !waits.Contains(s.Subscription)),
            Actions = moment.Actions.RemoveAll(a => !waits.Contains(a.Action)),
            Calls = moment.Calls.RemoveAll(c => !waits.Contains(c.Child)),
            Incidents = moment.Incidents.RemoveAll(i => !waits.Contains(i.Incident)),
        };
    }

    /// <summary>The flows that lead from what was left to what was entered, round by round.</summary>
    private List<IReadOnlyList<string>> Travels(IEnumerable<WriteHistory> lines)
    {
        var rounds = new List<IReadOnlyList<string>>();
        var left = new List<string>();
        foreach (var line in lines.Where(l => l.Node is not null))
        {
            if (line.Kind == HistoryKind.Left) left.Add(line.Node!);
            if (line.Kind != HistoryKind.Entered) continue;
            var flow = map.Node(line.Node!).Incoming.Where(f => left.Contains(f.Source)).MaxBy(f => left.LastIndexOf(f.Source));
            if (flow is null) continue;
            // Branches of one split run together.
            if (rounds.Count > 0 && map.Flow(rounds[^1][0]).Source == flow.Source && !rounds[^1].Contains(flow.Id)) rounds[^1] = [.. rounds[^1], flow.Id];
            else rounds.Add([flow.Id]);
        }
        return rounds;
    }
}
