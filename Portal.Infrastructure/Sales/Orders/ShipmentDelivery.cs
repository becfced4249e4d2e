using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>
/// Orders the delivery of a shipment: a trip on the dispatchers' board that says the door, how to get in, whom to ask for and what is carried. Who ships may order it, in his branch; dispatching it stays the dispatchers'.
/// </summary>
public sealed class ShipmentDelivery(IDbContextFactory<PortalDb> contexts, TripRegistration trips, TimeProvider time)
{
    /// <summary>How trips end that brought nothing: another may be ordered after them.</summary>
    internal static readonly IReadOnlyList<TripState> InVain = [TripState.Cancelled, TripState.Failed, TripState.NoShow];

    /// <summary>Orders the trip, once however often it is said under one id.</summary>
    /// <param name="depot">our place where the goods are fetched</param>
    /// <param name="cargo">what is carried, in words</param>
    /// <exception cref="RuleBrokenException"><c>shipments.unknown</c>, <c>shipments.not-going</c>, <c>shipments.fetched</c>, <c>shipments.trip-there</c>, <c>shipments.depot-unknown</c>, and what <see cref="TripRegistration.RegisterAsync"/> refuses</exception>
    public async Task OrderAsync(TripId id, ShipmentId of, PlaceId depot, DateTimeOffset from, DateTimeOffset until, string cargo, Actor actor, CancellationToken ct)
    {
        if (!actor.Can(Permissions.StockMove)) actor.Require(Permissions.OrdersManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // of two who order it, the second waits here and finds the trip
        var shipment = await ShipmentWork.TakeAsync(db, of, actor, ct);
        if (await db.Set<DocumentLink>().AnyAsync(l => l.FromId == id.Value && l.ToId == of.Value, ct)) return;
        if (shipment.State == ShipmentState.Cancelled) throw new RuleBrokenException("shipments.not-going");
        if (shipment.Place is not { } place) throw new RuleBrokenException("shipments.fetched");
        await RequireNoTripAsync(db, of, ct);
        var client = await db.Set<Partner>().Where(p => p.Id == shipment.Partner).Select(p => p.Name).FirstAsync(ct);
        var (pickup, dropoff) = (await StopAsync(db, depot, PlaceOwner.Ours, ct), await StopAsync(db, place, null, ct));
        var order = new TripOrder
        {
            Customer = shipment.Partner, CallerName = client, CallerPhone = dropoff.Phone, Pickup = pickup, Dropoff = dropoff, PickupFrom = from, PickupUntil = until, Cargo = cargo, Note = shipment.Note,
            Needs = new() { PayloadKg = (int)Math.Ceiling(Math.Min(shipment.WeightKg ?? 0, int.MaxValue)), VolumeM3 = Math.Round(shipment.VolumeM3 ?? 0, 2, MidpointRounding.ToPositiveInfinity) },
        };
        var branch = await db.Set<Warehouse>().Where(w => w.Id == shipment.Warehouse).Select(w => w.Branch).FirstAsync(ct) ?? (actor.BranchId is { } own ? new(own) : await db.Set<Branch>().Where(b => !b.Archived).OrderBy(b => b.Id).Select(b => b.Id).FirstAsync(ct));
        await trips.RegisterAsync(id, order, branch, actor with { Permissions = [.. actor.Permissions, Permissions.TripRegister] }, ct);
        db.Add(new DocumentLink(new(ObjectKind.Trip, id.Value), of.Ref(), DocumentLinkKind.For, time.GetUtcNow()));
        // who looks at the shipment sees its trip at once
        db.Entry(shipment).Property(s => s.Packages).IsModified = true;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Refuses where a trip of the shipment is ordered, under way or done.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.trip-there</c></exception>
    internal static async Task RequireNoTripAsync(PortalDb db, ShipmentId of, CancellationToken ct)
    {
        var numbers = await db.Set<Trip>().Where(t => db.Set<DocumentLink>().Any(l => l.ToId == of.Value && l.FromKind == ObjectKind.Trip && l.FromId == (Guid)(object)t.Id)
            && !InVain.Contains(t.State)).Select(t => t.Number).Take(1).ToListAsync(ct);
        if (numbers.Count > 0) throw new RuleBrokenException("shipments.trip-there", numbers[0]);
    }

    private static async Task<TripStop> StopAsync(PortalDb db, PlaceId id, PlaceOwner? owner, CancellationToken ct)
    {
        var place = await db.Set<Place>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && (owner == null || p.Owner == owner), ct) ?? throw new RuleBrokenException("shipments.depot-unknown");
        var person = await db.Set<Person>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == place.Contact, ct);
        return TripStop.At(place.Address, place.Point) with { Place = id, Door = place.Door, AccessNote = place.AccessNote, Contact = person?.Name, Phone = person?.Phone };
    }
}
