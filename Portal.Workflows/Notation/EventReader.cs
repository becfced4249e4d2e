using System.Xml.Linq;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Reads what events wait for or cause.</summary>
internal sealed class EventReader(Catalogue catalogue)
{
    /// <summary>The one trigger of an event; null for a plain event.</summary>
    public EventTrigger? Trigger(XElement node, string id)
    {
        var definitions = node.Elements()
            .Where(e => e.Name.Namespace == BpmnXml.Model && e.Name.LocalName is var n && (n.EndsWith("EventDefinition", StringComparison.Ordinal) || n == "eventDefinitionRef"))
            .ToList();
        return definitions.Count switch
        {
            0 => null,
            1 => Read(node, definitions[0], id),
            _ => new UnsupportedTrigger("multiple"),
        };
    }

    private EventTrigger Read(XElement node, XElement definition, string id) => definition.Name.LocalName switch
    {
        "timerEventDefinition" => Timer(definition),
        "messageEventDefinition" => Message(node, definition, id),
        "signalEventDefinition" => new SignalTrigger(catalogue.Resolve(definition, "signalRef", "signal", "name") ?? id, Payload(node), catalogue.Fields(definition, "signalRef", "signal")),
        "errorEventDefinition" => new ErrorTrigger(catalogue.Resolve(definition, "errorRef", "error", "errorCode")),
        "escalationEventDefinition" => new EscalationTrigger(catalogue.Resolve(definition, "escalationRef", "escalation", "escalationCode")),
        "linkEventDefinition" => new LinkTrigger(definition.Text("name") ?? ""),
        "terminateEventDefinition" => new TerminateTrigger(),
        var other => new UnsupportedTrigger(other),
    };

    private static EventTrigger Timer(XElement definition)
    {
        if (definition.ChildText("timeDate") is { } date) return new TimerTrigger(TimerForm.Date, date);
        if (definition.ChildText("timeDuration") is { } duration) return new TimerTrigger(TimerForm.Duration, duration);
        if (definition.ChildText("timeCycle") is { } cycle) return new TimerTrigger(TimerForm.Cycle, cycle);
        return new TimerTrigger(TimerForm.Duration, "");
    }

    /// <summary>The message a definition or a send or receive task names; an unnamed one is called by the node's id.</summary>
    public MessageTrigger Message(XElement node, XElement definition, string id) => new(
        catalogue.Resolve(definition, "messageRef", "message", "name") ?? id,
        node.Extension("correlation")?.Text("key") is { } key ? new Expression(key) : null,
        Payload(node),
        catalogue.Fields(definition, "messageRef", "message"));

    private static IReadOnlyList<Mapping> Payload(XElement node) => Extensions.Mappings(node.Extension("payload"), "put");
}
