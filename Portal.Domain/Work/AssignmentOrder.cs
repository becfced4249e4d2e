using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>What is asked of a colleague.</summary>
public sealed record AssignmentOrder
{
    public required string Title { get; init; }
    public string? Description { get; init; }
    /// <summary>User who is to do it.</summary>
    public required Guid Performer { get; init; }
    /// <summary>User who looks at the result besides the giver; also he may accept or return it.</summary>
    public Guid? Controller { get; init; }
    /// <summary>UTC.</summary>
    public DateTimeOffset? Deadline { get; init; }
    /// <summary>0–100, more is more important, as of tasks of processes.</summary>
    public int Priority { get; init; } = 50;
    /// <summary>What it is about.</summary>
    public ObjectRef? About { get; init; }
}
