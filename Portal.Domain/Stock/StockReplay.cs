using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>
/// Reckons what movements cost, one after the other, from what lay there before the first of them. The cards of all warehouses among which an item is transferred are replayed together,
/// so what changes in one changes what it sent to the others. What was posted one by one costs the same when it is replayed. After a refusal the cards are of no use any more.
/// </summary>
public sealed class StockReplay
{
    private readonly IReadOnlyList<StockCard> cards;
    private readonly Dictionary<long, StockOutflow> outflows;
    private readonly MinorUnit unit;
    private StockMoment last;

    /// <summary>Begins where the cards stand.</summary>
    /// <param name="currency">ISO 4217 code of the company</param>
    /// <param name="cards">what lies there; movements name them by their place</param>
    /// <param name="outflows">what went out before and is named as a source later</param>
    public StockReplay(string currency, IReadOnlyList<StockCard> cards, IEnumerable<StockOutflow>? outflows = null)
    {
        unit = new(currency);
        this.cards = cards;
        this.outflows = outflows?.ToDictionary(outflow => outflow.Sequence) ?? [];
    }

    /// <summary>Replays movements, none of which stands before one that was replayed already.</summary>
    /// <param name="costs">receives what they cost</param>
    /// <exception cref="RuleBrokenException">
    /// <c>stock.beyond-batches</c>, <c>stock.beyond-receipt</c>, <c>stock.source-missing</c>, <c>stock.source-later</c>, <c>stock.more-than-issued</c>, <c>stock.more-than-sent</c>, <c>stock.too-much</c>
    /// </exception>
    public void Run(ReadOnlySpan<StockMovement> movements, StockCosts costs)
    {
        foreach (ref readonly var movement in movements)
        {
            if (movement.At <= last) throw new ArgumentException($"Movement {movement.At.Sequence} stands before one that was replayed already.", nameof(movements));
            last = movement.At;
            if (movement.IsInflow) Bring(movement, costs);
            else Take(movement, costs);
        }
    }

    private void Bring(in StockMovement movement, StockCosts costs)
    {
        var (card, quantity, parts) = (cards[movement.Card], movement.Quantity, costs.Parts);
        var first = parts.Count;
        var value = movement switch
        {
            { Value: { } given } => unit.Round(given),
            { Kind: MovementKind.TransferIn } => Source(movement).Arrive(quantity, parts),
            { Kind: MovementKind.CustomerReturn, Source: not null } => Source(movement).Return(quantity, parts),
            { Kind: MovementKind.CustomerReturn } => card.ValueOfReturn(quantity, unit),
            _ => card.ValueOf(quantity, unit),
        };
        if (card.Model == StockModel.Average) parts.RemoveRange(first, parts.Count - first);
        else if (parts.Count == first) parts.Add(new(movement.At, quantity, value));
        var difference = card.Bring(quantity, value, costs.PartsFrom(first), unit);
        costs.Add(value, difference, first);
    }

    private void Take(in StockMovement movement, StockCosts costs)
    {
        var (card, first) = (cards[movement.Card], costs.Parts.Count);
        var value = movement.Kind == MovementKind.SupplierReturn ? card.GiveBack(movement, costs.Parts, unit) : card.Take(movement, costs.Parts, unit);
        if (movement.IsReferredTo) outflows.Add(movement.At.Sequence, new(movement.At.Sequence, movement.Quantity, value, costs.PartsFrom(first), unit));
        costs.Add(value, 0, first);
    }

    private StockOutflow Source(in StockMovement movement)
    {
        if (movement.Source is not { } source) throw new RuleBrokenException("stock.source-missing", cards[movement.Card].Name);
        return outflows.GetValueOrDefault(source.Sequence) ?? throw new RuleBrokenException("stock.source-later", cards[movement.Card].Name, movement.At.Day);
    }
}
