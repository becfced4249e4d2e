namespace Portal.Domain.Stock;

/// <summary>
/// The batches of a card, the oldest first. Receipts come in at the end and issues take from the beginning, so both cost next to nothing;
/// what comes in between moves the shorter side of its neighbours.
/// </summary>
internal sealed class BatchQueue
{
    private StockBatch[] batches = new StockBatch[4];
    private int first, end;

    public int Count => end - first;
    public ReadOnlySpan<StockBatch> All => batches.AsSpan(first, Count);

    /// <summary>Lays goods to their batch.</summary>
    public void Add(in StockBatch batch)
    {
        if (Count == 0 || batches[end - 1].Age < batch.Age)
        {
            if (end == batches.Length) MakeRoom();
            batches[end++] = batch;
            return;
        }
        var at = Find(batch.Age);
        if (at >= 0)
        {
            ref var there = ref batches[first + at];
            there = there with { Quantity = there.Quantity + batch.Quantity, Value = there.Value + batch.Value };
        }
        else Insert(~at, batch);
    }

    /// <summary>Takes the oldest goods. Whoever calls has seen that there are as many.</summary>
    public decimal Take(decimal quantity, MinorUnit unit, List<StockBatch> taken)
    {
        decimal value = 0;
        while (quantity > 0)
        {
            var part = TakeAt(0, Math.Min(quantity, batches[first].Quantity), unit);
            quantity -= part.Quantity;
            value += part.Value;
            taken.Add(part);
        }
        return value;
    }

    /// <summary>How many there are of a batch.</summary>
    public decimal Of(StockMoment age) => Find(age) is >= 0 and var at ? batches[first + at].Quantity : 0;

    /// <summary>Takes goods of one batch. Whoever calls has seen that there are as many.</summary>
    public StockBatch TakeOf(StockMoment age, decimal quantity, MinorUnit unit) => TakeAt(Find(age), quantity, unit);

    private StockBatch TakeAt(int at, decimal quantity, MinorUnit unit)
    {
        ref var batch = ref batches[first + at];
        var part = new StockBatch(batch.Age, quantity, unit.Share(batch.Value, quantity, batch.Quantity));
        if (quantity < batch.Quantity) batch = batch with { Quantity = batch.Quantity - quantity, Value = batch.Value - part.Value };
        else Remove(at);
        return part;
    }

    private void Remove(int at)
    {
        if (at <= Count / 2)
        {
            Array.Copy(batches, first, batches, first + 1, at);
            first++;
        }
        else
        {
            Array.Copy(batches, first + at + 1, batches, first + at, Count - at - 1);
            end--;
        }
    }

    private void Insert(int at, in StockBatch batch)
    {
        var before = at <= Count / 2;
        if (before ? first == 0 : end == batches.Length) MakeRoom();
        if (before)
        {
            Array.Copy(batches, first, batches, first - 1, at);
            first--;
        }
        else
        {
            Array.Copy(batches, first + at, batches, first + at + 1, Count - at);
            end++;
        }
        batches[first + at] = batch;
    }

    /// <summary>Leaves room on both sides, most of it at the end.</summary>
    private void MakeRoom()
    {
        var count = Count;
        var roomy = count > batches.Length / 2 ? new StockBatch[batches.Length * 2] : batches;
        var start = Math.Max(1, (roomy.Length - count) / 4);
        Array.Copy(batches, first, roomy, start, count);
        (batches, first, end) = (roomy, start, start + count);
    }

    private int Find(StockMoment age) => All.BinarySearch(new ByAge(age));

    private readonly struct ByAge(StockMoment age) : IComparable<StockBatch>
    {
        private readonly StockMoment age = age;

        public int CompareTo(StockBatch other) => age.CompareTo(other.Age);
    }
}
