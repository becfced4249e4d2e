using System.Collections.Immutable;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>One process of a dry run, as it stands at a moment: the one that is walked, or one it called.</summary>
public sealed record DryRunProcess
{
    /// <summary>What it runs on.</summary>
    public required ProcessMap Map { get; init; }
    /// <summary>How it stands.</summary>
    public required InstanceState State { get; init; }
    /// <summary>Tasks waiting for a person.</summary>
    public ImmutableList<CreateTask> Tasks { get; init; } = [];
    /// <summary>Timers, deadlines and jobs, to be fired by hand.</summary>
    public ImmutableList<ScheduleJob> Jobs { get; init; } = [];
    /// <summary>Messages and signals waited for.</summary>
    public ImmutableList<Subscribe> Subscriptions { get; init; } = [];
    /// <summary>Actions to be answered by hand.</summary>
    public ImmutableList<InvokeAction> Actions { get; init; } = [];
    /// <summary>Called processes: those of a published map run in the same dry run, others are ended by hand.</summary>
    public ImmutableList<StartChild> Calls { get; init; } = [];
    /// <summary>What a person must help with.</summary>
    public ImmutableList<RaiseIncident> Incidents { get; init; } = [];
    /// <summary>What happened so far.</summary>
    public ImmutableList<WriteHistory> History { get; init; } = [];
    /// <summary>Flows taken since the moment before; those of one round were taken side by side.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Travelled { get; init; } = [];

    /// <summary>Id of the process; for a called one also that of the call.</summary>
    public Guid Id => State.Id;

    /// <summary>True while it is at work.</summary>
    public bool IsRunning => State.Status == InstanceStatus.Running;

    /// <summary>True while it waits for that.</summary>
    public bool WaitsFor(Guid wait) => State.Waits.Any(w => w.Id == wait);

    /// <summary>The process after a step: what the commands opened and noted, less what the new state no longer waits for.</summary>
    internal DryRunProcess After(StepResult step)
    {
        var next = step.Commands.Aggregate(this with { State = step.State }, Note);
        var waits = step.State.Waits.Select(w => w.Id).ToHashSet();
        return next with
        {
            Tasks = next.Tasks.RemoveAll(t => !waits.Contains(t.Task)),
            Jobs = next.Jobs.RemoveAll(j => !waits.Contains(j.Job)),
            Subscriptions = next.Subscriptions.RemoveAll(s => !waits.Contains(s.Subscription)),
            Actions = next.Actions.RemoveAll(a => !waits.Contains(a.Action)),
            Calls = next.Calls.RemoveAll(c => !waits.Contains(c.Child)),
            Incidents = next.Incidents.RemoveAll(i => !waits.Contains(i.Incident)),
        };
    }

    private static DryRunProcess Note(DryRunProcess process, Command command) => command switch
    {
        CreateTask task => process with { Tasks = process.Tasks.Add(task) },
        ScheduleJob job => process with { Jobs = process.Jobs.Add(job) },
        Subscribe subscription => process with { Subscriptions = process.Subscriptions.Add(subscription) },
        InvokeAction action => process with { Actions = process.Actions.Add(action) },
        StartChild child => process with { Calls = process.Calls.Add(child) },
        RaiseIncident incident => process with { Incidents = process.Incidents.Add(incident) },
        WriteHistory line => process with { History = process.History.Add(line) },
        _ => process,
    };

    /// <summary>The same process with the flows that lead from what was left to what was entered, round by round, since it had that much history.</summary>
    internal DryRunProcess Travelling(int since)
    {
        var rounds = new List<IReadOnlyList<string>>();
        var left = new List<string>();
        foreach (var line in History.Skip(since).Where(l => l.Node is not null))
        {
            if (line.Kind == HistoryKind.Left) left.Add(line.Node!);
            if (line.Kind != HistoryKind.Entered) continue;
            var flow = Map.Node(line.Node!).Incoming.Where(f => left.Contains(f.Source)).MaxBy(f => left.LastIndexOf(f.Source));
            if (flow is null) continue;
            // Branches of one split run together.
            if (rounds.Count > 0 && Map.Flow(rounds[^1][0]).Source == flow.Source && !rounds[^1].Contains(flow.Id)) rounds[^1] = [.. rounds[^1], flow.Id];
            else rounds.Add([flow.Id]);
        }
        return this with { Travelled = rounds };
    }
}

/// <summary>One moment of a dry run. Immutable, so that one may step back.</summary>
/// <param name="Now">the dry run's clock</param>
/// <param name="Processes">the process that is walked, then those called, in the order of their start; one that ended is seen for one moment more</param>
/// <param name="Sent">messages, signals and escalations that would have gone out</param>
public sealed record DryRunMoment(DateTimeOffset Now, ImmutableList<DryRunProcess> Processes, ImmutableList<Command> Sent)
{
    /// <summary>The process that is walked.</summary>
    public DryRunProcess Root => Processes[0];

    /// <summary>The process of that id; null where it is no longer there.</summary>
    public DryRunProcess? Find(Guid id) => Processes.Find(p => p.Id == id);

    /// <summary>A process and those above it, the outermost first.</summary>
    public IReadOnlyList<DryRunProcess> PathTo(DryRunProcess process)
    {
        var path = new List<DryRunProcess>();
        for (var at = process; at is not null; at = at.State.Parent is { } parent ? Find(parent.Instance) : null) path.Insert(0, at);
        return path;
    }

    internal DryRunMoment With(DryRunProcess process) => this with { Processes = Processes.SetItem(Processes.FindIndex(p => p.Id == process.Id), process) };
}
