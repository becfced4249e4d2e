using Portal.Domain.Processes;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>Something that happened and that a process may wait for.</summary>
/// <param name="Id">unique: the same message told twice is one, and gets the same answer</param>
/// <param name="Name">name of the message</param>
/// <param name="Key">correlation key, such as <see cref="OutboxKinds.KeyOf"/> of an object</param>
/// <param name="Payload">becomes variables of who receives it; only fields that the receiving map declares on the message</param>
public sealed record ProcessMessage(string Id, string Name, string? Key, ContextValue Payload)
{
    /// <summary>Only this instance may receive it; it is not buffered.</summary>
    public InstanceId? Instance { get; init; }

    /// <summary>How long it is buffered while nobody waits for it.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>What became of a message.</summary>
public enum CorrelationOutcome
{
    /// <summary>An instance waited for it.</summary>
    Delivered,
    /// <summary>It started an instance.</summary>
    Started,
    /// <summary>Nobody waits for it yet.</summary>
    Buffered,
    /// <summary>It was kept, and whoever waited for it then could not take what it brought.</summary>
    Refused,
}

/// <summary>What became of a message, and where.</summary>
public sealed record Correlation(CorrelationOutcome Outcome, InstanceId? Instance);
