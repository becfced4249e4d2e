using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>What a moved instance waits for: what the newer map waits for.</summary>
public sealed class MigratedEventsTests
{
    private const string Names = """<message id="m" name="paid"/><message id="n" name="settled"/><signal id="x" name="alarm"/><signal id="y" name="all-clear"/>""";
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static string Message(string name) => $"<messageEventDefinition messageRef=\"{name}\"/>";

    private static string Timer(string length) => $"<timerEventDefinition><timeDuration>{length}</timeDuration></timerEventDefinition>";

    private static ProcessMap Gateway(string answer, string first, string later, string second) => Bpmn.Process($"""
        <startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="{answer}">{first}</intermediateCatchEvent><intermediateCatchEvent id="{later}">{second}</intermediateCatchEvent>
        <userTask id="answered"/><userTask id="late"/>{Bpmn.Flows($"s-g; g-{answer}; g-{later}; {answer}-answered; {later}-late")}
        """, beside: Names);

    private static ProcessMap Boundary(string definition, bool interrupts = true) => Bpmn.Process($"""
        <startEvent id="s"/><userTask id="t"/><boundaryEvent id="b" attachedToRef="t" cancelActivity="{(interrupts ? "true" : "false")}">{definition}</boundaryEvent><userTask id="after"/>{Bpmn.Flows("s-t; b-after")}
        """, beside: Names);

    private static ProcessMap Single(string element, string beside = "") =>
        Bpmn.Process($"""<startEvent id="s"/>{element}<userTask id="after"/>{Bpmn.Flows("s-c; c-after")}""", beside: Names + beside);

    private static (PaperRunner Runner, InstanceState State) Moved(ProcessMap from, ProcessMap to, MigrationPlan? plan = null, Action<PaperRunner>? before = null)
    {
        var runner = new PaperRunner(from);
        var state = runner.Start("p", ("ref", Value.Of("R-7")));
        before?.Invoke(runner);
        return (runner, runner.Migrate(state.Id, to, plan ?? MigrationPlan.Suggest(from, to)));
    }

    [Fact]
    public void EventGateway_WithOtherEventsBehindIt_WaitsForThose()
    {
        var (from, to) = (Gateway("a", Message("m"), "t", Timer("P1D")), Gateway("a2", Message("n"), "t2", Timer("P3D")));
        var (runner, state) = Moved(from, to);

        Assert.Equal(["a2", "t2"], state.Waits.Select(w => w.Node));
        Assert.Equal("settled", Assert.Single(runner.Subscriptions).Subscription.Name);
        Assert.Equal(runner.Now + 3 * Day, Assert.Single(runner.Jobs).Job.Due);
        runner.Message("settled");
        Assert.Equal(["answered"], runner.Open);
        Assert.Empty(runner.Jobs);
    }

    [Fact]
    public void EventGateway_KeepsAnUnchangedTimer_UnderItsNewId()
    {
        var (from, to) = (Gateway("a", Message("m"), "t", Timer("P1D")), Gateway("a", Message("m"), "t2", Timer("P1D")));
        var plan = MigrationPlan.Suggest(from, to);
        var (runner, _) = Moved(from, to, new(new Dictionary<string, string>(plan.Nodes) { ["t"] = "t2" }), r => r.Advance(Day / 2));

        Assert.Equal(("t2", runner.Now + Day / 2), (runner.Jobs.Single().Job.Node, runner.Jobs.Single().Job.Due));
        runner.Advance(Day / 2);
        Assert.Equal(["late"], runner.Open);
    }

    [Fact]
    public void EventGateway_WhoseEventsSwapKinds_ArmsBothAnew()
    {
        var (runner, _) = Moved(Gateway("a", Message("m"), "t", Timer("P1D")), Gateway("a", Timer("P2D"), "t", Message("m")));

        Assert.Equal(("a", "t"), (runner.Jobs.Single().Job.Node!, runner.Subscriptions.Single().Subscription.Node));
        runner.Advance(2 * Day);
        Assert.Equal(["answered"], runner.Open);
    }

    [Fact]
    public void BoundaryOfAnotherKind_IsArmedAnew_AndTheOldOneNoLongerFires()
    {
        var (from, to) = (Boundary(Timer("P1D")), Boundary(Message("m")));
        var same = from.Nodes.Keys.ToDictionary(id => id);
        var (runner, _) = Moved(from, to, new(same));

        runner.Advance(5 * Day);
        Assert.Equal(["t"], runner.Open);
        runner.Message("paid");
        Assert.Equal(["after"], runner.Open);
    }

    [Theory]
    [InlineData("<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>", "<timerEventDefinition><timeDuration>P4D</timeDuration></timerEventDefinition>")]
    [InlineData("<messageEventDefinition messageRef=\"m\"/>", "<messageEventDefinition messageRef=\"n\"/>")]
    [InlineData("<signalEventDefinition signalRef=\"x\"/>", "<signalEventDefinition signalRef=\"y\"/>")]
    [InlineData("<messageEventDefinition messageRef=\"m\"/>", "<extensionElements><portal:correlation key=\"ref\"/></extensionElements><messageEventDefinition messageRef=\"m\"/>")]
    public void ChangedDefinition_IsArmedAnew_OnTheEdgeAndOnTheWay(string before, string after)
    {
        var onTheWay = (Single($"<intermediateCatchEvent id=\"c\">{before}</intermediateCatchEvent>"), Single($"<intermediateCatchEvent id=\"c\">{after}</intermediateCatchEvent>"));
        foreach (var (from, to) in new[] { (Boundary(before), Boundary(after)), onTheWay })
        {
            var (moved, state) = Moved(from, to);
            var fresh = new PaperRunner(to);
            fresh.Start("p", ("ref", Value.Of("R-7")));
            Assert.Equal(fresh.Subscriptions.Select(s => (s.Subscription.Name, s.Subscription.Key)), moved.Subscriptions.Select(s => (s.Subscription.Name, s.Subscription.Key)));
            Assert.Equal(fresh.Jobs.Select(j => j.Job.Due), moved.Jobs.Select(j => j.Job.Due));
            Assert.Equal(fresh.Instances.Values.Single().Waits.Length, state.Waits.Length);
        }
    }

    [Fact]
    public void RepeatedReceiveTask_TakesTheNewMessage_OncePerIteration()
    {
        static ProcessMap Map(string message) => Single($"""<receiveTask id="c" messageRef="{message}"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></receiveTask>""");
        var (runner, _) = Moved(Map("m"), Map("n"));

        Assert.Equal(["settled", "settled", "settled"], runner.Subscriptions.Select(s => s.Subscription.Name));
        for (var i = 0; i < 3; i++) runner.Message("settled");
        Assert.Equal(["after"], runner.Open);
    }

    [Fact]
    public void ReminderThatFired_IsNotArmedAgain()
    {
        var (runner, _) = Moved(Boundary(Timer("P1D"), interrupts: false), Boundary(Timer("P3D"), interrupts: false), before: r => r.Advance(Day));
        Assert.Equal(["after", "t"], runner.Open);
        Assert.Empty(runner.Jobs);
    }

    [Fact]
    public void NodeThatHasYetToBegin_ArmsItsEventsOnce()
    {
        static ProcessMap Map(string edge) => Bpmn.Process($"""
            <startEvent id="s"/><userTask id="t" portal:async="true"/>{edge}<userTask id="after"/>{Bpmn.Flows("s-t")}{(edge == "" ? "" : Bpmn.Flows("b-after"))}
            """, beside: Names);
        var to = Map($"<boundaryEvent id=\"b\" attachedToRef=\"t\">{Message("m")}</boundaryEvent>");
        var (runner, _) = Moved(Map(""), to);
        Assert.Empty(runner.Subscriptions);
        runner.Advance(TimeSpan.Zero);
        Assert.Single(runner.Subscriptions);
    }

    [Fact]
    public void FailedTimer_OfAnEventThatIsGone_LeavesNoIncident()
    {
        var (runner, _) = Moved(Gateway("a", Message("m"), "t", Timer("P1D")), Gateway("a", Message("m"), "t2", Timer("P2D")),
            before: r => r.Send(r.Jobs[0].Instance, new JobExhausted(r.Jobs[0].Job.Job, "broken")));
        Assert.Empty(runner.Incidents);
        Assert.Equal("t2", Assert.Single(runner.Jobs).Job.Node);
    }

    [Theory]
    [InlineData("<callActivity id=\"c\" calledElement=\"child\"/>", "<callActivity id=\"c\" calledElement=\"stepchild\"/>", "child", "stepchild")]
    [InlineData("<serviceTask id=\"c\"><extensionElements><portal:action name=\"mail\" external=\"true\"/></extensionElements></serviceTask>", "<serviceTask id=\"c\"><extensionElements><portal:action name=\"fax\" external=\"true\"/></extensionElements></serviceTask>", "mail", "fax")]
    public void WhatIsStillCalled_MustBeWhatTheNewMapCalls(string before, string after, string called, string instead)
    {
        var (from, to) = (Single(before), Single(after));
        var runner = new PaperRunner(from, Bpmn.Process("<startEvent id=\"s\"/><userTask id=\"work\"/>" + Bpmn.Flows("s-work"), key: "child"));
        var state = runner.Start("p");

        var finding = Assert.Single(Migration.Check(from, to, state, MigrationPlan.Suggest(from, to), runner.Now));
        Assert.Equal("process.migration-called", finding.Code);
        Assert.Equal(["c", called, instead], finding.Args);
        Assert.Empty(Migration.Check(from, from, state, MigrationPlan.Suggest(from, from), runner.Now));
    }

    [Fact]
    public void TokenInAnEventOfAnotherKind_IsRefused()
    {
        var (from, to) = (Single($"<intermediateCatchEvent id=\"c\">{Timer("P1D")}</intermediateCatchEvent>"), Single($"<intermediateCatchEvent id=\"c\">{Message("m")}</intermediateCatchEvent>"));
        var runner = new PaperRunner(from);
        var state = runner.Start("p");
        var same = new MigrationPlan(from.Nodes.Keys.ToDictionary(id => id));
        Assert.Equal("process.migration-type", Assert.Single(Migration.Check(from, to, state, same, runner.Now)).Code);
        Assert.Equal("process.migration-unmapped", Assert.Single(Migration.Check(from, to, state, MigrationPlan.Suggest(from, to), runner.Now)).Code);
    }

    [Fact]
    public void EventThatCannotBeArmed_IsFoundInTheDryRun()
    {
        var (from, to) = (Boundary(Timer("P1D")), Boundary(Timer("no_such_thing")));
        var runner = new PaperRunner(from);
        var state = runner.Start("p");
        var plan = MigrationPlan.Suggest(from, to);
        var finding = Assert.Single(Migration.Check(from, to, state, plan, runner.Now));
        Assert.Equal("b", finding.Args[0]);
        Assert.Equal(finding.Code, Assert.Throws<RuleBrokenException>(() => Migration.Apply(from, to, state, plan, runner.Now)).Code);
    }

    [Fact]
    public void JoinThatLostItsEmptyWay_GoesOn()
    {
        var from = Bpmn.Process("<startEvent id=\"s\"/><parallelGateway id=\"f\"/><userTask id=\"a\"/><userTask id=\"b\"/><userTask id=\"c\"/><parallelGateway id=\"j\"/><userTask id=\"after\"/>"
            + Bpmn.Flows("s-f; f-a; f-b; f-c; a-j; b-j; c-j; j-after"));
        var to = Bpmn.Process("<startEvent id=\"s\"/><parallelGateway id=\"f\"/><userTask id=\"a\"/><userTask id=\"b\"/><userTask id=\"c\"/><parallelGateway id=\"j\"/><userTask id=\"after\"/><endEvent id=\"e\"/>"
            + Bpmn.Flows("s-f; f-a; f-b; f-c; a-j; b-j; c-e; j-after"));
        var (runner, _) = Moved(from, to, before: r => { r.Complete("a"); r.Complete("b"); });
        Assert.Equal(["after", "c"], runner.Open);
    }

    /// <summary>A state that an older product moved past its events: the stale job goes, and the gateway waits for what it has.</summary>
    [Fact]
    public void StaleJobOfAGateway_IsDropped_AndItsEventsAreArmed()
    {
        var (from, to) = (Gateway("a", Message("m"), "t", Timer("P1D")), Gateway("a2", Message("n"), "t2", Timer("P2D")));
        var runner = new PaperRunner(from);
        var state = runner.Start("p");
        var due = state.Waits.Single(w => w.Kind == WaitKind.Timer);

        var stale = ProcessEngine.Step(to, state, new JobDue(due.Id), runner.Now);
        Assert.Equal(["a2", "t2"], stale.State.Waits.Select(w => w.Node));

        var failed = ProcessEngine.Step(from, state, new JobExhausted(due.Id, "broken"), runner.Now).State;
        var retried = ProcessEngine.Step(to, failed, new RetryIncident(failed.Waits.Single(w => w.Kind == WaitKind.Incident).Id, "once more"), runner.Now);
        Assert.Equal(["a2", "t2"], retried.State.Waits.Select(w => w.Node));

        var subscribed = state.Waits.Single(w => w.Kind == WaitKind.Message);
        Assert.Equal("process.subscription-gone", Assert.Throws<RuleBrokenException>(() => ProcessEngine.Step(to, state, new Received(subscribed.Id, ContextValue.Empty), runner.Now)).Code);
    }
}
