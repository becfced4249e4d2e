using System.Globalization;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>When a timer fires first, how often it fires and how long lies between.</summary>
public sealed record TimerPlan(DateTimeOffset Due, int? Remaining, string? Interval);

/// <summary>Timers: dates, durations and cycles such as <c>R5/PT5M</c>, as ISO 8601 text or as an expression.</summary>
public static class Timers
{
    /// <summary>True of a timer that tells that something else did not come in time: on an activity, or behind an event gateway.</summary>
    internal static bool IsDeadline(ProcessMap map, FlowNode node) => node is BoundaryEvent || node.Incoming.Any(flow => map.Node(flow.Source) is EventGateway);

    /// <summary>The plan of a timer. A date alone is the beginning of that day; of a deadline, the moment after that day.</summary>
    /// <exception cref="Portal.Domain.Shared.RuleBrokenException"><c>process.timer-unreadable</c> with the element and the text</exception>
    public static TimerPlan Plan(FlowNode node, TimerTrigger timer, Evaluation evaluation, bool isDeadline = false)
    {
        var plan = timer.Form == TimerForm.Cycle
            ? Cycle(node, timer, evaluation)
            : Deadline.At(timer.Text, evaluation, day => isDeadline ? day.AddDays(1) : day) is { } due ? new TimerPlan(due, 1, null) : null;
        return plan ?? throw Execution.Refusal("process.timer-unreadable", node, timer.Text);
    }

    /// <summary>
    /// The next plan of a cycle after it fired; null when it is over. What was missed while nobody fired it is left out:
    /// the next firing lies after now, on the cycle's own grid.
    /// </summary>
    public static TimerPlan? Next(TimerPlan fired, DateTimeOffset now)
    {
        if (fired.Interval is null || fired.Remaining <= 1) return null;
        var due = Later(fired.Due, fired.Interval);
        if (due <= now && Temporal.ParseDuration(fired.Interval) is DurationValue { Length.Ticks: > 0 } step)
            due += TimeSpan.FromTicks(((now - due).Ticks / step.Length.Ticks + 1) * step.Length.Ticks);
        return new TimerPlan(due, fired.Remaining - 1, fired.Interval);
    }

    internal static void Arm(Execution run, Token token, FlowNode node, TimerTrigger timer)
    {
        var plan = Execution.Named(node, () => Plan(node, timer, run.Evaluation(token.Scope), IsDeadline(run.Map, node)));
        Jobs.Schedule(run, new Wait(run.NextId(), WaitKind.Timer, token.Id, node.Id, plan.Due, plan.Remaining, plan.Interval));
    }

    /// <summary>Ends a fired timer and arms it again while its cycle lasts.</summary>
    internal static void Rearm(Execution run, Wait wait)
    {
        run.Drop(wait);
        if (Next(new TimerPlan(wait.Due!.Value, wait.Remaining, wait.Interval), run.Now) is { } plan)
            Jobs.Schedule(run, wait with { Id = run.NextId(), Due = plan.Due, Remaining = plan.Remaining });
    }

    private static TimerPlan? Cycle(FlowNode node, TimerTrigger timer, Evaluation evaluation)
    {
        if (ReadCycle(timer.Text, evaluation.Now) is { } plan) return plan;
        return Execution.Named(node, () => timer.Expression.Evaluate(evaluation)) switch
        {
            TextValue text => ReadCycle(text.Text, evaluation.Now),
            DurationValue every => ReadCycle($"R/{every}", evaluation.Now),
            _ => null,
        };
    }

    /// <summary>Reads <c>R[n]/[start/]duration</c>: n firings (without n no limit), the first at the start or one duration from now.</summary>
    public static TimerPlan? ReadCycle(string text, DateTimeOffset now)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length is < 2 or > 3 || !parts[0].StartsWith('R') || Temporal.ParseDuration(parts[^1]) is not { } interval) return null;
        if (interval is DurationValue { Length.Ticks: <= 0 } or MonthsValue { Months: <= 0 }) return null;
        int? times = null;
        if (parts[0].Length > 1)
        {
            if (!int.TryParse(parts[0].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return null;
            times = n;
        }
        if (parts.Length == 2) return Deadline.Of(parts[1], new Evaluation(ContextValue.Empty, now)) is { } due ? new TimerPlan(due, times, parts[1]) : null;
        return Temporal.Parse(parts[1]) is DateTimeValue start ? new TimerPlan(start.Instant, times, parts[2]) : null;
    }

    private static DateTimeOffset Later(DateTimeOffset from, string interval) => Temporal.ParseDuration(interval) switch
    {
        DurationValue d => from + d.Length,
        MonthsValue m => from.AddMonths(m.Months),
        _ => from,
    };
}
