using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Billing;

/// <summary>What a client owes in one currency, as the list shows it.</summary>
/// <param name="Partner">null where the reader does not see the client's name</param>
public sealed record ReceivableRow(PartnerId PartnerId, string? Partner, string Currency, Receivables Owed);

/// <summary>A client's statement in one currency.</summary>
/// <param name="IsExcepted">true for a client whom nobody reminds</param>
public sealed record ClientStatement(string Client, string Currency, DateOnly From, DateOnly Until, Statement Statement, IReadOnlyList<string> Currencies, bool IsExcepted);

/// <summary>What clients owe, by age, and what happened between us and one of them.</summary>
public sealed class ReceivablesQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Documents of one statement.</summary>
    public const int MostEntries = 5000;

    /// <summary>Clients who owe something, those whose debt is overdue most first.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<ReceivableRow>> ListAsync(string? text, bool overdue, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var today = await db.CompanyTodayAsync(time, ct);
        var clients = db.Set<Partner>().Within(actor);
        var invoices = db.Set<Invoice>().Within(actor).Where(i => i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid);
        foreach (var pattern in LikePattern.ContainingEach(text)) invoices = invoices.Where(i => clients.Any(c => c.Id == i.Partner && EF.Functions.ILike(c.Name, pattern, LikePattern.Escape)));
        var found = invoices.GroupBy(i => new { i.Partner, i.Currency }).Select(g => new { g.Key.Partner, g.Key.Currency, Late = g.Sum(i => i.DueOn < today ? i.Gross - i.Paid : 0m), Open = g.Sum(i => i.Gross - i.Paid) });
        if (overdue) found = found.Where(r => r.Late > 0);
        var page = await found.OrderByDescending(r => r.Late).ThenByDescending(r => r.Open).ThenBy(r => r.Partner).ThenBy(r => r.Currency).PageAsync(slice, ct);
        var ids = page.Rows.Select(r => r.Partner).Distinct().ToList();
        var names = await clients.Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, ct);
        var owed = await OwedAsync(db, ids, today, actor, ct);
        return new([.. page.Rows.Select(r => new ReceivableRow(r.Partner, names.GetValueOrDefault(r.Partner), r.Currency, owed[(r.Partner, r.Currency)]))], page.Total);
    }

    /// <summary>The currency in which payments usually come.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<string> CurrencyAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.CompanyCurrencyAsync(ct);
    }

    /// <summary>What happened between us and a client in a period, in one currency; null where the client is not there for the actor.</summary>
    /// <param name="currency">null takes the company's, or else the first there is</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>receivables.too-long</c></exception>
    public async Task<ClientStatement?> StatementAsync(PartnerId client, string? currency, DateOnly from, DateOnly until, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Partner>().Within(actor).Where(p => p.Id == client).Select(p => p.Name).FirstOrDefaultAsync(ct) is not { } name) return null;
        // a statement is whole or wrong: who sees the client sees all of it
        var invoices = db.Set<Invoice>().Where(i => i.Partner == client && i.Day != null && i.State != InvoiceState.Cancelled);
        var payments = db.Set<Payment>().Where(p => p.Partner == client && p.State == PaymentState.Posted);
        var currencies = await invoices.Select(i => i.Currency).Union(payments.Select(p => p.Currency)).OrderBy(c => c).ToListAsync(ct);
        var own = await db.CompanyCurrencyAsync(ct);
        var chosen = currency is not null && currencies.Contains(currency) ? currency : currencies.Contains(own) || currencies.Count == 0 ? own : currencies[0];
        (invoices, payments) = (invoices.Where(i => i.Currency == chosen && i.Day <= until), payments.Where(p => p.Currency == chosen && p.Day <= until));
        var opening = await invoices.Where(i => i.Day < from).SumAsync(i => i.Gross, ct) - await payments.Where(p => p.Day < from).SumAsync(p => p.Amount, ct);
        var charged = await invoices.Where(i => i.Day >= from).OrderBy(i => i.Day).Take(MostEntries + 1).Select(i => new { i.Id, i.Day, i.Year, i.Sequence, i.Gross }).ToListAsync(ct);
        var paid = await payments.Where(p => p.Day >= from).OrderBy(p => p.Day).Take(MostEntries + 1).Select(p => new { p.Id, p.Kind, p.Day, p.Year, p.Sequence, p.Amount }).ToListAsync(ct);
        // a statement that breaks off would tell a wrong sum
        if (charged.Count + paid.Count > MostEntries) throw new RuleBrokenException("receivables.too-long", MostEntries);
        return new(name, chosen, from, until, Statement.Of(opening, [
            .. charged.Select(i => new StatementEntry(i.Day!.Value, i.Id.Ref(), DocumentNumber.Of(i.Year, i.Sequence)!.Value.ToString(), i.Gross)),
            .. paid.Select(p => new StatementEntry(p.Day, p.Id.Ref(), new DocumentNumber(p.Year, p.Sequence).ToString(), -p.Amount) { IsCreditNote = p.Kind == PaymentKind.CreditNote })]), currencies, await db.Set<ReminderStop>().AnyAsync(s => s.Partner == client, ct));
    }

    /// <summary>What some clients owe, by client and currency.</summary>
    internal static async Task<IReadOnlyDictionary<(PartnerId, string), Receivables>> OwedAsync(PortalDb db, IReadOnlyCollection<PartnerId> clients, DateOnly today, Actor actor, CancellationToken ct)
    {
        var open = await db.Set<Invoice>().Within(actor).Where(i => clients.Contains(i.Partner) && (i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid))
            .GroupBy(i => new { i.Partner, i.Currency, i.DueOn }).Select(g => new { g.Key.Partner, g.Key.Currency, g.Key.DueOn, Open = g.Sum(i => i.Gross - i.Paid) }).ToListAsync(ct);
        var payers = db.Set<Partner>().Where(c => clients.Contains(c.Id));
        var credit = await db.Set<Payment>().Within(db, actor).Where(p => payers.Any(c => c.Id == p.Partner) && p.State == PaymentState.Posted && p.Allocated < p.Amount)
            .GroupBy(p => new { p.Partner, p.Currency }).Select(g => new { g.Key.Partner, g.Key.Currency, Free = g.Sum(p => p.Amount - p.Allocated) }).ToListAsync(ct);
        return open.Select(i => (i.Partner, i.Currency)).Concat(credit.Select(c => (c.Partner!.Value, c.Currency))).Distinct().ToDictionary(key => key, key => Receivables.Of(
            open.Where(i => (i.Partner, i.Currency) == key).Select(i => new OpenInvoice(i.DueOn!.Value, i.Open)), credit.Where(c => (c.Partner!.Value, c.Currency) == key).Sum(c => c.Free), today));
    }
}
