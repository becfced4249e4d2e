using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Forms of tasks and start events: every field can be filled in, and somebody is asked.</summary>
internal static class FormCheck
{
    public static IEnumerable<Finding> Of(FlowNode node)
    {
        if (node is not (UserTask or StartEvent)) yield break;
        foreach (var field in node.Work.Form)
        {
            if (field.Key == "") yield return MapCheck.About(node, "map.field-no-key", field.Label.Default);
            if (FieldType.Choice == (field.Type == FieldType.List ? field.Items : field.Type) && field.Options.Count == 0) yield return MapCheck.About(node, "map.field-no-options", field.Label.Default);
        }
        foreach (var twin in node.Work.Form.GroupBy(f => f.Key).Where(g => g.Count() > 1)) yield return MapCheck.About(node, "map.field-twice", twin.Key);
        if (node is StartEvent start && node.Work.Form.Count > 0 && (start.Trigger is not null || start.Parent is not null))
            yield return MapCheck.About(node, "map.form-not-asked") with { IsWarning = true };
    }
}
