using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Tests.Processes;

/// <summary>Maps walked by hand before they are published.</summary>
public sealed class DryRunTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(2));
    private static readonly ProcessMap Sale = ShippedMaps.Sale.ToMap().Process;

    private static DryRun Started(string body, params (string Name, Value Value)[] variables)
    {
        var run = new DryRun(Bpmn.Process(body), Monday);
        run.Start(ContextValue.Of(variables));
        return run;
    }

    private static void Complete(DryRun run, string node, params (string Key, string Text)[] typed) =>
        run.Complete(run.Current.Root.Tasks.First(t => t.Node == node).Task, typed.ToDictionary(t => t.Key, t => (string?)t.Text));

    private static void Answer(DryRun run) => run.Take(new ActionCompleted(run.Current.Root.Actions.Single().Action, run.Current.Root.Actions.Single().Inputs));

    [Fact]
    public void Sale_WalkedByHand_ComesToItsEnd()
    {
        var run = new DryRun(Sale, Monday);
        run.Start(ContextValue.Empty);
        Complete(run, "need", ("need", "Two hundred chairs"), ("madeToOrder", "false"), ("worthwhile", "true"));
        Complete(run, "offer", ("amount", "5000"), ("discount", "0"), ("deliveryDays", "14"));
        Answer(run);
        Complete(run, "checkSupply");
        Complete(run, "approve", ("approved", "true"));
        Answer(run);
        Complete(run, "negotiate", ("answer", "accepted"));
        Complete(run, "draft", ("contractNumber", "C-17"));
        Complete(run, "sign", ("signed", "true"));
        Complete(run, "invoice", ("invoiceNumber", "I-40"), ("invoiceAmount", "2500"));
        run.Take(new Received(run.Current.Root.Subscriptions.Single(s => s.Name == "orders.payment.received").Subscription, ContextValue.Of(("paidAmount", Value.Of(2_500)))));
        Complete(run, "stock", ("inStock", "true"));
        Complete(run, "reserve");
        Complete(run, "ship", ("waybill", "W-9"), ("shippedOn", "2026-03-20"));
        Complete(run, "receipt", ("complaint", "false"));
        Complete(run, "balance");
        Complete(run, "close");
        Answer(run);

        Assert.Equal(InstanceStatus.Completed, run.Current.Root.State.Status);
        Assert.Equal("won", run.Current.Root.History.Last(h => h.Kind == HistoryKind.Entered).Node);
        Assert.Empty(run.Current.Root.Tasks);
        Assert.Empty(run.Current.Root.Jobs);
        Assert.Empty(run.Current.Root.Subscriptions);
    }

    [Fact]
    public void Start_AskedAForm_ReadsWhatWasTyped_AndRefusesAWrongType()
    {
        var run = new DryRun(Bpmn.Process("""
            <startEvent id="s"><extensionElements><portal:form><portal:field key="amount" type="number" required="true"/><portal:field key="days" type="list" items="date"/></portal:form></extensionElements></startEvent>
            <userTask id="u"/>
            """ + Bpmn.Flows("s-u")), Monday);
        var beside = ContextValue.Of(("client", Value.Of("Bluebird")));
        Dictionary<string, string?> typed = new() { ["amount"] = "much", ["days"] = ListText.Of(["2026-05-01"]) };

        Assert.Equal("process.field-type", Assert.Throws<RuleBrokenException>(() => run.Start(run.Map.PlainStart!, typed, beside)).Code);
        Assert.False(run.HasStarted);
        typed["amount"] = "12";
        run.Start(run.Map.PlainStart!, typed, beside);

        Assert.Equal("{amount: 12, client: Bluebird, days: [2026-05-01]}", run.Current.Root.State.Variables.ToString());
    }

    [Fact]
    public void StepBack_GivesTheMomentBefore_AndAnotherAnswerDropsWhatWasAhead()
    {
        var run = new DryRun(Sale, Monday);
        run.Start(ContextValue.Empty);
        var before = run.Current;
        Complete(run, "need", ("need", "Chairs"), ("madeToOrder", "false"), ("worthwhile", "false"));
        Assert.Equal("why", run.Current.Root.Tasks.Single().Node);

        run.Back();
        Assert.Same(before, run.Current);
        Assert.Equal(3, run.Count);
        Complete(run, "need", ("need", "Chairs"), ("madeToOrder", "false"), ("worthwhile", "true"));

        Assert.Equal("offer", run.Current.Root.Tasks.Single().Node);
        Assert.Equal(3, run.Count);
    }

    [Fact]
    public void Refusal_LeavesTheMomentAsItWas()
    {
        var run = new DryRun(Sale, Monday);
        run.Start(ContextValue.Empty);
        var before = run.Current;

        var refusal = Assert.Throws<RuleBrokenException>(() => Complete(run, "need", ("need", "Chairs"), ("madeToOrder", "perhaps"), ("worthwhile", "true")));

        Assert.Equal("process.field-type", refusal.Code);
        Assert.Same(before, run.Current);
    }

    [Fact]
    public void Timer_FiredByHand_MovesTheClockToItsTime()
    {
        var run = Started("""
            <startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></intermediateCatchEvent>
            <scriptTask id="x"><extensionElements><portal:result variable="day"/></extensionElements><script>today()</script></scriptTask><userTask id="u"/>
            """ + Bpmn.Flows("s-w;w-x;x-u"));

        run.Fire(run.Current.Root.Jobs.Single().Job);

        Assert.Equal(Monday.AddDays(3), run.Current.Now);
        Assert.Equal("2026-03-05", run.Current.Root.State.Variables["day"].ToString());
        Assert.Equal([["w-x"], ["x-u"]], run.Current.Root.Travelled);
    }

    [Fact]
    public void Action_AnsweredByHand_GoesOnAndIsNoLongerOpen()
    {
        var run = Started("""
            <startEvent id="s"/><serviceTask id="a"><extensionElements><portal:action name="any.thing"/></extensionElements></serviceTask><userTask id="u"/>
            """ + Bpmn.Flows("s-a;a-u"));

        run.Take(new ActionCompleted(run.Current.Root.Actions.Single().Action, ContextValue.Of([("number", Value.Of("Z-1"))])));

        Assert.Empty(run.Current.Root.Actions);
        Assert.Equal("Z-1", run.Current.Root.State.Variables["number"].ToString());
        Assert.Equal("u", run.Current.Root.Tasks.Single().Node);
    }

    [Fact]
    public void Circle_IsToldOfAtOnce()
    {
        var run = Started("""<startEvent id="s"/><scriptTask id="x" name="Round"><script>1</script><extensionElements><portal:result variable="n"/></extensionElements></scriptTask><exclusiveGateway id="g"/>""" + Bpmn.Flows("s-g;g-x;x-g"));

        Assert.Equal("process.endless-loop", run.Current.Root.Incidents.Single().Code);
    }

    [Fact]
    public void OwnSignal_IsHeardByTheRunItself()
    {
        var run = Started("""
            <startEvent id="s"/><parallelGateway id="g"/>
            <intermediateCatchEvent id="c"><signalEventDefinition signalRef="bell"/></intermediateCatchEvent><userTask id="heard"/>
            <userTask id="ring"/><intermediateThrowEvent id="t"><signalEventDefinition signalRef="bell"/></intermediateThrowEvent><endEvent id="e"/>
            """ + Bpmn.Flows("s-g;g-c;c-heard;g-ring;ring-t;t-e"));

        Complete(run, "ring");

        Assert.Equal(["heard"], run.Current.Root.Tasks.Select(t => t.Node));
        Assert.Single(run.Current.Sent);
    }

    private static readonly ProcessMap Delivery = Bpmn.Process($"""
        <startEvent id="s"/><userTask id="drive">{Bpmn.Form("arrived:boolean")}</userTask><exclusiveGateway id="g"/><endEvent id="there"/><endEvent id="broken"><errorEventDefinition errorRef="down"/></endEvent>
        """ + Bpmn.Flows("s-drive;drive-g;g-there[arrived];g-broken[not(arrived)]"), "delivery", """<error id="down" errorCode="DOWN"/>""");

    private static DryRun Calling()
    {
        var run = new DryRun(Bpmn.Process("""
            <startEvent id="s"/><callActivity id="c" calledElement="delivery"><extensionElements><portal:call>
              <portal:in source="order" target="cargo"/><portal:out source="cargo + &quot; delivered&quot;" target="result"/></portal:call></extensionElements></callActivity>
            <boundaryEvent id="b" attachedToRef="c"><errorEventDefinition errorRef="down"/></boundaryEvent>
            <boundaryEvent id="late" attachedToRef="c"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
            <userTask id="sign"/><userTask id="repair"/><userTask id="ask"/>
            """ + Bpmn.Flows("s-c;c-sign;b-repair;late-ask"), beside: """<error id="down" errorCode="DOWN"/>"""), Monday, new Dictionary<string, ProcessMap> { ["delivery"] = Delivery });
        run.Start(ContextValue.Of(("order", Value.Of("shelves"))));
        return run;
    }

    private static void Drive(DryRun run, bool arrived) =>
        run.Take(new TaskCompleted(run.Current.Processes[1].Tasks.Single().Task, ContextValue.Of(("arrived", Value.Of(arrived)))), run.Current.Processes[1].Id);

    [Fact]
    public void CalledMap_IsWalkedToo_AndItsEndGoesOnInTheCaller()
    {
        var run = Calling();
        Assert.Equal("{cargo: shelves}", run.Current.Processes[1].State.Variables.ToString());
        Assert.Equal([run.Current.Root, run.Current.Processes[1]], run.Current.PathTo(run.Current.Processes[1]));

        Drive(run, arrived: true);

        Assert.Equal(InstanceStatus.Completed, run.Current.Processes[1].State.Status);
        Assert.Equal("sign", run.Current.Root.Tasks.Single().Node);
        Assert.Equal("shelves delivered", run.Current.Root.State.Variables["result"].ToString());
        run.Take(new TaskCompleted(run.Current.Root.Tasks.Single().Task, ContextValue.Empty));
        Assert.Single(run.Current.Processes);
        run.Back();
        run.Back();
        Assert.Equal("drive", run.Current.Processes[1].Tasks.Single().Node);
    }

    [Fact]
    public void CalledMap_EndingByAnError_IsCaughtByTheCaller()
    {
        var run = Calling();

        Drive(run, arrived: false);

        Assert.Equal("repair", run.Current.Root.Tasks.Single().Node);
    }

    [Fact]
    public void CalledMap_IsWithdrawnWithItsCall()
    {
        var run = Calling();

        run.Fire(run.Current.Root.Jobs.Single().Job);

        Assert.Equal(("ask", InstanceStatus.Cancelled), (run.Current.Root.Tasks.Single().Node, run.Current.Processes[1].State.Status));
        Assert.Empty(run.Current.Processes[1].Tasks);
    }

    [Fact]
    public void Maps_CallingOneAnotherWithoutRest_AreToldOf_AndNothingIsDone()
    {
        var round = Bpmn.Process("""<startEvent id="s"/><exclusiveGateway id="g"/><callActivity id="c" calledElement="leaf"/>""" + Bpmn.Flows("s-g;g-c;c-g"));
        var run = new DryRun(round, Monday, new Dictionary<string, ProcessMap> { ["leaf"] = Bpmn.Process("""<startEvent id="s"/><endEvent id="e"/>""" + Bpmn.Flows("s-e"), "leaf") });

        Assert.Equal("process.endless-loop", Assert.Throws<RuleBrokenException>(() => run.Start(ContextValue.Empty)).Code);
        Assert.False(run.HasStarted);
    }

    [Fact]
    public void Call_OfAMapNeverPublished_IsEndedByHand()
    {
        var run = Started("""<startEvent id="s"/><callActivity id="c" calledElement="nowhere"/><userTask id="u"/>""" + Bpmn.Flows("s-c;c-u"));

        run.Take(new ChildEnded(run.Current.Root.Calls.Single().Child, ContextValue.Empty));

        Assert.Equal("u", run.Current.Root.Tasks.Single().Node);
    }

    [Theory]
    [InlineData("12.5", "number")]
    [InlineData("true", "boolean")]
    [InlineData("[1, 2]", "list")]
    [InlineData("\"12\"", "string")]
    [InlineData("2030-01-31", "date")]
    [InlineData("Two hundred chairs", "string")]
    [InlineData("chairs", "string")]
    [InlineData("null", "null")]
    [InlineData(" ", "null")]
    public void Value_TypedByHand_IsReadAsWhatItLooksLike(string text, string type) =>
        Assert.Equal(type, DryRun.ReadValue(text, Monday).TypeName);
}
