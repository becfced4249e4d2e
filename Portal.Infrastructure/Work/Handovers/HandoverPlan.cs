using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Work;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>
/// Which pieces of a kind go to whom; several heirs get them in turn. <paramref name="Only"/> are the chosen pieces, null means all.
/// <paramref name="WithClients"/>: planned interactions go to who gets their client.
/// </summary>
public sealed record HandoverShare(
    HeldKind Kind, IReadOnlyList<Guid> To, BranchId? Branch = null, PartnerStanding? Standing = null, IReadOnlyCollection<Guid>? Only = null, bool WithClients = false)
{
    internal bool Takes(HeldPiece piece) =>
        piece.Kind == Kind && (Branch is null || piece.Branch == Branch) && (Standing is null || piece.Standing == Standing) && (Only is null || Only.Contains(piece.Id));
}

/// <summary>Whose work goes to whom. A piece goes by the first share that takes it; what no share takes stays.</summary>
/// <param name="Farewell">the letter to the clients that change hands; null where none is wanted</param>
public sealed record HandoverPlan(Guid From, IReadOnlyList<HandoverShare> Shares, Farewell? Farewell = null)
{
    /// <summary>Everything to one person.</summary>
    public static HandoverPlan Everything(Guid from, Guid to) => new(from, [.. Enum.GetValues<HeldKind>().Select(kind => new HandoverShare(kind, [to]))]);
}

/// <summary>How much of each kind a person holds.</summary>
public sealed record WorkHeld(IReadOnlyDictionary<HeldKind, int> Counts)
{
    /// <summary>Pieces of a kind.</summary>
    public int this[HeldKind kind] => Counts.GetValueOrDefault(kind);

    /// <summary>All of it.</summary>
    public int Total => Counts.Values.Sum();
}

/// <summary>Pieces of one kind that go to one person, or stay for one reason.</summary>
public sealed record HandoverGroup(HeldKind Kind, Guid? To, string? ToName, HandoverRefusal? Refusal, int Count);

/// <summary>What a plan comes to, before anything is done.</summary>
/// <param name="Letters">clients that are written to</param>
/// <param name="WithoutMail">clients that change hands and have no address to write to</param>
/// <param name="Sample">the letter to the first of them</param>
public sealed record HandoverOutline(IReadOnlyList<HandoverGroup> Groups, int Letters, int WithoutMail, SampleLetter? Sample)
{
    /// <summary>Pieces that change hands.</summary>
    public int Moved => Groups.Where(g => g.Refusal is null).Sum(g => g.Count);
}

/// <summary>A letter as a client would get it.</summary>
public sealed record SampleLetter(string To, string Subject, string Text)
{
    /// <summary>Whom the client's answer reaches: who works with it from now on.</summary>
    public string? AnswersTo { get; init; }
}

/// <summary>How far a handover is. Nothing of it holds before all is done.</summary>
public readonly record struct HandoverProgress(int Done, int Total);

/// <summary>Something a person holds, for choosing.</summary>
public sealed record HeldItem(Guid Id, string Title);
