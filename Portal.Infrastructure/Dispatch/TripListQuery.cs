using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Which trips a list asks for; what is null or empty does not narrow.</summary>
public sealed record TripFilter
{
    public IReadOnlyCollection<TripState> States { get; init; } = [];
    public BranchId? Branch { get; init; }
    public PartnerId? Customer { get; init; }
    public VehicleId? Vehicle { get; init; }
    public DriverId? Driver { get; init; }
    /// <summary>Pickups from this moment on.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>Pickups before this moment.</summary>
    public DateTimeOffset? To { get; init; }
    /// <summary>Words in number, caller, phone or addresses.</summary>
    public string Text { get; init; } = "";
    /// <summary>Only trips whose vehicle came after the promise, or has not come and the promise is past.</summary>
    public bool LateOnly { get; init; }
}

/// <summary>By what a list of trips is ordered.</summary>
public enum TripOrdering { Pickup, Number, Customer, State, Vehicle, Distance }

/// <summary>A trip in a list.</summary>
public sealed record TripRow(
    TripId Id, long Number, TripState State, DateTimeOffset PickupFrom, DateTimeOffset PickupUntil, string Who, string From, string To,
    string? Plate, string? Driver, int Passengers, string? Cargo, double? PlannedKm, DateTimeOffset? ArrivedAt, DateTimeOffset? EndedAt, string? Reason);

/// <summary>Trips of all times, filtered, ordered and paged in SQL. Ordering is a closed list, so nothing a user sends becomes SQL.</summary>
public sealed class TripListQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    // A state is stored by its name, which would sort by the alphabet of one language.
    private static readonly TripState[] Life = Enum.GetValues<TripState>();

    /// <summary>A page of the list and how many there are in all.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<TripRow>> PageAsync(TripFilter filter, TripOrdering ordering, bool descending, Slice slice, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.BoardRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var trips = Narrow(db, filter, actor);
        var rows =
            from t in trips
            join p in db.Set<Partner>() on t.Customer equals p.Id into partners
            from partner in partners.DefaultIfEmpty()
            join v in db.Set<Vehicle>() on t.Vehicle equals v.Id into vehicles
            from vehicle in vehicles.DefaultIfEmpty()
            join d in db.Set<Driver>() on t.Driver equals d.Id into drivers
            from driver in drivers.DefaultIfEmpty()
            select new { Trip = t, Who = partner != null ? partner.Name : t.CallerName, Plate = (string?)vehicle.Plate, Driver = (string?)driver.Name };
        var ordered = (ordering, descending) switch
        {
            (TripOrdering.Number, false) => rows.OrderBy(r => r.Trip.Number),
            (TripOrdering.Number, true) => rows.OrderByDescending(r => r.Trip.Number),
            (TripOrdering.Customer, false) => rows.OrderBy(r => r.Who),
            (TripOrdering.Customer, true) => rows.OrderByDescending(r => r.Who),
            (TripOrdering.State, false) => rows.OrderBy(r => Array.IndexOf(Life, r.Trip.State)),
            (TripOrdering.State, true) => rows.OrderByDescending(r => Array.IndexOf(Life, r.Trip.State)),
            (TripOrdering.Vehicle, false) => rows.OrderBy(r => r.Plate),
            (TripOrdering.Vehicle, true) => rows.OrderByDescending(r => r.Plate),
            (TripOrdering.Distance, false) => rows.OrderBy(r => r.Trip.PlannedKm),
            (TripOrdering.Distance, true) => rows.OrderByDescending(r => r.Trip.PlannedKm),
            (_, false) => rows.OrderBy(r => r.Trip.PickupFrom),
            _ => rows.OrderByDescending(r => r.Trip.PickupFrom),
        };
        var page = await ordered.ThenBy(r => r.Trip.Id).Skip(slice.From).Take(slice.Count).Select(r => new TripRow(
            r.Trip.Id, r.Trip.Number, r.Trip.State, r.Trip.PickupFrom, r.Trip.PickupUntil, r.Who, r.Trip.Pickup.Address, r.Trip.Dropoff.Address,
            r.Plate, r.Driver, r.Trip.Passengers, r.Trip.Cargo, r.Trip.PlannedKm, r.Trip.ArrivedAt, r.Trip.EndedAt, r.Trip.Reason)).ToListAsync(ct);
        return new(page, await trips.CountAsync(ct));
    }

    private IQueryable<Trip> Narrow(PortalDb db, TripFilter filter, Actor actor)
    {
        var now = time.GetUtcNow();
        var trips = db.Set<Trip>().AsNoTracking();
        if (actor.OnlyBranch() is { } only) trips = trips.Where(t => t.Branch == only);
        if (filter.Branch is { } branch) trips = trips.Where(t => t.Branch == branch);
        if (filter.States.Count > 0) trips = trips.Where(t => filter.States.Contains(t.State));
        if (filter.Customer is { } customer) trips = trips.Where(t => t.Customer == customer);
        if (filter.Vehicle is { } vehicle) trips = trips.Where(t => t.Vehicle == vehicle);
        if (filter.Driver is { } driver) trips = trips.Where(t => t.Driver == driver);
        if (filter.From is { } from) trips = trips.Where(t => t.PickupFrom >= from);
        if (filter.To is { } to) trips = trips.Where(t => t.PickupFrom < to);
        if (filter.LateOnly) trips = trips.Where(t => t.ArrivedAt > t.PickupUntil || (t.ArrivedAt == null && t.EndedAt == null && t.PickupUntil < now));
        foreach (var pattern in LikePattern.ContainingEach(SearchLetters.Of(filter.Text)))
        {
            // the product-wide search keeps number, caller, phone and addresses of every trip under a trigram index
            var found = db.Set<SearchRow>().Where(r => r.Kind == ObjectKind.Trip && EF.Functions.Like(r.Words, pattern)).Select(r => r.ObjectId);
            trips = trips.Where(t => found.Contains((Guid)(object)t.Id));
        }
        return trips;
    }
}
