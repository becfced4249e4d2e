using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Repetition over people: votes, gathered outputs, signers added on the way.</summary>
public sealed class ApprovalTests
{
    private static PaperRunner Vote(string approval, int voters, bool sequential = false)
    {
        var runner = new PaperRunner(Bpmn.Process($$"""
            <startEvent id="s"/><userTask id="t"><extensionElements><portal:assignment assignee="=approver"/>
              <portal:form><portal:field key="approved" type="boolean" required="true"/><portal:field key="reason"/></portal:form></extensionElements>
              <multiInstanceLoopCharacteristics isSequential="{{(sequential ? "true" : "false")}}"><extensionElements>
                <portal:loop collection="approvers" item="approver" output="{who: approver, vote: approved}" outputList="votes"/>{{approval}}
              </extensionElements></multiInstanceLoopCharacteristics></userTask><userTask id="after"/>
            """ + Bpmn.Flows("s-t; t-after")));
        runner.Start("p", ("approvers", Value.List(Enumerable.Range(1, voters).Select(i => Value.Of($"p{i}")))), ("approved", Value.True));
        return runner;
    }

    private static void Cast(PaperRunner runner, bool vote) => runner.Complete("t", ("approved", Value.Of(vote)));

    [Theory]
    [InlineData("mode=\"all\"", "yyy", true)]
    [InlineData("mode=\"all\"", "yny", false)]
    [InlineData("mode=\"any\"", "nny", true)]
    [InlineData("mode=\"any\"", "y", true)]
    [InlineData("mode=\"any\"", "nnn", false)]
    [InlineData("mode=\"veto\"", "yyy", true)]
    [InlineData("mode=\"veto\"", "yn", false)]
    [InlineData("mode=\"quorum\" percent=\"60\"", "yy", true)]
    [InlineData("mode=\"quorum\" percent=\"60\"", "ynn", false)]
    [InlineData("mode=\"quorum\" percent=\"60\"", "nn", false)]
    public void Vote_IsDecidedAsSoonAsItCanBe(string mode, string votes, bool outcome)
    {
        var runner = Vote($"<portal:approval {mode} result=\"agreed\"/>", 3);
        foreach (var vote in votes)
        {
            Assert.NotEqual(["after"], runner.Open);
            Cast(runner, vote == 'y');
        }
        Assert.Equal(["after"], runner.Open);
        var variables = runner.Instances.Values.Single().Variables;
        Assert.Equal(Value.Of(outcome), variables["agreed"]);
        Assert.Equal(votes.Length, ((ListValue)variables["votes"]).Items.Length);
        runner.Replay();
    }

    [Fact]
    public void Vote_ByNobody_IsRefused() => Assert.Equal("process.nobody-to-approve", Assert.Throws<RuleBrokenException>(() => Vote("<portal:approval mode=\"all\"/>", 0)).Code);

    [Fact]
    public void Repetition_OverNothing_GoesOn() => Assert.Equal(["after"], Vote("", 0).Open);

    [Fact]
    public void Iterations_KeepTheirValuesApart()
    {
        var runner = Vote("", 2);
        Cast(runner, false);
        Cast(runner, true);
        Assert.Equal("[{vote: false, who: p1}, {vote: true, who: p2}]", runner.Instances.Values.Single().Variables["votes"].ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddSigner_IsAskedToo(bool sequential)
    {
        var runner = Vote("<portal:approval mode=\"all\"/>", 2, sequential);
        var (instance, task) = runner.Tasks[0];
        runner.Send(instance, new AddSigner(task.Task, Value.Of("lawyer")));
        var asked = new List<string>();
        while (runner.Open.Contains("t"))
        {
            asked.Add(runner.Tasks[0].Task.Assignee!);
            Cast(runner, true);
        }
        Assert.Equal(["p1", "p2", "lawyer"], asked);
        Assert.Equal("process.not-repeated", Assert.Throws<RuleBrokenException>(() => runner.Send(instance, new AddSigner(runner.Tasks[0].Task.Task, Value.Null))).Code);
        runner.Replay();
    }

    [Fact]
    public void Repetition_HasALimit() => Assert.Equal("process.too-many-iterations", Assert.Throws<RuleBrokenException>(() => Vote("", 1_001)).Code);
}
