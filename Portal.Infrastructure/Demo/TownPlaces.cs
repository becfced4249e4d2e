using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Demo;

/// <summary>Puts the town's places at addresses near where a town would have them.</summary>
internal static class TownPlaces
{
    /// <summary>Kind, the word for it, and the crossing it stands near.</summary>
    private static readonly (TownPlaceKind Kind, string Word, int Column, int Row)[] Wanted =
    [
        (TownPlaceKind.Depot, "Depot", 9, 13), (TownPlaceKind.Depot, "Depot", 27, 6), (TownPlaceKind.Depot, "Depot", 22, 29),
        (TownPlaceKind.Station, "Station", 10, 16), (TownPlaceKind.Clinic, "Clinic", 15, 12), (TownPlaceKind.Clinic, "Clinic", 24, 25),
        (TownPlaceKind.Mall, "Mall", 16, 18), (TownPlaceKind.Mall, "Mall", 29, 20), (TownPlaceKind.Mall, "Mall", 6, 22),
        (TownPlaceKind.Market, "Market", 18, 18), (TownPlaceKind.Market, "Market", 12, 27), (TownPlaceKind.Hotel, "Hotel", 17, 15),
        (TownPlaceKind.Hotel, "Hotel", 20, 19), (TownPlaceKind.School, "School", 13, 9), (TownPlaceKind.School, "School", 21, 27),
        (TownPlaceKind.School, "School", 28, 12), (TownPlaceKind.Stadium, "Stadium", 25, 17), (TownPlaceKind.Mill, "Mill", 30, 6),
        (TownPlaceKind.Bakery, "Bakery", 19, 10), (TownPlaceKind.Bakery, "Bakery", 9, 27), (TownPlaceKind.Foundry, "Foundry", 28, 7),
        (TownPlaceKind.Warehouse, "Warehouse", 26, 2), (TownPlaceKind.Warehouse, "Warehouse", 31, 3), (TownPlaceKind.Warehouse, "Warehouse", 5, 6),
        (TownPlaceKind.Office, "Office", 17, 17), (TownPlaceKind.Office, "Office", 19, 16), (TownPlaceKind.Office, "Office", 15, 20),
        (TownPlaceKind.Office, "Office", 23, 14),
    ];

    /// <summary>Every wanted place at the nearest house.</summary>
    public static IReadOnlyList<TownPlace> Choose(TownTerrain terrain, StreetDirectory directory, TownNames names) =>
    [
        .. Wanted.Select(wanted =>
        {
            var (x, y) = terrain.Crossing(wanted.Column, wanted.Row);
            var address = directory.Nearest(terrain.Point(x + 60, y + 25), withinM: 1000)
                ?? throw new InvalidOperationException($"no street near crossing {wanted.Column}, {wanted.Row}");
            return new TownPlace(wanted.Kind, $"{names.Next()} {wanted.Word}", address);
        }),
    ];
}
