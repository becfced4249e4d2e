namespace Portal.Domain.Stock;

/// <summary>Goods that one receipt brought: as many of them as lie in one warehouse, or move together. Value is what counts, the rate follows from it.</summary>
/// <param name="Age">the receipt; it stays with the goods wherever they go, and tells which batch they are of</param>
public readonly record struct StockBatch(StockMoment Age, decimal Quantity, decimal Value);
