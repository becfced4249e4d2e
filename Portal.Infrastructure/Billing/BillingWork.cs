using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Billing;

/// <summary>What the jobs on invoices and payments share. A payment is locked before its invoices, invoices in the order of their ids, so that nobody waits in a circle.</summary>
internal static class BillingWork
{
    // a process may come so far later than the money
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>How links and audit know an invoice.</summary>
    public static ObjectRef Ref(this InvoiceId id) => new(ObjectKind.Invoice, id.Value);

    /// <summary>How links and audit know a payment.</summary>
    public static ObjectRef Ref(this PaymentId id) => new(ObjectKind.Payment, id.Value);

    /// <summary>The invoice within the actor's reach, locked until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.unknown</c></exception>
    public static async Task<Invoice> TakeAsync(PortalDb db, InvoiceId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from billing.invoice where id = {id.Value} for update", ct);
        return await db.Set<Invoice>().Within(actor).FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw new RuleBrokenException("invoices.unknown");
    }

    /// <summary>The payment within the actor's reach, locked until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>payments.unknown</c></exception>
    public static async Task<Payment> TakeAsync(PortalDb db, PaymentId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from billing.payment where id = {id.Value} for update", ct);
        return await db.Set<Payment>().Within(db, actor).FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw new RuleBrokenException("payments.unknown");
    }

    /// <summary>Books money that came in, or that the client is given, under the number that comes next.</summary>
    /// <exception cref="RuleBrokenException">what <see cref="Payment"/> refuses</exception>
    public static async Task<Payment> BookAsync(PortalDb db, PaymentId id, CompanyId company, PaymentNews news, DateOnly today, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var isNote = news.Kind == PaymentKind.CreditNote;
        var payment = new Payment(id, company, await db.TakeAsync(company, isNote ? DocumentType.CreditNote : DocumentType.Payment, today.Year, ct), news, today, actor, now);
        db.Add(payment);
        Tell(db, payment.Partner, isNote ? "credit-note.given" : "payment.booked", id.Ref(), payment.Number.ToString(), now, actor);
        return payment;
    }

    /// <summary>Lets the processes of deals know, after the commit, what was paid for them.</summary>
    public static async Task RaiseAsync(PortalDb db, Payment payment, IReadOnlyCollection<(Allocation Allocation, Invoice Invoice)> given, DateTimeOffset now, CancellationToken ct)
    {
        var (orders, offers) = (given.Select(g => g.Invoice.Order).OfType<SalesOrderId>().ToList(), given.Where(g => g.Invoice.Order is null).Select(g => g.Invoice.Offer).OfType<OfferId>().ToList());
        var ofOrders = await db.Set<SalesOrder>().Where(o => orders.Contains(o.Id)).Select(o => new { o.Id, o.Deal }).ToDictionaryAsync(o => o.Id, o => o.Deal, ct);
        var ofOffers = await db.Set<Offer>().Where(o => offers.Contains(o.Id)).Select(o => new { o.Id, o.Deal }).ToDictionaryAsync(o => o.Id, o => o.Deal, ct);
        foreach (var deal in given.GroupBy(g => g.Invoice.Order is { } order ? ofOrders.GetValueOrDefault(order) : g.Invoice.Offer is { } offer ? ofOffers.GetValueOrDefault(offer) : null))
            if (deal.Key is { } id)
                await db.AddOutboxAsync(OutboxKinds.Message($"payment:{deal.First().Allocation.Id}", "orders.payment.received", OutboxKinds.KeyOf(new(ObjectKind.Deal, id.Value)),
                    ContextValue.Of(("paidAmount", Value.Of(deal.Sum(g => g.Allocation.Amount))), ("paidOn", new DateValue(payment.Day))), Kept), now, ct);
    }

    /// <summary>Lets go of a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.not-draft</c></exception>
    public static async Task DropAsync(PortalDb db, Invoice invoice, CancellationToken ct)
    {
        if (invoice.State != InvoiceState.Draft) throw new RuleBrokenException("invoices.not-draft");
        await db.Set<DocumentLink>().Where(l => l.FromId == invoice.Id.Value).ExecuteDeleteAsync(ct);
        db.Remove(invoice);
    }

    /// <summary>Drafts of an order's invoices, which go with an order that is given up. What its client was asked to pay is cancelled first, by who answers for the money.</summary>
    /// <exception cref="RuleBrokenException"><c>invoices.order-invoiced</c></exception>
    public static async Task<IReadOnlyList<Invoice>> DraftsOfAsync(PortalDb db, SalesOrderId order, CancellationToken ct)
    {
        var invoices = await db.Set<Invoice>().Where(i => i.Order == order && i.State != InvoiceState.Cancelled).OrderBy(i => i.Id).ToListAsync(ct);
        return invoices.Find(i => i.State != InvoiceState.Draft) is { } issued ? throw new RuleBrokenException("invoices.order-invoiced", issued.Number.ToString()!) : invoices;
    }

    /// <summary>What an order's invoices ask for, where that is more than it comes to, or all of something else; null where they fit.</summary>
    public static async Task<decimal?> MisfitAsync(PortalDb db, SalesOrderId order, decimal gross, CancellationToken ct)
    {
        var asked = await db.Set<Invoice>().Where(i => i.Order == order && i.State != InvoiceState.Draft && i.State != InvoiceState.Cancelled).Select(i => new { i.Part, i.Gross }).ToListAsync(ct);
        return asked.Sum(i => i.Gross) is var sum && (sum > gross || asked.Exists(i => i.Part == 0 && i.Gross != gross)) ? sum : null;
    }

    /// <summary>Takes back what stands of some allocations.</summary>
    public static async Task EndAsync(PortalDb db, IReadOnlyList<Allocation> standing, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var rights = Actor.System("billing");
        var payments = new Dictionary<PaymentId, Payment>();
        foreach (var id in standing.Select(a => a.Payment).Distinct().OrderBy(p => p.Value)) payments[id] = await TakeAsync(db, id, rights, ct);
        var invoices = new Dictionary<InvoiceId, Invoice>();
        foreach (var id in standing.Select(a => a.Invoice).Distinct().OrderBy(i => i.Value)) invoices[id] = await TakeAsync(db, id, rights, ct);
        foreach (var allocation in standing) allocation.End(payments[allocation.Payment], invoices[allocation.Invoice], actor, now);
    }

    /// <summary>Says on the client's timeline what happened with an invoice or a payment.</summary>
    public static void Tell(PortalDb db, PartnerId? client, string what, ObjectRef about, string words, DateTimeOffset at, Actor actor)
    {
        if (client is { } partner) db.Add(new TimelineEntry(partner, what, about, words, at, actor));
    }
}
