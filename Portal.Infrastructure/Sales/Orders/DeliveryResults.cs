using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Domain.Work;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Sold;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>
/// Takes in what became of a shipment at the client's door: from the driver whose trip it is, with a signature or photos, or from who ships, for a driver without a phone. What the client did not take comes
/// back into stock by a return at the cost it went out at, and is open in its order again. Said twice, it changes nothing the second time.
/// </summary>
public sealed class DeliveryResults(IDbContextFactory<PortalDb> contexts, Attachments files, TimeProvider time)
{
    /// <summary>Bytes of the largest proof: phones make them smaller before they send them.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private static readonly IReadOnlyList<string> Pictures = ["image/jpeg", "image/png", "image/webp"];

    /// <summary>Keeps what happened at the door.</summary>
    /// <param name="at">when it happened, for a phone that was offline: never after now</param>
    /// <exception cref="RuleBrokenException">
    /// <c>deliveries.unknown</c>, <c>deliveries.not-loaded</c>, <c>shipments.not-going</c>, what <see cref="Delivery.Tell"/> refuses, and the posting of the shipment where nobody has posted it
    /// </exception>
    public async Task TellAsync(DeliveryId id, DeliveryResult result, Actor actor, DateTimeOffset? at, CancellationToken ct)
    {
        // the job saves more than once; that it was carried out, its row tells
        await using var db = contexts.CreateFor(actor with { Command = null });
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (delivery, trip, drives) = await TakeAsync(db, id, actor, ct);
        // of two who tell it, the second waits here
        var shipment = await ShipmentWork.TakeAsync(db, delivery.Shipment, Actor.System("deliveries"), ct);
        await db.Entry(delivery).ReloadAsync(ct);
        if (delivery.IsTold && delivery.ByUser == actor.UserId) return;
        if (trip.State is not (TripState.OnBoard or TripState.Completed)) throw new RuleBrokenException("deliveries.not-loaded", trip.Number);
        if (shipment.State == ShipmentState.Cancelled) throw new RuleBrokenException("shipments.not-going");
        var now = time.GetUtcNow();
        // what stands at the client's door has left the warehouse, whether anybody has said so or not
        if (shipment.State == ShipmentState.Draft)
        {
            if (!drives)
            {
                actor.Require(Permissions.StockMove);
                await db.RequireWarehouseAsync(shipment.Warehouse, actor, ct);
            }
            // that nobody answers for the goods brings none of them back: those who might have are told
            var stop = await CreditControl.StopAsync(db, shipment, await db.CompanyTodayAsync(time, ct), ct);
            await ShipmentWork.PostAsync(db, shipment, actor, now, ct);
            if (stop is { } passed) await CreditControl.TellAsync(db, shipment, passed, actor, now, ct);
        }
        result = result with { Signature = await KnownAsync(db, shipment.Id, [result.Signature], ct) is [var signature] ? signature : null, Photos = await KnownAsync(db, shipment.Id, [.. result.Photos], ct) };
        delivery.Follow(trip);
        delivery.Tell(result, shipment.Lines, drives, at < now ? at.Value : now, actor);
        var told = delivery.State switch { DeliveryState.Delivered => "order.delivered", DeliveryState.Partly => "order.part-delivered", _ => "order.refused" };
        foreach (var of in shipment.Orders.OrderBy(o => o.Value))
        {
            var order = await OrderWork.TakeAsync(db, of, Actor.System("deliveries"), ct);
            foreach (var line in delivery.Refused.Where(l => l.Order == of)) order.TakeBack(line.OrderLine, line.Quantity);
            OrderWork.Tell(db, order, told, now, actor);
            await OrderWork.SaveAsync(db, order, ct);
        }
        await ReturnAsync(db, delivery, shipment, actor, now, ct);
        await SoldEntry.EnterRefusalAsync(db, shipment, delivery.Refused, (await db.CompanyZoneAsync(ct)).DayOf(now), now, ct);
        await db.SaveOrExplainAsync(shipment.Id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes in a picture that proves a delivery, before it is told: a drawn signature or a photo, as a file of the shipment. Sent again under its id, it is there once.</summary>
    /// <exception cref="RuleBrokenException"><c>deliveries.unknown</c>, <c>file.other-type</c>, <c>file.too-many</c>, <c>file.too-large</c> and what is wrong with the content</exception>
    public async Task ProveAsync(DeliveryId id, StoredFileId file, string name, Stream body, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var (delivery, _, _) = await TakeAsync(db, id, actor, ct);
        var about = delivery.Shipment.Ref();
        if (await db.Set<StoredFile>().Where(f => f.Id == file).Select(f => new { f.AboutId, f.ByUser }).FirstOrDefaultAsync(ct) is { } there)
        {
            if (there.AboutId != about.Id || there.ByUser != actor.UserId) throw new RuleBrokenException("deliveries.unknown");
            return;
        }
        // beside those that are told, as many may wait that never are: of a page that was closed before it had sent what it knew
        if (await db.Set<StoredFile>().CountAsync(f => f.AboutKind == ObjectKind.Shipment && f.AboutId == about.Id && f.ByUser == actor.UserId, ct) >= 2 * (Delivery.MostPhotos + 1)) throw new RuleBrokenException("file.too-many", Delivery.MostPhotos);
        // a driver sees no shipments; what he leaves here is his all the same
        var witness = Actor.System("driver") with { UserId = actor.UserId, Name = actor.Name, Origin = actor.Origin };
        try
        {
            await files.AttachAsync(about, name, body, witness, ct: ct, id: file, types: Pictures);
        }
        catch (DbUpdateException twice) when (twice.IsUniqueViolation("stored_file_pkey"))
        {
            // of two that were sent at once the other was quicker
        }
    }

    // the driver of the trip, else who ships
    private static async Task<(Delivery Delivery, Trip Trip, bool Drives)> TakeAsync(PortalDb db, DeliveryId id, Actor actor, CancellationToken ct)
    {
        var delivery = await db.Set<Delivery>().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("deliveries.unknown");
        var trip = await db.Set<Trip>().AsNoTracking().FirstAsync(t => t.Id == delivery.Trip, ct);
        if (actor.DriverId is { } driver && actor.Can(Permissions.DriveOwn) && trip.Driver == new DriverId(driver)) return (delivery, trip, true);
        var ships = actor.Can(Permissions.StockMove) || actor.Can(Permissions.OrdersManage);
        return ships && await db.Set<Shipment>().Within(db, actor).AnyAsync(s => s.Id == delivery.Shipment, ct) ? (delivery, trip, false) : throw new RuleBrokenException("deliveries.unknown");
    }

    // a picture that could not be taken in is no reason to forget what happened
    private static Task<List<Guid>> KnownAsync(PortalDb db, ShipmentId shipment, IReadOnlyList<Guid?> files, CancellationToken ct)
    {
        var wanted = files.OfType<Guid>().Select(f => new StoredFileId(f)).ToList();
        return db.Set<StoredFile>().Where(f => wanted.Contains(f.Id) && f.AboutKind == ObjectKind.Shipment && f.AboutId == shipment.Value).Select(f => f.Id.Value).ToListAsync(ct);
    }

    // what was refused comes back into stock
    private static async Task ReturnAsync(PortalDb db, Delivery delivery, Shipment shipment, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var lines = shipment.Lines.ToDictionary(l => (l.Order, l.OrderLine));
        foreach (var document in await ReturnedGoods.OfAsync(db, shipment, delivery.Refused.Select(r => (lines[(r.Order, r.OrderLine)], r.Quantity)), actor, now, ct))
        {
            db.Add(document);
            db.Add(new DocumentLink(new(ObjectKind.StockDocument, document.Id.Value), shipment.Id.Ref(), DocumentLinkKind.For, now));
            await db.PostAsync(document, actor, now, ct);
        }
    }
}
