using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Activities: everything needed to do the work is there.</summary>
internal static class ActivityCheck
{
    private static readonly HashSet<string> ScriptFormats = new(StringComparer.OrdinalIgnoreCase) { "feel", "text/feel", "application/feel", "text/x-feel" };

    public static IEnumerable<Finding> Of(ProcessMap map, FlowNode node, IReadOnlySet<string>? actions)
    {
        var found = Own(map, node, actions);
        return node is Activity { Repeats: { } repeats } ? found.Concat(Repetition(node, repeats)) : found;
    }

    private static IEnumerable<Finding> Own(ProcessMap map, FlowNode node, IReadOnlySet<string>? actions) => node switch
    {
        UserTask task => Person(map, task),
        ServiceTask task => Action(task, actions),
        ScriptTask { Script: null } => [MapCheck.About(node, "map.no-script")],
        ScriptTask { Format: { } format } when !ScriptFormats.Contains(format) => [MapCheck.About(node, "map.script-language", format)],
        ScriptTask { Result: null, Script: { IsContext: false } script } when ExpressionCheck.Mistake(() => script.Checked()) is null => [MapCheck.About(node, "map.script-no-result")],
        BusinessRuleTask task => Decision(task),
        CallActivity { Called: null } => [MapCheck.About(node, "map.no-called")],
        _ => [],
    };

    private static IEnumerable<Finding> Person(ProcessMap map, UserTask task)
    {
        if (task.Work is { Assignee: null, CandidateUsers: null, CandidateRoles: null } && map.LaneOf(task) is null)
            yield return MapCheck.About(task, "map.no-performer") with { IsWarning = true };
        foreach (var other in task.Work.NotBy)
            if (map.Nodes.GetValueOrDefault(other) is not UserTask) yield return MapCheck.About(task, "map.not-by-unknown", other);
    }

    private static IEnumerable<Finding> Action(ServiceTask task, IReadOnlySet<string>? actions)
    {
        if (task.Work.Action is not { Name: not "" } action) yield return MapCheck.About(task, "map.no-action");
        else if (actions?.Contains(action.Name) == false) yield return MapCheck.About(task, "map.unknown-action", action.Name);
    }

    private static IEnumerable<Finding> Decision(BusinessRuleTask task)
    {
        if (task.Decision is not { } table || table.Outputs.Count == 0 || table.Rules.Count == 0) yield return MapCheck.About(task, "map.no-decision");
        else foreach (var (index, rule) in table.Rules.Index())
            if (rule.When.Count != table.Inputs.Count || rule.Then.Count != table.Outputs.Count) yield return MapCheck.About(task, "map.decision-row", index + 1);
    }

    private static IEnumerable<Finding> Repetition(FlowNode node, MultiInstance repeats)
    {
        if (repeats.Cardinality is null && repeats.Collection is null) yield return MapCheck.About(node, "map.no-cardinality");
        if (repeats.Approval is { Percent: <= 0 or > 100 } approval) yield return MapCheck.About(node, "map.approval-percent", approval.Percent);
        if (repeats.Approval is { } vote && node is UserTask task && task.Work.Form.All(f => f.Key != vote.Verdict || f.Type != FieldType.Boolean))
            yield return MapCheck.About(node, "map.approval-no-vote", vote.Verdict);
    }
}
