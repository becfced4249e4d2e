using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Checks;

/// <summary>What differs between two versions of a map.</summary>
public sealed class MapDifferenceTests
{
    private static IEnumerable<(string, Change, string)> Between(string older, string newer) =>
        MapDifference.Between(MapDocument.Parse(Bpmn.File(older)), MapDocument.Parse(Bpmn.File(newer)))
            .Select(d => (d.Id, d.Change, string.Join(' ', d.Properties)));

    [Fact]
    public void Between_NamesAddedRemovedAndChanged() => Assert.Equal(
        [("a", Change.Changed, "instruction name"), ("c", Change.Added, ""), ("f", Change.Changed, "conditionExpression targetRef"), ("b", Change.Removed, "")],
        Between(
            """<userTask id="a" name="Ask"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>""",
            """<userTask id="a" name="Ask twice"><extensionElements><portal:instruction>Call</portal:instruction></extensionElements></userTask><task id="c"/><sequenceFlow id="f" sourceRef="a" targetRef="c"><conditionExpression>true</conditionExpression></sequenceFlow>"""));

    [Fact]
    public void Between_OtherTypeOfTheSameId_IsAChange() =>
        Assert.Equal([("a", Change.Changed, "element")], Between("""<userTask id="a"/>""", """<task id="a"/>"""));

    [Fact]
    public void Between_LayoutOrderAndArrowsOfANode_AreNone() => Assert.Empty(Between(
        """<userTask id="a" name="x"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>""",
        """
        <task id="b"><incoming>f</incoming></task>
        <userTask name="x" id="a"><outgoing>f</outgoing></userTask><sequenceFlow id="f" sourceRef="a" targetRef="b"/>
        """));

    [Fact]
    public void Between_AChangeInsideASubProcess_IsOfTheInnerElement() => Assert.Equal([("t", Change.Changed, "name")], Between(
        """<subProcess id="p"><task id="t" name="1"/></subProcess>""", """<subProcess id="p"><task id="t" name="2"/></subProcess>"""));
}
