using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Forms of tasks and start events, and the fields of messages: every field can be filled in, and somebody is asked.</summary>
internal static class FormCheck
{
    public static IEnumerable<Finding> Of(FlowNode node)
    {
        var fields = Fields(node);
        foreach (var field in fields)
        {
            if (field.Key == "") yield return MapCheck.About(node, "map.field-no-key", field.Label.Default);
            if (FieldType.Choice == (field.Type == FieldType.List ? field.Items : field.Type) && field.Options.Count == 0) yield return MapCheck.About(node, "map.field-no-options", field.Label.Default);
            if (!AreBounds(field)) yield return MapCheck.About(node, "map.field-bounds", field.Label.Default);
        }
        foreach (var twin in fields.GroupBy(f => f.Key).Where(g => g.Count() > 1)) yield return MapCheck.About(node, "map.field-twice", twin.Key);
        if (node is StartEvent start && node.Work.Form.Count > 0 && (start.Trigger is not null || start.Parent is not null))
            yield return MapCheck.About(node, "map.form-not-asked") with { IsWarning = true };
    }

    private static bool AreBounds(FormField field)
    {
        var (min, max) = (TaskForm.Bound(field, field.Min), TaskForm.Bound(field, field.Max));
        return (field.Min is null || min is not null) && (field.Max is null || max is not null) && (min is null || max is null || TaskForm.Compare(min, max) <= 0);
    }

    private static IReadOnlyList<FormField> Fields(FlowNode node) => node switch
    {
        ReceiveTask task => task.Message.Fields,
        EventNode { Trigger: MessageTrigger message } => message.Fields,
        EventNode { Trigger: SignalTrigger signal } => signal.Fields,
        UserTask or StartEvent => node.Work.Form,
        _ => [],
    };
}
