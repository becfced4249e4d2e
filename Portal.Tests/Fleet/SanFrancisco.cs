using System.IO.Compression;
using System.Text.Json;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>The streets of San Francisco from the shared data.</summary>
internal static class SanFrancisco
{
    public const string File = "basemap/sf_street_centerlines.geojson.gz";

    public static IReadOnlyList<StreetSegment> Streets()
    {
        using var stream = new GZipStream(System.IO.File.OpenRead(SharedData.File(File)), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("features").EnumerateArray().Select(Segment)];
    }

    private static StreetSegment Segment(JsonElement feature)
    {
        var properties = feature.GetProperty("properties");
        return new StreetSegment
        {
            Name = properties.GetProperty("name").GetString() ?? "",
            Class = properties.GetProperty("cls").GetString() switch
            {
                "1" => RoadClass.Motorway,
                "2" or "3" => RoadClass.Avenue,
                "4" => RoadClass.Collector,
                "5" => RoadClass.Street,
                _ => RoadClass.Lane,
            },
            Line = [.. feature.GetProperty("geometry").GetProperty("coordinates").EnumerateArray().Select(c => new GeoPoint(c[1].GetDouble(), c[0].GetDouble()))],
            Left = new(properties.GetProperty("lf").GetInt32(), properties.GetProperty("lt").GetInt32()),
            Right = new(properties.GetProperty("rf").GetInt32(), properties.GetProperty("rt").GetInt32()),
            District = properties.GetProperty("nhood").GetString() ?? "",
        };
    }
}
