using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Demo;

/// <summary>What an area of the town is.</summary>
public enum TownAreaKind { Water, Park, District, Industry }

/// <summary>An area with its closed outline; water has no name.</summary>
public sealed record TownArea(TownAreaKind Kind, string Name, IReadOnlyList<GeoPoint> Ring);

/// <summary>What a place of the town is.</summary>
public enum TownPlaceKind { Depot, Station, Clinic, Mall, Market, Hotel, School, Stadium, Mill, Bakery, Foundry, Warehouse, Office }

/// <summary>A place with its address.</summary>
public sealed record TownPlace(TownPlaceKind Kind, string Name, StreetAddress Address);

/// <summary>
/// The fictional town of the demo: seven kilometres across, with a river and its bridges, a ring, avenues, districts, parks,
/// an industrial zone and a railway. It lies in the open North Atlantic, 600 km from the nearest land, so that nobody takes it
/// for real ground. The same seed gives the same town on every machine.
/// </summary>
public sealed record Town
{
    /// <summary>Where the town lies.</summary>
    public static readonly GeoPoint Centre = new(44, -36);

    /// <summary>The seed of the town that the product shows.</summary>
    public const int DefaultSeed = 20;

    private static readonly int[] DistrictCuts = [0, 11, 23, TownTerrain.Last];
    private static readonly TownBlocks[] ParkBlocks = [new(18, 14, 21, 17), new(5, 25, 9, 29), new(24, 26, 28, 29), new(9, 5, 11, 9), new(26, 15, 28, 18)];
    private static readonly TownBlocks IndustryBlocks = new(25, 1, 32, 8);

    public required string Name { get; init; }
    public required IReadOnlyList<StreetSegment> Streets { get; init; }
    public required IReadOnlyList<TownArea> Areas { get; init; }
    public required IReadOnlyList<GeoPoint> Railway { get; init; }
    public required IReadOnlyList<TownPlace> Places { get; init; }

    /// <summary>Builds the town of a seed.</summary>
    public static Town Build(int seed = DefaultSeed)
    {
        var random = new Random(seed);
        var names = new TownNames(random);
        var terrain = new TownTerrain(Centre, random);
        var townName = names.Next();
        var districts = Districts(names).ToList();
        string DistrictOf(int column, int row) => districts.First(d => column <= d.Blocks.East && row <= d.Blocks.North).Name;
        var streets = new TownStreets(terrain, names, random, ParkBlocks, DistrictOf).Lay();
        return new Town
        {
            Name = townName,
            Streets = streets,
            Railway = terrain.Railway(),
            Areas =
            [
                new(TownAreaKind.Water, "", terrain.River()),
                .. ParkBlocks.Select(park => new TownArea(TownAreaKind.Park, names.Next(), Outline(terrain, park))),
                new(TownAreaKind.Industry, names.Next(), Outline(terrain, IndustryBlocks)),
                .. districts.Select(d => new TownArea(TownAreaKind.District, d.Name, Outline(terrain, d.Blocks))),
            ],
            Places = TownPlaces.Choose(terrain, new StreetDirectory(new RoadGraph(streets)), names),
        };
    }

    /// <summary>Three by three, bounded by the outer avenues; south-west first.</summary>
    private static IEnumerable<(TownBlocks Blocks, string Name)> Districts(TownNames names)
    {
        for (var column = 0; column < 3; column++)
            for (var row = 0; row < 3; row++)
                yield return (new(DistrictCuts[column], DistrictCuts[row], DistrictCuts[column + 1], DistrictCuts[row + 1]), names.Next());
    }

    private static List<GeoPoint> Outline(TownTerrain terrain, TownBlocks blocks)
    {
        var corners = blocks.Edge().ToList();
        return [.. corners.Zip(corners.Skip(1), terrain.Line).SelectMany(line => line.SkipLast(1)), terrain.Line(corners[^2], corners[^1])[^1]];
    }
}
