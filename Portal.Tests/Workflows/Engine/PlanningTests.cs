using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Engine;

/// <summary>The tasks people can expect before anybody has begun.</summary>
public sealed class PlanningTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static string Task(string id, string due) => $"<userTask id=\"{id}\"><extensionElements><portal:assignment candidateRoles=\"{id}-role\"/><portal:schedule due=\"{due}\"/></extensionElements></userTask>";

    [Fact]
    public void Tasks_FollowTheMap_WithDeadlinesAndShares()
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/><exclusiveGateway id=\"again\"/>" + Task("need", "P1D") + "<parallelGateway id=\"fork\"/>" + Task("law", "P2D") + Task("price", "P1D")
            + "<parallelGateway id=\"join\"/><exclusiveGateway id=\"x\" default=\"x-sign\"/>" + Task("sign", "PT4H") + "<userTask id=\"rework\"/>" + Task("late", "P1D") + """
            <boundaryEvent id="timer" attachedToRef="need"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>
            """ + Bpmn.Flows("s-again; again-need; need-fork; fork-law; fork-price; law-join; price-join; join-x; x-sign; x-rework[bad]; rework-again; timer-late"));
        var tasks = Planning.Tasks(map, ContextValue.Empty, Now).ToDictionary(t => t.Node);

        Assert.Equal((Now, Now.AddDays(1), 1m), (tasks["need"].Start, tasks["need"].Due, tasks["need"].Share));
        Assert.Equal((Now.AddDays(1), Now.AddDays(3), 1m), (tasks["law"].Start, tasks["law"].Due, tasks["law"].Share));
        Assert.Equal((Now.AddDays(3), 0.5m), (tasks["sign"].Start, tasks["sign"].Share));
        Assert.Equal(0m, tasks["late"].Share);
        Assert.Equal(["law-role"], tasks["law"].Roles);
    }

    [Fact]
    public void Tasks_OfSubProcesses_AreAmongThem()
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/><subProcess id=\"part\"><startEvent id=\"ps\"/>" + Task("inner", "P1D") + Bpmn.Flows("ps-inner") + "</subProcess>" + Task("after", "client.due") + Bpmn.Flows("s-part; part-after"));
        var tasks = Planning.Tasks(map, ContextValue.Empty, Now);
        Assert.Equal(["inner", "after"], tasks.Select(t => t.Node));
        Assert.Equal((Now.AddDays(1), (DateTimeOffset?)null), (tasks[1].Start, tasks[1].Due));
    }

    [Theory]
    [InlineData(40, 10, 0.8, 0.2, false)]
    [InlineData(15, 4, 0.5, 0.5, true)]
    public void Tasks_BehindADecision_HaveTheShareOfThePast_WhereThereIsEnoughOfIt(int signed, int refused, double sign, double refuse, bool isGuess)
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/><userTask id=\"need\"/><exclusiveGateway id=\"x\" default=\"x-sign\"/>" + Task("sign", "PT4H") + Task("refuse", "P1D") + "<exclusiveGateway id=\"merge\"/>" + Task("file", "P1D")
            + Bpmn.Flows("s-need; need-x; x-sign; x-refuse[bad]; x-need[back]; sign-merge; refuse-merge; merge-file"));
        // ten more went back to the need, and came again
        var past = new PastWays(new Dictionary<string, int> { ["x"] = signed + refused + 10 }, new Dictionary<(string, string), int> { [("x", "sign")] = signed, [("x", "refuse")] = refused, [("x", "need")] = 10 });

        var tasks = Planning.Tasks(map, ContextValue.Empty, Now, past).ToDictionary(t => t.Node);

        Assert.Equal(((decimal)sign, (decimal)refuse, 1m), (tasks["sign"].Share, tasks["refuse"].Share, tasks["file"].Share));
        Assert.Equal((false, isGuess, isGuess, false), (tasks["need"].IsGuess, tasks["sign"].IsGuess, tasks["refuse"].IsGuess, tasks["file"].IsGuess));
    }

    [Fact]
    public void Ahead_BeginsWhereTheTokensAre()
    {
        var map = Bpmn.Process("<startEvent id=\"s\"/>" + Task("a", "P1D") + Task("b", "P1D") + Task("c", "P1D") + Bpmn.Flows("s-a; a-b; b-c"));
        var runner = new PaperRunner(map);
        var state = runner.Start("p");
        runner.Complete("a");
        Assert.Equal(["b", "c"], Planning.Ahead(map, runner.Instances[state.Id], Now).Select(t => t.Node));
    }
}
