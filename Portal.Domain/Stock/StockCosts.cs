using System.Runtime.InteropServices;

namespace Portal.Domain.Stock;

/// <summary>What a movement costs.</summary>
/// <param name="Value">what the goods brought or took along</param>
/// <param name="Difference">of a movement in, what goes to the cost of goods sold at once because the average stood at or below nothing</param>
/// <param name="FirstPart">where its batches begin among those of all movements</param>
/// <param name="Parts">how many batches it touched; none in the average model</param>
public readonly record struct MovementCost(decimal Value, decimal Difference, int FirstPart, int Parts);

/// <summary>What movements cost, in their order. It is filled by a replay, and used again for the next movements when it has been read.</summary>
/// <param name="capacity">for so many movements no memory is asked for later</param>
public sealed class StockCosts(int capacity = 16)
{
    private readonly List<MovementCost> movements = new(capacity);
    private readonly List<StockBatch> parts = new(capacity);

    /// <summary>One for each movement.</summary>
    public ReadOnlySpan<MovementCost> Movements => CollectionsMarshal.AsSpan(movements);

    /// <summary>The batches that a movement laid down or took from, and how much of each.</summary>
    public ReadOnlySpan<StockBatch> PartsOf(in MovementCost cost) => CollectionsMarshal.AsSpan(parts).Slice(cost.FirstPart, cost.Parts);

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        movements.Clear();
        parts.Clear();
    }

    internal List<StockBatch> Parts => parts;

    internal ReadOnlySpan<StockBatch> PartsFrom(int first) => CollectionsMarshal.AsSpan(parts)[first..];

    internal void Add(decimal value, decimal difference, int firstPart) => movements.Add(new(value, difference, firstPart, parts.Count - firstPart));
}
