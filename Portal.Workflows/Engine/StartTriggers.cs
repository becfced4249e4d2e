using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What starts instances of a process by itself. Belongs to the newest published version only.</summary>
/// <param name="Node">the start event</param>
/// <param name="Message">name of the message that starts one</param>
/// <param name="Signal">name of the signal that starts one</param>
/// <param name="Timer">when the clock starts one</param>
public sealed record StartTrigger(string Node, string? Message, string? Signal, TimerPlan? Timer);

/// <summary>Reads the start triggers of a map.</summary>
public static class StartTriggers
{
    /// <summary>The triggers, timers counted from now; after a timer fired, <see cref="Timers.Next"/> gives its next plan.</summary>
    public static IReadOnlyList<StartTrigger> Of(ProcessMap map, DateTimeOffset now) =>
        [.. map.In(null).OfType<StartEvent>().Where(start => start.Trigger is not null).Select(start => start.Trigger switch
        {
            MessageTrigger message => new StartTrigger(start.Id, message.Name, null, null),
            SignalTrigger signal => new StartTrigger(start.Id, null, signal.Name, null),
            TimerTrigger timer => new StartTrigger(start.Id, null, null, Timers.Plan(start, timer, new Evaluation(ContextValue.Empty, now))),
            _ => throw Execution.Refusal("process.unsupported", start, start.Element),
        })];
}
