using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Events: which triggers may stand where.</summary>
internal static class EventCheck
{
    public static IEnumerable<Finding> Of(ProcessMap map, FlowNode node)
    {
        if (node is not EventNode { Trigger: var trigger }) yield break;
        if (trigger is UnsupportedTrigger unsupported) yield return MapCheck.About(node, "map.unsupported-event", unsupported.Element);
        else if (!Fits(node, trigger)) yield return MapCheck.About(node, "map.event-not-here", node.Element, Shown(trigger));
        if (node is BoundaryEvent boundary)
        {
            if (!map.Nodes.TryGetValue(boundary.AttachedTo, out var host) || host is not Activity || host.Parent != node.Parent)
                yield return MapCheck.About(node, "map.boundary-loose", boundary.AttachedTo);
            if (trigger is ErrorTrigger && !boundary.Interrupting) yield return MapCheck.About(node, "map.error-must-interrupt");
        }
        if (node is ThrowEvent && trigger is LinkTrigger link && !map.LinkTargets(node, link).Any())
            yield return MapCheck.About(node, "map.link-no-target", link.Name);
    }

    private static bool Fits(FlowNode node, EventTrigger? trigger) => node switch
    {
        StartEvent { Parent: not null } => trigger is null,
        StartEvent => trigger is null or MessageTrigger or TimerTrigger or SignalTrigger,
        EndEvent => trigger is null or MessageTrigger or SignalTrigger or ErrorTrigger or EscalationTrigger or TerminateTrigger,
        ThrowEvent => trigger is null or MessageTrigger or SignalTrigger or EscalationTrigger or LinkTrigger,
        CatchEvent => trigger is MessageTrigger or SignalTrigger or TimerTrigger or LinkTrigger,
        _ => trigger is MessageTrigger or SignalTrigger or TimerTrigger or ErrorTrigger or EscalationTrigger,
    };

    private static string Shown(EventTrigger? trigger) => trigger?.GetType().Name.Replace("Trigger", "").ToLowerInvariant() ?? "none";
}
