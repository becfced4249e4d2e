using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>What moves goods.</summary>
public enum MovementKind
{
    /// <summary>Bought, made or counted in at the beginning, at a value of its own.</summary>
    Receipt,
    /// <summary>Sold or used.</summary>
    Issue,
    /// <summary>A client brings back what was issued to him. One without its issue is valued by the latest, and to be looked at.</summary>
    CustomerReturn,
    /// <summary>Goes back to the supplier.</summary>
    SupplierReturn,
    /// <summary>Leaves for another warehouse; on the way until it arrives there.</summary>
    TransferOut,
    /// <summary>Arrives from another warehouse.</summary>
    TransferIn,
    /// <summary>Spoilt, lost or given away.</summary>
    WriteOff,
    /// <summary>Stock-taking found more than the books say.</summary>
    Surplus,
    /// <summary>Stock-taking found less than the books say.</summary>
    Shortage,
}

/// <summary>A movement of one item in one warehouse, as its document says it; what it costs follows from what came before it.</summary>
public readonly record struct StockMovement
{
    /// <summary>Writes a movement down.</summary>
    /// <param name="card">which of the cards of the replay</param>
    /// <param name="quantity">base units, above nothing whichever way they go</param>
    /// <param name="value">of a receipt; of a surplus where it is known</param>
    /// <param name="source">the movement whose goods these are: the issue of a client's return, the receipt of a return to the supplier, the departure of an arrival</param>
    /// <param name="isReferredTo">a later movement names this one as its source</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public StockMovement(StockMoment at, int card, MovementKind kind, decimal quantity, decimal? value = null, StockMoment? source = null, bool isReferredTo = false)
    {
        (At, Card, Kind, Source, IsReferredTo) = (at, card, kind, source, isReferredTo);
        Quantity = PriceNumbers.Quantity(quantity, "price.quantity");
        if (kind == MovementKind.Receipt || kind == MovementKind.Surplus && value is not null)
            Value = value is >= 0 and <= PriceNumbers.MostSum ? value : throw new RuleBrokenException("number.out-of-range", "stock.value", 0, PriceNumbers.MostSum);
    }

    public StockMoment At { get; }
    public int Card { get; private init; }
    public MovementKind Kind { get; }
    public decimal Quantity { get; }
    public decimal? Value { get; }
    public StockMoment? Source { get; }
    public bool IsReferredTo { get; private init; }

    /// <summary>The same on another card of the replay.</summary>
    public StockMovement On(int card) => this with { Card = card };

    /// <summary>The same, named as a source by a later one.</summary>
    public StockMovement Referred() => this with { IsReferredTo = true };

    /// <summary>True when goods come in.</summary>
    public bool IsInflow => Kind is MovementKind.Receipt or MovementKind.CustomerReturn or MovementKind.TransferIn or MovementKind.Surplus;
}
