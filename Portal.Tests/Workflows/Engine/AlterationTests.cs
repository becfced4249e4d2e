using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>What people change on a running instance.</summary>
public sealed class AlterationTests
{
    private static PaperRunner Forked() => new(Bpmn.Process("""
        <startEvent id="s"/><userTask id="draft"/><parallelGateway id="fork"/><userTask id="law"/><userTask id="law2"/><userTask id="price"/><parallelGateway id="join"/><userTask id="sign"/><endEvent id="e"/>
        """ + Bpmn.Flows("s-draft; draft-fork; fork-law; law-law2; fork-price; law2-join; price-join; join-sign; sign-e")));

    private static string Code(Action work) => Assert.Throws<RuleBrokenException>(work).Code;

    private static Guid Task(PaperRunner runner, string node) => runner.Tasks.Single(t => t.Task.Node == node).Task.Task;

    [Fact]
    public void SendBack_BeforeAFork_WithdrawsTheOtherBranches()
    {
        var runner = Forked();
        var state = runner.Start("p");
        runner.Complete("draft");
        runner.Send(state.Id, new SendBack(Task(runner, "law"), "draft", "the text is wrong"));
        Assert.Equal(["draft"], runner.Open);
        foreach (var task in new[] { "draft", "law", "law2", "price", "sign" }) runner.Complete(task);
        Assert.True(runner.AllEnded);
        runner.Replay();
    }

    [Fact]
    public void SendBack_WithinABranch_LeavesTheOthers_EvenArrivedOnes()
    {
        var runner = Forked();
        var state = runner.Start("p");
        foreach (var task in new[] { "draft", "law", "price" }) runner.Complete(task);
        runner.Send(state.Id, new SendBack(Task(runner, "law2"), "law", "once more"));
        Assert.Equal(["law"], runner.Open);
        Assert.Equal(["join", "law"], runner.Waiting(state));
        foreach (var task in new[] { "law", "law2", "sign" }) runner.Complete(task);
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void SendBack_ToWhereNobodyWas_IsRefused()
    {
        var runner = Forked();
        var state = runner.Start("p");
        Assert.Equal("process.not-visited", Code(() => runner.Send(state.Id, new SendBack(Task(runner, "draft"), "sign", ""))));
        Assert.Equal("process.target-not-allowed", Code(() => runner.Send(state.Id, new SendBack(Task(runner, "draft"), "fork", ""))));
        Assert.Equal("process.no-node", Code(() => runner.Send(state.Id, new SendBack(Task(runner, "draft"), "elsewhere", ""))));
        Assert.Equal(["draft"], runner.Open);
    }

    [Fact]
    public void MoveToken_OutOfASubProcess_ClosesIt()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><userTask id="before"/><subProcess id="part"><startEvent id="ps"/><userTask id="one"/><userTask id="two"/>
            """ + Bpmn.Flows("ps-one; ps-two") + "</subProcess><endEvent id=\"e\"/>" + Bpmn.Flows("s-before; before-part; part-e")));
        var state = runner.Start("p");
        runner.Complete("before");
        var token = runner.Tasks.Single(t => t.Task.Node == "one").Task.Token;
        runner.Send(state.Id, new MoveToken(token, "one", "before", "started too early"));
        Assert.Equal(["before"], runner.Open);
        Assert.Single(runner.Instances[state.Id].Scopes);
        Assert.Equal("process.target-inside", Code(() => runner.Send(state.Id, new MoveToken(runner.Tasks[0].Task.Token, "before", "one", ""))));
    }

    [Fact]
    public void SkipNode_GoesOnAsIfDone()
    {
        var runner = Forked();
        var state = runner.Start("p");
        runner.Send(state.Id, new SkipNode(runner.Tasks.Single().Task.Token, "draft", "agreed by phone"));
        Assert.Equal(["law", "price"], runner.Open);
        Assert.Contains(runner.History, h => h is { Kind: HistoryKind.Altered, Node: "draft", Detail: "agreed by phone" });
    }

    [Fact]
    public void EditVariables_SetsAndRemoves()
    {
        var runner = Forked();
        var state = runner.Start("p", ("a", Value.Of(1)), ("b", Value.Of(2)));
        runner.Send(state.Id, new EditVariables(null, ContextValue.Of(("c", Value.Of(3))), ["a"], state.Variables, "counted anew"));
        Assert.Equal("{b: 2, c: 3}", runner.Instances[state.Id].Variables.ToString());
        Assert.Equal("process.no-scope", Code(() => runner.Send(state.Id, new EditVariables(99, ContextValue.Empty, [], ContextValue.Empty, ""))));
    }

    /// <summary>A token keeps its number along a flow, so a stale page would skip or move another step than the one it shows.</summary>
    [Fact]
    public void SkipAndMove_AfterTheTokenWentOn_AreRefusedWithWhereItStands()
    {
        var runner = Forked();
        var state = runner.Start("p");
        var token = runner.Tasks.Single().Task.Token;
        runner.Complete("draft");
        Assert.Equal("law", runner.Instances[state.Id].Tokens.Single(t => t.Id == token).Node);
        foreach (var stale in new Stimulus[] { new SkipNode(token, "draft", "agreed"), new MoveToken(token, "draft", "sign", "agreed") })
        {
            var refusal = Assert.Throws<RuleBrokenException>(() => runner.Send(state.Id, stale));
            Assert.Equal(("process.token-elsewhere", "draft", "law"), (refusal.Code, refusal.Args[0], refusal.Args[1]));
        }
        Assert.Equal(["law", "price"], runner.Open);
        runner.Complete("law");
        runner.Complete("price");
        runner.Complete("law2");
        var gone = Assert.Throws<RuleBrokenException>(() => runner.Send(state.Id, new SkipNode(99, "price", "agreed")));
        Assert.Equal(("process.token-elsewhere", "sign"), (gone.Code, gone.Args[1]));
    }

    [Fact]
    public void EditVariables_ThatChangedSinceTheyWereSeen_AreNotWrittenOver()
    {
        var runner = Forked();
        var state = runner.Start("p", ("price", Value.Of(10)), ("note", Value.Of("new")));
        runner.Send(state.Id, new EditVariables(null, ContextValue.Of(("price", Value.Of(11))), [], state.Variables, "dearer"));
        EditVariables Stale(params string[] removed) => new(null, ContextValue.Of(("price", Value.Of(9))), removed, state.Variables, "cheaper");
        var refusal = Assert.Throws<RuleBrokenException>(() => runner.Send(state.Id, Stale()));
        Assert.Equal(("process.variable-changed", "price", "11"), (refusal.Code, refusal.Args[0], refusal.Args[1]));
        Assert.Equal(Value.Of(11), runner.Instances[state.Id].Variables["price"]);
        runner.Send(state.Id, new EditVariables(null, ContextValue.Empty, ["note"], state.Variables, "not needed"));
        Assert.Contains(runner.History, h => h is { Kind: HistoryKind.Altered, Detail: "note: not needed" });
    }

    [Fact]
    public void Cancel_ReachesTheCalledProcess_AndEndsForGood()
    {
        var child = Bpmn.Process("<startEvent id=\"s\"/><userTask id=\"work\"/>" + Bpmn.Flows("s-work"), "child");
        var runner = new PaperRunner(child, Bpmn.Process("<startEvent id=\"s\"/><callActivity id=\"c\" calledElement=\"child\"/>" + Bpmn.Flows("s-c")));
        var state = runner.Start("p");
        runner.Send(state.Id, new Cancel("client withdrew"));
        Assert.Empty(runner.Tasks);
        Assert.All(runner.Instances.Values, i => Assert.Equal(InstanceStatus.Cancelled, i.Status));
        Assert.Equal("process.not-running", Code(() => runner.Send(state.Id, new Cancel("again"))));
    }

    [Fact]
    public void RetryIncident_OfATimer_FiresAgain()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
            <exclusiveGateway id="x"/><userTask id="t"/><endEvent id="e"/>
            """ + Bpmn.Flows("s-wait; wait-x; x-t[ready]; x-e[ready = false]")));
        var state = runner.Start("p");
        Assert.Equal("process.no-flow", Code(() => runner.Advance(TimeSpan.FromHours(1))));
        runner.Send(state.Id, new JobExhausted(runner.Jobs.Single().Job.Job, "no flow to take"));
        runner.Send(state.Id, new EditVariables(null, ContextValue.Of(("ready", Value.True)), [], ContextValue.Empty, "it was ready"));
        runner.Send(state.Id, new RetryIncident(runner.Incidents.Single().Incident.Incident, "now it is told"));
        runner.Advance(TimeSpan.Zero);
        Assert.Equal(["t"], runner.Open);
        Assert.Empty(runner.Incidents);
    }
}
