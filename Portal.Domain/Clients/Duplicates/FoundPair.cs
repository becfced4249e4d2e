using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;
using Portal.Domain.Work;

namespace Portal.Domain.Clients.Duplicates;

/// <summary>How much speaks for a pair: sure from <see cref="PartyMatcher.DefaultThreshold"/> on, doubtful below.</summary>
public enum DuplicateBand { Sure, Doubtful }

/// <summary>What became of a pair.</summary>
public enum FoundPairState { Open, TaskGiven, Merged, Different }

/// <summary>Two records of one kind that are likely one, and what somebody decided about them.</summary>
public sealed class FoundPair
{
    private FoundPair() { }

    public Guid Id { get; private set; }
    /// <summary><see cref="ObjectKind.Partner"/> or <see cref="ObjectKind.Person"/>.</summary>
    public ObjectKind Kind { get; private set; }
    public Guid One { get; private set; }
    public Guid Other { get; private set; }
    /// <summary>Probability that both are one, 0…1.</summary>
    public double Score { get; private set; }
    /// <summary>Evidence, log₂ of the odds; ranks pairs of equal score.</summary>
    public double Bits { get; private set; }
    /// <summary>What speaks for and against it, as JSON of <see cref="MatchReason"/>.</summary>
    public string Reasons { get; private set; } = "[]";
    public DuplicateBand Band { get; private set; }
    public FoundPairState State { get; private set; }
    /// <summary>The last search that found it.</summary>
    public Guid Run { get; private set; }
    public DateTimeOffset FoundAt { get; private set; }
    /// <summary>Who is to find out.</summary>
    public AssignmentId? Task { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public Guid? DecidedBy { get; private set; }
    public string? DecidedByName { get; private set; }
    /// <summary>The merge that made it one.</summary>
    public Guid? Merge { get; private set; }

    /// <summary>True while nobody has decided.</summary>
    public bool IsOpen => State is FoundPairState.Open or FoundPairState.TaskGiven;

    /// <summary>Somebody else finds out.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-merged</c>, <c>clients.pair-different</c></exception>
    public void GiveTask(AssignmentId task)
    {
        RequireOpen();
        (State, Task) = (FoundPairState.TaskGiven, task);
    }

    /// <summary>They are two: they are not offered again.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-merged</c>, <c>clients.pair-different</c></exception>
    public void Part(Actor actor, DateTimeOffset now)
    {
        RequireOpen();
        Decide(FoundPairState.Different, actor, now);
    }

    /// <summary>They have become one.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-merged</c>, <c>clients.pair-different</c></exception>
    public void Join(Guid merge, Actor actor, DateTimeOffset now)
    {
        RequireOpen();
        Merge = merge;
        Decide(FoundPairState.Merged, actor, now);
    }

    /// <summary>What was decided is taken back.</summary>
    public void Reopen()
    {
        State = Task is null ? FoundPairState.Open : FoundPairState.TaskGiven;
        (DecidedAt, DecidedBy, DecidedByName, Merge) = (null, null, null, null);
    }

    private void Decide(FoundPairState state, Actor actor, DateTimeOffset now) => (State, DecidedAt, DecidedBy, DecidedByName) = (state, now, actor.UserId, actor.Name);

    // who comes second learns who was first
    private void RequireOpen()
    {
        if (State == FoundPairState.Merged) throw new RuleBrokenException("clients.pair-merged", DecidedByName!);
        if (State == FoundPairState.Different) throw new RuleBrokenException("clients.pair-different", DecidedByName!);
    }
}
