using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Running instances on a newer version of their map.</summary>
public sealed class MigrationTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly ProcessMap Old = Bpmn.Process("""
        <startEvent id="s"/><parallelGateway id="fork"/><userTask id="a"/><userTask id="b"/><parallelGateway id="join"/><userTask id="c"/>
        <boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent><task id="remind"/>
        """ + Bpmn.Flows("s-fork; fork-a; fork-b; a-join; b-join; join-c; late-remind"));

    private static (PaperRunner Runner, InstanceState State) AtA()
    {
        var runner = new PaperRunner(Old);
        var state = runner.Start("p");
        runner.Complete("b");
        return (runner, runner.Instances[state.Id]);
    }

    [Fact]
    public void Apply_KeepsTasksAndDeadlines_ArmsWhatIsNew_DropsWhatIsGone()
    {
        var (_, state) = AtA();
        var newer = Bpmn.Process("""
            <startEvent id="s"/><parallelGateway id="fork"/><userTask id="a2" name="New name"/><userTask id="b"/><task id="extra"/><parallelGateway id="join"/><userTask id="c"/>
            <boundaryEvent id="stop" attachedToRef="a2"><messageEventDefinition messageRef="m"/></boundaryEvent>
            """ + Bpmn.Flows("s-fork; fork-a2; fork-b; a2-join; b-extra; extra-join; join-c; stop-c"), beside: "<message id=\"m\" name=\"stop\"/>");
        var plan = new MigrationPlan(new Dictionary<string, string> { ["s"] = "s", ["fork"] = "fork", ["a"] = "a2", ["b"] = "extra", ["join"] = "join" });
        var result = Migration.Apply(Old, newer, state, plan, Now);

        var task = state.Waits.Single(w => w.Kind == WaitKind.Task);
        Assert.Equal(("a2", "New name"), result.Commands.OfType<MoveTask>().Where(m => m.Task == task.Id).Select(m => (m.Node, m.Title.Default)).Single());
        Assert.Single(result.Commands.OfType<CancelJob>());
        Assert.Equal("stop", result.Commands.OfType<Subscribe>().Single().Name);
        var done = ProcessEngine.Step(newer, StateJson.Read(StateJson.Write(result.State)), new TaskCompleted(task.Id, ContextValue.Empty), Now);
        Assert.Equal(["c"], done.State.Tokens.Select(t => t.Node));
    }

    [Fact]
    public void Apply_OfTheSuggestedPlan_KeepsTheRunningTimer()
    {
        var (_, state) = AtA();
        var result = Migration.Apply(Old, Old, state, MigrationPlan.Suggest(Old, Old), Now);
        Assert.Equal(state.Waits.ToList(), result.State.Waits.ToList());
        Assert.DoesNotContain(result.Commands, c => c is CancelJob or ScheduleJob);
    }

    [Theory]
    [InlineData("process.migration-unmapped", "<userTask id=\"x\"/>", "")]
    [InlineData("process.migration-type", "<scriptTask id=\"a\"/>", "a")]
    [InlineData("process.migration-nesting", "<subProcess id=\"part\"><userTask id=\"a\"/></subProcess>", "a")]
    public void Apply_OfAPlanThatDoesNotFit_IsRefusedByElement(string code, string body, string to)
    {
        var (_, state) = AtA();
        var newer = Bpmn.Process($"<startEvent id=\"s\"/><parallelGateway id=\"join\"/>{body}");
        var plan = new MigrationPlan(new Dictionary<string, string> { ["join"] = "join", ["a"] = to });
        var refusal = Assert.Throws<RuleBrokenException>(() => Migration.Apply(Old, newer, state, plan, Now));
        Assert.Equal((code, (object?)"a"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public void Apply_WhenAJoinLosesItsFilledWay_IsRefused()
    {
        var (_, state) = AtA();
        var newer = Bpmn.Process("<startEvent id=\"s\"/><userTask id=\"a\"/><userTask id=\"b\"/><parallelGateway id=\"join\"/>" + Bpmn.Flows("s-a; a-join; s-b"));
        Assert.Equal("process.migration-flow", Assert.Throws<RuleBrokenException>(() => Migration.Apply(Old, newer, state, MigrationPlan.Suggest(Old, newer), Now)).Code);
    }
}
