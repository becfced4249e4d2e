using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Maps that would never end or never stop growing.</summary>
public sealed class LimitTests
{
    [Fact]
    public void EndlessLoop_ContinuesByJobs_UntilItIsAnIncident()
    {
        var runner = new PaperRunner(Bpmn.Process("<startEvent id=\"s\"/><exclusiveGateway id=\"x\"/><task id=\"a\" name=\"Round\"/>" + Bpmn.Flows("s-x; x-a; a-x")))
        {
            Limits = EngineLimits.Default with { NodeSteps = 50, Continuations = 4 },
        };
        var state = runner.Start("p");
        Assert.Equal(WaitKind.Continuation, Assert.Single(runner.Jobs).Job.Kind);
        runner.Advance(TimeSpan.Zero);
        Assert.Empty(runner.Jobs);
        Assert.Equal("process.endless-loop", Assert.Single(runner.Incidents).Incident.Code);
        Assert.Equal(4, runner.Said.OfType<ScheduleJob>().Count());
        runner.Send(state.Id, new RetryIncident(runner.Incidents.Single().Incident.Incident, "once more"));
        Assert.Single(runner.Jobs);
        runner.Send(state.Id, new Cancel("stop it"));
        Assert.True(runner.AllEnded);
        runner.Replay();
    }

    [Fact]
    public void Step_OfTheDefaultBudget_StopsAtAThousandNodes()
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/><exclusiveGateway id=\"x\"/><task id=\"a\"/>" + Bpmn.Flows("s-x; x-a; a-x"));
        var result = ProcessEngine.Step(map, InstanceState.New(Guid.Empty, "p"), new Start(ContextValue.Empty), DateTimeOffset.UnixEpoch);
        Assert.Equal(1_000, result.Commands.OfType<WriteHistory>().Count(h => h.Kind == HistoryKind.Entered));
        Assert.Single(result.Commands.OfType<ScheduleJob>());
    }

    [Fact]
    public void HeavyExpressions_UseUpTheBudgetOfTheStep()
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/><exclusiveGateway id=\"x\"/><scriptTask id=\"a\"><script>{n: count(for i in 1..20000 return i)}</script></scriptTask>" + Bpmn.Flows("s-x; x-a; a-x"));
        var result = ProcessEngine.Step(map, InstanceState.New(Guid.Empty, "p"), new Start(ContextValue.Empty), DateTimeOffset.UnixEpoch);
        Assert.InRange(result.Commands.OfType<WriteHistory>().Count(h => h is { Kind: HistoryKind.Entered, Node: "a" }), 1, 50);
        Assert.Single(result.Commands.OfType<ScheduleJob>());
    }

    [Fact]
    public void TokenBomb_IsRefused()
    {
        var runner = new PaperRunner(Bpmn.Process("<startEvent id=\"s\"/><exclusiveGateway id=\"m\"/><parallelGateway id=\"x\"/>" + Bpmn.Flows("s-m; m-x") +
            string.Concat(Enumerable.Range(0, 20).Select(i => $"<sequenceFlow id='f{i}' sourceRef='x' targetRef='m'/>"))));
        Assert.Equal("process.too-many-tokens", Assert.Throws<RuleBrokenException>(() => runner.Start("p")).Code);
    }

    [Fact]
    public void Variables_ThatGrowWithoutEnd_AreRefused()
    {
        PaperRunner Growing(string script) => new(Bpmn.Process($"<startEvent id=\"s\"/><exclusiveGateway id=\"x\"/><scriptTask id=\"a\"><script>{script}</script></scriptTask>" + Bpmn.Flows("s-x; x-a; a-x")));
        Assert.Equal("process.variables-too-deep", Assert.Throws<RuleBrokenException>(() => Growing("{v: [v]}").Start("p")).Code);
        Assert.Contains(Assert.Throws<RuleBrokenException>(() => Growing("{v: v + v}").Start("p", ("v", Value.Of("abcd")))).Code, new[] { "process.variables-too-large", "process.expression-failed" });
        Assert.Contains(Assert.Throws<RuleBrokenException>(() => Growing("{v: concatenate(v, v)}").Start("p", ("v", Value.List([Value.Null])))).Code, new[] { "process.variables-too-large", "process.expression-failed" });
    }

    [Fact]
    public void DeepSubProcesses_RunToTheirEnd()
    {
        var xml = "<startEvent id=\"s40\"/><task id=\"t\"/>" + Bpmn.Flows("s40-t");
        for (var i = 39; i >= 0; i--) xml = $"<startEvent id=\"s{i}\"/><subProcess id=\"p{i}\">{xml}</subProcess>" + Bpmn.Flows($"s{i}-p{i}");
        Assert.Equal(InstanceStatus.Completed, new PaperRunner(Bpmn.Process(xml)).Start("p").Status);
    }
}
