using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>A shipment on a trip, as who looks at the trip sees it.</summary>
/// <param name="Number">null until it is posted</param>
/// <param name="MayOpen">true where the reader sees the shipment</param>
/// <param name="Refused">how many lines the client did not take, or not all of</param>
public sealed record TripDelivery(
    DeliveryId Id, int Place, ShipmentId Shipment, string? Number, bool MayOpen, string Client, string Address, string? Door, decimal? WeightKg, DeliveryState State, DateTimeOffset? At, string? Receiver, int Refused);

/// <summary>A line as the driver hands it over.</summary>
/// <param name="Id">order and line</param>
public sealed record DriverLine(string Id, string Name, decimal Quantity, string Unit, decimal Refused);

/// <summary>A stop of a delivery trip on the driver's page.</summary>
/// <param name="MoreLines">lines beyond those shown; the client takes them or the whole is refused</param>
public sealed record DriverDelivery(
    Guid Id, Guid Trip, int Place, string? Number, string Client, DriverStop Stop, DeliveryState State, int? Packages, decimal? WeightKg, string? Note, IReadOnlyList<DriverLine> Lines, int MoreLines);

/// <summary>A delivery trip that is not loaded yet: another shipment may go along.</summary>
/// <param name="Plate">the vehicle that holds it, with what it may carry; null while none does</param>
public sealed record OpenDeliveryTrip(TripId Id, long Number, DateTimeOffset PickupFrom, string To, int Stops, int LoadKg, string? Plate, int? MayCarryKg);

/// <summary>What there is to say of shipments before their delivery is ordered: what they weigh together, what the largest vehicle of ours takes, where a trip can fetch them and on which one they could go along.</summary>
/// <param name="Unweighed">shipments of which nobody has said what they weigh</param>
/// <param name="Depots">our places</param>
public sealed record DeliveryPlan(
    int Shipments, decimal WeightKg, decimal VolumeM3, int Unweighed, IReadOnlyList<string> Warehouses, int MostKg, decimal MostM3, IReadOnlyList<OrderChoice> Depots, IReadOnlyList<OpenDeliveryTrip> Trips)
{
    /// <summary>True where no vehicle of ours takes all of it.</summary>
    public bool IsTooMuch => WeightKg > MostKg || VolumeM3 > MostM3;
}

/// <summary>What is delivered: on a trip, by a driver, and what may still go along.</summary>
public sealed class DeliveryQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int MostLines = 200, MostTrips = 50;

    /// <summary>The shipments on a trip in the order of its stops; none for who sees neither the trip nor them.</summary>
    public async Task<IReadOnlyList<TripDelivery>> OfTripAsync(TripId trip, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var seen = db.Set<Shipment>().Within(db, actor);
        var branch = actor.OnlyBranch();
        var board = actor.Can(Permissions.BoardRead) && await db.Set<Trip>().AnyAsync(t => t.Id == trip && (branch == null || t.Branch == branch), ct);
        var rows = await (from d in db.Set<Delivery>().AsNoTracking()
                          join t in db.Set<Trip>().AsNoTracking() on d.Trip equals t.Id
                          join s in db.Set<Shipment>().AsNoTracking() on d.Shipment equals s.Id
                          where d.Trip == trip && (board || seen.Any(x => x.Id == s.Id))
                          orderby d.Place
                          select new { Delivery = d, Trip = t, s.Year, s.Sequence, s.WeightKg, MayOpen = seen.Any(x => x.Id == s.Id), Client = db.Set<Partner>().Where(p => p.Id == s.Partner).Select(p => p.Name).First() }).ToListAsync(ct);
        return [.. rows.Select(r => (Row: r, Stop: r.Delivery.StopOn(r.Trip))).Select(r => new TripDelivery(
            r.Row.Delivery.Id, r.Row.Delivery.Place, r.Row.Delivery.Shipment, DocumentNumber.Of(r.Row.Year, r.Row.Sequence)?.ToString(), r.Row.MayOpen, r.Row.Client, r.Stop.Address, r.Stop.Door, r.Row.WeightKg, r.Row.Delivery.State,
            r.Row.Delivery.At, r.Row.Delivery.Receiver, r.Row.Delivery.Refused.Count))];
    }

    /// <summary>The stops of trips that the acting driver drives.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.no-driver</c></exception>
    public async Task<IReadOnlyList<DriverDelivery>> OfDriverAsync(IReadOnlyCollection<Guid> trips, Actor actor, CancellationToken ct)
    {
        var own = DriverDayQuery.Own(actor);
        if (trips.Count == 0) return [];
        var ids = trips.Select(t => new TripId(t)).ToList();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await (from d in db.Set<Delivery>().AsNoTracking()
                          join t in db.Set<Trip>().AsNoTracking() on d.Trip equals t.Id
                          join s in db.Set<Shipment>().AsNoTracking() on d.Shipment equals s.Id
                          where ids.Contains(d.Trip) && t.Driver == own
                          orderby d.Trip, d.Place
                          select new { Delivery = d, Trip = t, Shipment = s, Client = db.Set<Partner>().Where(p => p.Id == s.Partner).Select(p => p.Name).First() }).ToListAsync(ct);
        return [.. rows.Select(r => Shown(r.Delivery, r.Trip, r.Shipment, r.Client))];
    }

    /// <summary>What there is to say of shipments before their delivery is ordered.</summary>
    public async Task<DeliveryPlan> PlanAsync(IReadOnlyCollection<ShipmentId> of, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var branch = actor.OnlyBranch();
        var shipments = await db.Set<Shipment>().Within(db, actor).Where(s => of.Contains(s.Id)).Select(s => new { s.WeightKg, s.VolumeM3, Warehouse = db.Set<Warehouse>().Where(w => w.Id == s.Warehouse).Select(w => w.Name).First() }).ToListAsync(ct);
        var ours = db.Set<Vehicle>().Where(v => !v.Archived && v.Source == null);
        return new(
            shipments.Count, shipments.Sum(s => s.WeightKg ?? 0), shipments.Sum(s => s.VolumeM3 ?? 0), shipments.Count(s => s.WeightKg is null), [.. shipments.Select(s => s.Warehouse).Distinct().Order()],
            await ours.MaxAsync(v => (int?)v.PayloadKg, ct) ?? 0, await ours.MaxAsync(v => (decimal?)v.VolumeM3, ct) ?? 0,
            await db.Set<Place>().Where(p => p.Owner == PlaceOwner.Ours && !p.Archived && (branch == null || p.Branch == branch)).OrderBy(p => p.Name).Select(p => new OrderChoice(p.Id.Value, p.Name + ", " + p.Address)).Take(MostTrips).ToListAsync(ct),
            await (from t in db.Set<Trip>()
                   where TripStates.Open.Contains(t.State) && t.State != TripState.OnBoard && (branch == null || t.Branch == branch) && db.Set<Delivery>().Any(d => d.Trip == t.Id)
                   orderby t.PickupFrom
                   select new OpenDeliveryTrip(
                       t.Id, t.Number, t.PickupFrom, t.Dropoff.Address, db.Set<Delivery>().Count(d => d.Trip == t.Id), t.Needs.PayloadKg,
                       db.Set<Vehicle>().Where(v => v.Id == t.Vehicle).Select(v => v.Plate).FirstOrDefault(), db.Set<Vehicle>().Where(v => v.Id == t.Vehicle).Select(v => (int?)v.PayloadKg).FirstOrDefault())).Take(MostTrips).ToListAsync(ct));
    }

    private static DriverDelivery Shown(Delivery delivery, Trip trip, Shipment shipment, string client)
    {
        var refused = delivery.Refused.ToDictionary(l => (l.Order, l.OrderLine), l => l.Quantity);
        return new(
            delivery.Id.Value, delivery.Trip.Value, delivery.Place, shipment.Number?.ToString(), client, DriverDayQuery.Shown(delivery.StopOn(trip)), delivery.State, shipment.Packages, shipment.WeightKg, shipment.Note,
            [.. shipment.Lines.Take(MostLines).Select(l => new DriverLine($"{l.Order.Value:n}{l.OrderLine:n}", l.Name, l.Quantity, l.Unit, refused.GetValueOrDefault((l.Order, l.OrderLine))))], Math.Max(0, shipment.LineCount - MostLines));
    }
}
