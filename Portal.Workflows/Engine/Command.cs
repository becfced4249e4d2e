using System.Text.Json.Serialization;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Something the runner must write or do in the transaction of the step. Ids are the same on every replay.</summary>
[JsonDerivedType(typeof(CreateTask), "createTask")]
[JsonDerivedType(typeof(CloseTask), "closeTask")]
[JsonDerivedType(typeof(CancelTask), "cancelTask")]
[JsonDerivedType(typeof(MoveTask), "moveTask")]
[JsonDerivedType(typeof(MoveWait), "moveWait")]
[JsonDerivedType(typeof(EscalateTask), "escalateTask")]
[JsonDerivedType(typeof(ScheduleJob), "scheduleJob")]
[JsonDerivedType(typeof(CancelJob), "cancelJob")]
[JsonDerivedType(typeof(Subscribe), "subscribe")]
[JsonDerivedType(typeof(Unsubscribe), "unsubscribe")]
[JsonDerivedType(typeof(SendMessage), "sendMessage")]
[JsonDerivedType(typeof(BroadcastSignal), "broadcastSignal")]
[JsonDerivedType(typeof(InvokeAction), "invokeAction")]
[JsonDerivedType(typeof(CancelAction), "cancelAction")]
[JsonDerivedType(typeof(StartChild), "startChild")]
[JsonDerivedType(typeof(CancelChild), "cancelChild")]
[JsonDerivedType(typeof(EscalateParent), "escalateParent")]
[JsonDerivedType(typeof(RaiseIncident), "raiseIncident")]
[JsonDerivedType(typeof(ResolveIncident), "resolveIncident")]
[JsonDerivedType(typeof(WriteHistory), "writeHistory")]
[JsonDerivedType(typeof(InstanceEnded), "instanceEnded")]
public abstract record Command;

/// <summary>A new task for a person.</summary>
/// <param name="NotBy">nodes whose doers may not do it</param>
/// <param name="ToOwner">for the owner of the process, where he holds one of the roles</param>
public sealed record CreateTask(
    Guid Task, string Node, int Token, LocalText Title, LocalText? Instruction,
    string? Assignee, IReadOnlyList<string> CandidateUsers, IReadOnlyList<string> CandidateRoles,
    DateTimeOffset? Due, string? EscalateTo, int Priority, IReadOnlyList<FormField> Form, ContextValue Values, string? Stage,
    IReadOnlyList<string> NotBy, bool ToOwner) : Command;

/// <summary>A task is done.</summary>
/// <param name="Success">its verdict, null where the map asks for none</param>
/// <param name="Apart">nodes whose open tasks its doer may not do now</param>
public sealed record CloseTask(Guid Task, bool? Success, IReadOnlyList<string> Apart) : Command;

/// <summary>A task is no longer wanted.</summary>
public sealed record CancelTask(Guid Task) : Command;

/// <summary>A migration put an open task on another node; its deadline stays, and its performer where four eyes allow him.</summary>
/// <param name="NotBy">nodes whose doers may not do it</param>
/// <param name="Apart">nodes whose doers may not do it if they were at it side by side: <paramref name="NotBy"/> and those that name its node</param>
public sealed record MoveTask(Guid Task, string Node, LocalText Title, IReadOnlyList<string> NotBy, IReadOnlyList<string> Apart) : Command;

/// <summary>A migration put a job, subscription or incident on another node; null where the newer map has none for it.</summary>
public sealed record MoveWait(Guid Wait, WaitKind Kind, string? Node) : Command;

/// <summary>A task's deadline passed: tell somebody.</summary>
public sealed record EscalateTask(Guid Task, string To) : Command;

/// <summary>A job to run when due. <paramref name="Retry"/> is the node's retry cycle such as <c>R5/PT5M</c>; null takes the runner's own.</summary>
public sealed record ScheduleJob(Guid Job, WaitKind Kind, DateTimeOffset Due, string? Node, string? Retry) : Command;

/// <summary>A job has fired or is no longer wanted.</summary>
public sealed record CancelJob(Guid Job) : Command;

/// <summary>Wait for a message (name and key) or a signal (name).</summary>
public sealed record Subscribe(Guid Subscription, WaitKind Kind, string Name, string? Key, string Node) : Command;

/// <summary>A subscription was met or is no longer wanted.</summary>
public sealed record Unsubscribe(Guid Subscription) : Command;

/// <summary>Send a message to whoever waits for the name and key.</summary>
public sealed record SendMessage(Guid Message, string Name, string? Key, ContextValue Payload) : Command;

/// <summary>Tell everybody who waits for the signal.</summary>
public sealed record BroadcastSignal(Guid Signal, string Name, ContextValue Payload) : Command;

/// <summary>Run a feature's action: at once in this transaction, or through the outbox when external. The answer comes as a stimulus.</summary>
public sealed record InvokeAction(Guid Action, string Node, string Name, bool IsExternal, ContextValue Inputs, string? Retry) : Command;

/// <summary>An action's answer is no longer wanted.</summary>
public sealed record CancelAction(Guid Action) : Command;

/// <summary>Start a called process in its newest version; <paramref name="Child"/> is the id of the new instance and of the call.</summary>
public sealed record StartChild(Guid Child, string Process, string? BusinessKey, ContextValue Variables, int Depth) : Command;

/// <summary>Cancel a called process.</summary>
public sealed record CancelChild(Guid Child) : Command;

/// <summary>Tell the calling process of an escalation.</summary>
public sealed record EscalateParent(ParentCall Parent, string Code) : Command;

/// <summary>A person must help; the token stays.</summary>
public sealed record RaiseIncident(Guid Incident, string? Node, int? Token, string Code, string Message) : Command;

/// <summary>An incident is over.</summary>
public sealed record ResolveIncident(Guid Incident) : Command;

/// <summary>What a line of the history tells.</summary>
public enum HistoryKind { Started, Entered, Left, Cancelled, Altered, Incident, Ended }

/// <summary>A line of the history.</summary>
public sealed record WriteHistory(HistoryKind Kind, DateTimeOffset At, string? Node, int? Token, string? Detail, bool? Success, string? By) : Command;

/// <summary>The instance is over. A parent must be told: its end, or for a failure the error.</summary>
public sealed record InstanceEnded(InstanceStatus Status, ContextValue Variables, ParentCall? Parent, string? ErrorCode, string? Message) : Command;
