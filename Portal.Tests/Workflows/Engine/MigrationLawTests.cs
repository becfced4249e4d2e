using FsCheck;
using FsCheck.Fluent;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>What holds after any migration that is accepted: the instance waits for what its new map waits for, and for nothing else.</summary>
public sealed class MigrationLawTests
{
    private const string Key = "<extensionElements><portal:correlation key=\"ref\"/></extensionElements>";
    private static readonly string[] Definitions =
    [
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>", "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>",
        "<timerEventDefinition><timeCycle>R3/P1D</timeCycle></timerEventDefinition>", "<messageEventDefinition messageRef=\"m\"/>", "<messageEventDefinition messageRef=\"n\"/>",
        Key + "<messageEventDefinition messageRef=\"m\"/>", "<signalEventDefinition signalRef=\"x\"/>", "<signalEventDefinition signalRef=\"y\"/>",
    ];

    /// <summary>A version of the map: what its two boundary events, its three events behind the gateway and its catch event wait for.</summary>
    private sealed record Version(int[] Edges, bool[] Interrupts, int[] Behind, int Caught)
    {
        public ProcessMap ToMap()
        {
            var edges = Edges.Select((kind, i) => $"<boundaryEvent id=\"b{i}\" attachedToRef=\"t\" cancelActivity=\"{(Interrupts[i] ? "true" : "false")}\">{Definitions[kind]}</boundaryEvent>");
            var behind = Behind.Select((kind, i) => $"<intermediateCatchEvent id=\"g{i}\">{Definitions[kind]}</intermediateCatchEvent>");
            return Bpmn.Process($"""
                <startEvent id="s"/><parallelGateway id="f"/><userTask id="t"/>{string.Concat(edges)}<eventBasedGateway id="g"/>{string.Concat(behind)}
                <intermediateCatchEvent id="c">{Definitions[Caught]}</intermediateCatchEvent><userTask id="done"/>
                {Bpmn.Flows("s-f; f-t; f-g; f-c; t-done; c-done" + string.Concat(Edges.Select((_, i) => $"; b{i}-done")) + string.Concat(Behind.Select((_, i) => $"; g-g{i}; g{i}-done")))}
                """, beside: """<message id="m" name="m"/><message id="n" name="n"/><signal id="x" name="x"/><signal id="y" name="y"/>""");
        }
    }

    private static readonly Gen<Version> Versions =
        from edges in Gen.Choose(0, Definitions.Length - 1).ArrayOf(2)
        from interrupts in Gen.Elements(true, false).ArrayOf(2)
        from behind in Gen.Choose(2, 3).SelectMany(n => Gen.Choose(0, Definitions.Length - 1).ArrayOf(n))
        from caught in Gen.Choose(0, Definitions.Length - 1)
        select new Version(edges, interrupts, behind, caught);

    /// <summary>Two versions, a plan of pairs besides the suggested one, and half days that pass before the move.</summary>
    private static readonly Arbitrary<(Version From, Version To, (string, string)[] Pairs, int HalfDays)> Moves = (
        from before in Versions
        from after in Versions
        from kept in Gen.Elements(true, true, true, false)
        from pairs in (from one in Gen.Elements("b0", "b1", "g0", "g1") from other in Gen.Elements("b0", "b1", "g0", "g1") select (one, other)).ArrayOf(2)
        from wait in Gen.Choose(0, 5)
        select (before, kept ? after with { Caught = before.Caught } : after, pairs, wait)).ToArbitrary();

    [Fact]
    public void AfterAnyAcceptedMigration_TheInstanceWaitsForWhatItsMapWaitsFor() => Prop.ForAll(Moves, move =>
    {
        var (from, to) = (move.From.ToMap(), move.To.ToMap());
        var runner = new PaperRunner(from);
        var state = runner.Start("p", ("ref", Value.Of("R-7")));
        runner.Advance(move.HalfDays * TimeSpan.FromHours(12));
        state = runner.Instances[state.Id];
        var nodes = new Dictionary<string, string>(MigrationPlan.Suggest(from, to).Nodes);
        foreach (var (one, other) in move.Pairs) nodes[one] = other;
        var plan = new MigrationPlan(nodes);
        if (Migration.Check(from, to, state, plan, runner.Now).Count > 0)
            return state.Tokens.Any(t => t.Node == "c"); // nothing else stands against these
        state = runner.Migrate(state.Id, to, plan);
        return state.Waits.All(wait => Fits(to, state, wait)) && IsComplete(to, state) && RowsFollow(to, state, runner) && state.Waits.All(wait => CanCome(to, state, wait, runner.Now));
    }).QuickCheckThrowOnFailure();

    private static bool Fits(ProcessMap map, InstanceState state, Wait wait)
    {
        var (node, at) = (map.Node(wait.Node!), state.Tokens.Single(t => t.Id == wait.Token).Node);
        return (node.Id == at || node is BoundaryEvent edge && edge.AttachedTo == at || map.Node(at) is EventGateway && node.Incoming.Any(f => f.Source == at)) && wait.Kind switch
        {
            WaitKind.Task => node is UserTask,
            WaitKind.Timer => node is EventNode { Trigger: TimerTrigger },
            WaitKind.Message => node is EventNode { Trigger: MessageTrigger },
            WaitKind.Signal => node is EventNode { Trigger: SignalTrigger },
            _ => false,
        };
    }

    /// <summary>Every event is waited for once; only a reminder that fired is not waited for again.</summary>
    private static bool IsComplete(ProcessMap map, InstanceState state) => state.Tokens.All(token =>
    {
        var events = map.Node(token.Node) switch
        {
            EventGateway gateway => gateway.Outgoing.Select(f => map.Node(f.Target)),
            CatchEvent caught => [caught],
            var host => map.BoundariesOf(host.Id),
        };
        return events.All(e => state.Waits.Count(w => w.Token == token.Id && w.Node == e.Id) is var times
            && (times == 1 || times == 0 && e is BoundaryEvent { Trigger: TimerTrigger }));
    });

    private static bool RowsFollow(ProcessMap map, InstanceState state, PaperRunner runner)
    {
        var subscriptions = runner.Subscriptions.Select(s => s.Subscription).ToDictionary(s => s.Subscription);
        var jobs = runner.Jobs.Select(j => j.Job).ToDictionary(j => j.Job);
        var waits = state.Waits.Where(w => w.Kind is WaitKind.Message or WaitKind.Signal).ToList();
        var timers = state.Waits.Where(w => w.Kind == WaitKind.Timer).ToList();
        return waits.Count == subscriptions.Count && timers.Count == jobs.Count
            && timers.All(w => jobs.TryGetValue(w.Id, out var job) && (job.Node, job.Due) == (w.Node, w.Due!.Value))
            && waits.All(w => subscriptions.TryGetValue(w.Id, out var row) && row.Node == w.Node && (row.Name, row.Key) == Named(map.Node(w.Node!), state));
    }

    private static (string, string?) Named(FlowNode node, InstanceState state) => ((EventNode)node).Trigger switch
    {
        MessageTrigger { Correlation: null } message => (message.Name, state.BusinessKey),
        MessageTrigger message => (message.Name, "R-7"),
        var signal => (((SignalTrigger)signal!).Name, null),
    };

    private static bool CanCome(ProcessMap map, InstanceState state, Wait wait, DateTimeOffset now)
    {
        Stimulus comes = wait.Kind switch
        {
            WaitKind.Task => new TaskCompleted(wait.Id, ContextValue.Empty),
            WaitKind.Timer => new JobDue(wait.Id),
            _ => new Received(wait.Id, ContextValue.Empty),
        };
        return ProcessEngine.Step(map, state, comes, wait.Due ?? now).State.Waits.All(w => w.Kind != WaitKind.Incident);
    }
}
