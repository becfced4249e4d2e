using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Billing;

/// <summary>A column the list of payments sorts by.</summary>
public enum PaymentSort { Day, Number, Amount, Free }

/// <summary>Which payments to list. <paramref name="Text"/> is looked for in number, payer, reference and client.</summary>
/// <param name="Free">only those of which something is given to no invoice</param>
public sealed record PaymentFilter(string? Text = null, PaymentState? State = null, bool Free = false, PartnerId? Partner = null, PaymentKind? Kind = null);

/// <summary>A payment as lists show it.</summary>
public sealed record PaymentRow(PaymentId Id, PaymentKind Kind, int Year, int Sequence, PaymentState State, DateOnly Day, PartnerId? PartnerId, string? Partner, string? Payer, string? Reference, string Currency, decimal Amount, decimal Allocated, uint Version)
{
    /// <summary>What it is likely for; only where payments of which something is left are listed.</summary>
    public IReadOnlyList<PaymentProposal> Proposed { get; init; } = [];

    /// <summary>Its number.</summary>
    public string Number => new DocumentNumber(Year, Sequence).ToString();

    /// <summary>What is given to no invoice.</summary>
    public decimal Free => State == PaymentState.Posted ? Amount - Allocated : 0;
}

/// <summary>So much of a payment for an invoice, and why.</summary>
public sealed record PaymentProposal(InvoiceId Invoice, string Number, decimal Amount, MatchReason Reason);

/// <summary>An invoice that a payment pays, or may be for.</summary>
/// <param name="Given">what it was given of the payment</param>
/// <param name="Proposed">what it is likely to be for; 0 where nothing speaks for it</param>
public sealed record PaymentTarget(InvoiceId Id, string Number, DateOnly DueOn, decimal Gross, decimal Open, decimal Given, decimal Proposed, MatchReason? Reason);

/// <summary>A payment as its page shows it.</summary>
/// <param name="Targets">invoices it pays, and open ones of its client in its currency; of nobody's payment those whose number the payer wrote</param>
public sealed record PaymentSheet(
    PaymentId Id, PaymentKind Kind, string Number, PaymentState State, DateOnly Day, PartnerId? Partner, string? Client, string? Payer, string? Reference, string Currency, decimal Amount, decimal Free, IReadOnlyList<PaymentTarget> Targets,
    string ByName, DateTimeOffset PostedAt, string? CancelledBy, DateTimeOffset? CancelledAt, string? Reason, uint Version);

/// <summary>Payments, read by those within whose reach they are.</summary>
public sealed class PaymentQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int MostTargets = 200, MostOpen = 5_000;

    /// <summary>The payment, or null where it is not there for the actor.</summary>
    public async Task<PaymentSheet?> FindAsync(PaymentId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Payment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } payment) return null;
        return new(
            id, payment.Kind, payment.Number.ToString(), payment.State, payment.Day, payment.Partner, await db.Set<Partner>().Within(actor).Where(p => p.Id == payment.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            payment.Payer, payment.Reference, payment.Currency, payment.Amount, payment.Free, await TargetsAsync(db, payment, actor, ct),
            payment.ByName, payment.PostedAt, payment.CancelledBy, payment.CancelledAt, payment.Reason, payment.Version);
    }

    /// <summary>Payments of a page of the list, filtered, sorted and paged in SQL.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<PaymentRow>> ListAsync(PaymentFilter filter, PaymentSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var payments = db.Set<Payment>().AsNoTracking().Within(db, actor);
        if (filter.State is { } state) payments = payments.Where(p => p.State == state);
        if (filter.Kind is { } kind) payments = payments.Where(p => p.Kind == kind);
        if (filter.Free) payments = payments.Where(p => p.State == PaymentState.Posted && p.Allocated < p.Amount);
        if (filter.Partner is { } partner) payments = payments.Where(p => p.Partner == partner);
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            payments = payments.Where(p => EF.Functions.ILike(DocumentNumberText.Of(p.Year, p.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(p.Payer!, pattern, LikePattern.Escape)
                || EF.Functions.ILike(p.Reference!, pattern, LikePattern.Escape) || clients.Any(c => c.Id == p.Partner && EF.Functions.ILike(c.Name, pattern, LikePattern.Escape)));
        var key = Key(sort);
        var page = await (descending ? payments.OrderByDescending(key) : payments.OrderBy(key)).ThenByDescending(p => p.Id).Select(p => new PaymentRow(
            p.Id, p.Kind, p.Year, p.Sequence, p.State, p.Day, p.Partner, clients.Where(c => c.Id == p.Partner).Select(c => c.Name).FirstOrDefault(), p.Payer, p.Reference, p.Currency, p.Amount, p.Allocated, p.Version)).PageAsync(slice, ct);
        return filter.Free ? page with { Rows = await ProposedAsync(db, page.Rows, actor, ct) } : page;
    }

    /// <summary>True when the payment is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(PaymentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Payment>().Within(db, actor).AnyAsync(p => p.Id == id, ct);
    }

    // what one payment is proposed another is not: the earlier money goes first
    private static async Task<IReadOnlyList<PaymentRow>> ProposedAsync(PortalDb db, IReadOnlyList<PaymentRow> rows, Actor actor, CancellationToken ct)
    {
        var clients = rows.Select(r => r.PartnerId).OfType<PartnerId>().Distinct().ToList();
        // whose invoices has the payer named, where nobody knows who he is
        var named = rows.Where(r => r.PartnerId is null).SelectMany(r => PaymentMatch.NumbersIn(r.Reference)).Distinct().ToList();
        var (years, sequences) = (named.ConvertAll(n => (int?)n.Year), named.ConvertAll(n => (int?)n.Sequence));
        var open = (await db.Set<Invoice>().AsNoTracking().Within(actor).Where(i => (clients.Contains(i.Partner) || years.Contains(i.Year) && sequences.Contains(i.Sequence)) && (i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid)).OrderBy(i => i.DueOn).ThenBy(i => i.Id)
            .Select(i => new { i.Id, i.Partner, i.Currency, Year = i.Year!.Value, Sequence = i.Sequence!.Value, DueOn = i.DueOn!.Value, Open = i.Gross - i.Paid }).Take(MostOpen).ToListAsync(ct)).ToLookup(i => i.Currency);
        var (given, proposed) = (new Dictionary<InvoiceId, decimal>(), new Dictionary<PaymentId, IReadOnlyList<PaymentProposal>>());
        foreach (var row in rows.OrderBy(r => r.Day).ThenBy(r => r.Id.Value))
        {
            var written = PaymentMatch.NumbersIn(row.PartnerId is null ? row.Reference : null);
            var payable = open[row.Currency].Where(i => row.PartnerId is { } client ? i.Partner == client : written.Contains(new(i.Year, i.Sequence))).Select(i => new PayableInvoice(i.Id, new(i.Year, i.Sequence), i.DueOn, i.Open - given.GetValueOrDefault(i.Id))).ToList();
            proposed[row.Id] = [.. PaymentMatch.Of(row.Reference, row.Free, payable).Select(p => new PaymentProposal(p.Invoice, payable.Find(i => i.Id == p.Invoice)!.Number.ToString(), p.Amount, p.Reason))];
            foreach (var one in proposed[row.Id]) given[one.Invoice] = given.GetValueOrDefault(one.Invoice) + one.Amount;
        }
        return [.. rows.Select(r => r with { Proposed = proposed.GetValueOrDefault(r.Id) ?? [] })];
    }

    private static async Task<IReadOnlyList<PaymentTarget>> TargetsAsync(PortalDb db, Payment payment, Actor actor, CancellationToken ct)
    {
        var given = await db.Set<Allocation>().Where(a => a.Payment == payment.Id && a.EndedAt == null).GroupBy(a => a.Invoice).Select(g => new { g.Key, Sum = g.Sum(a => a.Amount) }).ToDictionaryAsync(g => g.Key, g => g.Sum, ct);
        var paid = given.Keys.ToList();
        var open = db.Set<Invoice>().AsNoTracking().Within(actor).Where(i => i.Currency == payment.Currency && (i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid));
        // whose invoices has the payer named, where nobody knows who he is
        var named = PaymentMatch.NumbersIn(payment.Partner is null ? payment.Reference : null);
        var (years, sequences) = (named.Select(n => (int?)n.Year).ToList(), named.Select(n => (int?)n.Sequence).ToList());
        open = payment.State != PaymentState.Posted || payment.Free == 0 ? open.Where(_ => false)
            : payment.Partner is { } client ? open.Where(i => i.Partner == client) : open.Where(i => years.Contains(i.Year) && sequences.Contains(i.Sequence));
        var found = (await open.OrderBy(i => i.DueOn).ThenBy(i => i.Id).Take(MostTargets).ToListAsync(ct)).Where(i => payment.Partner is not null || named.Contains(i.Number!.Value)).ToList();
        if (paid.Count > 0) found.AddRange(await db.Set<Invoice>().AsNoTracking().Within(actor).Where(i => paid.Contains(i.Id)).ToListAsync(ct));
        found = [.. found.DistinctBy(i => i.Id)];
        var proposals = PaymentMatch.Of(payment.Reference, payment.Free, [.. found.Select(i => new PayableInvoice(i.Id, i.Number!.Value, i.DueOn!.Value, i.Open))]).ToDictionary(p => p.Invoice);
        return [.. found.Select(i => new PaymentTarget(i.Id, i.Number!.Value.ToString(), i.DueOn!.Value, i.Gross, i.Open, given.GetValueOrDefault(i.Id), proposals.GetValueOrDefault(i.Id)?.Amount ?? 0, proposals.GetValueOrDefault(i.Id)?.Reason))
            .OrderByDescending(t => t.Given > 0).ThenBy(t => t.Reason ?? (MatchReason)99).ThenBy(t => t.DueOn)];
    }

    private static Expression<Func<Payment, object?>> Key(PaymentSort sort) => sort switch
    {
        PaymentSort.Number => p => p.Year * 10_000_000L + p.Sequence,
        PaymentSort.Amount => p => p.Amount,
        PaymentSort.Free => p => p.Amount - p.Allocated,
        _ => p => p.Day,
    };
}
