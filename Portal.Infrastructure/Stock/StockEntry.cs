using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Infrastructure.Stock;

/// <summary>What a line of a document moves.</summary>
/// <param name="Quantity">base units</param>
/// <param name="Value">of a receipt, in the company's currency; of a surplus where it is known</param>
/// <param name="Source">number of the movement whose goods these are</param>
/// <param name="SourceLine">the same, where it is an earlier line of this document</param>
internal sealed record StockLine(WarehouseId Warehouse, ProductId Product, MovementKind Kind, decimal Quantity, decimal? Value = null, long? Source = null, int? SourceLine = null);

/// <summary>What a document moves when it is posted.</summary>
/// <param name="Day">of the document</param>
/// <param name="Time">to the second; among documents of one time the order of posting counts</param>
/// <param name="Owner">for whom it moves them, such as an order: it may take what is set aside for that one</param>
internal sealed record StockEntry(ObjectRef Document, DateOnly Day, TimeOnly Time, IReadOnlyList<StockLine> Lines, ObjectRef? Owner = null)
{
    /// <summary>Where a movement of it stands.</summary>
    public StockMoment At(long sequence) => new(Day, new(Time.Hour, Time.Minute, Time.Second), sequence);
}

/// <summary>What became of a line.</summary>
/// <param name="Sequence">number of its movement: what later lines name as their source</param>
/// <param name="Value">what the goods brought or took along</param>
/// <param name="Difference">what went to the cost of goods sold at once, because the average stood at or below nothing</param>
internal readonly record struct PostedLine(long Sequence, decimal Value, decimal Difference);
