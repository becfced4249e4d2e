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
    /// <summary>The merge that brought the decision here, from a pair of the record that left its place.</summary>
    public Guid? CarriedBy { get; private set; }
    /// <summary>How the pair stood before that; null where it was made for the decision.</summary>
    public FoundPairState? CarriedFrom { get; private set; }

    /// <summary>True while nobody has decided.</summary>
    public bool IsOpen => State is FoundPairState.Open or FoundPairState.TaskGiven;

    /// <summary>A pair made because one who is not the same as a third has left his place to the survivor of a merge.</summary>
    public static FoundPair Carried(FoundPair decided, Guid survivor, Guid third, Guid merge)
    {
        var pair = new FoundPair
        {
            Id = Guid.CreateVersion7(), Kind = decided.Kind, One = survivor, Other = third, Score = decided.Score, Bits = decided.Bits, Reasons = decided.Reasons, Band = decided.Band,
            Run = decided.Run, FoundAt = decided.FoundAt,
        };
        pair.Take(decided, merge);
        return pair;
    }

    /// <summary>What was decided about one who has left his place holds here too.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-merged</c>, <c>clients.pair-different</c></exception>
    public void Carry(FoundPair decided, Guid merge)
    {
        RequireOpen();
        CarriedFrom = State;
        Take(decided, merge);
    }

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

    /// <summary>What was decided is taken back. A task about it ended with the decision; another can be given.</summary>
    public void Reopen()
    {
        (State, Task) = (FoundPairState.Open, null);
        (DecidedAt, DecidedBy, DecidedByName, Merge, CarriedBy, CarriedFrom) = (null, null, null, null, null, null);
    }

    private void Take(FoundPair decided, Guid merge) =>
        (State, DecidedAt, DecidedBy, DecidedByName, CarriedBy) = (decided.State, decided.DecidedAt, decided.DecidedBy, decided.DecidedByName, merge);

    private void Decide(FoundPairState state, Actor actor, DateTimeOffset now) => (State, DecidedAt, DecidedBy, DecidedByName) = (state, now, actor.UserId, actor.Name);

    // who comes second learns who was first
    private void RequireOpen()
    {
        if (State == FoundPairState.Merged) throw new RuleBrokenException("clients.pair-merged", DecidedByName!);
        if (State == FoundPairState.Different) throw new RuleBrokenException("clients.pair-different", DecidedByName!);
    }
}
