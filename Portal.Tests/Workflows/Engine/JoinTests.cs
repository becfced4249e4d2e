using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>AND, OR and XOR where ways meet.</summary>
public sealed class JoinTests
{
    [Fact]
    public void And_TakesExactlyOneOfEachWay_AndKeepsTheRest()
    {
        // Two tokens come by the first way; only one of them is taken, the other waits for a partner that never comes.
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>
            <exclusiveGateway id="merge"/><parallelGateway id="join"/><userTask id="after"/>
            """ + Bpmn.Flows("s-fork; fork-a; fork-b; fork-c; a-merge; b-merge; merge-join; c-join; join-after")));
        var state = runner.Start("p");
        runner.Complete("a");
        runner.Complete("b");
        Assert.Equal(["c"], runner.Open);
        runner.Complete("c");
        Assert.Equal(["after"], runner.Open);
        Assert.Equal(["after", "join"], runner.Waiting(state));
        runner.Replay();
    }

    [Fact]
    public void And_WhoseTokensCanNeverCome_RaisesAnIncident()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><exclusiveGateway id="x" default="x-a"/><task id="a"/><task id="b"/><parallelGateway id="join"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-x; x-a; x-b[1 = 2]; a-join; b-join; join-e")));
        var state = runner.Start("p");
        var incident = Assert.Single(runner.Incidents).Incident;
        Assert.Equal(("process.join-starved", "join"), (incident.Code, incident.Node));
        runner.Send(state.Id, new SkipNode(incident.Token!.Value, incident.Node!, "the other branch is not needed"));
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void And_Starved_FiresOnceTheMissingTokenIsBroughtByHand()
    {
        var runner = new PaperRunner(Bpmn.Process($"""
            <startEvent id="s"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="a2"/><userTask id="b">{Bpmn.Form("needed:boolean")}</userTask><exclusiveGateway id="x" default="x-gone"/>
            <exclusiveGateway id="merge"/><parallelGateway id="join"/><endEvent id="gone"/><userTask id="after"/>
            """ + Bpmn.Flows("s-fork; fork-a; fork-a2; fork-b; a-merge; a2-merge; merge-join; b-x; x-gone; x-join[needed]; join-after")));
        var state = runner.Start("p");
        foreach (var task in new[] { "a", "a2", "b" }) runner.Complete(task);
        var incident = runner.Incidents.Single().Incident;
        var other = runner.Instances[state.Id].Tokens.Single(t => t.Id != incident.Token);
        Assert.All(runner.Instances[state.Id].Tokens, t => Assert.Equal(TokenKind.Arrived, t.Kind));

        runner.Send(state.Id, new MoveToken(other.Id, other.Node, "b", "it is needed after all"));
        runner.Complete("b", ("needed", Value.True));
        Assert.Equal(["after"], runner.Open);
        Assert.Empty(runner.Incidents);
        runner.Replay();
    }

    [Fact]
    public void And_InALoop_JoinsEveryRoundAnew()
    {
        var runner = new PaperRunner(Bpmn.Process($"""
            <startEvent id="s"/><exclusiveGateway id="again"/><parallelGateway id="fork"/><task id="a"/><userTask id="b">{Bpmn.Form("rounds:number")}</userTask>
            <parallelGateway id="join"/><exclusiveGateway id="x" default="x-e"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-again; again-fork; fork-a; fork-b; a-join; b-join; join-x; x-again[rounds < 3]; x-e")));
        runner.Start("p", ("rounds", Value.Of(0)));
        for (var round = 1; round <= 3; round++) runner.Complete("b", ("rounds", Value.Of(round)));
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void Or_WaitsForTheTokenInASubProcess_AndForABoundaryEvent()
    {
        var map = Bpmn.Process("""
            <startEvent id="s"/><parallelGateway id="fork"/><task id="a"/>
            <subProcess id="part"><startEvent id="ps"/><userTask id="work"/><sequenceFlow id="ps-work" sourceRef="ps" targetRef="work"/></subProcess>
            <boundaryEvent id="late" attachedToRef="part"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            <inclusiveGateway id="join"/><userTask id="after"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-fork; fork-a; fork-part; a-join; late-join; part-e; join-after"));

        var ended = new PaperRunner(map);
        ended.Start("p");
        Assert.Equal(["work"], ended.Open);
        ended.Complete("work");
        Assert.Equal(["after"], ended.Open);

        var late = new PaperRunner(map);
        late.Start("p");
        late.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["after"], late.Open);
        late.Complete("after");
        Assert.True(late.AllEnded);
        late.Replay();
    }

    [Fact]
    public void Or_BesideAnAndInALoop_DoesNotWaitForTheNextRound()
    {
        var runner = new PaperRunner(Bpmn.Process($"""
            <startEvent id="s"/><exclusiveGateway id="again"/><parallelGateway id="fork"/><userTask id="slow">{Bpmn.Form("rounds:number")}</userTask>
            <inclusiveGateway id="split" default="split-d"/><task id="c"/><task id="d"/><inclusiveGateway id="met"/><userTask id="after"/>
            <parallelGateway id="join"/><exclusiveGateway id="x" default="x-e"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-again; again-fork; fork-slow; fork-split; split-c[true]; split-d; c-met; d-met; met-after; after-join; slow-join; join-x; x-again[rounds < 2]; x-e")));
        runner.Start("p", ("rounds", Value.Of(1)));
        Assert.Equal(["after", "slow"], runner.Open);
        runner.Complete("after");
        runner.Complete("slow", ("rounds", Value.Of(1)));
        Assert.Equal(["after", "slow"], runner.Open);
        runner.Complete("slow", ("rounds", Value.Of(2)));
        runner.Complete("after");
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void Or_FiresAgainForALaterToken()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><userTask id="a"/>
            <boundaryEvent id="note" attachedToRef="a" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent>
            <task id="noted"/><exclusiveGateway id="x"/><inclusiveGateway id="split" default="split-d"/><task id="c"/><task id="d"/><inclusiveGateway id="join"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-a; a-x; note-noted; noted-x; x-split; split-c[true]; split-d; c-join; d-join; join-e"), beside: """<message id="m" name="note"/>"""));
        runner.Start("p");
        runner.Message("note");
        runner.Complete("a");
        Assert.True(runner.AllEnded);
        Assert.Equal(2, runner.History.Count(h => h is { Kind: HistoryKind.Entered, Node: "join" }));
    }
}
