using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>Id of a <see cref="Payment"/>.</summary>
public readonly record struct PaymentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PaymentId New() => new(Guid.CreateVersion7());
}

/// <summary>Whether a payment counts.</summary>
public enum PaymentState { Posted, Cancelled }

/// <summary>Whether a client has paid the money, or is given it: a credit note pays invoices as a payment does, and nothing came in.</summary>
public enum PaymentKind { Received, CreditNote }

/// <summary>What came in.</summary>
/// <param name="Partner">null where nobody knows yet whose it is</param>
/// <param name="Payer">who paid, as the bank says</param>
/// <param name="Reference">what the payer wrote</param>
public sealed record PaymentNews(DateOnly Day, Money Sum, PartnerId? Partner, string? Payer, string? Reference)
{
    /// <summary>A credit note is of a client, and is not matched with a bank's file.</summary>
    public PaymentKind Kind { get; init; }
}

/// <summary>Money that a client has paid. What of it is not yet given to invoices is the client's credit.</summary>
public sealed class Payment : ISearchable
{
    private Payment() { }

    /// <summary>Books money that came in.</summary>
    /// <param name="today">in the company's zone</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>clients.currency-unknown</c>, <c>payments.minor-unit</c>, <c>payments.day-ahead</c>, <c>payments.no-payer</c>, <c>text.too-long</c></exception>
    public Payment(PaymentId id, CompanyId company, DocumentNumber number, PaymentNews news, DateOnly today, Actor author, DateTimeOffset now)
    {
        (Id, Company, Kind, Year, Sequence, PostedAt, ByUser, ByName) = (id, company, news.Kind, number.Year, number.Sequence, now, author.UserId, author.Name);
        if (news.Day > today) throw new RuleBrokenException("payments.day-ahead");
        Currency = PriceNumbers.Currency(news.Sum.Currency);
        (Day, Amount, Partner) = (news.Day, Sum(news.Sum.Amount, Currency), news.Partner);
        (Payer, Reference) = (Required.Optional(news.Payer, "payment.payer", 300), Required.Optional(news.Reference, "payment.reference", 1000));
        if (Partner is null && Payer is null) throw new RuleBrokenException("payments.no-payer");
    }

    public PaymentId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public PaymentKind Kind { get; private set; }
    public PaymentState State { get; private set; }
    public int Year { get; private set; }
    public int Sequence { get; private set; }
    public DateOnly Day { get; private set; }
    public decimal Amount { get; private set; }
    public string Currency { get; private set; } = "";
    public PartnerId? Partner { get; private set; }
    /// <summary>Who paid, as the bank says.</summary>
    public string? Payer { get; private set; }
    /// <summary>What the payer wrote.</summary>
    public string? Reference { get; private set; }
    /// <summary>What of it was given to invoices.</summary>
    public decimal Allocated { get; private set; }
    public DateTimeOffset PostedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset? CancelledAt { get; private set; }
    public string? CancelledBy { get; private set; }
    /// <summary>Why it was cancelled.</summary>
    public string? Reason { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Its number.</summary>
    public DocumentNumber Number => new(Year, Sequence);

    /// <summary>What of it is not given to any invoice: the client's credit.</summary>
    public decimal Free => State == PaymentState.Posted ? Amount - Allocated : 0;

    /// <summary>A sum above nothing in whole minor units.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>payments.minor-unit</c></exception>
    public static decimal Sum(decimal sum, string currency)
    {
        var digits = LineSums.MinorDigits(currency);
        if (sum <= 0 || sum > PriceNumbers.MostSum) throw new RuleBrokenException("number.out-of-range", "payment.amount", new decimal(1, 0, 0, false, (byte)digits), PriceNumbers.MostSum);
        return decimal.Round(sum, digits) == sum ? sum : throw new RuleBrokenException("payments.minor-unit", currency);
    }

    /// <summary>Says whose it is, while none of it is given to invoices.</summary>
    /// <exception cref="RuleBrokenException"><c>payments.cancelled</c>, <c>payments.given-already</c></exception>
    public void BelongsTo(PartnerId partner)
    {
        if (State != PaymentState.Posted) throw new RuleBrokenException("payments.cancelled");
        if (Partner == partner) return;
        if (Allocated > 0) throw new RuleBrokenException("payments.given-already");
        Partner = partner;
    }

    /// <summary>It does not count. What was given to invoices has been taken back before.</summary>
    /// <exception cref="RuleBrokenException"><c>payments.cancelled</c>, <c>payments.given-already</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Cancel(string? reason, Actor by, DateTimeOffset now)
    {
        if (State != PaymentState.Posted) throw new RuleBrokenException("payments.cancelled");
        if (Allocated > 0) throw new RuleBrokenException("payments.given-already");
        Reason = Required.Text(reason, "payment.reason", 1000);
        (State, CancelledAt, CancelledBy) = (PaymentState.Cancelled, now, by.Name);
    }

    internal void Give(decimal amount)
    {
        if (State != PaymentState.Posted) throw new RuleBrokenException("payments.cancelled");
        if (amount > Free) throw new RuleBrokenException("payments.more-than-free", Free, Currency);
        Allocated += amount;
    }

    internal void TakeBack(decimal amount) => Allocated -= amount;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Payment, Id.Value), Number.ToString(), $"{Payer} {Reference}".Trim(), Partner?.Value);
}
