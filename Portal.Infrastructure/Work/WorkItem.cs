using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Work;

/// <summary>The groups of one's work, in the order of the screen.</summary>
public enum WorkGroup
{
    /// <summary>Mine or offered to me, due before the reader's day ends.</summary>
    Today,
    /// <summary>Mine or offered to me, past the deadline.</summary>
    Late,
    /// <summary>Past the deadline at which the map tells me or my roles: to be passed on, or done by who has it.</summary>
    Escalated,
    /// <summary>Offered to me or my roles, taken by nobody.</summary>
    Offered,
    /// <summary>Mine: tasks I have, assignments I do, results I am to accept.</summary>
    Mine,
    /// <summary>Assignments I gave to others.</summary>
    Given,
    /// <summary>What I have done.</summary>
    Done,
    /// <summary>Everybody's, for whoever looks after the work of others.</summary>
    Team,
}

/// <summary>What of a group is wanted; null means all.</summary>
/// <param name="Text">words in the title or in the name of the object</param>
/// <param name="Due">with a deadline in this period</param>
/// <param name="Client">about this partner, or about an interaction with it</param>
public sealed record WorkFilter(string? Text = null, Period? Due = null, Guid? Client = null);

/// <summary>A task of a process or an assignment, in a list.</summary>
/// <param name="Object">a task or an assignment</param>
/// <param name="Title">in every language of the map</param>
/// <param name="Map">name of the process; null for an assignment</param>
/// <param name="Stage">stage of the funnel</param>
/// <param name="About">what it is about, and what people call that</param>
/// <param name="State">state of an assignment; null for a task</param>
/// <param name="Performer">who has it; null where it is only offered</param>
/// <param name="Priority">0–100, more is more important</param>
/// <param name="IsLate">open and past its deadline</param>
/// <param name="IsPlain">an open task whose form asks nothing: whoever may work on it can complete it together with others</param>
public sealed record WorkItem(
    ObjectRef Object, LocalText Title, LocalText? Map, LocalText? Stage, ObjectRef? About, string? AboutTitle, Domain.Work.AssignmentState? State,
    Guid? Performer, string? PerformerName, int Priority, DateTimeOffset? Due, bool IsLate, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, bool IsPlain)
{
    /// <summary>Name of the absent person for whom the reader sees it; null for his own.</summary>
    public string? For { get; init; }

    /// <summary>The task's id, when it is one.</summary>
    public ProcessTaskId? Task => Object.Kind == ObjectKind.ProcessTask ? new(Object.Id) : null;

    /// <summary>The assignment's id, when it is one.</summary>
    public Domain.Work.AssignmentId? Assignment => Object.Kind == ObjectKind.Assignment ? new(Object.Id) : null;
}
