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
public sealed record ShipmentSheetLine(ShipmentLine Line, string Code, decimal Open);

/// <summary>An order that a shipment takes goods of, or could take along.</summary>
public sealed record ShipmentOrder(SalesOrderId Id, string Name);

/// <summary>Where a shipment goes: the door, how to get in and whom to ask for, as far as the reader may know it.</summary>
public sealed record ShipmentPlace(string Name, string Address, string? Door, string? AccessNote, string? Contact, string? Phone);

/// <summary>A trip that delivers a shipment.</summary>
public sealed record ShipmentTrip(TripId Id, long Number, TripState State);

/// <summary>A shipment as its page shows it. Names beyond the reader's reach are left out.</summary>
/// <param name="Others">open orders of the client that could go along</param>
/// <param name="Depots">our places where a trip can fetch it</param>
/// <param name="Issues">the stock documents by which its goods went out</param>
public sealed record ShipmentSheet(
    ShipmentId Id, ShipmentState State, string? Number, ShipmentHead Head, PartnerId Partner, string? Client, string Warehouse, ShipmentPlace? Place, IReadOnlyList<ShipmentSheetLine> Lines, IReadOnlyList<ShipmentOrder> Orders,
    IReadOnlyList<ShipmentOrder> Others, IReadOnlyList<(StockDocumentId Id, string? Number)> Issues, string ByName, DateTimeOffset CreatedAt, DateTimeOffset? PostedAt, string? PostedBy, DateTimeOffset? CancelledAt, string? CancelledBy,
    string? Reason, IReadOnlyList<ShipmentTrip> Trips, IReadOnlyList<OrderChoice> Depots, uint Version)
{
    /// <summary>True where its delivery may be ordered: it goes to an address, and no trip brings it there.</summary>
    public bool MayBeDelivered => State != ShipmentState.Cancelled && Place is not null && Depots.Count > 0 && Trips.All(t => ShipmentDelivery.InVain.Contains(t.State));
}

/// <summary>A column the list of shipments sorts by.</summary>
public enum ShipmentSort { Created, Number, Day, State }

/// <summary>Which shipments to list. <paramref name="Text"/> is looked for in number, note and client.</summary>
public sealed record ShipmentFilter(string? Text = null, ShipmentState? State = null, WarehouseId? Warehouse = null, PartnerId? Partner = null, SalesOrderId? Order = null);

/// <summary>A shipment as lists show it.</summary>
public sealed record ShipmentRow(ShipmentId Id, int? Year, int? Sequence, ShipmentState State, DateOnly Day, PartnerId PartnerId, string? Partner, string Warehouse, string? Place, int Lines, decimal? WeightKg, string ByName, DateTimeOffset CreatedAt)
{
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
        var issues = await db.Set<DocumentLink>().Where(l => l.ToId == id.Value && l.FromKind == ObjectKind.StockDocument).Select(l => l.FromId).ToListAsync(ct);
        return new(
            id, shipment.State, shipment.Number?.ToString(), shipment.Head, shipment.Partner, await db.Set<Partner>().Within(actor).Where(p => p.Id == shipment.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            await db.Set<Warehouse>().Where(w => w.Id == shipment.Warehouse).Select(w => w.Name).FirstAsync(ct), await PlaceAsync(db, shipment, actor, ct),
            [.. shipment.Lines.Select(l => new ShipmentSheetLine(l, lines.GetValueOrDefault((l.Order, l.OrderLine)) ?? "", open.GetValueOrDefault((l.Order, l.OrderLine))))],
            [.. orders.OrderBy(o => o.CreatedAt).Select(o => new ShipmentOrder(o.Id, OrderWork.NameOf(o.Number, o.Reference)))], [.. others.Select(o => new ShipmentOrder(o.Id, OrderWork.NameOf(DocumentNumber.Of(o.Year, o.Sequence), o.Reference)))],
            [.. (await db.Set<StockDocument>().Where(d => issues.Contains((Guid)(object)d.Id)).OrderBy(d => d.Sequence).Select(d => new { d.Id, d.Year, d.Sequence }).ToListAsync(ct)).Select(d => (d.Id, DocumentNumber.Of(d.Year, d.Sequence)?.ToString()))],
            shipment.ByName, shipment.CreatedAt, shipment.PostedAt, shipment.PostedBy, shipment.CancelledAt, shipment.CancelledBy, shipment.Reason, await TripsAsync(db, id, ct), await DepotsAsync(db, actor, ct), shipment.Version);
    }

    /// <summary>Shipments of a page of the list, filtered, sorted and paged in SQL.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<ShipmentRow>> ListAsync(ShipmentFilter filter, ShipmentSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var shipments = Matching(db, filter, actor);
        var (key, clients) = (Key(sort), db.Set<Partner>().Within(actor));
        return await (descending ? shipments.OrderByDescending(key) : shipments.OrderBy(key)).ThenByDescending(s => s.Id).Select(s => new ShipmentRow(
            s.Id, s.Year, s.Sequence, s.State, s.Day, s.Partner, clients.Where(p => p.Id == s.Partner).Select(p => p.Name).FirstOrDefault(), db.Set<Warehouse>().Where(w => w.Id == s.Warehouse).Select(w => w.Name).First(),
            clients.Any(p => p.Id == s.Partner) ? db.Set<Place>().Where(p => p.Id == s.Place).Select(p => p.Address).FirstOrDefault() : null, s.LineCount, s.WeightKg, s.ByName, s.CreatedAt)).PageAsync(slice, ct);
    }

    /// <summary>True when the shipment is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(ShipmentId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Shipment>().Within(db, actor).AnyAsync(s => s.Id == id, ct);
    }

    private static Task<List<ShipmentTrip>> TripsAsync(PortalDb db, ShipmentId id, CancellationToken ct) =>
        db.Set<Trip>().Where(t => db.Set<DocumentLink>().Any(l => l.ToId == id.Value && l.FromKind == ObjectKind.Trip && l.FromId == (Guid)(object)t.Id)).OrderBy(t => t.Number).Select(t => new ShipmentTrip(t.Id, t.Number, t.State)).Take(MostOthers).ToListAsync(ct);

    private static Task<List<OrderChoice>> DepotsAsync(PortalDb db, Actor actor, CancellationToken ct)
    {
        var reach = actor.OnlyBranch();
        return db.Set<Place>().Where(p => p.Owner == PlaceOwner.Ours && !p.Archived && (reach == null || p.Branch == reach)).OrderBy(p => p.Name).Select(p => new OrderChoice(p.Id.Value, p.Name + ", " + p.Address)).Take(MostOthers).ToListAsync(ct);
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
            shipments = shipments.Where(s => EF.Functions.ILike(s.Year + "-" + s.Sequence.ToString()!.PadLeft(4, '0'), pattern, LikePattern.Escape) || EF.Functions.ILike(s.Note!, pattern, LikePattern.Escape)
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
