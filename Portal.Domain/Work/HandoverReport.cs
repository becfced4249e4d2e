using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>Id of a <see cref="HandoverReport"/>.</summary>
public readonly record struct HandoverId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static HandoverId New() => new(Guid.CreateVersion7());
}

/// <summary>
/// Kinds of work a person holds: clients he answers for, planned interactions, open leads and open deals he manages, offers of no deal that are open, open orders and claims, segments he shares, tasks of processes,
/// running processes of his, assignments he does, assignments whose result he accepts.
/// </summary>
public enum HeldKind { Client, Interaction, Lead, Deal, Offer, Order, Claim, Segment, Task, Process, Assignment, Control }

/// <summary>Why something stayed with who had it.</summary>
public enum HandoverRefusal { NotAllowed, BeyondReach, ClientStays, BeyondHeir }

/// <summary>What of a person's work went to whom in one operation; never changed.</summary>
public sealed class HandoverReport
{
    private HandoverReport() { }

    /// <summary>Remembers a handover.</summary>
    public HandoverReport(HandoverId id, Guid from, string fromName, int moved, int stayed, int letters, DateTimeOffset at, Actor actor) =>
        (Id, FromUser, FromName, Moved, Stayed, Letters, At, ByUser, ByName) = (id, from, fromName, moved, stayed, letters, at, actor.UserId, actor.Name);

    public HandoverId Id { get; private set; }
    public Guid FromUser { get; private set; }
    public string FromName { get; private set; } = "";
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public int Moved { get; private set; }
    public int Stayed { get; private set; }
    /// <summary>Letters to clients that were put into the outbox.</summary>
    public int Letters { get; private set; }
}

/// <summary>One piece of work in a <see cref="HandoverReport"/>: to whom it went, or why it stayed.</summary>
public sealed class HandoverLine
{
    private HandoverLine() { }

    /// <summary>A line of a report.</summary>
    /// <param name="title">as it was called; empty where who handed over may not know</param>
    /// <param name="letterTo">address the client was written to</param>
    public HandoverLine(HandoverId handover, int ordinal, HeldKind kind, Guid id, string title, Guid? to, string? toName, HandoverRefusal? refusal, string? letterTo) =>
        (Handover, Ordinal, Kind, ObjectId, Title, ToUser, ToName, Refusal, LetterTo) = (handover, ordinal, kind, id, title, to, toName, refusal, letterTo);

    public HandoverId Handover { get; private set; }
    public int Ordinal { get; private set; }
    public HeldKind Kind { get; private set; }
    public Guid ObjectId { get; private set; }
    public string Title { get; private set; } = "";
    public Guid? ToUser { get; private set; }
    public string? ToName { get; private set; }
    public HandoverRefusal? Refusal { get; private set; }
    public string? LetterTo { get; private set; }

    /// <summary>Whether pieces of a kind tell of clients.</summary>
    public static bool IsOfClients(HeldKind kind) => kind is HeldKind.Client or HeldKind.Interaction or HeldKind.Lead or HeldKind.Deal or HeldKind.Offer or HeldKind.Order or HeldKind.Claim or HeldKind.Segment;

    /// <summary>The line for who may not know its client.</summary>
    public HandoverLine Veiled() => new(Handover, Ordinal, Kind, ObjectId, "", ToUser, ToName, Refusal, null);

    /// <summary>The line for who may not know the addresses of its client.</summary>
    public HandoverLine WithoutAddress() => new(Handover, Ordinal, Kind, ObjectId, Title, ToUser, ToName, Refusal, null);

    /// <summary>The object that a piece of a kind is.</summary>
    public static ObjectKind KindOf(HeldKind kind) => kind switch
    {
        HeldKind.Client => ObjectKind.Partner,
        HeldKind.Interaction => ObjectKind.Interaction,
        HeldKind.Lead => ObjectKind.Lead,
        HeldKind.Deal => ObjectKind.Deal,
        HeldKind.Offer => ObjectKind.Offer,
        HeldKind.Order => ObjectKind.Order,
        HeldKind.Claim => ObjectKind.Claim,
        HeldKind.Segment => ObjectKind.Segment,
        HeldKind.Task => ObjectKind.ProcessTask,
        HeldKind.Process => ObjectKind.ProcessInstance,
        _ => ObjectKind.Assignment,
    };
}
