using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Notation;

/// <summary>What the typed map knows of a file.</summary>
public sealed class MapReaderTests
{
    [Fact]
    public void Read_KnowsPortalsSettingsOfATask()
    {
        var map = Bpmn.Process("""
            <laneSet><lane id="l" name="Sales"><extensionElements><portal:role key="sales"/></extensionElements><flowNodeRef>t</flowNodeRef></lane></laneSet>
            <userTask id="t" name="Ask the client" portal:async="true">
              <extensionElements>
                <portal:name lang="uk">Запитати клієнта</portal:name>
                <portal:instruction>Call, do not write.</portal:instruction>
                <portal:instruction lang="ru">Звоните, не пишите.</portal:instruction>
                <portal:assignment title="='Ask'" assignee="=manager" candidateRoles="sales, heads"/>
                <portal:schedule due="P2D" escalateTo="head-of-sales" priority="80"/>
                <portal:form>
                  <portal:field key="need" label="Need" type="longText" required="true"><portal:label lang="uk">Потреба</portal:label></portal:field>
                  <portal:field key="source" type="choice"><portal:option value="fair" label="Fair"/></portal:field>
                </portal:form>
                <portal:stage key="need" order="1" probability="10" name="Need"><portal:label lang="uk">Потреба</portal:label></portal:stage>
                <portal:verdict success="need != null"/>
                <portal:retry cycle="R5/PT5M"/>
              </extensionElements>
            </userTask>
            """);
        var (task, work) = (map.Node("t"), map.Node("t").Work);

        Assert.Equal("Запитати клієнта", task.Name.In("uk-UA"));
        Assert.Equal("Ask the client", task.Name.In("ro"));
        Assert.Equal(("Call, do not write.", "Звоните, не пишите."), (work.Instruction!.Default, work.Instruction.In("ru")));
        Assert.Equal(("P2D", "head-of-sales", "80"), (work.Due, work.EscalateTo!.ToString(), work.Priority!.ToString()));
        Assert.Equal([FieldType.LongText, FieldType.Choice], work.Form.Select(f => f.Type));
        Assert.Equal(("Потреба", true), (work.Form[0].Label.In("uk"), work.Form[0].IsRequired));
        Assert.Equal(("need", 1, 10m, "Потреба"), (work.Stage!.Key, work.Stage.Order, work.Stage.Probability, work.Stage.Name.In("uk")));
        Assert.Equal((true, "R5/PT5M", "need != null"), (work.IsAsync, work.Retry, work.Success!.Text));
        Assert.Equal("sales", map.LaneOf(task)!.Role);
    }

    [Fact]
    public void Read_FlowsWithoutId_GetOneOfTheirEnds()
    {
        var map = Bpmn.Process("""<startEvent id="s"/><task id="t"/><sequenceFlow sourceRef="s" targetRef="t"/><sequenceFlow sourceRef="s" targetRef="t"/>""");
        Assert.Equal(["s→t", "s→t#2"], map.Node("s").Outgoing.Select(f => f.Id));
    }

    [Fact]
    public void Read_FlowToNowhere_IsAFinding_NotAFailure()
    {
        var map = MapDocument.Parse(Bpmn.File("""<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="gone"/>""")).ToMap();
        Assert.Empty(map.Process.Flows);
        Assert.Contains(map.Findings, f => f.Code == "map.flow-broken" && f.ElementId == "f");
    }

    [Fact]
    public void Read_Diagram_GivesBoundsAndWaypoints()
    {
        var file = Bpmn.File("""<task id="t"/>""").Replace("</definitions>", """
            <di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:e="http://www.omg.org/spec/DD/20100524/DI">
              <di:BPMNPlane bpmnElement="p"><di:BPMNShape bpmnElement="t"><dc:Bounds x="10.5" y="20" width="100" height="80"/></di:BPMNShape>
              <di:BPMNEdge bpmnElement="f"><e:waypoint x="1" y="2"/><e:waypoint x="3" y="4"/></di:BPMNEdge></di:BPMNPlane></di:BPMNDiagram></definitions>
            """);
        var diagram = MapDocument.Parse(file).ToMap().Diagram;
        Assert.Equal(new Bounds(10.5, 20, 100, 80), diagram.Shapes["t"]);
        Assert.Equal([new Waypoint(1, 2), new Waypoint(3, 4)], diagram.Edges["f"]);
    }

    [Fact]
    public void Process_OfSeveralExecutable_IsRefusedByKey()
    {
        var file = Bpmn.File("""<task id="t"/>""").Replace("</definitions>", """<process id="q" isExecutable="true"><task id="u"/></process></definitions>""");
        var refusal = Assert.Throws<RuleBrokenException>(() => MapDocument.Parse(file).ToMap().Process);
        Assert.Equal("map.several-processes", refusal.Code);
    }

    [Fact]
    public void Read_MultiInstance_KnowsPortalsLoopAndApproval()
    {
        var repeats = ((Activity)Bpmn.Process("""
            <userTask id="t"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements>
              <portal:loop collection="approvers" item="approver" output="comment" outputList="comments"/>
              <portal:approval mode="quorum" percent="60" verdict="vote" result="agreed"/>
            </extensionElements></multiInstanceLoopCharacteristics></userTask>
            """).Node("t")).Repeats!;
        Assert.Equal(("approvers", "approver", "comments"), (repeats.Collection!.Text, repeats.Item, repeats.OutputList));
        Assert.Equal(new Approval(ApprovalMode.Quorum, 60, "vote", "agreed"), repeats.Approval);
        Assert.True(repeats.IsSequential);
    }
}
