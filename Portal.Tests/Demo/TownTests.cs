using System.Security.Cryptography;
using System.Text;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Demo;

namespace Portal.Tests.Demo;

public class TownTests
{
    private static readonly Town Shown = Town.Build();

    [Theory]
    [InlineData(Town.DefaultSeed)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Build_OfAnySeed_GivesOneConnectedTown(int seed)
    {
        var town = Town.Build(seed);
        Assert.InRange(town.Streets.Count, 1500, 2500);
        Assert.All(town.Streets, street => Assert.InRange(Polyline.Length(street.Line), 20, 600));
        var roads = new RoadGraph(town.Streets);
        var starts = Enumerable.Range(0, town.Streets.Count).Select(s => new RoadPoint(s, 0, town.Streets[s].Line[0], 0, true)).ToList();
        Assert.All(roads.SecondsTo(starts[0], starts), seconds => Assert.InRange(seconds, 0, 2400));
    }

    [Fact]
    public void Build_GivesEveryStreetANameOfItsOwn()
    {
        foreach (var street in Shown.Streets.GroupBy(s => s.Name))
        {
            var roads = new RoadGraph([.. street]);
            var starts = street.Select((s, i) => new RoadPoint(i, 0, s.Line[0], 0, true)).ToList();
            Assert.All(starts, start => Assert.True(roads.Connected(start, starts[0]), $"{street.Key} is in two places"));
        }
    }

    [Fact]
    public void Build_NumbersEveryHouseOfAStreetOnce()
    {
        foreach (var street in Shown.Streets.GroupBy(s => s.Name))
        {
            var numbers = street.SelectMany(s => new[] { s.Left, s.Right }).Where(side => !side.IsEmpty)
                .SelectMany(side => Enumerable.Range(0, (side.To - side.From) / 2 + 1).Select(i => side.From + 2 * i)).ToList();
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
        }
    }

    [Fact]
    public void Build_BridgesTheRiverInAFewPlacesOnly()
    {
        var river = Shown.Areas.Single(area => area.Kind == TownAreaKind.Water).Ring;
        var bridges = Shown.Streets.Count(street => Crosses(street.Line, river));
        Assert.InRange(bridges, 5, 9);
    }

    [Fact]
    public void Build_PutsEveryPlaceAtAHouse()
    {
        Assert.All(Shown.Places, place => Assert.NotNull(place.Address.Number));
        Assert.Equal(Enum.GetValues<TownPlaceKind>(), Shown.Places.Select(p => p.Kind).Distinct().Order());
        Assert.Equal(Shown.Places.Count, Shown.Places.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Build_Twice_WritesTheSameBytes() => Assert.Equal(Hash(Town.Build()), Hash(Town.Build()));

    [Fact]
    public void Layers_HoldTheWholeTown()
    {
        var layers = TownGeoJson.Layers(Shown).ToDictionary(l => l.Layer, l => l.Features["features"]!.AsArray());
        Assert.Equal(Shown.Streets.Count, layers["streets"].Count);
        Assert.Equal(9, layers["districts"].Count);
        Assert.All(layers["parks"], park =>
        {
            var ring = park!["geometry"]!["coordinates"]![0]!.AsArray();
            Assert.Equal(ring[0]!.ToJsonString(), ring[^1]!.ToJsonString());
        });
    }

    private static string Hash(Town town)
    {
        var text = string.Concat(TownGeoJson.Layers(town).Select(l => l.Features.ToJsonString())) + string.Concat(town.Places.Select(p => p.ToString()));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>True when any leg of the line meets any leg of the ring.</summary>
    private static bool Crosses(IReadOnlyList<Portal.Domain.Shared.GeoPoint> line, IReadOnlyList<Portal.Domain.Shared.GeoPoint> ring)
    {
        for (var i = 1; i < line.Count; i++)
            for (var k = 1; k < ring.Count; k++)
                if (Turn(line[i - 1], line[i], ring[k - 1]) != Turn(line[i - 1], line[i], ring[k])
                    && Turn(ring[k - 1], ring[k], line[i - 1]) != Turn(ring[k - 1], ring[k], line[i]))
                    return true;
        return false;
    }

    private static bool Turn(Portal.Domain.Shared.GeoPoint a, Portal.Domain.Shared.GeoPoint b, Portal.Domain.Shared.GeoPoint c) =>
        (b.Longitude - a.Longitude) * (c.Latitude - a.Latitude) > (b.Latitude - a.Latitude) * (c.Longitude - a.Longitude);
}
