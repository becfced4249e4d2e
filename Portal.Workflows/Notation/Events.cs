using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Something that happens.</summary>
public abstract class EventNode(NodeFacts facts, EventTrigger? trigger) : FlowNode(facts)
{
    /// <summary>What it waits for or causes; null for a plain event.</summary>
    public EventTrigger? Trigger { get; } = trigger;
}

/// <summary>Where a process or sub-process begins.</summary>
public sealed class StartEvent(NodeFacts facts, EventTrigger? trigger) : EventNode(facts, trigger);

/// <summary>Where a path ends.</summary>
public sealed class EndEvent(NodeFacts facts, EventTrigger? trigger) : EventNode(facts, trigger);

/// <summary>Waits on the way.</summary>
public sealed class CatchEvent(NodeFacts facts, EventTrigger? trigger) : EventNode(facts, trigger);

/// <summary>Causes something on the way.</summary>
public sealed class ThrowEvent(NodeFacts facts, EventTrigger? trigger) : EventNode(facts, trigger);

/// <summary>Waits while the activity it is attached to is at work.</summary>
public sealed class BoundaryEvent(NodeFacts facts, EventTrigger? trigger) : EventNode(facts, trigger)
{
    /// <summary>Id of the activity.</summary>
    public required string AttachedTo { get; init; }
    /// <summary>Ends the activity when it happens.</summary>
    public required bool Interrupting { get; init; }
}

/// <summary>What an event waits for or causes.</summary>
public abstract record EventTrigger;

/// <summary>How a timer is written.</summary>
public enum TimerForm { Date, Duration, Cycle }

/// <summary>A timer: ISO 8601 text or an expression giving a date, a duration or such a text; cycles as <c>R5/PT5M</c>.</summary>
public sealed record TimerTrigger(TimerForm Form, string Text) : EventTrigger
{
    /// <summary>The text as expression, for when it is not ISO 8601.</summary>
    public Expression Expression { get; } = new(Text);
}

/// <summary>A message to the one who waits for its name and key.</summary>
/// <param name="Name">name under which it is told</param>
/// <param name="Correlation">the key; the business key where none is given</param>
/// <param name="Payload">what a sender puts in</param>
/// <param name="Fields">what a receiver takes, as the file declares it on the message; nothing where it declares nothing</param>
public sealed record MessageTrigger(string Name, Expression? Correlation, IReadOnlyList<Mapping> Payload, IReadOnlyList<FormField> Fields) : EventTrigger;

/// <summary>A signal to everybody who waits for that name.</summary>
/// <param name="Name">name under which it is told</param>
/// <param name="Payload">what a sender puts in</param>
/// <param name="Fields">what a receiver takes, as the file declares it on the signal; nothing where it declares nothing</param>
public sealed record SignalTrigger(string Name, IReadOnlyList<Mapping> Payload, IReadOnlyList<FormField> Fields) : EventTrigger;

/// <summary>A business error; without a code, a catch takes any.</summary>
public sealed record ErrorTrigger(string? Code) : EventTrigger;

/// <summary>An escalation; without a code, a catch takes any.</summary>
public sealed record EscalationTrigger(string? Code) : EventTrigger;

/// <summary>A jump to the catch of the same name.</summary>
public sealed record LinkTrigger(string Name) : EventTrigger;

/// <summary>Ends everything in the scope at once.</summary>
public sealed record TerminateTrigger : EventTrigger;

/// <summary>A trigger the engine refuses (compensation, conditional, cancel, several at once).</summary>
public sealed record UnsupportedTrigger(string Element) : EventTrigger;
