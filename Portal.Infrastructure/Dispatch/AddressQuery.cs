using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Where an address was found.</summary>
public enum AddressSource { CustomerPlace, OwnPlace, FreePlace, Street, Recent }

/// <summary>An address to choose: what to show and what the order takes.</summary>
public sealed record AddressHit(AddressSource Source, string Title, string Note, TripStop Stop);

/// <summary>
/// The one box that finds addresses: the customer's places, our own, free ones, streets of the local map with house numbers,
/// and addresses of earlier orders.
/// </summary>
public sealed partial class AddressQuery(IDbContextFactory<PortalDb> contexts, Roads roads)
{
    /// <summary>Hits of each source at most.</summary>
    private const int Most = 6;

    /// <summary>Addresses that hold all words of the text; with no text, where this customer or caller was taken lately.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<AddressHit>> FindAsync(string text, PartnerId? customer, string? caller, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TripRegister);
        var words = Words(text);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (words.Length == 0) return await RecentAsync(db, customer, caller, actor, ct);
        var places = db.Set<Place>().AsNoTracking().Where(p => !p.Archived && (p.Owner != PlaceOwner.Partner || p.Partner == customer));
        foreach (var word in words)
        {
            var pattern = LikePattern.Containing(word);
            places = places.Where(p => EF.Functions.Like((p.Name + " " + p.Address).ToLower(), pattern));
        }
        var found = await places.OrderByDescending(p => p.Partner == customer && customer != null).ThenBy(p => p.Owner == PlaceOwner.Free).ThenBy(p => p.Name).Take(2 * Most).ToListAsync(ct);
        return [.. found.Select(Hit), .. Streets(text), .. (await PastAsync(db, words, actor, ct)).Where(h => found.TrueForAll(p => p.Address != h.Title))];
    }

    /// <summary>The address at a point picked on the map; the bare coordinates far from known streets.</summary>
    public TripStop At(GeoPoint point)
    {
        if (!point.IsOnGlobe) throw new RuleBrokenException("geo.off-globe");
        return TripStop.At(roads.Streets?.Nearest(point)?.ToString() ?? FormattableString.Invariant($"{point.Latitude:0.00000}, {point.Longitude:0.00000}"), point);
    }

    private static AddressHit Hit(Place place) => new(
        place.Owner switch { PlaceOwner.Partner => AddressSource.CustomerPlace, PlaceOwner.Ours => AddressSource.OwnPlace, _ => AddressSource.FreePlace },
        place.Name, place.Door is null ? place.Address : $"{place.Address}, {place.Door}",
        TripStop.At(place.Address, place.Point) with { Place = place.Id, Door = place.Door, AccessNote = place.AccessNote });

    private IEnumerable<AddressHit> Streets(string text)
    {
        if (roads.Streets is not { } streets) return [];
        // the house number may stand before or behind the street
        int? number = HousePattern().Match(text) is { Success: true } house && int.TryParse(house.Value, out var parsed) ? parsed : null;
        var words = Words(number is null ? text : HousePattern().Replace(text, " ", 1));
        if (words.Length == 0) return [];
        return streets.Streets.Where(name => words.All(w => name.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(name => !name.StartsWith(words[0], StringComparison.OrdinalIgnoreCase)).ThenBy(name => name.Length).Take(Most)
            .Select(name => streets.Find(name, number)).OfType<StreetAddress>()
            .Select(address => new AddressHit(AddressSource.Street, address.ToString(), address.District, TripStop.At(address.ToString(), address.Point)));
    }

    private static async Task<IReadOnlyList<AddressHit>> RecentAsync(PortalDb db, PartnerId? customer, string? caller, Actor actor, CancellationToken ct)
    {
        if (customer is null && string.IsNullOrWhiteSpace(caller)) return [];
        var trips = Visible(db, actor).Where(t => customer != null ? t.Customer == customer : t.CallerName == caller);
        var last = await trips.OrderByDescending(t => t.PickupFrom).Take(20).Select(t => new { t.Pickup, t.Dropoff }).ToListAsync(ct);
        return [.. last.SelectMany(t => new[] { t.Pickup, t.Dropoff }).DistinctBy(s => s.Address).Take(Most).Select(Recent)];
    }

    private static async Task<IEnumerable<AddressHit>> PastAsync(PortalDb db, string[] words, Actor actor, CancellationToken ct)
    {
        var trips = Visible(db, actor);
        foreach (var word in words)
        {
            var pattern = LikePattern.Containing(word);
            trips = trips.Where(t => EF.Functions.Like((t.Pickup.Address + " " + t.Dropoff.Address).ToLower(), pattern));
        }
        var past = await trips.OrderByDescending(t => t.PickupFrom).Take(20).Select(t => new { t.Pickup, t.Dropoff }).ToListAsync(ct);
        return past.SelectMany(t => new[] { t.Pickup, t.Dropoff })
            .Where(s => s.Point is not null && words.All(w => s.Address.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(s => s.Address).Take(Most).Select(Recent);
    }

    private static IQueryable<Trip> Visible(PortalDb db, Actor actor) =>
        actor.OnlyBranch() is { } branch ? db.Set<Trip>().AsNoTracking().Where(t => t.Branch == branch) : db.Set<Trip>().AsNoTracking();

    private static AddressHit Recent(TripStop stop) => new(AddressSource.Recent, stop.Address, stop.Door ?? "", stop);

    private static string[] Words(string text) =>
        [.. text.ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Take(6).Select(w => w.Length > 40 ? w[..40] : w)];

    [GeneratedRegex(@"(?<=^|[\s,])\d{1,5}(?=$|[\s,])", RegexOptions.RightToLeft)]
    private static partial Regex HousePattern();
}
