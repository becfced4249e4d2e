using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>Where and when a delivery trip is loaded.</summary>
/// <param name="Depot">our place where the goods are fetched</param>
public sealed record DeliveryStart(PlaceId Depot, DateTimeOffset From, DateTimeOffset Until);

/// <summary>What is carried, in the words of who orders it: from the numbers of the shipments and how many packages they are, as far as that is known.</summary>
public delegate string CargoWords(IReadOnlyList<string> numbers, int? packages);

/// <summary>
/// Brings shipments to their clients: one or several of them as a trip on the dispatchers' board that says each door, how to get in, whom to ask for and what is carried, its stops in the order in which
/// they are driven soonest. Who ships may order it, in his branch; dispatching it stays the dispatchers'. Said twice, a command changes nothing the second time.
/// </summary>
public sealed class ShipmentDelivery(IDbContextFactory<PortalDb> contexts, TripRegistration trips, Roads roads, TimeProvider time)
{
    private const int LongestCargo = 300;
    private static readonly TimeSpan Reach = TimeSpan.FromHours(12);

    /// <summary>How trips end that brought nothing: another may be ordered after them.</summary>
    internal static readonly IReadOnlyList<TripState> InVain = [TripState.Cancelled, TripState.Failed, TripState.NoShow];

    /// <summary>Orders one trip for shipments of whatever clients.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>shipments.unknown</c>, <c>shipments.not-going</c>, <c>shipments.fetched</c>, <c>shipments.trip-there</c>, <c>shipments.told</c>, <c>shipments.depot-unknown</c>, <c>credit.overdue</c>, <c>credit.over-limit</c>, <c>dispatch.too-many-stops</c>, and what
    /// <see cref="TripRegistration.RegisterAsync(TripId, TripOrder, BranchId, Actor, CancellationToken, string?)"/> refuses
    /// </exception>
    public async Task OrderAsync(TripId id, IReadOnlyCollection<ShipmentId> of, DeliveryStart start, CargoWords words, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var shipments = await TakeAllAsync(db, of, actor, ct);
        if (shipments.Count == 0) throw new RuleBrokenException("shipments.unknown");
        if (await db.Set<Delivery>().AnyAsync(d => d.Trip == id, ct)) return;
        foreach (var shipment in shipments) await RequireGoingAsync(db, shipment, ct);
        var pickup = await StopAsync(db, start.Depot, PlaceOwner.Ours, ct);
        List<(Shipment, TripStop)> stops = [];
        foreach (var shipment in shipments) stops.Add((shipment, await StopAsync(db, shipment.Place!.Value, null, ct)));
        var route = Route(pickup, start.From, stops);
        var branch = await db.Set<Warehouse>().Where(w => w.Id == shipments[0].Warehouse).Select(w => w.Branch).FirstAsync(ct) ?? (actor.BranchId is { } own ? new(own) : await db.Set<Branch>().Where(b => !b.Archived).OrderBy(b => b.Id).Select(b => b.Id).FirstAsync(ct));
        var order = await LoadedAsync(db, new() { CallerName = actor.Name, Pickup = pickup, Dropoff = pickup, PickupFrom = start.From, PickupUntil = start.Until }, route, words, ct);
        await trips.RegisterAsync(db, id, order, branch, actor, ct);
        foreach (var (i, (shipment, stop)) in route.Index()) db.Add(new Delivery(DeliveryId.New(), id, shipment.Id, i + 1, stop));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Takes shipments along on a trip that is not loaded yet; its stops are put in order anew.</summary>
    /// <exception cref="RuleBrokenException"><c>deliveries.trip-unknown</c>, and what ordering the trip or changing it refuses, such as a vehicle that holds too little</exception>
    public Task AddAsync(TripId to, IReadOnlyCollection<ShipmentId> of, CargoWords words, Actor actor, CancellationToken ct) => ChangeAsync(to, of, words, actor, async (db, shipments, deliveries) =>
    {
        var more = shipments.Where(s => !deliveries.Exists(d => d.Shipment == s.Id)).ToList();
        foreach (var shipment in more)
        {
            await RequireGoingAsync(db, shipment, ct);
            var added = new Delivery(DeliveryId.New(), to, shipment.Id, deliveries.Count + 1, await StopAsync(db, shipment.Place!.Value, null, ct));
            deliveries.Add(added);
            db.Add(added);
        }
        return more.Count > 0;
    }, ct);

    /// <summary>Takes a shipment off a trip that is not loaded yet. The last one is not taken off: its trip is cancelled.</summary>
    /// <exception cref="RuleBrokenException"><c>deliveries.trip-unknown</c>, <c>deliveries.last</c>, <c>deliveries.told</c>, what changing the trip refuses</exception>
    public Task TakeOffAsync(TripId from, ShipmentId of, CargoWords words, Actor actor, CancellationToken ct) => ChangeAsync(from, [of], words, actor, (db, _, deliveries) =>
    {
        if (deliveries.Find(d => d.Shipment == of) is not { } gone) return Task.FromResult(false);
        if (gone.IsTold) throw new RuleBrokenException("deliveries.told");
        if (deliveries.Count == 1) throw new RuleBrokenException("deliveries.last");
        deliveries.Remove(gone);
        db.Remove(gone);
        return Task.FromResult(true);
    }, ct);

    /// <summary>Puts the stops of a trip that is not loaded yet in the order that somebody says: who ships, or who writes trips.</summary>
    /// <param name="inOrder">all shipments on the trip</param>
    /// <exception cref="RuleBrokenException"><c>deliveries.trip-unknown</c>, <c>deliveries.other-stops</c>, what changing the trip refuses</exception>
    public Task ReorderAsync(TripId of, IReadOnlyList<ShipmentId> inOrder, CargoWords words, Actor actor, CancellationToken ct) => ChangeAsync(of, [], words, actor, (_, _, deliveries) =>
    {
        var now = deliveries.ConvertAll(d => d.Shipment);
        if (now.Count != inOrder.Count || !now.ToHashSet().SetEquals(inOrder)) throw new RuleBrokenException("deliveries.other-stops");
        return Task.FromResult(!now.SequenceEqual(inOrder));
    }, ct, inOrder);

    /// <summary>Refuses where a trip of the shipment is ordered, under way or done.</summary>
    /// <exception cref="RuleBrokenException"><c>shipments.trip-there</c>, <c>shipments.told</c></exception>
    internal static async Task RequireNoTripAsync(PortalDb db, ShipmentId of, CancellationToken ct)
    {
        if (await TripAsync(db, of, ct) is var (state, number)) throw new RuleBrokenException(state == DeliveryState.Planned ? "shipments.trip-there" : "shipments.told", number);
    }

    /// <summary>The trip of the shipment that is ordered, under way or done; null where there is none.</summary>
    internal static async Task<(DeliveryState State, long Number)?> TripAsync(PortalDb db, ShipmentId of, CancellationToken ct) => await (
        from d in db.Set<Delivery>()
        join t in db.Set<Trip>() on d.Trip equals t.Id
        where d.Shipment == of && (d.State != DeliveryState.Planned || !InVain.Contains(t.State))
        orderby d.State != DeliveryState.Planned descending
        select new { d.State, t.Number }).FirstOrDefaultAsync(ct) is { } there ? (there.State, there.Number) : null;

    /// <summary>Refuses an order that asks otherwise for goods which a trip is to bring by a list: they are loaded as the list says.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.on-trip</c></exception>
    internal static async Task RequireListsFitAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        var id = order.Id.Value;
        var lists = await db.Set<Shipment>().AsNoTracking().Where(s => s.State == ShipmentState.Draft && db.Set<Delivery>().Any(d => d.Shipment == s.Id)
            && db.Set<DocumentLink>().Any(l => l.ToId == id && l.FromKind == ObjectKind.Shipment && l.FromId == (Guid)(object)s.Id)).OrderBy(s => s.CreatedAt).ToListAsync(ct);
        foreach (var list in lists)
            if (list.Lines.FirstOrDefault(l => l.Order == order.Id && (!list.Fits(l, order) || l.Quantity > order.Items.First(i => i.Line == l.OrderLine).Open)) is { } line && await TripAsync(db, list.Id, ct) is var (_, number))
                throw new RuleBrokenException("orders.on-trip", line.Name, number);
    }

    private PortalDb Open(Actor actor)
    {
        if (!actor.Can(Permissions.StockMove)) actor.Require(Permissions.OrdersManage);
        return contexts.CreateFor(actor);
    }

    // in one order of locking, so that two who order trips of the same shipments do not wait for one another in a circle
    private static async Task<List<Shipment>> TakeAllAsync(PortalDb db, IEnumerable<ShipmentId> ids, Actor actor, CancellationToken ct)
    {
        List<Shipment> shipments = [];
        foreach (var id in ids.Distinct().OrderBy(id => id.Value)) shipments.Add(await ShipmentWork.TakeAsync(db, id, actor, ct));
        return shipments;
    }

    private async Task RequireGoingAsync(PortalDb db, Shipment shipment, CancellationToken ct)
    {
        if (shipment.State == ShipmentState.Cancelled) throw new RuleBrokenException("shipments.not-going");
        if (shipment.Place is null) throw new RuleBrokenException("shipments.fetched");
        await RequireNoTripAsync(db, shipment.Id, ct);
        // loaded goods have gone: what holds them back is asked before
        if (shipment.State == ShipmentState.Draft) await CreditControl.RequireFreeAsync(db, shipment, await db.CompanyTodayAsync(time, ct), ct);
    }

    private async Task ChangeAsync(TripId id, IReadOnlyCollection<ShipmentId> of, CargoWords words, Actor actor, Func<PortalDb, List<Shipment>, List<Delivery>, Task<bool>> change, CancellationToken ct, IReadOnlyList<ShipmentId>? inOrder = null)
    {
        await using var db = inOrder is not null && actor.Can(Permissions.TripRegister) ? contexts.CreateFor(actor) : Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var named = await TakeAllAsync(db, of, actor, ct);
        // a dispatcher who changes the trip meanwhile is told that somebody else was faster
        await db.Database.ExecuteSqlAsync($"select from dispatch.trip where id = {id.Value} for update", ct);
        var deliveries = await db.Set<Delivery>().Where(d => d.Trip == id).OrderBy(d => d.Place).ToListAsync(ct);
        if (deliveries.Count == 0) throw new RuleBrokenException("deliveries.trip-unknown");
        var trip = await TripChange.LoadAsync(db, id, ct);
        actor.RequireReach(trip.Branch);
        // what a dispatcher has changed of a door stays
        foreach (var delivery in deliveries) delivery.Follow(trip);
        if (!await change(db, named, deliveries)) return;
        var all = deliveries.ConvertAll(d => d.Shipment);
        var shipments = await db.Set<Shipment>().Where(s => all.Contains(s.Id)).ToListAsync(ct);
        var stops = deliveries.ConvertAll(d => (Shipment: shipments.First(s => s.Id == d.Shipment), d.Stop));
        var route = inOrder is null ? Route(trip.Pickup, trip.PickupFrom, stops) : [.. inOrder.Select(id => stops.Find(s => s.Shipment.Id == id))];
        foreach (var (i, (shipment, _)) in route.Index()) deliveries.First(d => d.Shipment == shipment.Id).Move(i + 1);
        var order = await LoadedAsync(db, trip.Order, route, words, ct);
        await trips.EditAsync(db, trip, order, time.GetUtcNow(), actor, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    // the stops in the order in which they are driven soonest
    private List<(Shipment Shipment, TripStop Stop)> Route(TripStop pickup, DateTimeOffset leaving, List<(Shipment Shipment, TripStop Stop)> stops) =>
        [.. StopOrder.Of(pickup.Point, [.. stops.Select(s => s.Stop.Point)], roads.Estimator.LeavingAt(leaving, Reach).SecondsTo).Select(i => stops[i])];

    // what the trip is asked for with these goods on it
    private static async Task<TripOrder> LoadedAsync(PortalDb db, TripOrder order, IReadOnlyList<(Shipment Shipment, TripStop Stop)> route, CargoWords words, CancellationToken ct)
    {
        var shipments = route.Select(r => r.Shipment).ToList();
        var clients = shipments.Select(s => s.Partner).Distinct().ToList();
        var client = clients.Count == 1 ? await db.Set<Partner>().Where(p => p.Id == clients[0]).Select(p => p.Name).FirstAsync(ct) : null;
        var packages = shipments.TrueForAll(s => s.Packages is null) ? null : shipments.Sum(s => s.Packages);
        var cargo = words([.. shipments.Select(s => s.Number?.ToString()).OfType<string>()], packages);
        return order with
        {
            Customer = client is null ? null : clients[0], CallerName = client ?? order.CallerName, CallerPhone = client is null ? null : route[^1].Stop.Phone,
            Dropoff = route[^1].Stop, Via = [.. route.SkipLast(1).Select(r => r.Stop with { Place = null })],
            Cargo = cargo.Length > LongestCargo ? $"{cargo[..(LongestCargo - 1)]}…" : cargo,
            Note = string.Join('\n', shipments.Select(s => s.Note).Where(n => n is not null).Distinct()) is { Length: > 0 and <= 1000 } note ? note : order.Note,
            Needs = order.Needs with
            {
                PayloadKg = (int)Math.Ceiling(Math.Min(shipments.Sum(s => s.WeightKg ?? 0), int.MaxValue)),
                VolumeM3 = Math.Round(shipments.Sum(s => s.VolumeM3 ?? 0), 2, MidpointRounding.ToPositiveInfinity),
            },
        };
    }

    private static async Task<TripStop> StopAsync(PortalDb db, PlaceId id, PlaceOwner? owner, CancellationToken ct)
    {
        var place = await db.Set<Place>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && (owner == null || p.Owner == owner), ct) ?? throw new RuleBrokenException("shipments.depot-unknown");
        var person = await db.Set<Person>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == place.Contact, ct);
        return TripStop.At(place.Address, place.Point) with { Place = id, Door = place.Door, AccessNote = place.AccessNote, Contact = person?.Name, Phone = person?.Phone };
    }
}
