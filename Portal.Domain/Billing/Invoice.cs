using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>Id of an <see cref="Invoice"/>.</summary>
public readonly record struct InvoiceId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static InvoiceId New() => new(Guid.CreateVersion7());
}

/// <summary>Where an invoice stands.</summary>
public enum InvoiceState { Draft, Issued, PartPaid, Paid, Cancelled }

/// <summary>What we ask a client to pay for an order or an accepted offer: all of it, or a part of its schedule. A draft may be thrown away; what was issued has its number, stays as it is and is paid or cancelled.</summary>
public sealed class Invoice : ISearchable
{
    /// <summary>The longest time to pay, days.</summary>
    public const int MostDays = 3650;

    private Invoice() { }

    /// <summary>Begins a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.nothing</c>, <c>number.out-of-range</c></exception>
    public Invoice(InvoiceId id, CompanyId company, InvoiceOrigin origin, InvoiceContent content, Actor author, DateTimeOffset now)
    {
        (Id, Company, CreatedAt, ByUser, ByName) = (id, company, now, author.UserId, author.Name);
        (Order, Offer, Partner, Counterparty, Agreement, Manager, Branch) = (origin.Order, origin.Offer, origin.Partner, origin.Counterparty, origin.Agreement, origin.Manager, origin.Branch);
        (Currency, Portion, Part, Lines) = (content.Currency, content.Portion, content.Place, content.Lines);
        (Net, Vat) = (Lines.Sum(l => l.Net), Lines.Sum(l => l.Vat));
        Gross = Net + Vat;
        if (Gross <= 0) throw new RuleBrokenException("invoices.nothing");
        Write(content.DueDays, null);
    }

    public InvoiceId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public InvoiceState State { get; private set; }
    /// <summary>Year of its number; null until it is issued.</summary>
    public int? Year { get; private set; }
    /// <summary>Place of its number in the year; null until it is issued.</summary>
    public int? Sequence { get; private set; }
    public SalesOrderId? Order { get; private set; }
    public OfferId? Offer { get; private set; }
    public PartnerId Partner { get; private set; }
    public CounterpartyId? Counterparty { get; private set; }
    public AgreementId? Agreement { get; private set; }
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    public BranchId? Branch { get; private set; }
    public InvoicePortion Portion { get; private set; }
    /// <summary>Place of its part in the schedule, from 1; 0 for the whole.</summary>
    public int Part { get; private set; }
    public string Currency { get; private set; } = "";
    public IReadOnlyList<InvoiceLine> Lines { get; private set; } = [];
    public decimal Net { get; private set; }
    public decimal Vat { get; private set; }
    public decimal Gross { get; private set; }
    /// <summary>What payments have brought of it.</summary>
    public decimal Paid { get; private set; }
    /// <summary>From the day of issue to the last day of payment.</summary>
    public int DueDays { get; private set; }
    /// <summary>Day of issue, in the company's zone.</summary>
    public DateOnly? Day { get; private set; }
    /// <summary>Last day of payment; null until it is issued.</summary>
    public DateOnly? DueOn { get; private set; }
    public string? Note { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset? IssuedAt { get; private set; }
    public string? IssuedBy { get; private set; }
    public DateTimeOffset? CancelledAt { get; private set; }
    public string? CancelledBy { get; private set; }
    /// <summary>Why it was cancelled.</summary>
    public string? Reason { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Its number; null until it is issued.</summary>
    public DocumentNumber? Number => DocumentNumber.Of(Year, Sequence);

    /// <summary>True for what the client owes, or has paid.</summary>
    public bool IsInForce => State is InvoiceState.Issued or InvoiceState.PartPaid or InvoiceState.Paid;

    /// <summary>What is still to be paid of it.</summary>
    public decimal Open => IsInForce ? Gross - Paid : 0;

    /// <summary>Writes the draft anew.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.not-draft</c>, <c>number.out-of-range</c>, <c>text.too-long</c></exception>
    public void Write(int dueDays, string? note)
    {
        if (State != InvoiceState.Draft) throw new RuleBrokenException("invoices.not-draft");
        DueDays = Required.Number(dueDays, "invoice.due-days", 0, MostDays);
        Note = Required.Optional(note, "invoice.note", 1000);
    }

    /// <summary>It goes to the client: from now on it is owed.</summary>
    /// <param name="today">in the company's zone</param>
    /// <param name="takeNumber">called when nothing can refuse any more</param>
    /// <exception cref="RuleBrokenException"><c>invoices.not-draft</c></exception>
    public async Task IssueAsync(DateOnly today, Actor by, DateTimeOffset now, Func<Task<DocumentNumber>> takeNumber)
    {
        if (State != InvoiceState.Draft) throw new RuleBrokenException("invoices.not-draft");
        var number = await takeNumber();
        (State, Year, Sequence, Day, DueOn, IssuedAt, IssuedBy) = (InvoiceState.Issued, number.Year, number.Sequence, today, today.AddDays(DueDays), now, by.Name);
    }

    /// <summary>It is not owed after all. What was paid of it has been let go before.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.not-issued</c>, <c>invoices.paid-already</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Cancel(string? reason, Actor by, DateTimeOffset now)
    {
        if (!IsInForce) throw new RuleBrokenException("invoices.not-issued");
        if (Paid > 0) throw new RuleBrokenException("invoices.paid-already");
        Reason = Required.Text(reason, "invoice.reason", 1000);
        (State, CancelledAt, CancelledBy) = (InvoiceState.Cancelled, now, by.Name);
    }

    internal void Pay(decimal amount)
    {
        if (!IsInForce) throw new RuleBrokenException("invoices.not-issued");
        if (amount > Open) throw new RuleBrokenException("payments.more-than-open", Open, Currency);
        Stand(Paid + amount);
    }

    internal void Unpay(decimal amount) => Stand(Paid - amount);

    private void Stand(decimal paid) => (Paid, State) = (paid, paid == 0 ? InvoiceState.Issued : paid < Gross ? InvoiceState.PartPaid : InvoiceState.Paid);

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Invoice, Id.Value), Number?.ToString() ?? "", Note ?? "", Partner.Value);
}
