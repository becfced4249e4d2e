using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Billing;

/// <summary>
/// Writes invoices, issues and cancels them. All methods need <see cref="Permissions.BillingInvoice"/> and end at the actor's reach. New invoices come under an id of the caller: a repeated command finds its invoice there and changes nothing.
/// </summary>
public sealed class InvoiceDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Begins the invoice of a placed order.</summary>
    /// <param name="part">of the order's schedule, from 1; 0 for the whole</param>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c>, <c>invoices.order-not-placed</c>, <c>invoices.asked-already</c>, <c>invoices.part-unknown</c>, <c>invoices.nothing</c></exception>
    public async Task FromOrderAsync(InvoiceId id, SalesOrderId of, int part, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var order = await OrderWork.TakeAsync(db, of, actor, ct);
        if (await db.Set<Invoice>().AnyAsync(i => i.Id == id, ct)) return;
        if (order.State is OrderState.Draft or OrderState.Cancelled) throw new RuleBrokenException("invoices.order-not-placed");
        // what was asked for by its offer is not asked for again
        var offer = order.Offer;
        await RequireUnaskedAsync(db.Set<Invoice>().Where(i => i.Order == of || offer != null && i.Offer == offer), part, ct);
        var now = time.GetUtcNow();
        db.Add(new Invoice(id, order.Company, new(of, order.Offer, order.Partner!.Value, order.Counterparty, order.Agreement, order.Manager, order.Branch), Content(order.Content, part), actor, now));
        db.Add(new DocumentLink(id.Ref(), of.Ref(), DocumentLinkKind.For, now));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Begins the invoice of an accepted offer that has no order.</summary>
    /// <param name="part">of the offer's schedule, from 1; 0 for the whole</param>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c>, <c>orders.offer-open</c>, <c>invoices.offer-ordered</c>, as <see cref="FromOrderAsync"/></exception>
    public async Task FromOfferAsync(InvoiceId id, OfferId of, int part, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var offer = await OfferWork.TakeAsync(db, of, actor, ct);
        if (await db.Set<Invoice>().AnyAsync(i => i.Id == id, ct)) return;
        if (offer.State != OfferState.Accepted) throw new RuleBrokenException("orders.offer-open");
        if (await db.Set<SalesOrder>().AnyAsync(o => o.Offer == of && o.State != OrderState.Cancelled, ct)) throw new RuleBrokenException("invoices.offer-ordered");
        await RequireUnaskedAsync(db.Set<Invoice>().Where(i => i.Offer == of), part, ct);
        var answer = await db.Set<OfferAnswer>().AsNoTracking().FirstAsync(a => a.Offer == of && a.Answer == OfferState.Accepted, ct);
        var agreed = offer.Of(offer.InForce!.Value).Content;
        var sold = agreed with { Lines = [.. agreed.Lines.Where(l => !l.IsOption || answer.Options.Contains(l.Id)).Select(l => l with { IsOption = false })] };
        var now = time.GetUtcNow();
        db.Add(new Invoice(id, offer.Company, new(null, of, offer.Partner!.Value, null, null, await OfferWork.ManagerAsync(db, offer, ct), offer.Branch), Content(sold, part), actor, now));
        db.Add(new DocumentLink(id.Ref(), new(ObjectKind.Offer, of.Value), DocumentLinkKind.For, now));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Writes the draft anew: until when it is to be paid, and a note.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>invoices.unknown</c>, what <see cref="Invoice.Write"/> refuses</exception>
    public Task WriteAsync(InvoiceId id, int dueDays, string? note, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, invoice, _) =>
    {
        await db.RequireSeenAsync(id.Ref(), invoice.Version, seen, ct);
        invoice.Write(dueDays, note);
    }, ct);

    /// <summary>Lets go of a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>invoices.unknown</c>, <c>invoices.not-draft</c></exception>
    public Task DropAsync(InvoiceId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, invoice, _) =>
    {
        await db.RequireSeenAsync(id.Ref(), invoice.Version, seen, ct);
        await BillingWork.DropAsync(db, invoice, ct);
    }, ct);

    /// <summary>Issues the invoice: it gets its number and is owed from then on.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>invoices.unknown</c>, what <see cref="Invoice.IssueAsync"/> refuses</exception>
    public Task IssueAsync(InvoiceId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, invoice, now) =>
    {
        if (invoice.IssuedAt is not null) return;
        await db.RequireSeenAsync(id.Ref(), invoice.Version, seen, ct);
        var today = (await db.CompanyZoneAsync(ct)).DayOf(now);
        await invoice.IssueAsync(today, actor, now, () => db.TakeAsync(invoice.Company, DocumentType.Invoice, today.Year, ct));
        BillingWork.Tell(db, invoice.Partner, "invoice.issued", id.Ref(), invoice.Number.ToString()!, now, actor);
    }, ct);

    /// <summary>Cancels what was issued: what was paid of it is the client's credit.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>invoices.unknown</c>, what <see cref="Invoice.Cancel"/> refuses</exception>
    public async Task CancelAsync(InvoiceId id, string? reason, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // payments are locked before invoices; what is given meanwhile is seen by the version
        var standing = await db.Set<Allocation>().Where(a => a.Invoice == id && a.EndedAt == null).ToListAsync(ct);
        var now = time.GetUtcNow();
        foreach (var payment in standing.Select(a => a.Payment.Value).Distinct().Order()) await db.Database.ExecuteSqlAsync($"select from billing.payment where id = {payment} for update", ct);
        var invoice = await BillingWork.TakeAsync(db, id, actor, ct);
        if (invoice.State == InvoiceState.Cancelled) return;
        await db.RequireSeenAsync(id.Ref(), invoice.Version, seen, ct);
        await BillingWork.EndAsync(db, standing, actor, now, ct);
        invoice.Cancel(reason, actor, now);
        BillingWork.Tell(db, invoice.Partner, "invoice.cancelled", id.Ref(), invoice.Number.ToString()!, now, actor);
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }

    private static InvoiceContent Content(OfferContent sold, int part) => part == 0 ? InvoiceContent.Whole(sold) : InvoiceContent.Part(sold, part);

    // who asks for the whole asks for every part
    private static async Task RequireUnaskedAsync(IQueryable<Invoice> ofTheSame, int part, CancellationToken ct)
    {
        var asked = await ofTheSame.Where(i => i.State != InvoiceState.Cancelled && (part == 0 || i.Part == 0 || i.Part == part)).Select(i => new { i.Year, i.Sequence }).FirstOrDefaultAsync(ct);
        if (asked is not null) throw new RuleBrokenException("invoices.asked-already", DocumentNumber.Of(asked.Year, asked.Sequence)?.ToString() ?? "–");
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.BillingInvoice);
        return contexts.CreateFor(actor);
    }

    private async Task DoAsync(InvoiceId id, Actor actor, Func<PortalDb, Invoice, DateTimeOffset, Task> change, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await change(db, await BillingWork.TakeAsync(db, id, actor, ct), time.GetUtcNow());
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }
}
