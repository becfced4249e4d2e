using System.Text.Json.Serialization;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Engine;

/// <summary>Something from outside that makes an instance move. The log of stimuli replayed gives the same state.</summary>
[JsonDerivedType(typeof(Start), "start")]
[JsonDerivedType(typeof(TaskCompleted), "taskCompleted")]
[JsonDerivedType(typeof(JobDue), "jobDue")]
[JsonDerivedType(typeof(JobExhausted), "jobExhausted")]
[JsonDerivedType(typeof(Received), "received")]
[JsonDerivedType(typeof(ActionCompleted), "actionCompleted")]
[JsonDerivedType(typeof(ActionErrored), "actionErrored")]
[JsonDerivedType(typeof(ActionFailed), "actionFailed")]
[JsonDerivedType(typeof(ChildEnded), "childEnded")]
[JsonDerivedType(typeof(ChildErrored), "childErrored")]
[JsonDerivedType(typeof(ChildEscalated), "childEscalated")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(SendBack), "sendBack")]
[JsonDerivedType(typeof(AddSigner), "addSigner")]
[JsonDerivedType(typeof(MoveToken), "moveToken")]
[JsonDerivedType(typeof(SkipNode), "skipNode")]
[JsonDerivedType(typeof(RetryIncident), "retryIncident")]
[JsonDerivedType(typeof(EditVariables), "editVariables")]
public abstract record Stimulus
{
    /// <summary>Who caused it, for the history.</summary>
    public string? By { get; init; }
}

/// <summary>Starts the instance at a start event; null takes the plain one, or the only one.</summary>
public sealed record Start(ContextValue Variables, string? Node = null) : Stimulus;

/// <summary>A person completed a task with the values of its form.</summary>
public sealed record TaskCompleted(Guid Task, ContextValue Values) : Stimulus;

/// <summary>A job came due.</summary>
public sealed record JobDue(Guid Job) : Stimulus;

/// <summary>A job failed for the last time.</summary>
public sealed record JobExhausted(Guid Job, string Message) : Stimulus;

/// <summary>A message or signal met a subscription.</summary>
public sealed record Received(Guid Subscription, ContextValue Payload) : Stimulus;

/// <summary>An action answered.</summary>
public sealed record ActionCompleted(Guid Action, ContextValue Outputs) : Stimulus;

/// <summary>An action ended with a business error that the map may catch.</summary>
public sealed record ActionErrored(Guid Action, string Code, string Message) : Stimulus;

/// <summary>An action failed technically for the last time.</summary>
public sealed record ActionFailed(Guid Action, string Message) : Stimulus;

/// <summary>A called process came to its end.</summary>
public sealed record ChildEnded(Guid Call, ContextValue Variables) : Stimulus;

/// <summary>A called process ended by an error.</summary>
public sealed record ChildErrored(Guid Call, string Code, string Message) : Stimulus;

/// <summary>A called process escalated and goes on.</summary>
public sealed record ChildEscalated(Guid Call, string Code) : Stimulus;

/// <summary>The instance is withdrawn.</summary>
public sealed record Cancel(string Reason) : Stimulus;

/// <summary>A task's work goes back to a node the instance has been at; what grew from there is withdrawn.</summary>
public sealed record SendBack(Guid Task, string ToNode, string Reason) : Stimulus;

/// <summary>One more iteration of the repeated activity a task belongs to, such as one more signer.</summary>
public sealed record AddSigner(Guid Task, Value Item) : Stimulus;

/// <summary>A token is put on another node; <paramref name="Node"/> is where it was seen, for it may have gone on meanwhile.</summary>
public sealed record MoveToken(int Token, string Node, string ToNode, string Reason) : Stimulus;

/// <summary>A token leaves its node as if the work were done; <paramref name="Node"/> is where it was seen, for it may have gone on meanwhile.</summary>
public sealed record SkipNode(int Token, string Node, string Reason) : Stimulus;

/// <summary>What failed is tried again.</summary>
public sealed record RetryIncident(Guid Incident, string Reason) : Stimulus;

/// <summary>
/// Variables of a scope (the instance's own when null) are set and removed. <paramref name="Seen"/> holds them as they were seen, those that
/// were not there left out: what changed meanwhile is not written over.
/// </summary>
public sealed record EditVariables(int? Scope, ContextValue Set, IReadOnlyList<string> Remove, ContextValue Seen, string Reason) : Stimulus;
