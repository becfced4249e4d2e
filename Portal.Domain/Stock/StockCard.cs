using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>How a warehouse values its goods.</summary>
public enum StockModel
{
    /// <summary>By batches, the oldest first (FIFO); no more goes out than there is.</summary>
    Batch,
    /// <summary>At the moving average; batches do not count, and more may go out than there is.</summary>
    Average,
}

/// <summary>One item in one warehouse: how many there are and what they are worth. Nothing is worth nothing.</summary>
public sealed class StockCard
{
    private const decimal MostOnCard = 1_000_000_000_000m;

    private readonly BatchQueue? batches;

    private StockCard(string name, BatchQueue? batches, decimal quantity, decimal value, decimal? lastRate) =>
        (Name, this.batches, Quantity, Value, LastRate) = (name, batches, quantity, value, lastRate);

    /// <summary>A card of the batch model.</summary>
    /// <param name="name">what refusals call the item</param>
    /// <param name="there">what lies there, in any order</param>
    /// <param name="lastRate">what one unit cost in the latest issue</param>
    public static StockCard InBatches(string name, ReadOnlySpan<StockBatch> there = default, decimal? lastRate = null)
    {
        var card = new StockCard(name, new(), 0, 0, lastRate);
        foreach (var batch in there) card.Lay(batch);
        return card;
    }

    /// <summary>A card of the average model.</summary>
    /// <param name="name">what refusals call the item</param>
    /// <param name="lastRate">what one unit costs as long as none is there: what it did when the last one went, at the beginning what the catalogue says</param>
    public static StockCard AtAverage(string name, decimal quantity = 0, decimal value = 0, decimal? lastRate = null) => new(name, null, quantity, value, lastRate);

    public string Name { get; }
    public StockModel Model => batches is null ? StockModel.Average : StockModel.Batch;
    public decimal Quantity { get; private set; }
    public decimal Value { get; private set; }

    /// <summary>Six places; in the batch model of the latest issue, in the average model of when the last unit went. Null where nothing has told a cost yet.</summary>
    public decimal? LastRate { get; private set; }

    /// <summary>The batches there, the oldest first; none in the average model.</summary>
    public ReadOnlySpan<StockBatch> Batches => batches is null ? default : batches.All;

    /// <summary>What so many cost by what lies there; by the last rate where nothing does, and nothing where there has been none.</summary>
    internal decimal ValueOf(decimal quantity, MinorUnit unit) => Quantity == 0 ? ValueAtLast(quantity, unit) : unit.Share(Value, quantity, Quantity);

    /// <summary>What a client's return without its issue is worth: in the batch model as in the latest issue, else at the average of now.</summary>
    internal decimal ValueOfReturn(decimal quantity, MinorUnit unit) => batches is null ? ValueOf(quantity, unit) : ValueAtLast(quantity, unit);

    /// <summary>Takes goods in.</summary>
    /// <param name="parts">the batches they are of; in the average model they do not count</param>
    /// <returns>What goes to the cost of goods sold: an average at or below nothing takes the rate of what comes in at once.</returns>
    /// <exception cref="RuleBrokenException"><c>stock.too-much</c></exception>
    internal decimal Bring(decimal quantity, decimal value, ReadOnlySpan<StockBatch> parts, MinorUnit unit)
    {
        if (batches is not null)
        {
            foreach (var part in parts) Lay(part);
            return 0;
        }
        var (left, whole) = (Quantity + quantity, Value + value);
        var worth = Quantity > 0 ? whole : left == 0 ? 0 : unit.Share(value, left, quantity);
        if (left == 0) LastRate = Rate(value, quantity);
        Set(left, worth);
        return whole - worth;
    }

    /// <summary>Gives goods out: the oldest, or at the average.</summary>
    /// <param name="taken">receives the batches they are of</param>
    /// <exception cref="RuleBrokenException"><c>stock.beyond-batches</c>, <c>stock.too-much</c></exception>
    internal decimal Take(in StockMovement movement, List<StockBatch> taken, MinorUnit unit)
    {
        var quantity = movement.Quantity;
        if (batches is null)
        {
            var value = ValueOf(quantity, unit);
            if (quantity == Quantity) LastRate = Rate(value, quantity);
            Set(Quantity - quantity, Value - value);
            return value;
        }
        if (quantity > Quantity) throw new RuleBrokenException("stock.beyond-batches", Name, movement.At.Day, quantity, Quantity);
        var cost = batches.Take(quantity, unit, taken);
        Set(Quantity - quantity, Value - cost);
        if (movement.Kind == MovementKind.Issue) LastRate = Rate(cost, quantity);
        return cost;
    }

    /// <summary>Gives goods back to their supplier: those of the receipt, or at the average.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.source-missing</c>, <c>stock.beyond-receipt</c>, <c>stock.too-much</c></exception>
    internal decimal GiveBack(in StockMovement movement, List<StockBatch> taken, MinorUnit unit)
    {
        if (batches is null) return Take(movement, taken, unit);
        var receipt = movement.Source ?? throw new RuleBrokenException("stock.source-missing", Name);
        if (batches.Of(receipt) is var there && there < movement.Quantity) throw new RuleBrokenException("stock.beyond-receipt", Name, movement.At.Day, movement.Quantity, there);
        var part = batches.TakeOf(receipt, movement.Quantity, unit);
        taken.Add(part);
        Set(Quantity - part.Quantity, Value - part.Value);
        return part.Value;
    }

    private decimal ValueAtLast(decimal quantity, MinorUnit unit) => unit.Round(quantity * (LastRate ?? 0));

    private void Lay(in StockBatch batch)
    {
        Set(Quantity + batch.Quantity, Value + batch.Value);
        batches!.Add(batch);
    }

    private void Set(decimal quantity, decimal value)
    {
        if (Math.Abs(quantity) > MostOnCard || Math.Abs(value) > PriceNumbers.MostSum) throw new RuleBrokenException("stock.too-much");
        (Quantity, Value) = (quantity, value);
    }

    private static decimal Rate(decimal value, decimal quantity) =>
        PriceNumbers.Unit(value / quantity) is var rate and <= PriceNumbers.MostPrice ? rate : throw new RuleBrokenException("stock.too-much");
}
