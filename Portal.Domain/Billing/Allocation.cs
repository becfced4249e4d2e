using Portal.Domain.Shared;

namespace Portal.Domain.Billing;

/// <summary>So much of a payment that pays an invoice. It is never changed, only taken back.</summary>
public sealed class Allocation
{
    private Allocation() { }

    /// <summary>Gives a part of a payment to an invoice of the same client in the same money, never more than either holds. A payment of nobody becomes that of the invoice's client.</summary>
    /// <exception cref="RuleBrokenException"><c>payments.other-currency</c>, <c>payments.other-client</c>, <c>payments.more-than-free</c>, <c>payments.more-than-open</c>, <c>payments.cancelled</c>, <c>invoices.not-issued</c>, what <see cref="Payment.Sum"/> refuses</exception>
    public Allocation(Payment payment, Invoice invoice, decimal amount, Actor by, DateTimeOffset now)
    {
        if (payment.Currency != invoice.Currency) throw new RuleBrokenException("payments.other-currency", payment.Currency, invoice.Currency);
        if (payment.Partner is { } payer && payer != invoice.Partner) throw new RuleBrokenException("payments.other-client");
        Amount = Billing.Payment.Sum(amount, payment.Currency);
        if (Amount > payment.Free && payment.State == PaymentState.Posted) throw new RuleBrokenException("payments.more-than-free", payment.Free, payment.Currency);
        invoice.Pay(Amount);
        payment.BelongsTo(invoice.Partner);
        payment.Give(Amount);
        (Id, Payment, Invoice, At, ByName) = (Guid.CreateVersion7(), payment.Id, invoice.Id, now, by.Name);
    }

    public Guid Id { get; private set; }
    public PaymentId Payment { get; private set; }
    public InvoiceId Invoice { get; private set; }
    public decimal Amount { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>When it was taken back; null while it stands.</summary>
    public DateTimeOffset? EndedAt { get; private set; }
    public string? EndedBy { get; private set; }

    /// <summary>Takes it back: the invoice is owed again, the money is the client's credit.</summary>
    public void End(Payment payment, Invoice invoice, Actor by, DateTimeOffset now)
    {
        if (EndedAt is not null) return;
        invoice.Unpay(Amount);
        payment.TakeBack(Amount);
        (EndedAt, EndedBy) = (now, by.Name);
    }
}
