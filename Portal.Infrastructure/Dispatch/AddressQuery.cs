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

/// <summary>An address to choose: what to show and what the order takes. <see cref="Exact"/>: it says just what was typed, so it may be taken unasked.</summary>
public sealed record AddressHit(AddressSource Source, string Title, string Note, TripStop Stop, bool Exact = false);

/// <summary>
/// The one box that finds addresses: the customer's places, our own, free ones, streets of the local map with house numbers,
/// and addresses of earlier orders.
/// </summary>
public sealed partial class AddressQuery(IDbContextFactory<PortalDb> contexts, Roads roads)
{
    /// <summary>Hits of each source at most.</summary>
    private const int Most = 6;

    /// <summary>
    /// Addresses that hold all words of the text, exact ones first; a number is a house and matches only itself.
    /// With no text, where this customer or caller was taken lately.
    /// </summary>
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
            if (IsNumber(word))
            {
                var whole = $"(^|[^0-9]){word}([^0-9]|$)";
                places = places.Where(p => Regex.IsMatch(p.Name + " " + p.Address, whole));
                continue;
            }
            var pattern = LikePattern.Containing(word);
            places = places.Where(p => EF.Functions.Like((p.Name + " " + p.Address).ToLower(), pattern, LikePattern.Escape));
        }
        var found = await places.OrderByDescending(p => p.Partner == customer && customer != null).ThenBy(p => p.Owner == PlaceOwner.Free).ThenBy(p => p.Name).Take(2 * Most).ToListAsync(ct);
        var past = (await PastAsync(db, words, actor, ct)).Where(h => found.TrueForAll(p => p.Address != h.Title && Written(p) != h.Title));
        // the order is stable: among exact ones, and among the rest, places come before streets and streets before earlier trips
        return [.. found.Select(p => Hit(p, words)).Concat(Streets(text)).Concat(past).OrderByDescending(h => h.Exact)];
    }

    /// <summary>The address at a point picked on the map; the bare coordinates far from known streets.</summary>
    public TripStop At(GeoPoint point)
    {
        if (!point.IsOnGlobe) throw new RuleBrokenException("geo.off-globe");
        return TripStop.At(roads.Streets?.Nearest(point)?.ToString() ?? FormattableString.Invariant($"{point.Latitude:0.00000}, {point.Longitude:0.00000}"), point);
    }

    private static AddressHit Hit(Place place, string[] words) => new(
        place.Owner switch { PlaceOwner.Partner => AddressSource.CustomerPlace, PlaceOwner.Ours => AddressSource.OwnPlace, _ => AddressSource.FreePlace },
        place.Name, place.Door is null ? place.Address : $"{place.Address}, {place.Door}",
        TripStop.At(Written(place), place.Point) with { Place = place.Id, Door = place.Door, AccessNote = place.AccessNote },
        AreWordsOf(place.Name, words) || AreWordsOf(place.Address, words) || AreWordsOf(Written(place), words));

    // people say the name; the address stays behind it for the driver
    private static string Written(Place place) =>
        place.Address.Contains(place.Name, StringComparison.OrdinalIgnoreCase) || place.Name.Length + place.Address.Length > 298 ? place.Address : $"{place.Name}, {place.Address}";

    private IEnumerable<AddressHit> Streets(string text)
    {
        if (roads.Streets is not { } streets) return [];
        // the house number may stand before or behind the street
        int? number = HousePattern().Match(text) is { Success: true } house && int.TryParse(house.Value, out var parsed) ? parsed : null;
        var words = Words(number is null ? text : HousePattern().Replace(text, " ", 1));
        if (words.Length == 0) return [];
        var named = streets.Streets.Where(name => words.All(w => name.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(name => !name.StartsWith(words[0], StringComparison.OrdinalIgnoreCase)).ThenBy(name => name.Length).Take(Most).ToList();
        return named.Select(name => streets.Find(name, number)).OfType<StreetAddress>()
            .Select(address => new AddressHit(AddressSource.Street, address.ToString(), address.District, TripStop.At(address.ToString(), address.Point), IsMeant(address)));

        // "mill 3" means the house on the only street of that name, also without the word for street
        bool IsMeant(StreetAddress address) =>
            address.Exact && address.Number == number && (AreWordsOf(address.Street, words) || (named.Count == 1 && number is not null && words.All(Words(address.Street).Contains)));
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
            trips = trips.Where(t => EF.Functions.Like((t.Pickup.Address + " " + t.Dropoff.Address).ToLower(), pattern, LikePattern.Escape));
        }
        var past = await trips.OrderByDescending(t => t.PickupFrom).Take(20).Select(t => new { t.Pickup, t.Dropoff }).ToListAsync(ct);
        return past.SelectMany(t => new[] { t.Pickup, t.Dropoff })
            .Where(s => s.Point is not null && words.All(w => IsNumber(w) ? Numbers(s.Address).Contains(w) : s.Address.Contains(w, StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(s => s.Address).Take(Most).Select(s => Recent(s) with { Exact = AreWordsOf(s.Address, words) });
    }

    private static IQueryable<Trip> Visible(PortalDb db, Actor actor) =>
        actor.OnlyBranch() is { } branch ? db.Set<Trip>().AsNoTracking().Where(t => t.Branch == branch) : db.Set<Trip>().AsNoTracking();

    private static AddressHit Recent(TripStop stop) => new(AddressSource.Recent, stop.Address, stop.Door ?? "", stop);

    private static string[] Words(string text) =>
        [.. text.ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Take(6).Select(w => w.Length > 40 ? w[..40] : w)];

    private static bool IsNumber(string word) => word.All(char.IsAsciiDigit);

    private static IEnumerable<string> Numbers(string text) => NumberPattern().Matches(text).Select(m => m.Value);

    private static bool AreWordsOf(string text, string[] words) => Words(text).ToHashSet().SetEquals(words);

    [GeneratedRegex("[0-9]+")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"(?<=^|[\s,])\d{1,5}(?=$|[\s,])", RegexOptions.RightToLeft)]
    private static partial Regex HousePattern();
}
