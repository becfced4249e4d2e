using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>Goods that went out by one movement, as far as they have not come back or arrived: what a client may still return, what is on the way.</summary>
public sealed class StockOutflow
{
    private readonly StockBatch[] parts;
    private readonly MinorUnit unit;
    private int first;

    /// <summary>All that went out.</summary>
    /// <param name="sequence">number of the movement</param>
    /// <param name="parts">the batches they were of, the oldest first; none from the average model</param>
    /// <param name="currency">ISO 4217 code</param>
    public StockOutflow(long sequence, decimal quantity, decimal value, ReadOnlySpan<StockBatch> parts, string currency) : this(sequence, quantity, value, parts, new MinorUnit(currency)) { }

    internal StockOutflow(long sequence, decimal quantity, decimal value, ReadOnlySpan<StockBatch> parts, MinorUnit unit) =>
        (Sequence, Quantity, Value, this.parts, this.unit) = (sequence, quantity, value, parts.ToArray(), unit);

    /// <summary>Number of the movement.</summary>
    public long Sequence { get; }
    /// <summary>How many are still out.</summary>
    public decimal Quantity { get; private set; }
    /// <summary>What those cost.</summary>
    public decimal Value { get; private set; }

    /// <summary>Some arrive: the oldest, each batch at its own rate and age.</summary>
    /// <param name="into">receives the batches they are of</param>
    /// <returns>What they cost.</returns>
    /// <exception cref="RuleBrokenException"><c>stock.more-than-sent</c></exception>
    public decimal Arrive(decimal quantity, List<StockBatch> into)
    {
        if (quantity > Quantity) throw new RuleBrokenException("stock.more-than-sent", quantity, Quantity);
        var value = parts.Length == 0 ? unit.Share(Value, quantity, Quantity) : TakeOldest(quantity, into);
        (Quantity, Value) = (Quantity - quantity, Value - value);
        return value;
    }

    /// <summary>
    /// A client brings some back. One unit is worth what one unit of the whole issue cost, whichever batch it was of, for nobody can tell. They go back to the batches of the issue, the oldest first,
    /// and share the value as those cost: whoever brings back all restores what was there.
    /// </summary>
    /// <param name="into">receives the batches they are of</param>
    /// <returns>What they cost.</returns>
    /// <exception cref="RuleBrokenException"><c>stock.more-than-issued</c></exception>
    public decimal Return(decimal quantity, List<StockBatch> into)
    {
        if (quantity > Quantity) throw new RuleBrokenException("stock.more-than-issued", quantity, Quantity);
        var value = unit.Share(Value, quantity, Quantity);
        (Quantity, Value) = (Quantity - quantity, Value - value);
        if (parts.Length > 0)
        {
            var from = into.Count;
            var cost = TakeOldest(quantity, into);
            Spread(value, into, from, cost, quantity);
        }
        return value;
    }

    private decimal TakeOldest(decimal quantity, List<StockBatch> into)
    {
        decimal value = 0;
        while (quantity > 0)
        {
            ref var left = ref parts[first];
            var some = Math.Min(quantity, left.Quantity);
            var part = new StockBatch(left.Age, some, unit.Share(left.Value, some, left.Quantity));
            left = left with { Quantity = left.Quantity - some, Value = left.Value - part.Value };
            if (left.Quantity == 0) first++;
            quantity -= some;
            value += part.Value;
            into.Add(part);
        }
        return value;
    }

    // rounded from the beginning on, so that the last takes what is left; goods that cost nothing share by their number
    private void Spread(decimal value, List<StockBatch> into, int from, decimal cost, decimal quantity)
    {
        decimal passed = 0, given = 0;
        for (var i = from; i < into.Count; i++)
        {
            passed += cost == 0 ? into[i].Quantity : into[i].Value;
            var until = unit.Round(value * (passed / (cost == 0 ? quantity : cost)));
            into[i] = into[i] with { Value = until - given };
            given = until;
        }
    }
}
