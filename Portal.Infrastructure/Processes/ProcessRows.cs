using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>An instance as lists and figures see it; written by the runner alone, the truth is <see cref="State"/>.</summary>
public sealed class InstanceRow
{
    public InstanceId Id { get; init; }
    public DefinitionId Definition { get; init; }
    /// <summary>Key of the map.</summary>
    public string Key { get; init; } = "";
    public ObjectKind? BusinessKind { get; init; }
    public Guid? BusinessId { get; init; }
    public BranchId? Branch { get; init; }
    public InstanceId? Parent { get; init; }
    public Guid[] Ancestors { get; init; } = [];
    public int Depth { get; init; }
    public long Revision { get; init; }
    public string State { get; init; } = "";
    public InstanceStatus Status { get; init; }
    /// <summary>Furthest funnel stage of its tokens.</summary>
    public string? Stage { get; init; }
    /// <summary>Nodes on which its tokens stand.</summary>
    public string[] Nodes { get; init; } = [];
    public DateTimeOffset StartedAt { get; init; }
    public Guid? StartedBy { get; init; }
    public string StartedByName { get; init; } = "";
    /// <summary>User whose process it is: who started it, unless the map names another; null where the product began it.</summary>
    public Guid? Owner { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Why it ended, where it did not come to its end.</summary>
    public string? EndNote { get; init; }
    /// <summary>What tells it from others about the same object, such as the subject of a deal, at most 200 characters.</summary>
    public string? Title { get; init; }
}

/// <summary>How a task was closed.</summary>
public enum TaskOutcome
{
    /// <summary>Somebody did it.</summary>
    Completed,
    /// <summary>The process no longer wants it.</summary>
    Cancelled,
}

/// <summary>A task of a process; open while <see cref="ClosedAt"/> is null.</summary>
public sealed class TaskRow
{
    public ProcessTaskId Id { get; init; }
    public InstanceId Instance { get; init; }
    /// <summary>Key of the map.</summary>
    public string Key { get; init; } = "";
    public string Node { get; init; } = "";
    public int Token { get; init; }
    /// <summary>Title in every language of the map, as JSON.</summary>
    public string Title { get; init; } = "";
    public Guid? Assignee { get; set; }
    /// <summary>From whose hands its assignee got it: who had it before, or who gave it while nobody had it; null where the map gave it or he took it.</summary>
    public Guid? HandedFrom { get; set; }
    public Guid[] CandidateUsers { get; init; } = [];
    /// <summary>Codes of the roles it is offered to.</summary>
    public string[] CandidateRoles { get; init; } = [];
    /// <summary>Users who may not do it, because they did what the map names.</summary>
    public Guid[] Excluded { get; init; } = [];
    public DateTimeOffset? Due { get; set; }
    public string? EscalateTo { get; init; }
    public DateTimeOffset? EscalatedAt { get; init; }
    /// <summary>0–100, more is more important.</summary>
    public int Priority { get; set; }
    /// <summary>What the form shows at first, as JSON.</summary>
    public string Given { get; init; } = "";
    public string? Stage { get; init; }
    public ObjectKind? BusinessKind { get; init; }
    public Guid? BusinessId { get; init; }
    public BranchId? Branch { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClaimedAt { get; set; }
    public DateTimeOffset? ClosedAt { get; init; }
    public Guid? ClosedBy { get; init; }
    public string? ClosedByName { get; init; }
    public TaskOutcome? Outcome { get; init; }
    /// <summary>The verdict, where the map asks for one.</summary>
    public bool? Success { get; init; }
    public uint Version { get; init; }
}

/// <summary>A place where a process needs help; open while <see cref="ResolvedAt"/> is null.</summary>
public sealed class IncidentRow
{
    public IncidentId Id { get; init; }
    public InstanceId Instance { get; init; }
    public string? Node { get; init; }
    public int? Token { get; init; }
    public string Code { get; init; } = "";
    public string Message { get; init; } = "";
    public DateTimeOffset RaisedAt { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public string? ResolvedByName { get; init; }
}

/// <summary>A line of an instance's history; append-only.</summary>
public sealed class HistoryRow
{
    public InstanceId Instance { get; init; }
    public long Ordinal { get; init; }
    public DateTimeOffset At { get; init; }
    public HistoryKind Kind { get; init; }
    public string? Node { get; init; }
    public int? Token { get; init; }
    public string? Detail { get; init; }
    public bool? Success { get; init; }
    public Guid? ByUser { get; init; }
    public string? ByName { get; init; }
}
