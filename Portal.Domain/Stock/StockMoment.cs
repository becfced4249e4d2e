namespace Portal.Domain.Stock;

/// <summary>Where a movement stands among the others: by day, by time, and by the order in which they were written.</summary>
/// <param name="Sequence">the movement's own number, given once</param>
public readonly record struct StockMoment(DateOnly Day, TimeOnly Time, long Sequence) : IComparable<StockMoment>
{
    /// <inheritdoc/>
    public int CompareTo(StockMoment other)
    {
        var order = Day.CompareTo(other.Day);
        if (order == 0) order = Time.CompareTo(other.Time);
        return order == 0 ? Sequence.CompareTo(other.Sequence) : order;
    }

    /// <summary>True when <paramref name="a"/> stands before <paramref name="b"/>.</summary>
    public static bool operator <(StockMoment a, StockMoment b) => a.CompareTo(b) < 0;

    /// <summary>True when <paramref name="a"/> stands after <paramref name="b"/>.</summary>
    public static bool operator >(StockMoment a, StockMoment b) => a.CompareTo(b) > 0;

    /// <summary>True when <paramref name="a"/> does not stand after <paramref name="b"/>.</summary>
    public static bool operator <=(StockMoment a, StockMoment b) => a.CompareTo(b) <= 0;

    /// <summary>True when <paramref name="a"/> does not stand before <paramref name="b"/>.</summary>
    public static bool operator >=(StockMoment a, StockMoment b) => a.CompareTo(b) >= 0;
}
