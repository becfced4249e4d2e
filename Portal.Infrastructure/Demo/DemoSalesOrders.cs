using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Demo;

/// <summary>Orders of the demo company's clients: one of the accepted offer, some entered by hand in different states, some of them shipped, one of these handed over against a signature and the others waiting together for a delivery trip, and one being picked for a client whose debt is overdue, made by the jobs that people use.</summary>
public sealed class DemoSalesOrders(IDbContextFactory<PortalDb> contexts, OrderDesk desk, OrderFulfilment fulfilment, ShipmentDesk shipping, ShipmentDelivery delivery, DemoDelivery done, DemoBilling billing, UserRights rights, TimeProvider time)
{
    private const int Wanted = 6;

    /// <summary>Founds them once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<SalesOrder>().AnyAsync(ct)) return;
        if (await db.Set<PortalUser>().Where(u => u.UserName == "sela").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is not { } user || await rights.FindAsync(user, ct) is not { } seller) return;
        var keeper = await db.Set<PortalUser>().Where(u => u.UserName == "ward").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is { } ward ? await rights.FindAsync(ward, ct) : null;
        var warehouse = await db.Set<Warehouse>().Where(w => w.Name == "Main warehouse").Select(w => (WarehouseId?)w.Id).FirstOrDefaultAsync(ct);
        var products = await db.Set<Product>().Where(p => !p.Archived && p.Kind == ProductKind.Goods && p.Cost != null).OrderBy(p => p.Code).Take(12).ToListAsync(ct);
        // those first to whose door goods can be driven
        var partners = await db.Set<Partner>().Where(p => p.Responsible == user && !p.Archived).OrderByDescending(p => db.Set<Place>().Any(at => at.Partner == p.Id && !at.Archived)).ThenBy(p => p.Name).Select(p => p.Id).Take(3).ToListAsync(ct);
        if (products.Count == 0 || partners.Count == 0) return;
        if (warehouse is { } hall && keeper is not null && partners.Count == 3) await billing.FoundAsync(partners, products, hall, seller, keeper, ct);
        if (await db.Set<Offer>().Where(o => o.State == OfferState.Accepted).Select(o => (OfferId?)o.Id).FirstOrDefaultAsync(ct) is { } offer)
        {
            var agreed = await desk.FromOfferAsync(SalesOrderId.New(), offer, seller, ct);
            await fulfilment.PlaceAsync(agreed, await VersionAsync(db, agreed, ct), seller, ct);
            await billing.PrepayAsync(agreed, ct);
        }
        var today = await db.CompanyTodayAsync(time, ct);
        List<ShipmentId> going = [];
        for (var i = 0; i < Wanted; i++)
        {
            var id = SalesOrderId.New();
            var partner = partners[i % partners.Count];
            await desk.AddAsync(id, partner, seller, ct);
            var draft = await db.Set<SalesOrder>().AsNoTracking().FirstAsync(o => o.Id == id, ct);
            var lines = products.Skip(i).Take(3 + i % 3).Select((p, at) => new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, p.Name) { Product = p.Id, Code = p.Code, Unit = p.Unit, VatRate = p.VatRate, Quantity = 2 + (at + i) % 4 }).ToList();
            var written = await desk.WriteAsync(id, draft.Head with { Warehouse = warehouse, WantedOn = today.AddDays(3 * i - 4), Reference = $"PO-{40 + i}", Place = draft.Head.Place ?? await db.Set<Place>().Where(p => p.Partner == partner && !p.Archived).OrderBy(p => p.Name).Select(p => (PlaceId?)p.Id).FirstOrDefaultAsync(ct) }, draft.Content with { Lines = lines, Payments = [new(PaymentEvent.Delivery, 14)] }, [], draft.Version, seller, ct);
            // what has no price, or one below its floor, stays a draft
            if (i == Wanted - 1 || written.Below.Count > 0 || written.Content.Lines.Any(l => l.Price is null)) continue;
            await fulfilment.PlaceAsync(id, written.Version, seller, ct);
            if (i == 1) await fulfilment.CancelAsync(id, "The client ordered twice.", await VersionAsync(db, id, ct), seller, ct);
            else if (i % 2 == 0 && warehouse is not null) await fulfilment.ReserveAsync(id, seller, ct);
            if (i is 1 or Wanted - 1 || warehouse is null || keeper is null) continue;
            var shipment = ShipmentId.New();
            await shipping.BeginAsync(shipment, id, keeper, ct);
            var picked = await db.Set<Shipment>().AsNoTracking().FirstAsync(s => s.Id == shipment, ct);
            if (i == 2) continue;
            await shipping.PostAsync(shipment, await shipping.WriteAsync(shipment, picked.Head with { Packages = 2 + i, WeightKg = 24 + 9 * i, VolumeM3 = 0.2m }, new Dictionary<(SalesOrderId, Guid), decimal>(), picked.Version, keeper, ct), keeper, ct);
            if (picked.Place is not null) going.Add(shipment);
        }
        var depot = await db.Set<Place>().Where(p => p.Owner == PlaceOwner.Ours && !p.Archived).OrderBy(p => p.Name).Select(p => (PlaceId?)p.Id).FirstOrDefaultAsync(ct);
        if (going.Count == 0 || keeper is null || depot is not { } from) return;
        if (going.Count > 1 && await done.FoundAsync(going[0], from, Words, keeper, ct)) going.RemoveAt(0);
        var leaves = time.GetUtcNow().AddHours(1);
        await delivery.OrderAsync(TripId.New(), going, new(from, leaves, leaves.AddHours(1)), Words, keeper, ct);
    }

    private static string Words(IReadOnlyList<string> numbers, int? packages) => $"Shipments {string.Join(", ", numbers)}: {packages} packages";

    private static Task<uint> VersionAsync(PortalDb db, SalesOrderId id, CancellationToken ct) => db.Set<SalesOrder>().Where(o => o.Id == id).Select(o => o.Version).FirstAsync(ct);
}
