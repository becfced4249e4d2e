using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Checks;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Checks;

/// <summary>Every refusal of the publish check, by element.</summary>
public sealed class MapCheckTests
{
    private const string Good = "<startEvent id=\"s\"/><userTask id=\"t\"/><endEvent id=\"e\"/>";

    private static IReadOnlyList<Finding> Check(string body, string beside = "") => MapCheck.Of(MapDocument.Parse(Bpmn.File(body, beside: beside)).ToMap());

    [Fact]
    public void Of_AGoodMap_FindsNoRefusal()
    {
        var findings = Check(Good + Bpmn.Flows("s-t; t-e"));
        Assert.Equal("map.no-performer", Assert.Single(findings, f => f.IsWarning).Code);
        Assert.DoesNotContain(findings, f => !f.IsWarning);
    }

    [Theory]
    [InlineData("map.unsupported-element", "x", "<complexGateway id=\"x\"/>")]
    [InlineData("map.unsupported-element", "x", "<adHocSubProcess id=\"x\"/>")]
    [InlineData("map.unsupported-element", "x", "<transaction id=\"x\"/>")]
    [InlineData("map.unsupported-element", "x", "<callChoreography id=\"x\"/>")]
    [InlineData("map.unsupported-setting", "x", "<task id=\"x\" startQuantity=\"2\"/>")]
    [InlineData("map.unsupported-setting", "x", "<task id=\"x\" isForCompensation=\"true\"/>")]
    [InlineData("map.unsupported-setting", "x", "<subProcess id=\"x\" triggeredByEvent=\"true\"><startEvent id=\"y\"/></subProcess>")]
    [InlineData("map.unsupported-setting", "x", "<task id=\"x\"><standardLoopCharacteristics/></task>")]
    [InlineData("map.unsupported-setting", "x", "<receiveTask id=\"x\" instantiate=\"true\"/>")]
    [InlineData("map.unsupported-event", "x", "<intermediateCatchEvent id=\"x\"><conditionalEventDefinition/></intermediateCatchEvent>")]
    [InlineData("map.unsupported-event", "x", "<intermediateThrowEvent id=\"x\"><compensateEventDefinition/></intermediateThrowEvent>")]
    [InlineData("map.unsupported-event", "x", "<endEvent id=\"x\"><cancelEventDefinition/></endEvent>")]
    [InlineData("map.unsupported-event", "x", "<intermediateCatchEvent id=\"x\"><signalEventDefinition/><timerEventDefinition/></intermediateCatchEvent>")]
    [InlineData("map.event-not-here", "x", "<intermediateCatchEvent id=\"x\"/>")]
    [InlineData("map.event-not-here", "x", "<startEvent id=\"x\"><errorEventDefinition/></startEvent>")]
    [InlineData("map.event-not-here", "x", "<endEvent id=\"x\"><timerEventDefinition/></endEvent>")]
    [InlineData("map.duplicate-id", "t", "<task id=\"t\"/>")]
    [InlineData("map.no-id", "task-4", "<task name=\"Nameless\"/>")]
    [InlineData("map.several-starts", "p", "<startEvent id=\"x\"/>")]
    [InlineData("map.no-start", "x", "<subProcess id=\"x\"><task id=\"y\"/></subProcess>")]
    [InlineData("map.unreachable", "x", "<task id=\"x\"/>")]
    [InlineData("map.boundary-loose", "x", "<boundaryEvent id=\"x\" attachedToRef=\"gone\"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>")]
    [InlineData("map.error-must-interrupt", "x", "<boundaryEvent id=\"x\" attachedToRef=\"t\" cancelActivity=\"false\"><errorEventDefinition/></boundaryEvent>")]
    [InlineData("map.leads-nowhere", "x", "<boundaryEvent id=\"x\" attachedToRef=\"t\"><errorEventDefinition/></boundaryEvent>")]
    [InlineData("map.timer-missing", "x", "<boundaryEvent id=\"x\" attachedToRef=\"t\"><timerEventDefinition/></boundaryEvent>")]
    [InlineData("map.timer-unreadable", "x", "<boundaryEvent id=\"x\" attachedToRef=\"t\"><timerEventDefinition><timeDuration>in a while</timeDuration></timerEventDefinition></boundaryEvent>")]
    [InlineData("map.link-no-target", "x", "<intermediateThrowEvent id=\"x\"><linkEventDefinition name=\"L\"/></intermediateThrowEvent>")]
    [InlineData("map.no-action", "x", "<serviceTask id=\"x\"/>")]
    [InlineData("map.no-script", "x", "<scriptTask id=\"x\"/>")]
    [InlineData("map.script-no-result", "x", "<scriptTask id=\"x\"><script>1 + 1</script></scriptTask>")]
    [InlineData("map.script-no-result", "x", "<scriptTask id=\"x\"><script>if a then {b: 1} else 2</script></scriptTask>")]
    [InlineData("map.script-language", "x", "<scriptTask id=\"x\" scriptFormat=\"javascript\"><script>fetch('//evil')</script></scriptTask>")]
    [InlineData("map.no-decision", "x", "<businessRuleTask id=\"x\"/>")]
    [InlineData("map.no-called", "x", "<callActivity id=\"x\"/>")]
    [InlineData("map.no-cardinality", "x", "<task id=\"x\"><multiInstanceLoopCharacteristics/></task>")]
    [InlineData("map.approval-no-vote", "x", "<userTask id=\"x\"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality><extensionElements><portal:approval/></extensionElements></multiInstanceLoopCharacteristics></userTask>")]
    [InlineData("map.field-no-options", "x", "<userTask id=\"x\"><extensionElements><portal:form><portal:field key=\"k\" type=\"choice\"/></portal:form></extensionElements></userTask>")]
    [InlineData("map.field-twice", "x", "<userTask id=\"x\"><extensionElements><portal:form><portal:field key=\"k\"/><portal:field key=\"k\"/></portal:form></extensionElements></userTask>")]
    [InlineData("map.retry-unreadable", "x", "<userTask id=\"x\"><extensionElements><portal:retry cycle=\"sometimes\"/></extensionElements></userTask>")]
    [InlineData("map.expression", "x", "<userTask id=\"x\"><extensionElements><portal:schedule due=\"1 +\"/></extensionElements></userTask>")]
    public void Of_NamesTheElement(string code, string element, string body) =>
        Assert.Contains(Check(Good + body + Bpmn.Flows("s-t; t-e")), f => f.Code == code && f.ElementId == element && !f.IsWarning);

    [Theory]
    [InlineData("map.flow-no-condition", "g-e", "<exclusiveGateway id=\"g\"/>", "s-t; t-g; g-e; g-u[1 = 1]")]
    [InlineData("map.expression", "g-e", "<exclusiveGateway id=\"g\"/>", "s-t; t-g; g-e[a b]; g-u[1 = 1]")]
    [InlineData("map.default-unknown", "g", "<exclusiveGateway id=\"g\" default=\"gone\"/>", "s-t; t-g; g-e")]
    [InlineData("map.condition-not-allowed", "g-e", "<parallelGateway id=\"g\"/>", "s-t; t-g; g-e[1 = 1]; g-u")]
    [InlineData("map.event-gateway-target", "u", "<eventBasedGateway id=\"g\"/>", "s-t; t-g; g-u; g-e")]
    [InlineData("map.event-gateway-alone", "g", "<eventBasedGateway id=\"g\"/>", "s-t; t-g; g-u")]
    [InlineData("map.incoming-not-allowed", "s", "<exclusiveGateway id=\"g\"/>", "s-t; t-g; g-s; g-u")]
    [InlineData("map.outgoing-not-allowed", "e", "<exclusiveGateway id=\"g\"/>", "s-t; t-g; g-e; e-u")]
    [InlineData("map.flow-broken", "u-gone", "<exclusiveGateway id=\"g\"/>", "s-t; t-g; g-u; u-gone")]
    public void Of_NamesTheFlowOrGateway(string code, string element, string body, string flows) =>
        Assert.Contains(Check(Good + "<task id=\"u\"/>" + body + Bpmn.Flows(flows)), f => f.Code == code && f.ElementId == element);

    [Fact]
    public void Of_AFlowIntoASubProcess_IsFound() =>
        Assert.Contains(Check(Good + "<subProcess id=\"x\"><startEvent id=\"y\"/><task id=\"z\"/>" + Bpmn.Flows("y-z") + "</subProcess>" + Bpmn.Flows("s-t; t-x; x-e; t-z")), f => f.Code == "map.flow-crosses");

    [Fact]
    public void Of_AScriptThatNamesWhatItGives_IsNotRefused() =>
        Assert.DoesNotContain(Check("<startEvent id=\"s\"/><scriptTask id=\"t\"><script>{total: 1 + 1}</script></scriptTask>" + Bpmn.Flows("s-t")), f => !f.IsWarning);

    [Theory]
    [InlineData("map.field-no-key", "<portal:field label=\"Amount\" type=\"number\"/>")]
    [InlineData("map.field-no-options", "<portal:field key=\"why\" type=\"choice\"/>")]
    [InlineData("map.field-bounds", "<portal:field key=\"a\" type=\"number\" min=\"10\" max=\"1\"/>")]
    [InlineData("map.field-bounds", "<portal:field key=\"a\" type=\"date\" min=\"soon\"/>")]
    [InlineData("map.field-bounds", "<portal:field key=\"a\" type=\"text\" max=\"5\"/>")]
    [InlineData("map.field-twice", "<portal:field key=\"a\" type=\"number\"/><portal:field key=\"a\" type=\"text\"/>")]
    public void Of_AMessageThatDeclaresItsFieldsWrongly_NamesWhoReceivesIt(string code, string fields) => Assert.Contains(
        Check("<startEvent id=\"s\"/><receiveTask id=\"t\" messageRef=\"m\"/>" + Bpmn.Flows("s-t"), $"<message id=\"m\" name=\"paid\"><extensionElements><portal:form>{fields}</portal:form></extensionElements></message>"),
        f => f.Code == code && f.ElementId == "t" && !f.IsWarning);

    [Fact]
    public void Of_AnActionNobodyOffers_IsFound()
    {
        var map = MapDocument.Parse(Bpmn.File("<startEvent id=\"s\"/><serviceTask id=\"t\"><extensionElements><portal:action name=\"a.b\"/></extensionElements></serviceTask>" + Bpmn.Flows("s-t"))).ToMap();
        Assert.Contains(MapCheck.Of(map, new HashSet<string> { "a.c" }), f => f.Code == "map.unknown-action");
        Assert.Empty(MapCheck.Of(map, new HashSet<string> { "a.b" }));
    }

    [Fact]
    public void Of_AProcessWithoutNameAndId_LeavesNoGapInTheWords() =>
        Assert.Contains(MapCheck.Of(MapDocument.Parse(Bpmn.File("<startEvent id=\"s\"/>", "k").Replace(" id=\"k\"", "")).ToMap()), f => f.Code == "map.no-key-no-name");

    [Fact]
    public void Of_AChoreographyOrNoProcess_IsRefused()
    {
        var findings = MapCheck.Of(MapDocument.Parse($"<definitions id=\"d\" xmlns=\"{BpmnXml.Model}\"><choreography id=\"c\" name=\"Dance\"/></definitions>").ToMap());
        Assert.Equal([("map.unsupported-element", "Dance"), ("map.no-process", "d")], findings.Select(f => (f.Code, f.ElementName)));
    }

    [Fact]
    public void Require_ThrowsTheFirstRefusal_WithItsName()
    {
        var refusal = Assert.Throws<RuleBrokenException>(() => MapCheck.Require(MapDocument.Parse(Bpmn.File(Good + "<complexGateway id=\"x\" name=\"All or some\"/>" + Bpmn.Flows("s-t; t-e; t-x"))).ToMap()));
        Assert.Equal(("map.unsupported-element", "All or some"), (refusal.Code, refusal.Args[0]));
    }
}
