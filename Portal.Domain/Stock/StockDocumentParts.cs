using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>Id of a <see cref="StockDocument"/>.</summary>
public readonly record struct StockDocumentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static StockDocumentId New() => new(Guid.CreateVersion7());
}

/// <summary>What a document of stock does.</summary>
public enum StockDocumentKind
{
    /// <summary>Goods come in: bought, made, or there at the beginning.</summary>
    Receipt,
    /// <summary>Goods go out: sold or used.</summary>
    Issue,
    /// <summary>Goods leave for another of our warehouses.</summary>
    Transfer,
    /// <summary>Goods of a transfer arrive.</summary>
    Arrival,
    /// <summary>A client brings goods back.</summary>
    CustomerReturn,
    /// <summary>Goods go back to their supplier.</summary>
    SupplierReturn,
    /// <summary>Goods are spoilt, lost or given away.</summary>
    WriteOff,
    /// <summary>Goods were counted, and the books follow.</summary>
    StockTaking,
}

/// <summary>Where a document of stock stands.</summary>
public enum StockDocumentState { Draft, Posted, Cancelled }

/// <summary>When, where and for whom goods move.</summary>
/// <param name="Time">to the minute; documents of one minute stand in the order in which they were posted</param>
/// <param name="Target">where a transfer goes</param>
/// <param name="AtOnce">a transfer that is there at once, and never on the way</param>
/// <param name="Partner">client or supplier</param>
/// <param name="Note">of a write-off, its reason</param>
public sealed record StockDocumentHead(DateOnly Day, TimeOnly Time, WarehouseId Warehouse, WarehouseId? Target = null, bool AtOnce = false, PartnerId? Partner = null, string? Note = null);

/// <summary>A line of a document of stock.</summary>
/// <param name="Quantity">in its unit; of a stock-taking what was counted, which may be nothing</param>
public sealed record StockDocumentLine(Guid Id, ProductId Product, decimal Quantity, string Unit)
{
    /// <summary>What one unit costs in the company's currency: of a receipt, and of what a stock-taking may find.</summary>
    public decimal? Price { get; init; }
    /// <summary>Number of the movement whose goods these are.</summary>
    public long? Source { get; init; }
    /// <summary>A remark.</summary>
    public string? Note { get; init; }
    /// <summary>Once posted: number of its movement; null where a stock-taking found what the books say.</summary>
    public long? Movement { get; init; }
    /// <summary>Once posted, of a stock-taking: what the books said, in base units, of all its lines of the product.</summary>
    public decimal? Booked { get; init; }

    /// <summary>The line with what it says in bounds.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    internal StockDocumentLine Checked(StockDocumentKind kind) => this with
    {
        Quantity = kind == StockDocumentKind.StockTaking && Quantity == 0 ? 0 : PriceNumbers.Quantity(Quantity, "price.quantity"),
        Unit = Required.Text(Unit, "product.unit", 20),
        Price = kind is StockDocumentKind.Receipt or StockDocumentKind.StockTaking && Price is { } price ? PriceNumbers.Price(price, "stock.price") : null,
        Source = kind is StockDocumentKind.Arrival or StockDocumentKind.CustomerReturn or StockDocumentKind.SupplierReturn ? Source : null,
        Note = Required.Optional(Note, "stock.note", 400),
        Movement = null,
        Booked = null,
    };
}

/// <summary>What documents of stock are by their kind.</summary>
public static class StockDocumentKinds
{
    /// <summary>The series in which a kind is numbered.</summary>
    public static DocumentType Series(this StockDocumentKind kind) => kind switch
    {
        StockDocumentKind.Receipt => DocumentType.StockReceipt,
        StockDocumentKind.Issue => DocumentType.StockIssue,
        StockDocumentKind.Transfer => DocumentType.StockTransfer,
        StockDocumentKind.Arrival => DocumentType.StockArrival,
        StockDocumentKind.CustomerReturn => DocumentType.StockCustomerReturn,
        StockDocumentKind.SupplierReturn => DocumentType.StockSupplierReturn,
        StockDocumentKind.WriteOff => DocumentType.StockWriteOff,
        _ => DocumentType.StockTaking,
    };

    /// <summary>What brings goods of a document back, or on; null where nothing does.</summary>
    public static StockDocumentKind? Follower(this StockDocumentKind kind) => kind switch
    {
        StockDocumentKind.Receipt => StockDocumentKind.SupplierReturn,
        StockDocumentKind.Issue => StockDocumentKind.CustomerReturn,
        StockDocumentKind.Transfer => StockDocumentKind.Arrival,
        _ => null,
    };

    /// <summary>True where somebody outside the company gives or takes the goods.</summary>
    public static bool HasPartner(this StockDocumentKind kind) => kind is StockDocumentKind.Receipt or StockDocumentKind.Issue or StockDocumentKind.CustomerReturn or StockDocumentKind.SupplierReturn;
}
