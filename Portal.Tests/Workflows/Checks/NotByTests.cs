using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Checks;

public sealed class NotByTests
{
    [Theory]
    [InlineData("a", 0)]
    [InlineData("a, e", 1)]
    [InlineData("gone", 1)]
    public void NotBy_NamesUserTasksOfTheMap(string barred, int findings) =>
        Assert.Equal(findings, MapCheck.Of(MapDocument.Parse(Bpmn.File($"""
            <startEvent id="s"/><userTask id="a"/><userTask id="b"><extensionElements><portal:assignment candidateRoles="sales" notBy="{barred}"/></extensionElements></userTask>
            <endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-e")}
            """)).ToMap()).Count(f => f.Code == "map.not-by-unknown"));
}
