using Portal.Domain.Pricing;
using Portal.Domain.Stock;

namespace Portal.Infrastructure.Stock;

/// <summary>How a card stands, or stood.</summary>
internal readonly record struct CardState(decimal Quantity, decimal Value, decimal? LastRate, string? Batches);

/// <summary>A card as it is kept.</summary>
/// <param name="FirstRate">what a unit cost in the catalogue when the card of an average was begun</param>
/// <param name="Last">day and time of its latest movement; no later one is there, where that was taken back</param>
internal sealed record KnownCard(long Id, WarehouseId Warehouse, ProductId Product, StockModel Model, string Name, decimal? FirstRate, CardState Kept, (DateOnly Day, TimeOnly Time)? Last)
{
    /// <summary>As it stands; what is posted changes it.</summary>
    public StockCard State => state ??= Of(Kept);

    private StockCard? state;

    /// <summary>As it stood before anything moved.</summary>
    public StockCard Empty() => Of(new(0, 0, FirstRate, null));

    /// <summary>As it stood at some time.</summary>
    public StockCard Of(CardState at) =>
        Model == StockModel.Batch ? StockCard.InBatches(Name, BatchJson.Read(at.Batches), at.LastRate) : StockCard.AtAverage(Name, at.Quantity, at.Value, at.LastRate);
}

/// <summary>A movement as it is kept.</summary>
/// <param name="Parts">the batches it touched</param>
internal sealed record KnownMovement(StockMovement Movement, decimal Value, decimal Difference, StockBatch[] Parts);

/// <summary>A movement that others name as their source, and what has come back or arrived of it.</summary>
/// <param name="Back">in their order</param>
internal sealed record KnownSource(StockMoment At, MovementKind Kind, ProductId Product, decimal Quantity, decimal Value, StockBatch[] Parts, List<(StockMoment At, MovementKind Kind, decimal Quantity)> Back)
{
    /// <summary>What was still out at a moment.</summary>
    public StockOutflow Before(StockMoment moment, string currency)
    {
        var outflow = new StockOutflow(At.Sequence, Quantity, Value, Parts, currency);
        foreach (var (_, kind, quantity) in Back.TakeWhile(b => b.At < moment))
            if (kind == MovementKind.TransferIn) outflow.Arrive(quantity, []);
            else outflow.Return(quantity, []);
        return outflow;
    }

    /// <summary>True when goods went out with it.</summary>
    public bool IsOutflow => Kind is MovementKind.Issue or MovementKind.TransferOut;
}
