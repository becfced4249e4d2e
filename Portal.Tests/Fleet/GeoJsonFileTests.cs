using System.IO.Compression;
using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class GeoJsonFileTests
{
    private const string Street = """{"type":"Feature","properties":{"name":"Mill Lane"},"geometry":{"type":"LineString","coordinates":[[28.1,47.1],[28.2,47.2]]}}""";

    [Fact]
    public async Task Read_PlainAndCompressed_GiveTheSame()
    {
        var json = Encoding.UTF8.GetBytes(Collection(Street));

        var plain = await ReadAsync(json);
        var packed = await ReadAsync(Gz(json));

        Assert.Equal(1, plain.Features);
        Assert.Equal(plain.Hash, packed.Hash);
    }

    [Theory]
    [InlineData("hello", "fleet.layer-not-json")]
    [InlineData("", "fleet.layer-not-json")]
    [InlineData("[1,2]", "fleet.layer-not-collection")]
    [InlineData("""{"type":"FeatureCollection","features":7}""", "fleet.layer-not-collection")]
    [InlineData("""{"type":"FeatureCollection","features":[]}""", "fleet.layer-empty")]
    [InlineData("""{"type":"FeatureCollection","features":["x"]}""", "fleet.layer-geometry")]
    [InlineData("""{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Circle","coordinates":[1,2]}}]}""", "fleet.layer-geometry")]
    [InlineData("""{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[1,2],[3,4]]}}]}""", "fleet.layer-geometry")]
    [InlineData("""{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[553421.2,4182030.5]}}]}""", "fleet.layer-coordinates")]
    public async Task Read_BrokenFile_IsRefusedWithItsReason(string text, string code)
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(code, refusal.Code);
    }

    [Fact]
    public async Task Read_SecondFeatureBroken_NamesIt()
    {
        var bad = """{"type":"Feature","geometry":{"type":"Point","coordinates":[200,0]}}""";

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(Encoding.UTF8.GetBytes(Collection(Street, bad))));

        Assert.Equal(2, refusal.Args[0]);
    }

    [Fact]
    public async Task Read_SmallFileThatUnpacksToMuch_IsRefusedBeforeItIsUnpacked()
    {
        var bomb = Gz(new byte[GeoJsonFile.MaxUnpackedBytes + 1]);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(bomb));

        Assert.True(bomb.Length < GeoJsonFile.MaxBytes);
        Assert.Equal("fleet.layer-too-large", refusal.Code);
    }

    [SharedDataFact("basemap/sf_street_centerlines.geojson.gz")]
    public async Task Read_RealStreets_AreAccepted()
    {
        var file = await ReadAsync(await File.ReadAllBytesAsync(SharedData.File("basemap/sf_street_centerlines.geojson.gz")));

        Assert.Equal(15_602, file.Features);
    }

    private static string Collection(params string[] features) => $$"""{"type":"FeatureCollection","features":[{{string.Join(',', features)}}]}""";

    private static Task<GeoJsonFile> ReadAsync(byte[] bytes) => GeoJsonFile.ReadAsync(new MemoryStream(bytes), CancellationToken.None);

    private static byte[] Gz(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gz = new GZipStream(packed, CompressionLevel.Fastest)) gz.Write(bytes);
        return packed.ToArray();
    }
}
