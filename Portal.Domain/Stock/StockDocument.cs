using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>
/// A document that moves goods, of whatever kind. A draft is edited; posting gives it its number and moves the goods; cancelling takes back what it moved, and keeps the document.
/// </summary>
public sealed class StockDocument : ISearchable
{
    /// <summary>Lines of one document.</summary>
    public const int MostLines = 2000;

    private StockDocument() { }

    /// <summary>Begins a draft.</summary>
    /// <param name="origin">the document whose goods it brings back, or on</param>
    /// <exception cref="RuleBrokenException">as <see cref="Write"/></exception>
    public StockDocument(StockDocumentId id, CompanyId company, StockDocumentKind kind, StockDocumentHead head, IReadOnlyList<StockDocumentLine> lines, StockDocumentId? origin, Actor author, DateTimeOffset now)
    {
        (Id, Company, Kind, Origin, CreatedAt, ByUser, ByName) = (id, company, kind, origin, now, author.UserId, author.Name);
        Write(head, lines);
    }

    public StockDocumentId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public StockDocumentKind Kind { get; private set; }
    public StockDocumentState State { get; private set; }
    /// <summary>Year of its number; null until it is posted.</summary>
    public int? Year { get; private set; }
    /// <summary>Place of its number in the year; null until it is posted.</summary>
    public int? Sequence { get; private set; }
    public DateOnly Day { get; private set; }
    public TimeOnly Time { get; private set; }
    public WarehouseId Warehouse { get; private set; }
    public WarehouseId? Target { get; private set; }
    public bool AtOnce { get; private set; }
    public PartnerId? Partner { get; private set; }
    public StockDocumentId? Origin { get; private set; }
    public string? Note { get; private set; }
    public IReadOnlyList<StockDocumentLine> Lines { get; private set; } = [];
    /// <summary>How many lines it has.</summary>
    public int LineCount { get; private set; }
    /// <summary>True for a transfer of which something has not arrived.</summary>
    public bool OnTheWay { get; private set; }
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

    /// <summary>When, where and for whom.</summary>
    public StockDocumentHead Head => new(Day, Time, Warehouse, Target, AtOnce, Partner, Note);

    /// <summary>Writes the draft anew.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.not-draft</c>, <c>stock.too-many-lines</c>, <c>number.out-of-range</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Write(StockDocumentHead head, IReadOnlyList<StockDocumentLine> lines)
    {
        if (State != StockDocumentState.Draft) throw new RuleBrokenException("stock.not-draft");
        if (lines.Count > MostLines) throw new RuleBrokenException("stock.too-many-lines", MostLines);
        var isTransfer = Kind == StockDocumentKind.Transfer;
        (Day, Time, Warehouse) = (head.Day, new(head.Time.Hour, head.Time.Minute), head.Warehouse);
        (Target, AtOnce) = isTransfer ? (head.Target, head.AtOnce) : (null, false);
        Partner = Kind.HasPartner() ? head.Partner : null;
        Note = Required.Optional(head.Note, "stock.note", 400);
        Lines = [.. lines.Select(line => line.Checked(Kind))];
        LineCount = Lines.Count;
    }

    /// <summary>Refuses what cannot be posted, before anything moves.</summary>
    /// <param name="today">in the company's zone</param>
    /// <param name="minute">of today, in the company's zone</param>
    /// <exception cref="RuleBrokenException"><c>stock.not-draft</c>, <c>stock.no-lines</c>, <c>stock.day-ahead</c>, <c>stock.minute-ahead</c>, <c>stock.target-missing</c>, <c>stock.reason-missing</c></exception>
    public void RequirePostable(DateOnly today, TimeOnly minute)
    {
        if (State != StockDocumentState.Draft) throw new RuleBrokenException("stock.not-draft");
        if (Lines.Count == 0) throw new RuleBrokenException("stock.no-lines");
        if (Day > today) throw new RuleBrokenException("stock.day-ahead");
        if (Day == today && Time > minute) throw new RuleBrokenException("stock.minute-ahead", Time, minute);
        if (Kind == StockDocumentKind.Transfer && (Target is null || Target == Warehouse)) throw new RuleBrokenException("stock.target-missing");
        if (Kind == StockDocumentKind.WriteOff && Note is null) throw new RuleBrokenException("stock.reason-missing");
    }

    /// <summary>Its goods have moved.</summary>
    /// <param name="lines">the lines with their movements</param>
    public void Post(IReadOnlyList<StockDocumentLine> lines, DocumentNumber number, Actor by, DateTimeOffset now)
    {
        (State, Year, Sequence, Lines, PostedAt, PostedBy) = (StockDocumentState.Posted, number.Year, number.Sequence, lines, now, by.Name);
        OnTheWay = Kind == StockDocumentKind.Transfer && !AtOnce;
    }

    /// <summary>Its goods were taken back.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.not-posted</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Cancel(string? reason, Actor by, DateTimeOffset now)
    {
        if (State != StockDocumentState.Posted) throw new RuleBrokenException("stock.not-posted");
        Reason = Required.Text(reason, "stock.reason", 1000);
        (State, OnTheWay, CancelledAt, CancelledBy) = (StockDocumentState.Cancelled, false, now, by.Name);
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.StockDocument, Id.Value), Number?.ToString() ?? "", Note ?? "", Partner?.Value);

    /// <summary>Some of its goods have arrived, or have not after all.</summary>
    public void Arrived(bool all) => OnTheWay = State == StockDocumentState.Posted && !all;
}
