using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Domain.Sales.Orders;

/// <summary>Id of a <see cref="Shipment"/>.</summary>
public readonly record struct ShipmentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ShipmentId New() => new(Guid.CreateVersion7());
}

/// <summary>Where a shipment stands: its goods are being picked, have gone, or have come back because it was cancelled.</summary>
public enum ShipmentState { Draft, Posted, Cancelled }

/// <summary>What is said of a shipment beside its lines.</summary>
/// <param name="Day">on which the goods go</param>
/// <param name="Packages">boxes, pallets, whatever is carried</param>
public sealed record ShipmentHead(DateOnly Day, int? Packages = null, decimal? WeightKg = null, decimal? VolumeM3 = null, string? Note = null);

/// <summary>So much of a line of an order.</summary>
/// <param name="OrderLine">id of the line in its order</param>
/// <param name="Product">null for what was made to order</param>
public sealed record ShipmentLine(SalesOrderId Order, Guid OrderLine, string Name, ProductId? Product, decimal Quantity, string Unit)
{
    /// <summary>Once posted: numbers of its movements; a kit has several, what was made to order none.</summary>
    public IReadOnlyList<long> Movements { get; init; } = [];
}

/// <summary>Goods of one or several orders of a client that leave a warehouse together. A draft is the list by which they are picked; posting moves them, cancelling brings them back and keeps the document.</summary>
public sealed class Shipment : ISearchable
{
    /// <summary>Lines of one shipment.</summary>
    public const int MostLines = 2000;

    private Shipment() { }

    /// <summary>Begins to pick goods.</summary>
    /// <param name="place">where they go; null where the client fetches them</param>
    /// <exception cref="RuleBrokenException">as <see cref="Write"/></exception>
    public Shipment(ShipmentId id, CompanyId company, PartnerId partner, WarehouseId warehouse, PlaceId? place, ShipmentHead head, IReadOnlyList<ShipmentLine> lines, Actor author, DateTimeOffset now)
    {
        (Id, Company, Partner, Warehouse, Place, CreatedAt, ByUser, ByName) = (id, company, partner, warehouse, place, now, author.UserId, author.Name);
        Write(head, lines);
    }

    public ShipmentId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public ShipmentState State { get; private set; }
    /// <summary>Year of its number; null until it is posted.</summary>
    public int? Year { get; private set; }
    /// <summary>Place of its number in the year; null until it is posted.</summary>
    public int? Sequence { get; private set; }
    public PartnerId Partner { get; private set; }
    public WarehouseId Warehouse { get; private set; }
    public PlaceId? Place { get; private set; }
    public DateOnly Day { get; private set; }
    public int? Packages { get; private set; }
    public decimal? WeightKg { get; private set; }
    public decimal? VolumeM3 { get; private set; }
    public string? Note { get; private set; }
    public IReadOnlyList<ShipmentLine> Lines { get; private set; } = [];
    /// <summary>How many lines it has.</summary>
    public int LineCount { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset? PostedAt { get; private set; }
    public string? PostedBy { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }
    public string? CancelledBy { get; private set; }
    /// <summary>Why it was cancelled.</summary>
    public string? Reason { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Its number; null until it is posted.</summary>
    public DocumentNumber? Number => DocumentNumber.Of(Year, Sequence);

    /// <summary>What is said of it.</summary>
    public ShipmentHead Head => new(Day, Packages, WeightKg, VolumeM3, Note);

    /// <summary>The orders whose goods it takes.</summary>
    public IReadOnlyList<SalesOrderId> Orders => [.. Lines.Select(l => l.Order).Distinct()];

    /// <summary>True where a line says what its order says now: the same goods in the same unit, from this warehouse to this address.</summary>
    public bool Fits(ShipmentLine line, SalesOrder order) => order.Items.FirstOrDefault(i => i.Line == line.OrderLine) is { } item && item.Product == line.Product && item.Unit == line.Unit
        && order.DeliveryOf(item) is var to && to.Warehouse == Warehouse && to.Place == Place;

    /// <summary>Writes the draft anew.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.not-draft</c>, <c>stock.too-many-lines</c>, <c>shipments.line-twice</c>, <c>number.out-of-range</c>, <c>text.too-long</c></exception>
    public void Write(ShipmentHead head, IReadOnlyList<ShipmentLine> lines)
    {
        if (State != ShipmentState.Draft) throw new RuleBrokenException("shipments.not-draft");
        if (lines.Count > MostLines) throw new RuleBrokenException("stock.too-many-lines", MostLines);
        if (lines.DistinctBy(l => (l.Order, l.OrderLine)).Count() != lines.Count) throw new RuleBrokenException("shipments.line-twice");
        Day = head.Day;
        Packages = head.Packages is { } packages ? Required.Number(packages, "shipment.packages", 1, 100_000) : null;
        WeightKg = head.WeightKg is { } weight ? PriceNumbers.Quantity(weight, "shipment.weight") : null;
        VolumeM3 = head.VolumeM3 is { } volume ? PriceNumbers.Quantity(volume, "shipment.volume") : null;
        Note = Required.Optional(head.Note, "shipment.note", 1000);
        Lines = [.. lines.Select(l => l with { Quantity = PriceNumbers.Quantity(l.Quantity, "price.quantity"), Movements = [] })];
        LineCount = Lines.Count;
    }

    /// <summary>Refuses what cannot be posted, before anything moves.</summary>
    /// <param name="today">in the company's zone</param>
    /// <exception cref="RuleBrokenException"><c>shipments.not-draft</c>, <c>shipments.no-lines</c>, <c>stock.day-ahead</c></exception>
    public void RequirePostable(DateOnly today)
    {
        if (State != ShipmentState.Draft) throw new RuleBrokenException("shipments.not-draft");
        if (Lines.Count == 0) throw new RuleBrokenException("shipments.no-lines");
        if (Day > today) throw new RuleBrokenException("stock.day-ahead");
    }

    /// <summary>Its goods have gone.</summary>
    /// <param name="lines">the lines with their movements</param>
    public void Post(IReadOnlyList<ShipmentLine> lines, DocumentNumber number, Actor by, DateTimeOffset now) =>
        (State, Year, Sequence, Lines, PostedAt, PostedBy) = (ShipmentState.Posted, number.Year, number.Sequence, lines, now, by.Name);

    /// <summary>Its goods are back.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.not-posted</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Cancel(string? reason, Actor by, DateTimeOffset now)
    {
        if (State != ShipmentState.Posted) throw new RuleBrokenException("shipments.not-posted");
        Reason = Required.Text(reason, "shipment.reason", 1000);
        (State, CancelledAt, CancelledBy) = (ShipmentState.Cancelled, now, by.Name);
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Shipment, Id.Value), Number?.ToString() ?? "", Note ?? "", Partner.Value);
}
