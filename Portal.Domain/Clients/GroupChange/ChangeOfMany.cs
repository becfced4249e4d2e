using Portal.Domain.Shared;

namespace Portal.Domain.Clients.GroupChange;

/// <summary>Id of a <see cref="ChangeOfMany"/>.</summary>
public readonly record struct ChangeOfManyId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ChangeOfManyId New() => new(Guid.CreateVersion7());
}

/// <summary>How far a change of many is; a running one goes on after a restart.</summary>
public enum ChangeState { Running, Done, Cancelled, Failed }

/// <summary>Why a change ended before its end without anybody stopping it: who asked for it is blocked or gone, or may not change clients any more.</summary>
public enum ChangeStop { UserBlocked, RightLost }

/// <summary>A field set for many clients, or put back for those of an earlier change; its lines tell what became of each.</summary>
public sealed class ChangeOfMany
{
    private ChangeOfMany() { }

    /// <summary>Begins a change under the reach of who asks for it.</summary>
    /// <param name="undoes">the change whose clients get back what they had</param>
    public ChangeOfMany(ChangeOfManyId id, ClientChange change, ChangeOfManyId? undoes, Actor actor, DateTimeOffset now)
    {
        (Id, Field, Subject, Value, Undoes) = (id, change.Field, change.Subject, change.Value, undoes);
        (ByUser, ByName, Scope, Branch, CreatedAt) = (actor.UserId, actor.Name, actor.Scope, actor.BranchId, now);
    }

    public ChangeOfManyId Id { get; private set; }
    public ClientField Field { get; private set; }
    public string? Subject { get; private set; }
    public string? Value { get; private set; }
    public ChangeOfManyId? Undoes { get; private set; }
    public ChangeState State { get; private set; }
    public bool CancelRequested { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>Reach of who asked for it, at that moment; it goes no further, and no further than his reach is meanwhile.</summary>
    public ActorScope Scope { get; private set; }
    /// <summary>Branch of who asked for it.</summary>
    public Guid? Branch { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    /// <summary>Null where it was done, or somebody stopped it.</summary>
    public ChangeStop? StoppedBy { get; private set; }

    /// <summary>The change itself.</summary>
    public ClientChange Change => new(Field, Subject, Value);

    /// <summary>Asks to stop after the clients at hand; what is done stays.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-over</c></exception>
    public void RequestCancel()
    {
        if (State != ChangeState.Running) throw new RuleBrokenException("clients.change-over");
        CancelRequested = true;
    }

    /// <summary>A stopped undo goes on with the clients that it has not come to.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-over</c></exception>
    public void GoOn()
    {
        if (Undoes is null || State is not (ChangeState.Cancelled or ChangeState.Failed)) throw new RuleBrokenException("clients.change-over");
        (State, CancelRequested, EndedAt, StoppedBy) = (ChangeState.Running, false, null, null);
    }

    /// <summary>Nothing more is done.</summary>
    public void End(ChangeState state, DateTimeOffset now, ChangeStop? stop = null) => (State, EndedAt, StoppedBy) = (state, now, stop);
}

/// <summary>One client of a change of many.</summary>
public sealed class ChangeLine
{
    private ChangeLine() { }

    public ChangeOfManyId Change { get; private set; }
    /// <summary>Its place in the change, from 1.</summary>
    public int Ordinal { get; private set; }
    public PartnerId Partner { get; private set; }
    /// <summary>What is to be set: that of the change, or what the client had before the change that is undone.</summary>
    public string? Target { get; private set; }
    /// <summary>What it had.</summary>
    public string? Before { get; private set; }
    /// <summary>Null while it waits.</summary>
    public ChangeOutcome? Outcome { get; private set; }
    /// <summary>Code of the rule that stood against it.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Notes what became of it.</summary>
    public void Settle(ChangeOutcome outcome, string? before, string? refusal) => (Outcome, Before, Refusal) = (outcome, before, refusal);
}
