using System.Text.Json;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class StreetLayerTests
{
    [Fact]
    public void Read_OfTheTownsLayer_GivesBackItsStreets()
    {
        var town = Town.Build();
        var json = TownGeoJson.Layers(town).Single(l => l.Layer == "streets").Features.ToJsonString();

        var read = StreetLayer.Read(JsonDocument.Parse(json).RootElement);

        Assert.Equal(town.Streets.Count(s => s.Name.Length > 0), read.Count);
        Assert.Equal(new RoadGraph(town.Streets).Junctions, new RoadGraph(read).Junctions);
        var (expected, found) = (town.Streets[0], read[0]);
        Assert.Equal((expected.Name, expected.Class, expected.Left, expected.Right, expected.District), (found.Name, found.Class, found.Left, found.Right, found.District));
    }

    [Theory]
    [InlineData("""{"features":[{"properties":null,"geometry":null}]}""")]
    [InlineData("""{"features":[{"properties":{"name":"A","kind":"water"},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}]}""")]
    [InlineData("""{"features":[{"properties":{"name":"A"},"geometry":{"type":"LineString","coordinates":[[1,2],[1,2]]}}]}""")]
    [InlineData("""{"type":"Feature"}""")]
    public void Read_OfWhatIsNoStreet_PassesItOver(string json) => Assert.Empty(StreetLayer.Read(JsonDocument.Parse(json).RootElement));

    [SharedDataFact("basemap/sf_street_centerlines.geojson.gz")]
    public void Read_OfSanFrancisco_GivesARoutableGraph()
    {
        using var file = new System.IO.Compression.GZipStream(File.OpenRead(SharedData.File("basemap/sf_street_centerlines.geojson.gz")), System.IO.Compression.CompressionMode.Decompress);
        using var json = JsonDocument.Parse(file);

        var streets = StreetLayer.Read(json.RootElement);
        var directory = new StreetDirectory(new RoadGraph(streets));

        Assert.InRange(streets.Count, 15_000, 15_602);
        Assert.Equal(69, directory.Find("SAINT GERMAIN AVE", 69)?.Number);
    }
}
