using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Duplicates;

/// <summary>Where a search through the base stands. A running one that was cut off begins again.</summary>
public enum DuplicateRunState { Running, Completed, Cancelled, Failed }

/// <summary>What a search is at.</summary>
public enum DuplicateRunStage { Keys, ReadingPartners, ComparingPartners, ReadingPersons, ComparingPersons }

/// <summary>One search for duplicates through the whole base: how far it got and what it found.</summary>
public sealed class DuplicateRun
{
    private DuplicateRun() { }

    /// <summary>A search begins.</summary>
    public DuplicateRun(Guid id, Actor actor, DateTimeOffset now) => (Id, ByUser, ByName, StartedAt) = (id, actor.UserId, actor.Name, now);

    public Guid Id { get; private set; }
    public DuplicateRunState State { get; private set; }
    public DuplicateRunStage Stage { get; private set; }
    /// <summary>Steps of the stage: records, or keys.</summary>
    public int Total { get; private set; }
    /// <summary>Steps of the stage that are done.</summary>
    public int Done { get; private set; }
    /// <summary>Partners and persons that were looked at.</summary>
    public int Parties { get; private set; }
    /// <summary>Pairs that were compared.</summary>
    public long Compared { get; private set; }
    /// <summary>Blocks left out because their value is common.</summary>
    public int SkippedBlocks { get; private set; }
    /// <summary>Sure pairs that wait for a decision.</summary>
    public int Sure { get; private set; }
    /// <summary>Doubtful pairs that wait for a decision.</summary>
    public int Doubtful { get; private set; }
    /// <summary>Pairs that no search found before.</summary>
    public int Fresh { get; private set; }
    public bool CancelRequested { get; private set; }
    /// <summary>How often it was cut off and began again.</summary>
    public int Restarts { get; private set; }
    /// <summary>How often it found no room on a disk.</summary>
    public int Waits { get; private set; }
    /// <summary>When it tries again, because there was no room on a disk; null while it is at work.</summary>
    public DateTimeOffset? WaitsUntil { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The product working for the person who started the search; his rights were asked then.</summary>
    public Actor Searcher => Actor.System("duplicates") with { UserId = ByUser, Name = ByName };

    /// <summary>Somebody is at work on it. Where it has got further than its first stage, it was cut off by the end of the application or of the database: what it had read is gone.</summary>
    public void Begin()
    {
        if (Stage != DuplicateRunStage.Keys) Restarts++;
        WaitsUntil = null;
        Forget();
    }

    /// <summary>There is no room on a disk: what it had read is gone, and it tries again after a while, which doubles up to an hour.</summary>
    public void WaitForRoom(DateTimeOffset now)
    {
        WaitsUntil = now + TimeSpan.FromMinutes(Math.Min(60, 1 << Math.Min(Waits, 6)));
        Waits++;
        Forget();
    }

    private void Forget() => (Stage, Total, Done, Parties, Compared, SkippedBlocks) = (DuplicateRunStage.Keys, 0, 0, 0, 0, 0);

    /// <summary>Asks it to stop; the pairs found so far stay.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.run-over</c></exception>
    public void RequestCancel() => CancelRequested = State == DuplicateRunState.Running ? true : throw new RuleBrokenException("clients.run-over");

    /// <summary>It is over.</summary>
    public void End(DuplicateRunState state, int sure, int doubtful, int fresh, DateTimeOffset now) =>
        (State, Sure, Doubtful, Fresh, EndedAt) = (state, sure, doubtful, fresh, now);
}
