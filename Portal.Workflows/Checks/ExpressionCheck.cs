using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>Expressions, timers and decision cells: all of them parse.</summary>
internal static class ExpressionCheck
{
    public static IEnumerable<Finding> Of(FlowNode node)
    {
        foreach (var flow in node.Outgoing)
            if (Parse(flow.Condition) is { } condition && Mistake(condition) is { } e) yield return Finding.Of("map.expression", flow.Id, flow.Name?.Default ?? flow.Id, [e.Args[0], e.Code, .. e.Args.Skip(1)]);
        foreach (var parse in Parts(node).OfType<Action>())
            if (Mistake(parse) is { } e) yield return MapCheck.About(node, "map.expression", [e.Args[0], e.Code, .. e.Args.Skip(1)]);
        if (node is EventNode { Trigger: TimerTrigger timer } && TimerMistake(timer) is { } code) yield return MapCheck.About(node, code, timer.Text);
        if (node.Work.Retry is { } retry && Timers.ReadCycle(retry, DateTimeOffset.UnixEpoch) is not { Remaining: not null })
            yield return MapCheck.About(node, "map.retry-unreadable", retry);
    }

    /// <summary>What the process itself computes.</summary>
    public static IEnumerable<Finding> Of(ProcessMap process)
    {
        foreach (var parse in new[] { Parse(process.Owner?.Expression), Parse(process.Title?.Expression) }.OfType<Action>())
            if (Mistake(parse) is { } e) yield return Finding.Of("map.expression", process.Key, process.Name.Default, [e.Args[0], e.Code, .. e.Args.Skip(1)]);
    }

    public static RuleBrokenException? Mistake(Action parse)
    {
        try { parse(); return null; }
        catch (RuleBrokenException e) { return e; }
    }

    private static IEnumerable<Action?> Parts(FlowNode node)
    {
        var work = node.Work;
        foreach (var formula in new[] { work.Title, work.Assignee, work.CandidateUsers, work.CandidateRoles, work.Priority, work.EscalateTo }) yield return Parse(formula?.Expression);
        foreach (var field in work.Form)
        {
            yield return Parse(field.Default?.Expression);
            yield return Parse(field.RequiredWhen);
        }
        foreach (var input in work.Action?.Inputs ?? []) yield return Parse(input.Value.Expression);
        foreach (var output in work.Action?.Outputs ?? []) yield return Parse(output.Source);
        yield return Parse(work.Success);
        if (work.Due is { } due && Temporal.Parse(due) is null) yield return Parse(new Expression(due));
        if (node is Activity { Repeats: { } repeats })
            foreach (var part in new[] { repeats.Cardinality, repeats.Collection, repeats.CompletionCondition, repeats.Output }) yield return Parse(part);
        foreach (var own in Own(node)) yield return own;
    }

    private static IEnumerable<Action?> Own(FlowNode node) => node switch
    {
        ScriptTask task => [Parse(task.Script)],
        CallActivity call => call.In.Concat(call.Out).Select(m => Parse(m.Source)),
        SendTask task => Message(task.Message),
        ReceiveTask task => Message(task.Message),
        EventNode { Trigger: MessageTrigger message } => Message(message),
        EventNode { Trigger: SignalTrigger signal } => signal.Payload.Select(m => Parse(m.Source)),
        BusinessRuleTask { Decision: { } table } => table.Inputs.Select(Parse)
            .Concat(table.Rules.SelectMany(rule => rule.When.Select(when => (Action?)(() => when.Checked())).Concat(rule.Then.Select(Parse)))),
        _ => [],
    };

    private static IEnumerable<Action?> Message(MessageTrigger message) => message.Payload.Select(m => Parse(m.Source)).Append(Parse(message.Correlation));

    private static Action? Parse(Expression? expression) => expression is null ? null : () => expression.Checked();

    private static string? TimerMistake(TimerTrigger timer)
    {
        if (timer.Text == "") return "map.timer-missing";
        var literal = timer.Form == TimerForm.Cycle ? Timers.ReadCycle(timer.Text, DateTimeOffset.UnixEpoch) is not null : Temporal.Parse(timer.Text) is not null;
        return literal || Mistake(() => timer.Expression.Checked()) is null ? null : "map.timer-unreadable";
    }
}
