using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>A line of a shipment as its page shows it.</summary>
/// <param name="Open">how many its order still has to ship; of a draft</param>
/// <param name="IsStale">of a draft: its order says something else by now</param>
public sealed record ShipmentSheetLine(ShipmentLine Line, string Code, decimal Open, bool IsStale);

/// <summary>An order that a shipment takes goods of, or could take along.</summary>
public sealed record ShipmentOrder(SalesOrderId Id, string Name);

/// <summary>Where a shipment goes: the door, how to get in and whom to ask for, as far as the reader may know it.</summary>
public sealed record ShipmentPlace(string Name, string Address, string? Door, string? AccessNote, string? Contact, string? Phone);

/// <summary>A picture that proves a delivery.</summary>
/// <param name="IsSignature">else a photo</param>
public sealed record DeliveryProof(Guid File, bool IsSignature);

/// <summary>A trip that delivers a shipment, and what became of it at the client's door.</summary>
/// <param name="Place">of its stop among <paramref name="Stops"/></param>
public sealed record ShipmentTrip(
    DeliveryId Delivery, TripId Id, long Number, TripState State, int Place, int Stops, DeliveryState Result, IReadOnlyList<RefusedLine> Refused, string? Receiver, string? Note, DateTimeOffset? At, string? ByName, IReadOnlyList<DeliveryProof> Proofs)
{
    /// <summary>True where it brought nothing, and another trip may be ordered.</summary>
    public bool IsInVain => Result == DeliveryState.Planned && ShipmentDelivery.InVain.Contains(State);

    /// <summary>True where what became of it may be said: the goods have been loaded.</summary>
    public bool AwaitsWord => Result == DeliveryState.Planned && State is TripState.OnBoard or TripState.Completed;

    /// <summary>True where the shipment may go on another trip: it is not loaded yet.</summary>
    public bool MayBeTakenOff => Stops > 1 && State < TripState.OnBoard;
}

/// <summary>A shipment as its page shows it. Names beyond the reader's reach are left out.</summary>
/// <param name="Others">open orders of the client that could go along</param>
/// <param name="Papers">the stock documents by which its goods went out, and came back where the client refused them</param>
public sealed record ShipmentSheet(
    ShipmentId Id, ShipmentState State, string? Number, ShipmentHead Head, PartnerId Partner, string? Client, string Warehouse, ShipmentPlace? Place, IReadOnlyList<ShipmentSheetLine> Lines, IReadOnlyList<ShipmentOrder> Orders,
    IReadOnlyList<ShipmentOrder> Others, IReadOnlyList<(StockDocumentId Id, StockDocumentKind Kind, string? Number)> Papers, string ByName, DateTimeOffset CreatedAt, DateTimeOffset? PostedAt, string? PostedBy, DateTimeOffset? CancelledAt, string? CancelledBy,
    string? Reason, IReadOnlyList<ShipmentTrip> Trips, uint Version)
{
    /// <summary>True where its delivery may be ordered: it goes to an address, and no trip brings it there.</summary>
    public bool MayBeDelivered => State != ShipmentState.Cancelled && Place is not null && Trips.All(t => t.IsInVain);
}

/// <summary>A column the list of shipments sorts by.</summary>
public enum ShipmentSort { Created, Number, Day, State }

/// <summary>Which shipments to list. <paramref name="Text"/> is looked for in number, note and client.</summary>
public sealed record ShipmentFilter(string? Text = null, ShipmentState? State = null, WarehouseId? Warehouse = null, PartnerId? Partner = null, SalesOrderId? Order = null);

/// <summary>A shipment as lists show it.</summary>
public sealed record ShipmentRow(ShipmentId Id, int? Year, int? Sequence, ShipmentState State, DateOnly Day, PartnerId PartnerId, string? Partner, string Warehouse, string? Place, int Lines, decimal? WeightKg, string ByName, DateTimeOffset CreatedAt)
{
    /// <summary>The trip that brings it, or the last that did not.</summary>
    public ShipmentTrip? Trip { get; init; }

    /// <summary>True where a trip may be ordered for it.</summary>
    public bool MayBeDelivered => State != ShipmentState.Cancelled && Goes && Trip is null or { IsInVain: true };

    /// <summary>True where it goes to an address.</summary>
    public bool Goes { get; init; }

    /// <summary>Its number; null until it is posted.</summary>
    public string? Number => DocumentNumber.Of(Year, Sequence)?.ToString();
}

/// <summary>Shipments, read by those within whose reach they are.</summary>
public sealed class ShipmentQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int MostOthers = 50;

    /// <summary>The shipment, or null where it is not there for the actor.</summary>
    public async Task<ShipmentSheet?> FindAsync(ShipmentId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Shipment>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } shipment) return null;
        var ids = shipment.Orders.ToList();
        var orders = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).Where(o => ids.Contains(o.Id)).ToListAsync(ct);
        var lines = orders.SelectMany(o => o.Content.Lines.Select(l => (Key: (o.Id, l.Id), l.Code))).ToDictionary(l => l.Key, l => l.Code);
        var open = orders.SelectMany(o => o.Items.Select(i => (Key: (o.Id, i.Line), i.Open))).ToDictionary(i => i.Key, i => i.Open);
        var others = shipment.State != ShipmentState.Draft ? [] : await db.Set<SalesOrder>().Within(actor).Where(o => o.Partner == shipment.Partner && !ids.Contains(o.Id) && (o.State == OrderState.Placed || o.State == OrderState.PartShipped)
            && o.Items.Any(i => i.Quantity > i.Shipped && (i.Warehouse ?? o.Warehouse) == shipment.Warehouse && (i.Destination ?? o.Place) == shipment.Place)).OrderBy(o => o.CreatedAt).Take(MostOthers).Select(o => new { o.Id, o.Year, o.Sequence, o.Reference }).ToListAsync(ct);
        var papers = await db.Set<DocumentLink>().Where(l => l.ToId == id.Value && l.FromKind == ObjectKind.StockDocument).Select(l => l.FromId).ToListAsync(ct);
        return new(
            id, shipment.State, shipment.Number?.ToString(), shipment.Head, shipment.Partner, await db.Set<Partner>().Within(actor).Where(p => p.Id == shipment.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            await db.Set<Warehouse>().Where(w => w.Id == shipment.Warehouse).Select(w => w.Name).FirstAsync(ct), await PlaceAsync(db, shipment, actor, ct),
            [.. shipment.Lines.Select(l => new ShipmentSheetLine(l, lines.GetValueOrDefault((l.Order, l.OrderLine)) ?? "", open.GetValueOrDefault((l.Order, l.OrderLine)),
                shipment.State == ShipmentState.Draft && !orders.Exists(o => o.Id == l.Order && o.IsOpen && shipment.Fits(l, o))))],
            [.. orders.OrderBy(o => o.CreatedAt).Select(o => new ShipmentOrder(o.Id, OrderWork.NameOf(o.Number, o.Reference)))], [.. others.Select(o => new ShipmentOrder(o.Id, OrderWork.NameOf(DocumentNumber.Of(o.Year, o.Sequence), o.Reference)))],
            [.. (await db.Set<StockDocument>().Where(d => papers.Contains((Guid)(object)d.Id)).OrderBy(d => d.CreatedAt).Select(d => new { d.Id, d.Kind, d.Year, d.Sequence }).ToListAsync(ct)).Select(d => (d.Id, d.Kind, DocumentNumber.Of(d.Year, d.Sequence)?.ToString()))],
            shipment.ByName, shipment.CreatedAt, shipment.PostedAt, shipment.PostedBy, shipment.CancelledAt, shipment.CancelledBy, shipment.Reason, [.. (await TripsAsync(db, [id], ct))[id]], shipment.Version);
    }

    /// <summary>Shipments of a page of the list, filtered, sorted and paged in SQL.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<ShipmentRow>> ListAsync(ShipmentFilter filter, ShipmentSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var shipments = Matching(db, filter, actor);
        var (key, clients) = (Key(sort), db.Set<Partner>().Within(actor));
        var page = await (descending ? shipments.OrderByDescending(key) : shipments.OrderBy(key)).ThenByDescending(s => s.Id).Select(s => new ShipmentRow(
            s.Id, s.Year, s.Sequence, s.State, s.Day, s.Partner, clients.Where(p => p.Id == s.Partner).Select(p => p.Name).FirstOrDefault(), db.Set<Warehouse>().Where(w => w.Id == s.Warehouse).Select(w => w.Name).First(),
            clients.Any(p => p.Id == s.Partner) ? db.Set<Place>().Where(p => p.Id == s.Place).Select(p => p.Address).FirstOrDefault() : null, s.LineCount, s.WeightKg, s.ByName, s.CreatedAt) { Goes = s.Place != null }).PageAsync(slice, ct);
        var trips = await TripsAsync(db, [.. page.Rows.Select(r => r.Id)], ct);
        return page with { Rows = [.. page.Rows.Select(r => r with { Trip = trips[r.Id].LastOrDefault(t => !t.IsInVain) ?? trips[r.Id].LastOrDefault() })] };
    }

    /// <summary>True when the shipment is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(ShipmentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Shipment>().Within(db, actor).AnyAsync(s => s.Id == id, ct);
    }

    /// <summary>The trips of shipments, in the order of their numbers.</summary>
    internal static async Task<ILookup<ShipmentId, ShipmentTrip>> TripsAsync(PortalDb db, IReadOnlyCollection<ShipmentId> of, CancellationToken ct)
    {
        var rows = await (from d in db.Set<Delivery>().AsNoTracking()
                          join t in db.Set<Trip>() on d.Trip equals t.Id
                          where of.Contains(d.Shipment)
                          orderby t.Number
                          select new { Delivery = d, t.Number, t.State, Stops = db.Set<Delivery>().Count(x => x.Trip == d.Trip) }).ToListAsync(ct);
        return rows.ToLookup(r => r.Delivery.Shipment, r => new ShipmentTrip(
            r.Delivery.Id, r.Delivery.Trip, r.Number, r.State, r.Delivery.Place, r.Stops, r.Delivery.State, r.Delivery.Refused, r.Delivery.Receiver, r.Delivery.Note, r.Delivery.At, r.Delivery.ByName,
            [.. r.Delivery.Signature is { } signature ? [new DeliveryProof(signature, true)] : Array.Empty<DeliveryProof>(), .. r.Delivery.Photos.Select(p => new DeliveryProof(p, false))]));
    }

    private static async Task<ShipmentPlace?> PlaceAsync(PortalDb db, Shipment shipment, Actor actor, CancellationToken ct)
    {
        if (shipment.Place is not { } id || await db.Set<Place>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } place) return null;
        var person = await db.Set<Person>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == place.Contact, ct);
        var hidden = actor.Hidden.HasFlag(ConfidentialFields.Phones) && !await db.Set<Partner>().AnyAsync(p => p.Id == shipment.Partner && p.Responsible == actor.UserId, ct);
        return new(place.Name, place.Address, place.Door, place.AccessNote, person?.Name, hidden ? null : person?.Phone);
    }

    private static IQueryable<Shipment> Matching(PortalDb db, ShipmentFilter filter, Actor actor)
    {
        var shipments = db.Set<Shipment>().AsNoTracking().Within(db, actor);
        if (filter.State is { } state) shipments = shipments.Where(s => s.State == state);
        if (filter.Warehouse is { } warehouse) shipments = shipments.Where(s => s.Warehouse == warehouse);
        if (filter.Partner is { } partner) shipments = shipments.Where(s => s.Partner == partner);
        if (filter.Order is { } order)
        {
            var of = order.Value;
            shipments = shipments.Where(s => db.Set<DocumentLink>().Any(l => l.ToId == of && l.FromKind == ObjectKind.Shipment && l.FromId == (Guid)(object)s.Id));
        }
        var clients = db.Set<Partner>().Within(actor);
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            shipments = shipments.Where(s => EF.Functions.ILike(DocumentNumberText.Of(s.Year, s.Sequence)!, pattern, LikePattern.Escape) || EF.Functions.ILike(s.Note!, pattern, LikePattern.Escape)
                || clients.Any(p => p.Id == s.Partner && EF.Functions.ILike(p.Name, pattern, LikePattern.Escape)));
        return shipments;
    }

    private static Expression<Func<Shipment, object?>> Key(ShipmentSort sort) => sort switch
    {
        ShipmentSort.Number => s => s.Year * 10_000_000L + s.Sequence,
        ShipmentSort.Day => s => s.Day,
        ShipmentSort.State => s => s.State,
        _ => s => s.CreatedAt,
    };
}
