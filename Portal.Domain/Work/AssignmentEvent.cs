using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>How an assignment stands.</summary>
public enum AssignmentState
{
    /// <summary>The performer has not looked at it yet.</summary>
    Given,
    /// <summary>The performer took it on.</summary>
    Accepted,
    /// <summary>The performer says it is done; the giver or controller looks at the result.</summary>
    Reported,
    /// <summary>The result was accepted.</summary>
    Done,
    /// <summary>No longer wanted.</summary>
    Withdrawn,
}

/// <summary>What was done to an assignment.</summary>
public enum AssignmentAction { Given, Changed, Accepted, Reported, Approved, Returned, Withdrawn, HandedOver, Settled }

/// <summary>One line of an assignment's life: what was done, by whom, when (UTC), with which words.</summary>
public sealed class AssignmentEvent
{
    private AssignmentEvent() { }

    internal AssignmentEvent(AssignmentAction action, int ordinal, DateTimeOffset at, Actor actor, string? note) =>
        (Id, Ordinal, Action, At, ByUser, ByName, ForName, Note) = (Guid.CreateVersion7(), ordinal, action, at, actor.UserId, actor.Name, actor.ActsFor, note);

    public Guid Id { get; private set; }
    /// <summary>Place in the assignment's life, from 1.</summary>
    public int Ordinal { get; private set; }
    public AssignmentAction Action { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>Name of the absent person for whom a substitute did it.</summary>
    public string? ForName { get; private set; }
    /// <summary>The result, a reason, or whom it went to.</summary>
    public string? Note { get; private set; }
}

/// <summary>Time spent on an assignment.</summary>
public sealed class TimeEntry
{
    /// <summary>A day's work at most.</summary>
    public const int MostMinutes = 24 * 60;

    private TimeEntry() { }

    internal TimeEntry(DateOnly day, int minutes, string? note, Actor actor) =>
        (Id, Day, Minutes, Note, ByUser, ByName) = (Guid.CreateVersion7(), day, minutes, note, actor.UserId, actor.Name);

    public Guid Id { get; private set; }
    /// <summary>The day on which the time was spent, on the calendar of who spent it.</summary>
    public DateOnly Day { get; private set; }
    public int Minutes { get; private set; }
    public string? Note { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
}
