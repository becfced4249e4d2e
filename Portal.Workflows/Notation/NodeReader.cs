using System.Xml.Linq;
using Portal.Workflows.Checks;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Reads flow nodes, events excepted.</summary>
internal sealed class NodeReader(Catalogue catalogue, List<Finding> findings)
{
    private static readonly HashSet<string> Known =
    [
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "task", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "manualTask", "businessRuleTask",
        "subProcess", "callActivity", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
    ];

    private static readonly HashSet<string> Refused =
        ["complexGateway", "adHocSubProcess", "transaction", "choreographyTask", "subChoreography", "callChoreography", "implicitThrowEvent"];

    private readonly EventReader events = new(catalogue);

    public static bool IsFlowNode(string kind) => Known.Contains(kind) || Refused.Contains(kind);

    public FlowNode Read(XElement element, NodeFacts facts)
    {
        Inspect(element, facts);
        return element.Name.LocalName switch
        {
            "startEvent" => new StartEvent(facts, events.Trigger(element, facts.Id)),
            "endEvent" => new EndEvent(facts, events.Trigger(element, facts.Id)),
            "intermediateCatchEvent" => new CatchEvent(facts, events.Trigger(element, facts.Id)),
            "intermediateThrowEvent" => new ThrowEvent(facts, events.Trigger(element, facts.Id)),
            "boundaryEvent" => new BoundaryEvent(facts, events.Trigger(element, facts.Id))
            {
                AttachedTo = element.Reference("attachedToRef") ?? "",
                Interrupting = element.Flag("cancelActivity", otherwise: true),
            },
            "exclusiveGateway" => new ExclusiveGateway(facts),
            "parallelGateway" => new ParallelGateway(facts),
            "inclusiveGateway" => new InclusiveGateway(facts),
            "eventBasedGateway" => new EventGateway(facts),
            var kind when Refused.Contains(kind) => new UnsupportedNode(facts),
            _ => ReadActivity(element, facts),
        };
    }

    private Activity ReadActivity(XElement element, NodeFacts facts)
    {
        var repeats = element.Child("multiInstanceLoopCharacteristics") is { } loop ? RepeatReader.Read(loop) : null;
        return element.Name.LocalName switch
        {
            "userTask" => new UserTask(facts) { Repeats = repeats },
            "serviceTask" => new ServiceTask(facts) { Repeats = repeats },
            "sendTask" => new SendTask(facts) { Repeats = repeats, Message = events.Message(element, element, facts.Id) },
            "receiveTask" => new ReceiveTask(facts) { Repeats = repeats, Message = events.Message(element, element, facts.Id) },
            "scriptTask" => new ScriptTask(facts)
            {
                Repeats = repeats,
                Format = element.Text("scriptFormat"),
                Script = element.ChildText("script") is { } script ? new Expression(script) : null,
                Result = element.Extension("result")?.Text("variable"),
            },
            "businessRuleTask" => new BusinessRuleTask(facts)
            {
                Repeats = repeats,
                Decision = element.Extension("decision") is { } decision ? DecisionReader.Read(decision) : null,
                Result = element.Extension("decision")?.Text("result"),
            },
            "subProcess" => new SubProcess(facts) { Repeats = repeats, IsEventTriggered = element.Flag("triggeredByEvent") },
            "callActivity" => new CallActivity(facts)
            {
                Repeats = repeats,
                Called = element.Reference("calledElement"),
                PassesAll = element.Extension("call")?.Flag("all") ?? false,
                In = Extensions.Mappings(element.Extension("call"), "in"),
                Out = Extensions.Mappings(element.Extension("call"), "out"),
            },
            _ => new ManualTask(facts) { Repeats = repeats },
        };
    }

    /// <summary>Notes what is written on the element but would not be done.</summary>
    private void Inspect(XElement element, NodeFacts facts)
    {
        if (element.Text("id") is null) findings.Add(Finding.Of("map.no-id", facts.Id, facts.Id));
        if (Refused.Contains(element.Name.LocalName)) findings.Add(MapReader.Unsupported(element, facts.Id));
        if (element.Text("startQuantity") is { } start && start.Trim() != "1") Refuse("startQuantity");
        if (element.Text("completionQuantity") is { } completion && completion.Trim() != "1") Refuse("completionQuantity");
        if (element.Flag("isForCompensation")) Refuse("isForCompensation");
        if (element.Child("standardLoopCharacteristics") is not null) Refuse("standardLoopCharacteristics");
        if (element.Flag("triggeredByEvent")) Refuse("triggeredByEvent");
        if (element.Flag("instantiate")) Refuse("instantiate");
        if (element.Flag("parallelMultiple")) Refuse("parallelMultiple");

        void Refuse(string what) => findings.Add(Finding.Of("map.unsupported-setting", facts.Id, facts.Name.Default, facts.Element, what));
    }
}
