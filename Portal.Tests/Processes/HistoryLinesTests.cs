using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Processes;
using Portal.Web.Shared;
using Portal.Workflows.Engine;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Processes;

/// <summary>The history as people read it.</summary>
public sealed class HistoryLinesTests
{
    private static readonly Texts Words = new(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(Dispatcher("Ida Marsh"), TimeProvider.System));
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static HistoryLine Line(HistoryKind kind, string node, string? name, string element) => new(At, kind, node, name ?? node, element, null, null, null, 1);

    [Fact]
    public void Of_NamelessNodes_ShowsNoRawId()
    {
        HistoryLine[] oldestFirst =
        [
            Line(HistoryKind.Entered, "Event_0a1", null, "startEvent"), Line(HistoryKind.Entered, "Gateway_1b2", null, "exclusiveGateway"), Line(HistoryKind.Left, "Gateway_1b2", null, "exclusiveGateway"),
            Line(HistoryKind.Incident, "Gateway_1b2", null, "exclusiveGateway"), Line(HistoryKind.Entered, "buy", "Buy paper", "userTask"),
        ];

        var shown = HistoryLines.Of(oldestFirst.Reverse(), Words);

        Assert.Equal([(HistoryKind.Entered, "Start"), (HistoryKind.Incident, "One of the ways"), (HistoryKind.Entered, "Buy paper")], shown.Select(l => (l.Kind, l.Node!)));
    }

    [Fact]
    public void Rounds_OfARepeatedTask_EachBeginAndEnd()
    {
        var runner = new PaperRunner(Bpmn.Process("""
            <startEvent id="s"/><userTask id="sign" name="Sign"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask><userTask id="after"/>
            """ + Bpmn.Flows("s-sign; sign-after")));
        runner.Start("p");
        runner.Complete("sign");
        runner.Complete("sign");

        var lines = runner.History.Where(h => h.Node == "sign").GroupBy(h => h.Token!.Value).Skip(1).Select(round => round.Select(h => h.Kind)).ToList();

        Assert.Equal(2, lines.Count);
        Assert.All(lines, round => Assert.Equal([HistoryKind.Entered, HistoryKind.Left], round));
    }
}
