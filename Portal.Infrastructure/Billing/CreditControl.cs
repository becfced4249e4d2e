using System.Text.Json;
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

/// <summary>News for one of those who release goods: a shipment has gone that nobody answered for.</summary>
public sealed record CreditNews(ShipmentId Shipment, Guid User, CreditStop Stop);

/// <summary>Holds goods back from clients who owe too much, or too long, until somebody answers for them.</summary>
public sealed class CreditControl(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string NewsKind = "billing.credit-passed";

    /// <summary>What holds a shipment back; null where it is not there for the actor.</summary>
    public async Task<ShipmentCredit?> FindAsync(ShipmentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Shipment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } shipment) return null;
        var release = await db.Set<CreditRelease>().AsNoTracking().FirstOrDefaultAsync(r => r.Shipment == id, ct);
        if (shipment.State == ShipmentState.Draft && release?.Covers(await GoodsAsync(db, shipment, ct)) == false) release = null;
        var stops = shipment.State == ShipmentState.Draft && release is null ? await StopsAsync(db, shipment, await db.CompanyTodayAsync(time, ct), ct) : [];
        return new(stops, release?.ByName, release?.Reason);
    }

    /// <summary>Lets a shipment as it was seen go whatever its client owes: fewer goods too, but neither more nor others. Needs <see cref="Permissions.BillingRelease"/>; said twice, it changes nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>shipments.unknown</c>, <c>shipments.not-draft</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public async Task ReleaseAsync(ShipmentId id, string? reason, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.BillingRelease);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select from sales.shipment where id = {id.Value} for update", ct);
        var shipment = await db.Set<Shipment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("shipments.unknown");
        var (goods, release, now) = (await GoodsAsync(db, shipment, ct), await db.Set<CreditRelease>().FirstOrDefaultAsync(r => r.Shipment == id, ct), time.GetUtcNow());
        if (release?.Covers(goods) == true) return;
        if (shipment.State != ShipmentState.Draft) throw new RuleBrokenException("shipments.not-draft");
        await db.RequireSeenAsync(id.Ref(), shipment.Version, seen, ct);
        if (release is null) db.Add(new CreditRelease(id, goods, reason, actor, now));
        else release.Renew(goods, reason, actor, now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Refuses goods to a client who owes too much, or too long, unless somebody answers for them.</summary>
    /// <exception cref="RuleBrokenException"><c>credit.overdue</c>, <c>credit.over-limit</c></exception>
    internal static async Task RequireAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        // of two shipments of a client the second waits here until it sees what the first took
        await db.TakeTurnAsync($"billing.credit.{shipment.Partner.Value}", ct);
        await RequireFreeAsync(db, shipment, today, ct);
    }

    /// <summary>As <see cref="RequireAsync"/>, for goods that do not go yet: it waits for nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>credit.overdue</c>, <c>credit.over-limit</c></exception>
    internal static async Task RequireFreeAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        if (await StopAsync(db, shipment, today, ct) is { } stop) throw stop == CreditStop.Overdue ? new RuleBrokenException("credit.overdue") : new RuleBrokenException("credit.over-limit");
    }

    /// <summary>What holds a shipment back for which nobody answers; null where it may go.</summary>
    internal static async Task<CreditStop?> StopAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        var stops = await StopsAsync(db, shipment, today, ct);
        if (stops.Count == 0) return null;
        var release = await db.Set<CreditRelease>().AsNoTracking().FirstOrDefaultAsync(r => r.Shipment == shipment.Id, ct);
        return release?.Covers(await GoodsAsync(db, shipment, ct)) == true ? null : stops[0];
    }

    /// <summary>Tells all who may release goods that a shipment has gone which nobody answered for.</summary>
    internal static async Task TellAsync(PortalDb db, Shipment shipment, CreditStop stop, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        db.Add(new TimelineEntry(shipment.Partner, "credit.passed", shipment.Id.Ref(), shipment.Number?.ToString() ?? "", now, actor));
        foreach (var user in await db.Set<PortalUser>().OfStaff().Holding(Permissions.BillingRelease, db).OrderBy(u => u.Id).Select(u => u.Id).ToListAsync(ct))
            await db.AddOutboxAsync(new($"credit-passed:{shipment.Id.Value}:{user}", NewsKind, JsonSerializer.SerializeToUtf8Bytes(new CreditNews(shipment.Id, user, stop))), now, ct);
    }

    private static async Task<IReadOnlyList<ReleasedGoods>> GoodsAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        var ids = shipment.Orders;
        var worth = (await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).Where(o => ids.Contains(o.Id)).ToListAsync(ct)).SelectMany(o => Worth(o).Select(w => (Key: (o.Id, w.Key), w.Value))).ToDictionary(w => w.Key, w => w.Value);
        return [.. shipment.Lines.Select(l => new ReleasedGoods(l.Order, l.OrderLine, l.Product, l.Unit, l.Quantity, worth.GetValueOrDefault((l.Order, l.OrderLine)) * l.Quantity))];
    }

    // what one unit of each line of an order is worth to its client
    private static Dictionary<Guid, decimal> Worth(SalesOrder order)
    {
        var lines = order.Content.Lines.ToDictionary(l => l.Id, l => l.Sums(order.Content.Discount, order.Currency).Gross);
        return order.Items.ToDictionary(i => i.Line, i => lines.GetValueOrDefault(i.Line) / i.Quantity);
    }

    private static async Task<IReadOnlyList<CreditStop>> StopsAsync(PortalDb db, Shipment shipment, DateOnly today, CancellationToken ct)
    {
        var ids = shipment.Orders;
        var orders = await db.Set<SalesOrder>().AsNoTracking().Where(o => ids.Contains(o.Id)).ToListAsync(ct);
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

    // of each order of the client: what has gone and goes now, beyond what its invoices and those of its offer ask for
    private static async Task<IReadOnlyList<Money>> UnaskedAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        var (going, client) = (shipment.Orders, shipment.Partner);
        var invoices = db.Set<Invoice>().Where(i => i.State != InvoiceState.Draft && i.State != InvoiceState.Cancelled);
        var found = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).Where(o => o.Partner == client && o.State != OrderState.Cancelled && (going.Contains(o.Id) || o.Items.Any(i => i.Shipped > 0)))
            .Select(o => new { Order = o, Asked = invoices.Where(i => i.Order == o.Id || (i.Order == null && i.Offer != null && i.Offer == o.Offer)).Sum(i => i.Gross) })
            .Where(o => o.Asked < o.Order.Gross).ToListAsync(ct);
        return [.. found.Select(o =>
        {
            var worth = Worth(o.Order);
            var gone = o.Order.Items.Sum(i => worth[i.Line] * (i.Shipped + shipment.Lines.Where(l => l.Order == o.Order.Id && l.OrderLine == i.Line).Sum(l => l.Quantity)));
            return new Money(Math.Max(0, gone - o.Asked), o.Order.Currency);
        })];
    }
}
