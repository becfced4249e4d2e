using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// What the demo company has sold and shipped in the past weeks and asked its clients to pay: one has paid, one has paid a part, one is overdue, and of one payment nobody has said yet whose it is.
/// Made by the jobs that people use, with their clocks set back.
/// </summary>
public sealed class DemoBilling(IServiceProvider services, IDbContextFactory<PortalDb> contexts, UserRights rights, TimeProvider time)
{
    /// <param name="Client">place among the clients</param>
    /// <param name="Paid">share of the sum that was paid</param>
    private sealed record Sold(int Client, int DaysAgo, int DueDays, decimal Paid, int PaidDaysAgo);

    private static readonly Sold[] Past = [new(0, 37, 14, 1, 26), new(2, 35, 7, 0, 0), new(1, 20, 30, 0.6m, 4)];

    /// <summary>Founds the past of three clients.</summary>
    internal async Task FoundAsync(IReadOnlyList<PartnerId> clients, IReadOnlyList<Product> products, WarehouseId warehouse, Actor seller, Actor keeper, CancellationToken ct)
    {
        if (await FindAccountantAsync(ct) is not { } accountant) return;
        Invoice? last = null;
        foreach (var (place, sold) in Past.Index())
        {
            var clock = new StoryClock(time.GetUtcNow().AddDays(-sold.DaysAgo));
            if (await OrderAsync(clock, clients[sold.Client], $"PO-{31 + place}", products.Skip(2 * place).Take(3), warehouse, seller, ct) is not { } order) continue;
            clock.Advance(TimeSpan.FromDays(1));
            await ShipAsync(clock, order, keeper, ct);
            var invoice = await InvoiceAsync(clock, order, 0, sold.DueDays, accountant, ct);
            if (sold.Paid == 0) continue;
            clock.Advance(TimeSpan.FromDays(sold.DaysAgo - 1 - sold.PaidDaysAgo));
            var amount = Math.Round(invoice.Gross * sold.Paid, LineSums.MinorDigits(invoice.Currency), MidpointRounding.AwayFromZero);
            var payment = await PayAsync(clock, new(amount, invoice.Currency), invoice.Partner, null, $"Invoice {invoice.Number}", accountant, ct);
            await ActivatorUtilities.CreateInstance<PaymentDesk>(services, clock).GiveAsync(payment.Id, [new(invoice.Id, amount)], payment.Version, accountant, ct);
            if (amount < invoice.Gross) last = await ReadAsync(invoice.Id, ct);
        }
        if (last is not null) await PayAsync(new(time.GetUtcNow()), new(last.Open, last.Currency), null, "Account 00-1147", $"Rest of invoice {last.Number}", accountant, ct);
    }

    /// <summary>Asks for the first part of an order's schedule.</summary>
    internal async Task PrepayAsync(SalesOrderId order, CancellationToken ct)
    {
        if (await FindAccountantAsync(ct) is { } accountant) await InvoiceAsync(new(time.GetUtcNow()), order, 1, 5, accountant, ct);
    }

    private async Task<Actor?> FindAccountantAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().Where(u => u.UserName == "fina").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is { } user ? await rights.FindAsync(user, ct) : null;
    }

    private async Task<SalesOrderId?> OrderAsync(StoryClock clock, PartnerId client, string reference, IEnumerable<Product> products, WarehouseId warehouse, Actor seller, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (desk, id) = (ActivatorUtilities.CreateInstance<OrderDesk>(services, clock), SalesOrderId.New());
        await desk.AddAsync(id, client, seller, ct);
        var draft = await db.Set<SalesOrder>().AsNoTracking().FirstAsync(o => o.Id == id, ct);
        var lines = products.Select((p, at) => new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, p.Name) { Product = p.Id, Code = p.Code, Unit = p.Unit, VatRate = p.VatRate, Quantity = 3 + at }).ToList();
        var written = await desk.WriteAsync(id, draft.Head with { Warehouse = warehouse, Reference = reference }, draft.Content with { Lines = lines }, [], draft.Version, seller, ct);
        // what has no price, or one below its floor, stays a draft
        if (written.Below.Count > 0 || written.Content.Lines.Any(l => l.Price is null)) return null;
        await ActivatorUtilities.CreateInstance<OrderFulfilment>(services, clock).PlaceAsync(id, written.Version, seller, ct);
        return id;
    }

    private async Task ShipAsync(StoryClock clock, SalesOrderId order, Actor keeper, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (desk, id) = (new ShipmentDesk(contexts, clock), ShipmentId.New());
        await desk.BeginAsync(id, order, keeper, ct);
        await desk.PostAsync(id, await db.Set<Shipment>().Where(s => s.Id == id).Select(s => s.Version).FirstAsync(ct), keeper, ct);
    }

    private async Task<Invoice> InvoiceAsync(StoryClock clock, SalesOrderId order, int part, int dueDays, Actor accountant, CancellationToken ct)
    {
        var (desk, id) = (new InvoiceDesk(contexts, clock), InvoiceId.New());
        await desk.FromOrderAsync(id, order, part, accountant, ct);
        await desk.WriteAsync(id, dueDays, null, (await ReadAsync(id, ct)).Version, accountant, ct);
        await desk.IssueAsync(id, (await ReadAsync(id, ct)).Version, accountant, ct);
        return await ReadAsync(id, ct);
    }

    private async Task<Invoice> ReadAsync(InvoiceId id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Invoice>().AsNoTracking().FirstAsync(i => i.Id == id, ct);
    }

    private async Task<Payment> PayAsync(StoryClock clock, Money sum, PartnerId? client, string? payer, string reference, Actor accountant, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (id, today) = (PaymentId.New(), (await db.CompanyZoneAsync(ct)).DayOf(clock.GetUtcNow()));
        await ActivatorUtilities.CreateInstance<PaymentDesk>(services, clock).BookAsync(id, new(today, sum, client, payer, reference), accountant, ct);
        return await db.Set<Payment>().AsNoTracking().FirstAsync(p => p.Id == id, ct);
    }
}
