using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Timers, messages, errors, escalations, links and ends.</summary>
public sealed class EventTests
{
    private static string Timed(string timer, bool interrupting) => $"""
        <startEvent id="s"/><userTask id="t"/><endEvent id="e"/><userTask id="late"/>
        <boundaryEvent id="b" attachedToRef="t" cancelActivity="{(interrupting ? "true" : "false")}"><timerEventDefinition>{timer}</timerEventDefinition></boundaryEvent>
        """ + Bpmn.Flows("s-t; t-e; b-late");

    [Fact]
    public void Cycle_OfFive_FiresFiveTimes()
    {
        var runner = new PaperRunner(Bpmn.Process(Timed("<timeCycle>R5/PT5M</timeCycle>", false)));
        runner.Start("p");
        for (var i = 0; i < 8; i++) runner.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(5, runner.Tasks.Count(t => t.Task.Node == "late"));
        Assert.Empty(runner.Jobs);
        runner.Replay();
    }

    [Fact]
    public void Cycle_MissedForADay_FiresOnceAndKeepsItsGrid()
    {
        var runner = new PaperRunner(Bpmn.Process(Timed("<timeCycle>R/PT1H</timeCycle>", false)));
        runner.Start("p");
        runner.Advance(TimeSpan.FromHours(24.5));
        Assert.Single(runner.Tasks, t => t.Task.Node == "late");
        Assert.Equal(runner.Now + TimeSpan.FromMinutes(30), Assert.Single(runner.Jobs).Job.Due);
    }

    [Theory]
    [InlineData("<timeDuration>P1D</timeDuration>", 24 * 60)]
    [InlineData("<timeDate>2026-03-02T10:30:00Z</timeDate>", 90)]
    [InlineData("<timeDate>2026-03-02T10:30</timeDate>", 90)]
    [InlineData("<timeDuration>wait</timeDuration>", 120)]
    [InlineData("<timeDate>deadline - duration(\"PT1H\")</timeDate>", 60)]
    [InlineData("<timeDuration>\"PT\" + string(hours) + \"H\"</timeDuration>", 180)]
    public void Timer_IsReadAsTextOrExpression(string timer, int minutes)
    {
        var runner = new PaperRunner(Bpmn.Process(Timed(timer, true)));
        runner.Start("p", ("wait", new DurationValue(TimeSpan.FromHours(2))), ("deadline", Value.Of(runner.Now.AddHours(2))), ("hours", Value.Of(3)));
        Assert.Equal(runner.Now.AddMinutes(minutes), Assert.Single(runner.Jobs).Job.Due);
    }

    /// <summary>Whoever must be ready by a day has all of it; only then is he not ready in time.</summary>
    [Fact]
    public void Timer_OnADateBesideAnActivity_FiresAfterThatDay()
    {
        var runner = new PaperRunner(Bpmn.Process(Timed("<timeDate>readyBy</timeDate>", true)));
        runner.Start("p", ("readyBy", new DateValue(new(2026, 3, 2))));
        runner.Advance(TimeSpan.FromHours(14));
        Assert.Equal(["t"], runner.Open);
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["late"], runner.Open);
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), runner.Now);
    }

    [Fact]
    public void Timer_OnADateBehindAnEventGateway_FiresAfterThatDay()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="m"><messageEventDefinition messageRef="msg"/></intermediateCatchEvent>
            <intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2026-03-04</timeDate></timerEventDefinition></intermediateCatchEvent><userTask id="t"/>
            """ + Bpmn.Flows("s-g; g-m; g-w; m-t; w-t"), beside: """<message id="msg" name="answer"/>"""));
        runner.Start("p");
        Assert.Equal(new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero), Assert.Single(runner.Jobs).Job.Due);
    }

    [Fact]
    public void Timer_OnADateOnTheWay_FiresWhenThatDayBegins()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2026-03-04</timeDate></timerEventDefinition></intermediateCatchEvent><userTask id="t"/>
            """ + Bpmn.Flows("s-w; w-t")));
        runner.Start("p");
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero), Assert.Single(runner.Jobs).Job.Due);
    }

    [Theory]
    [InlineData("2026-03-02")]
    [InlineData("readyBy")]
    [InlineData("string(readyBy)")]
    public void Task_DueOnADay_IsInTimeUntilThatDayEnds(string due)
    {
        var runner = new PaperRunner(Bpmn.Process($"""<startEvent id="s"/><userTask id="t"><extensionElements><portal:schedule due="{due}" escalateTo="director"/></extensionElements></userTask>""" + Bpmn.Flows("s-t")));
        runner.Start("p", ("readyBy", new DateValue(new(2026, 3, 2))));
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 23, 59, 59, TimeSpan.Zero), Assert.Single(runner.Tasks).Task.Due);
        runner.Advance(TimeSpan.FromHours(14));
        Assert.Empty(runner.Said.OfType<EscalateTask>());
        runner.Advance(TimeSpan.FromHours(1));
        Assert.Single(runner.Said.OfType<EscalateTask>());
    }

    [Theory]
    [InlineData("<timeDuration>nothing</timeDuration>")]
    [InlineData("<timeDuration>P99999999D</timeDuration>")]
    [InlineData("<timeCycle>R/PT0S</timeCycle>")]
    public void Timer_ThatCannotBeRead_IsRefusedByItsElement(string timer)
    {
        var runner = new PaperRunner(Bpmn.Process(Timed(timer, true)));
        var refusal = Assert.Throws<RuleBrokenException>(() => runner.Start("p"));
        Assert.Contains("b", refusal.Args);
        Assert.Empty(runner.Instances);
    }

    [Fact]
    public void Received_CarriesItsPayloadIntoVariables_AndMeetsByKey()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><intermediateCatchEvent id="paid"><extensionElements><portal:correlation key="invoice"/></extensionElements><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
            <scriptTask id="calc"><extensionElements><portal:result variable="rest"/></extensionElements><script>total - amount</script></scriptTask><userTask id="t"/>
            """ + Bpmn.Flows("s-paid; paid-calc; calc-t"), beside: $"""<message id="m" name="orders.payment.received">{Bpmn.Form("amount:number")}</message>"""));
        var state = runner.Start("p", ("invoice", Value.Of("INV-7")), ("total", Value.Of(100)));
        Assert.Equal("INV-7", Assert.Single(runner.Subscriptions).Subscription.Key);
        runner.Message("orders.payment.received", ("amount", Value.Of(30)));
        Assert.Equal(Value.Of(70), runner.Instances[state.Id].Variables["rest"]);
    }

    [Fact]
    public void Received_Twice_IsAConflict()
    {
        var runner = new PaperRunner(Bpmn.Process("""<startEvent id="s"/><receiveTask id="r"/><userTask id="t"/>""" + Bpmn.Flows("s-r; r-t")));
        var state = runner.Start("p");
        var subscription = runner.Subscriptions.Single().Subscription.Subscription;
        runner.Message("r");
        var refusal = Assert.Throws<RuleBrokenException>(() => runner.Send(state.Id, new Received(subscription, ContextValue.Empty)));
        Assert.Equal("process.subscription-gone", refusal.Code);
    }

    [Fact]
    public void MessageAgainstTimer_TheFirstWinsAndTheOtherIsGone()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><eventBasedGateway id="g"/>
            <intermediateCatchEvent id="m"><messageEventDefinition messageRef="msg"/></intermediateCatchEvent>
            <intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
            <userTask id="answered"/><userTask id="silent"/>
            """ + Bpmn.Flows("s-g; g-m; g-w; m-answered; w-silent"), beside: """<message id="msg" name="answer"/>"""));
        var state = runner.Start("p");
        var job = runner.Jobs.Single().Job.Job;
        runner.Message("answer");
        Assert.Equal(["answered"], runner.Open);
        Assert.Equal("process.job-gone", Assert.Throws<RuleBrokenException>(() => runner.Send(state.Id, new JobDue(job))).Code);
    }

    private const string Inner = """
        <startEvent id="s"/><subProcess id="part"><startEvent id="ps"/><userTask id="work"/>{0}</subProcess><endEvent id="e"/><userTask id="caught"/><userTask id="any"/>
        """;

    [Fact]
    public void Error_TakesTheBoundaryOfItsCodeBeforeTheOneForAny()
    {
        var runner = new PaperRunner(Bpmn.Process(string.Format(Inner, """<endEvent id="bad"><errorEventDefinition errorRef="refused"/></endEvent>""" + Bpmn.Flows("ps-work; work-bad")) + """
            <boundaryEvent id="b2" attachedToRef="part"><errorEventDefinition/></boundaryEvent>
            <boundaryEvent id="b1" attachedToRef="part"><errorEventDefinition errorRef="refused"/></boundaryEvent>
            """ + Bpmn.Flows("s-part; part-e; b1-caught; b2-any"), beside: """<error id="refused" errorCode="R1"/>"""));
        runner.Start("p");
        runner.Complete("work");
        Assert.Equal(["caught"], runner.Open);
    }

    [Fact]
    public void Error_Uncaught_LeavesAnIncidentAndTheToken()
    {
        var runner = new PaperRunner(Bpmn.Process(string.Format(Inner, """<endEvent id="bad"><errorEventDefinition errorRef="refused"/></endEvent>""" + Bpmn.Flows("ps-work; work-bad"))
            + Bpmn.Flows("s-part; part-caught; part-any; caught-e"), beside: """<error id="refused" errorCode="R1"/>"""));
        var state = runner.Start("p");
        runner.Complete("work");
        Assert.Equal(("process.error-uncaught", "bad"), (runner.Incidents.Single().Incident.Code, runner.Incidents.Single().Incident.Node));
        Assert.Equal(["bad", "part"], runner.Waiting(state));
        runner.Send(state.Id, new MoveToken(runner.Incidents.Single().Incident.Token!.Value, "bad", "work", "once more"));
        Assert.Empty(runner.Incidents);
        Assert.Equal(["work"], runner.Open);
    }

    [Fact]
    public void Error_InOneIteration_CancelsAllIterations()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><serviceTask id="act"><extensionElements><portal:action name="a.b" external="true"/></extensionElements>
              <multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></serviceTask>
            <boundaryEvent id="b" attachedToRef="act"><errorEventDefinition/></boundaryEvent><endEvent id="e"/><userTask id="caught"/>
            """ + Bpmn.Flows("s-act; act-e; b-caught")));
        var state = runner.Start("p");
        var action = runner.Said.OfType<InvokeAction>().ElementAt(1);
        runner.Send(state.Id, new ActionErrored(action.Action, "E", "no stock"));
        Assert.Equal(["caught"], runner.Open);
        Assert.Equal(2, runner.Said.OfType<CancelAction>().Count());
        Assert.Single(runner.Instances[state.Id].Scopes);
    }

    [Fact]
    public void Terminate_InASubProcess_EndsOnlyThat()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><subProcess id="part"><startEvent id="ps"/><userTask id="work"/><userTask id="other"/><endEvent id="stop"><terminateEventDefinition/></endEvent>
            """ + Bpmn.Flows("ps-work; ps-other; work-stop") + """</subProcess><userTask id="after"/>""" + Bpmn.Flows("s-part; part-after")));
        runner.Start("p");
        runner.Complete("work");
        Assert.Equal(["after"], runner.Open);
    }

    [Fact]
    public void Escalation_FromAChild_ReachesTheCall()
    {
        var child = Bpmn.Process("""<startEvent id="s"/><intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="e1"/></intermediateThrowEvent><userTask id="work"/>"""
            + Bpmn.Flows("s-up; up-work"), "child", """<escalation id="e1" escalationCode="LATE"/>""");
        var parent = Bpmn.Process("""
            <startEvent id="s"/><callActivity id="call" calledElement="child"/><userTask id="told"/><endEvent id="e"/>
            <boundaryEvent id="b" attachedToRef="call" cancelActivity="false"><escalationEventDefinition escalationRef="e1"/></boundaryEvent>
            """ + Bpmn.Flows("s-call; call-e; b-told"), beside: """<escalation id="e1" escalationCode="LATE"/>""");
        var runner = new PaperRunner(child, parent);
        runner.Start("p");
        Assert.Equal(["told", "work"], runner.Open);
        runner.Complete("work");
        runner.Complete("told");
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void EndMessage_IsSentWithItsPayload()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><endEvent id="e"><extensionElements><portal:correlation key="client"/><portal:payload><portal:put source="amount * 2" target="double"/></portal:payload></extensionElements><messageEventDefinition messageRef="m"/></endEvent>
            """ + Bpmn.Flows("s-e"), beside: """<message id="m" name="done"/>"""));
        runner.Start("p", ("amount", Value.Of(4)), ("client", Value.Of("C-1")));
        var message = runner.Said.OfType<SendMessage>().Single();
        Assert.Equal(("done", "C-1", Value.Of(8)), (message.Name, message.Key, message.Payload["double"]));
        Assert.True(runner.AllEnded);
    }
}
