using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Clients.History;

/// <summary>What a line of a client's history tells of.</summary>
public enum TimelineKind
{
    /// <summary>Meetings, calls, letters and notes.</summary>
    Interaction,
    /// <summary>Tasks of processes and assignments that were closed.</summary>
    Work,
    /// <summary>Processes about the client, begun and ended.</summary>
    Process,
    /// <summary>Its orders.</summary>
    Trip,
    /// <summary>Files on its card.</summary>
    File,
    /// <summary>Fields of its card.</summary>
    Change,
    /// <summary>Everything else: taken in, handed over, merged, agreed, written to.</summary>
    Event,
}

/// <summary>Where a line lies in a history: the next older ones come behind it.</summary>
/// <param name="Source">by which lines of one moment are ordered</param>
public sealed record HistoryMark(DateTimeOffset At, int Source, long Number, Guid Id)
{
    /// <summary>True where this line comes after another one in the order of a history.</summary>
    public bool IsBehind(HistoryMark other) => (other.At, Source, other.Number, other.Id).CompareTo((At, other.Source, Number, Id)) > 0;
}

/// <summary>A line of a client's history. <paramref name="What"/> is the key of its text under <c>timeline.</c>, <paramref name="Words"/> what it names.</summary>
public sealed record TimelineRow(HistoryMark Mark, TimelineKind Kind, string What, ObjectRef About, string? Words, string ByName)
{
    /// <summary>When it happened.</summary>
    public DateTimeOffset At => Mark.At;

    /// <summary>What it names, in the languages of a map.</summary>
    public LocalText? Title { get; init; }
    /// <summary>The interaction, told whole.</summary>
    public InteractionRow? Interaction { get; init; }
    /// <summary>How we talked, where a lead tells of it.</summary>
    public InteractionKind? Talk { get; init; }
    /// <summary>What was said, where a lead tells of it.</summary>
    public string? Said { get; init; }
    /// <summary>The order.</summary>
    public HistoryTrip? Trip { get; init; }
    /// <summary>How the process stands now.</summary>
    public HistoryProcess? Process { get; init; }
    /// <summary>The file that is still there to be opened.</summary>
    public StoredFileId? File { get; init; }
    /// <summary>Fields that one save has changed.</summary>
    public IReadOnlyList<ChangedField> Changes { get; init; } = [];
}

/// <summary>An order of a client, as far as everybody knows it who sees the client.</summary>
/// <param name="PickupUntil">the promise</param>
/// <param name="Plate">its vehicle, for who may open it</param>
/// <param name="Opens">the reader may open it on the board</param>
public sealed record HistoryTrip(
    TripId Id, long Number, TripState State, DateTimeOffset PickupFrom, DateTimeOffset PickupUntil, DateTimeOffset? ArrivedAt, DateTimeOffset? EndedAt, string From, string To, string? Plate, bool Opens)
{
    /// <summary>How long after the promise the vehicle came, or has not come yet; null while all is well.</summary>
    public TimeSpan? LateBy(DateTimeOffset now) => (ArrivedAt ?? (EndedAt is null ? now : null)) - PickupUntil is { } late && late > TimeSpan.Zero ? late : null;
}

/// <summary>A process about a client as it stands now.</summary>
/// <param name="Stage">furthest stage of the funnel while it runs</param>
/// <param name="Note">why it ended before its end</param>
public sealed record HistoryProcess(InstanceId Id, InstanceStatus Status, LocalText? Stage, string? Note);

/// <summary>A field before and after, as it is stored; what an id stands for by its name. A value that the reader may not know is <see cref="Database.AuditRow.Hidden"/>.</summary>
public sealed record ChangedField(string Name, string? Before, string? After)
{
    /// <summary>Name of a word that the object got or lost.</summary>
    public const string Tag = "Tag";

    /// <summary>Name of a further number or address that it got or lost.</summary>
    public static string Of(ContactChannel channel) => $"Further{channel}";
}
