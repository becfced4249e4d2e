namespace Portal.Domain.Sales.Funnel;

/// <summary>A stay on a stage, which is known by its place in the pipeline.</summary>
/// <param name="Position">from 1</param>
public readonly record struct StageStay(int Position, DateTimeOffset EnteredAt, DateTimeOffset? LeftAt);

/// <summary>What the funnel asks of a deal; sums are in the company's currency.</summary>
/// <param name="Position">the stage it stands on, or stood on when it was decided; from 1</param>
/// <param name="Probability">percent</param>
public sealed record FunnelDeal(DealState State, int Position, decimal Amount, decimal Probability, DateOnly OpenedOn, DateTimeOffset StageSince)
{
    /// <summary>When it was won or lost.</summary>
    public DateOnly? ClosedOn { get; init; }
    /// <summary>When it is expected to be decided.</summary>
    public DateOnly? ExpectedClose { get; init; }
    /// <summary>Why it was lost.</summary>
    public Guid? LossReason { get; init; }
    /// <summary>Archived or merged into another: it counts nowhere.</summary>
    public bool Excluded { get; init; }
    /// <summary>Where it stood, in order.</summary>
    public IReadOnlyList<StageStay> Stays { get; init; } = [];

    /// <summary>The furthest stage it came to, however it got there and wherever it stands now; behind the last one where it was won.</summary>
    /// <param name="stages">stages of the pipeline</param>
    public int Furthest(int stages) => State == DealState.Won ? stages + 1 : Stays.Select(stay => stay.Position).Append(Position).Max();
}
