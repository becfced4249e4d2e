using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Billing;

/// <summary>So much of a payment for an invoice.</summary>
public sealed record PaymentShare(InvoiceId Invoice, decimal Amount);

/// <summary>
/// Books payments and says which invoices they pay. All methods need <see cref="Permissions.BillingPayment"/> and end at the actor's reach. A payment comes under an id of the caller: a repeated command finds it there and changes nothing.
/// </summary>
public sealed class PaymentDesk(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>Most invoices one payment is given to at once.</summary>
    public const int MostShares = 500;

    /// <summary>Books money that came in.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, what <see cref="Payment"/> refuses</exception>
    public async Task BookAsync(PaymentId id, PaymentNews news, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"billing.payment.{id.Value}", ct);
        if (await db.Set<Payment>().AnyAsync(p => p.Id == id, ct)) return;
        if (news.Partner is { } client) await RequireClientAsync(db, client, actor, ct);
        var (company, now) = (await db.CompanyIdAsync(ct), time.GetUtcNow());
        var today = (await db.CompanyZoneAsync(ct)).DayOf(now);
        await BillingWork.BookAsync(db, id, company, news, today, actor, now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Says whose a payment is.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>payments.unknown</c>, <c>clients.partner-unknown</c>, what <see cref="Payment.BelongsTo"/> refuses</exception>
    public Task AssignAsync(PaymentId id, PartnerId client, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, payment, now) =>
    {
        await RequireClientAsync(db, client, actor, ct);
        payment.BelongsTo(client);
        BillingWork.Tell(db, client, "payment.booked", id.Ref(), payment.Number.ToString(), now, actor);
    }, ct);

    /// <summary>Gives parts of a payment to invoices, all or none.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>payments.unknown</c>, <c>invoices.unknown</c>, <c>payments.too-many</c>, what <see cref="Allocation"/> refuses</exception>
    public Task GiveAsync(PaymentId id, IReadOnlyCollection<PaymentShare> shares, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, payment, now) =>
    {
        if (shares.Count > MostShares) throw new RuleBrokenException("payments.too-many", MostShares);
        List<(Allocation, Invoice)> given = [];
        foreach (var share in shares.OrderBy(s => s.Invoice.Value))
        {
            var invoice = await BillingWork.TakeAsync(db, share.Invoice, actor, ct);
            var allocation = new Allocation(payment, invoice, share.Amount, actor, now);
            db.Add(allocation);
            given.Add((allocation, invoice));
            if (invoice.State == InvoiceState.Paid) BillingWork.Tell(db, invoice.Partner, "invoice.paid", invoice.Id.Ref(), invoice.Number.ToString()!, now, actor);
        }
        await BillingWork.RaiseAsync(db, payment, given, now, ct);
    }, ct);

    /// <summary>Takes back what of a payment was given to an invoice: the invoice is owed again, the money is the client's credit.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>payments.unknown</c></exception>
    public Task TakeBackAsync(PaymentId id, InvoiceId of, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, _, now) =>
        await BillingWork.EndAsync(db, await db.Set<Allocation>().Where(a => a.Payment == id && a.Invoice == of && a.EndedAt == null).ToListAsync(ct), actor, now, ct), ct);

    /// <summary>Cancels a payment that did not come in: the invoices it paid are owed again.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>payments.unknown</c>, <c>text.required</c></exception>
    public Task CancelAsync(PaymentId id, string? reason, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, payment, now) =>
    {
        await BillingWork.EndAsync(db, await db.Set<Allocation>().Where(a => a.Payment == id && a.EndedAt == null).ToListAsync(ct), actor, now, ct);
        payment.Cancel(reason, actor, now);
        BillingWork.Tell(db, payment.Partner, "payment.cancelled", id.Ref(), payment.Number.ToString(), now, actor);
    }, ct, payment => payment.State == PaymentState.Cancelled);

    private static async Task RequireClientAsync(PortalDb db, PartnerId client, Actor actor, CancellationToken ct)
    {
        if (!await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct)) throw new RuleBrokenException("clients.partner-unknown");
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.BillingPayment);
        return contexts.CreateFor(actor);
    }

    // of two who say the same, the second waits at the row and finds it done
    private async Task DoAsync(PaymentId id, uint seen, Actor actor, Func<PortalDb, Payment, DateTimeOffset, Task> change, CancellationToken ct, Func<Payment, bool>? isDone = null)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var payment = await BillingWork.TakeAsync(db, id, actor, ct);
        if (isDone?.Invoke(payment) == true) return;
        await db.RequireSeenAsync(id.Ref(), payment.Version, seen, ct);
        await change(db, payment, time.GetUtcNow());
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
        // processes may have been told
        hints.Poke();
    }
}
