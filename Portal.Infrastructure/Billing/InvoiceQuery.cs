using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Billing;

/// <summary>A column the list of invoices sorts by.</summary>
public enum InvoiceSort { Created, Number, Day, DueOn, Gross, Open, State }

/// <summary>Which invoices to list. <paramref name="Text"/> is looked for in number, note and client.</summary>
/// <param name="Open">only what is still to be paid</param>
/// <param name="Overdue">only what is still to be paid and was to be paid before today</param>
public sealed record InvoiceFilter(string? Text = null, InvoiceState? State = null, bool Open = false, bool Overdue = false, PartnerId? Partner = null, SalesOrderId? Order = null, OfferId? Offer = null);

/// <summary>An invoice as lists show it.</summary>
/// <param name="Today">in the company's zone</param>
public sealed record InvoiceRow(
    InvoiceId Id, int? Year, int? Sequence, InvoiceState State, InvoicePortion Portion, int Part, PartnerId PartnerId, string? Partner, string Currency, decimal Gross, decimal Paid, DateOnly? Day, DateOnly? DueOn, DateTimeOffset CreatedAt, DateOnly Today)
{
    /// <summary>Its number; null until it is issued.</summary>
    public string? Number => DocumentNumber.Of(Year, Sequence)?.ToString();

    /// <summary>What is still to be paid of it.</summary>
    public decimal Open => State is InvoiceState.Issued or InvoiceState.PartPaid ? Gross - Paid : 0;

    /// <summary>Days beyond the last day of payment, while something is open.</summary>
    public int DaysLate => Open > 0 && DueOn is { } due ? Math.Max(0, Today.DayNumber - due.DayNumber) : 0;
}

/// <summary>A payment that paid some of an invoice.</summary>
public sealed record InvoicePaid(PaymentId Payment, string Number, DateOnly Day, decimal Amount);

/// <summary>An invoice as its page shows it. Names beyond the reader's reach are left out.</summary>
/// <param name="Overdue">days beyond the last day of payment, while something is open</param>
public sealed record InvoiceSheet(
    InvoiceId Id, string? Number, InvoiceState State, InvoicePortion Portion, int Part, PartnerId Partner, string? Client, string? Counterparty, (SalesOrderId Id, string Name)? Order, (OfferId Id, string Name)? Offer,
    string Currency, IReadOnlyList<InvoiceLine> Lines, decimal Net, decimal Vat, decimal Gross, decimal Paid, decimal Open, int DueDays, DateOnly? Day, DateOnly? DueOn, int Overdue, string? Note, IReadOnlyList<InvoicePaid> Payments, IReadOnlyList<InvoiceReminder> Reminders,
    string ByName, DateTimeOffset CreatedAt, string? IssuedBy, DateTimeOffset? IssuedAt, string? CancelledBy, DateTimeOffset? CancelledAt, string? Reason, uint Version);

/// <summary>A part that an order or an offer can be invoiced by.</summary>
/// <param name="Place">in the schedule, from 1; 0 for the whole</param>
/// <param name="Invoice">that asks for it already</param>
public sealed record InvoicePart(int Place, InvoicePortion Portion, decimal Amount, InvoiceId? Invoice);

/// <summary>Invoices, read by those within whose reach they are.</summary>
public sealed class InvoiceQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>The invoice, or null where it is not there for the actor.</summary>
    public async Task<InvoiceSheet?> FindAsync(InvoiceId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Invoice>().Within(actor).AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) is not { } invoice) return null;
        var order = await db.Set<SalesOrder>().Within(actor).Where(o => o.Id == invoice.Order).Select(o => new { o.Id, o.Year, o.Sequence, o.Reference }).FirstOrDefaultAsync(ct);
        var offer = await db.Set<Offer>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == invoice.Offer, ct);
        var paid = await (from a in db.Set<Allocation>()
                          where a.Invoice == id && a.EndedAt == null
                          join p in db.Set<Payment>() on a.Payment equals p.Id
                          orderby p.Day, a.At
                          select new { p.Id, p.Year, p.Sequence, p.Day, a.Amount }).ToListAsync(ct);
        var today = await db.CompanyTodayAsync(time, ct);
        return new(
            id, invoice.Number?.ToString(), invoice.State, invoice.Portion, invoice.Part, invoice.Partner, await db.Set<Partner>().Within(actor).Where(p => p.Id == invoice.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            await db.Set<Counterparty>().Where(c => c.Id == invoice.Counterparty).Select(c => c.Name).FirstOrDefaultAsync(ct),
            order is null ? null : (order.Id, OrderWork.NameOf(DocumentNumber.Of(order.Year, order.Sequence), order.Reference)), offer is null ? null : (offer.Id, $"{offer.Number} {offer.Title}"),
            invoice.Currency, invoice.Lines, invoice.Net, invoice.Vat, invoice.Gross, invoice.Paid, invoice.Open, invoice.DueDays, invoice.Day, invoice.DueOn,
            invoice.Open > 0 && invoice.DueOn is { } due ? Math.Max(0, today.DayNumber - due.DayNumber) : 0, invoice.Note,
            [.. paid.Select(p => new InvoicePaid(p.Id, new DocumentNumber(p.Year, p.Sequence).ToString(), p.Day, p.Amount))], await db.Set<InvoiceReminder>().AsNoTracking().Where(r => r.Invoice == id).OrderBy(r => r.At).ToListAsync(ct),
            invoice.ByName, invoice.CreatedAt, invoice.IssuedBy, invoice.IssuedAt, invoice.CancelledBy, invoice.CancelledAt, invoice.Reason, invoice.Version);
    }

    /// <summary>Invoices of a page of the list, filtered, sorted and paged in SQL.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<InvoiceRow>> ListAsync(InvoiceFilter filter, InvoiceSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var today = await db.CompanyTodayAsync(time, ct);
        var invoices = Matching(db, filter, today, actor);
        var (key, clients) = (Key(sort), db.Set<Partner>().Within(actor));
        return await (descending ? invoices.OrderByDescending(key) : invoices.OrderBy(key)).ThenByDescending(i => i.Id).Select(i => new InvoiceRow(
            i.Id, i.Year, i.Sequence, i.State, i.Portion, i.Part, i.Partner, clients.Where(p => p.Id == i.Partner).Select(p => p.Name).FirstOrDefault(), i.Currency, i.Gross, i.Paid, i.Day, i.DueOn, i.CreatedAt, today)).PageAsync(slice, ct);
    }

    /// <summary>By which parts an order can be invoiced, and which are; the whole first.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c></exception>
    public async Task<IReadOnlyList<InvoicePart>> PartsAsync(SalesOrderId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var order = await db.Set<SalesOrder>().Within(actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("orders.unknown");
        var offer = order.Offer;
        var asked = (await db.Set<Invoice>().Where(i => (i.Order == id || offer != null && i.Offer == offer) && i.State != InvoiceState.Cancelled).Select(i => new { i.Part, i.Id }).ToListAsync(ct)).DistinctBy(i => i.Part).ToDictionary(i => i.Part, i => (InvoiceId?)i.Id);
        var dues = PaymentSchedule.Split(order.Gross, order.Content.Payments, order.Currency);
        var whole = new InvoicePart(0, InvoicePortion.Whole, order.Gross, asked.GetValueOrDefault(0));
        return dues.Count < 2 ? [whole] : [whole, .. dues.Select((due, i) => new InvoicePart(
            i + 1, due.After is PaymentEvent.Acceptance or PaymentEvent.Invoice ? InvoicePortion.Prepayment : InvoicePortion.Part, due.Amount, asked.GetValueOrDefault(i + 1)))];
    }

    /// <summary>True when the invoice is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(InvoiceId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Invoice>().Within(actor).AnyAsync(i => i.Id == id, ct);
    }

    private static IQueryable<Invoice> Matching(PortalDb db, InvoiceFilter filter, DateOnly today, Actor actor)
    {
        var invoices = db.Set<Invoice>().AsNoTracking().Within(actor);
        if (filter.State is { } state) invoices = invoices.Where(i => i.State == state);
        if (filter.Open || filter.Overdue) invoices = invoices.Where(i => i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid);
        if (filter.Overdue) invoices = invoices.Where(i => i.DueOn < today);
        if (filter.Partner is { } partner) invoices = invoices.Where(i => i.Partner == partner);
        if (filter.Order is { } order) invoices = invoices.Where(i => i.Order == order);
        if (filter.Offer is { } offer) invoices = invoices.Where(i => i.Offer == offer);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            invoices = invoices.Where(i => EF.Functions.ILike(DocumentNumberText.Of(i.Year, i.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(i.Note!, pattern, LikePattern.Escape)
                || clients.Any(p => p.Id == i.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return invoices;
    }

    private static Expression<Func<Invoice, object?>> Key(InvoiceSort sort) => sort switch
    {
        InvoiceSort.Number => i => i.Year * 10_000_000L + i.Sequence,
        InvoiceSort.Day => i => i.Day,
        InvoiceSort.DueOn => i => i.DueOn,
        InvoiceSort.Gross => i => i.Gross,
        InvoiceSort.Open => i => i.Gross - i.Paid,
        InvoiceSort.State => i => i.State,
        _ => i => i.CreatedAt,
    };
}
