using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Billing;

/// <summary>How a shipment stands with what its client owes.</summary>
/// <param name="Release">who answers for the goods, and why; null where nobody does</param>
public sealed record ShipmentCredit(IReadOnlyList<CreditStop> Stops, string? ReleasedBy, string? Release);

/// <summary>Holds goods back from clients who owe too much, or too long, until somebody answers for them.</summary>
public sealed class CreditControl(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>What holds a shipment back; null where it is not there for the actor.</summary>
    public async Task<ShipmentCredit?> FindAsync(ShipmentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Shipment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } shipment) return null;
        var release = await db.Set<CreditRelease>().AsNoTracking().FirstOrDefaultAsync(r => r.Shipment == id, ct);
        var stops = shipment.State == ShipmentState.Draft ? await StopsAsync(db, shipment, await db.CompanyTodayAsync(time, ct), ct) : [];
        return new(stops, release?.ByName, release?.Reason);
    }

    /// <summary>Lets a shipment go whatever its client owes. Needs <see cref="Permissions.BillingRelease"/>; said twice, it changes nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.unknown</c>, <c>shipments.not-draft</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public async Task ReleaseAsync(ShipmentId id, string? reason, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRelease);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select from sales.shipment where id = {id.Value} for update", ct);
        var shipment = await db.Set<Shipment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("shipments.unknown");
        if (await db.Set<CreditRelease>().AnyAsync(r => r.Shipment == id, ct)) return;
        if (shipment.State != ShipmentState.Draft) throw new RuleBrokenException("shipments.not-draft");
        db.Add(new CreditRelease(id, reason, actor, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Refuses goods to a client who owes too much, or too long, unless somebody answers for them.</summary>
    /// <exception cref="RuleBrokenException"><c>credit.overdue</c>, <c>credit.over-limit</c></exception>
    internal static async Task RequireAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        // of two shipments of a client the second waits here until it sees what the first took
        await db.TakeTurnAsync($"billing.credit.{shipment.Partner.Value}", ct);
        var stops = await StopsAsync(db, shipment, today, ct);
        if (stops.Count == 0 || await db.Set<CreditRelease>().AnyAsync(r => r.Shipment == shipment.Id, ct)) return;
        throw stops[0] == CreditStop.Overdue ? new RuleBrokenException("credit.overdue") : new RuleBrokenException("credit.over-limit");
    }

    private static async Task<IReadOnlyList<CreditStop>> StopsAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        var ids = shipment.Orders;
        var orders = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).Where(o => ids.Contains(o.Id)).ToListAsync(ct);
        var (limit, own) = (await LimitAsync(db, shipment.Partner, orders, today, ct), await db.CompanyCurrencyAsync(ct));
        // what has no rate is left out: orders in such a currency are not placed
        var rates = (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(limit?.Currency ?? own, own);
        var owed = (await ReceivablesQuery.OwedAsync(db, [shipment.Partner], today, Actor.System("billing"), ct)).Select(o => (o.Value, rates.GetValueOrDefault(o.Key.Item2))).ToList();
        var going = limit is null ? 0 : (await UnaskedAsync(db, shipment, ct)).Sum(g => g.Amount * rates.GetValueOrDefault(g.Currency));
        return CreditRule.StopsOf(Receivables.Together(owed), going, limit?.Amount, 0);
    }

    /// <summary>The limit of the orders' agreement; of orders without one, the least that is agreed with the client.</summary>
    private static async Task<Money?> LimitAsync(PortalDb db, PartnerId client, IReadOnlyList<SalesOrder> orders, DateOnly today, CancellationToken ct)
    {
        var agreed = (await db.Set<Agreement>().AsNoTracking().Where(a => a.Partner == client && a.CreditLimit != null && a.Currency != null).ToListAsync(ct)).Where(a => a.HoldsOn(today)).OrderBy(a => a.CreditLimit).ToList();
        return (agreed.Find(a => orders.Any(o => o.Agreement == a.Id)) ?? agreed.FirstOrDefault()) is { } one ? new(one.CreditLimit!.Value, one.Currency!) : null;
    }

    // of each order of the client: what has gone and goes now, beyond what its invoices ask for, or those of its offer
    private static async Task<IReadOnlyList<Money>> UnaskedAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        var ids = shipment.Orders;
        var found = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).Where(o => ids.Contains(o.Id) || o.Partner == shipment.Partner && o.Items.Any(i => i.Shipped > 0))
            .Select(o => new { Order = o, Asked = db.Set<Invoice>().Where(i => (i.Order == o.Id || i.Order == null && o.Offer != null && i.Offer == o.Offer) && i.State != InvoiceState.Draft && i.State != InvoiceState.Cancelled).Sum(i => i.Gross) })
            .Where(o => o.Asked < o.Order.Gross).ToListAsync(ct);
        return [.. found.Select(f =>
        {
            var order = f.Order;
            var lines = order.Content.Lines.ToDictionary(l => l.Id, l => l.Sums(order.Content.Discount, order.Currency).Gross);
            var gone = order.Items.Sum(i => lines.GetValueOrDefault(i.Line) * (i.Shipped + shipment.Lines.Where(l => l.Order == order.Id && l.OrderLine == i.Line).Sum(l => l.Quantity)) / i.Quantity);
            return new Money(Math.Max(0, gone - f.Asked), order.Currency);
        })];
    }
}
