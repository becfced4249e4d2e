using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;

namespace Portal.Web.Api;

/// <summary>What a process is about.</summary>
public sealed record ApiObject(ObjectKind Kind, Guid Id);

/// <summary>Starts a process. Types that JSON lacks are objects of one entry, such as <c>{"@date":"2026-03-01"}</c>.</summary>
public sealed record StartRequest(ApiObject? About, ContextValue? Variables);

/// <summary>The started instance.</summary>
public sealed record StartAnswer(Guid Instance);

/// <summary>A message to whoever waits for its name and key, or to one instance.</summary>
public sealed record CorrelateRequest(string Name, string? Key, Guid? Instance, ContextValue? Payload);

/// <summary>Where a message went.</summary>
public sealed record CorrelateAnswer(CorrelationOutcome Outcome, Guid? Instance);

/// <summary>The values of a task's form by field; dates as ISO 8601 texts.</summary>
public sealed record CompleteRequest(ContextValue? Values);

/// <summary>A map that can be started, with the fields its start asks; other variables may be given beside them.</summary>
public sealed record ApiProcess(string Map, string Name, IReadOnlyList<ApiField> Form);

/// <summary>A field of a form; <paramref name="Items"/> is the type of a list's items where the map says it, <paramref name="Min"/> and <paramref name="Max"/> are the least and the most a number or date may be.</summary>
public sealed record ApiField(string Key, string Label, string Type, bool Required, bool ReadOnly, IReadOnlyList<string> Options, string? Items, string? Min, string? Max);

/// <summary>A task in a list.</summary>
public sealed record ApiTask(
    Guid Id, string Title, string Map, string Node, Guid Instance, ApiObject? About, Guid? Assignee, IReadOnlyList<string> Roles, int Priority, DateTimeOffset? Due, bool Late, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);

/// <summary>A page of tasks and how many there are in all.</summary>
public sealed record ApiTasks(IReadOnlyList<ApiTask> Tasks, int Total);

/// <summary>A task with its instruction and form.</summary>
public sealed record ApiTaskDetails(ApiTask Task, string? Instruction, IReadOnlyList<ApiField> Form, ContextValue Given);

/// <summary>Where an instance stands.</summary>
public sealed record ApiPlace(string Node, string Name, Guid? Task, DateTimeOffset? Due);

/// <summary>A place where an instance needs help before it goes on.</summary>
public sealed record ApiIncident(Guid Id, string? Node, string? Name, string Code, string Message, DateTimeOffset RaisedAt);

/// <summary>An instance: its status, where it stands, its data, and the incidents that hold it up; one that has any is running still.</summary>
public sealed record ApiInstance(Guid Id, string Map, int Version, string Status, string? Stage, ApiObject? About, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<ApiPlace> Places, ContextValue Variables, IReadOnlyList<ApiIncident> Incidents);

/// <summary>Why a request was refused: a stable code, and the reason in the user's language.</summary>
public sealed record ApiRefusal(string Code, string Text);
