using System.Text.Json;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// The streets in a GeoJSON layer. A street is a line with a <c>name</c>; its class is read from <c>class</c>, <c>highway</c>
/// (OpenStreetMap) or <c>cls</c> (1 freeway … 5 residential, as San Francisco numbers them), its house numbers from
/// <c>lf lt rf rt</c> (left and right, from and to), its district from <c>nhood</c> or <c>district</c>, its direction from <c>oneway</c>.
/// </summary>
public static class StreetLayer
{
    /// <summary>All streets of a feature collection; features that are none are passed over.</summary>
    public static IReadOnlyList<StreetSegment> Read(JsonElement collection)
    {
        var streets = new List<StreetSegment>();
        if (!collection.TryGetProperty("features", out var features) || features.ValueKind != JsonValueKind.Array) return streets;
        foreach (var feature in features.EnumerateArray())
        {
            if (!feature.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) continue;
            if (!feature.TryGetProperty("geometry", out var geometry) || geometry.ValueKind != JsonValueKind.Object) continue;
            if (Text(properties, "name") is not { } name || Text(properties, "kind") is { } kind && kind != "road") continue;
            foreach (var line in Lines(geometry))
                streets.Add(new StreetSegment
                {
                    Name = name,
                    Line = line,
                    Class = Class(Text(properties, "class") ?? Text(properties, "highway") ?? Text(properties, "cls")),
                    Left = new HouseNumbers(Number(properties, "lf"), Number(properties, "lt")),
                    Right = new HouseNumbers(Number(properties, "rf"), Number(properties, "rt")),
                    District = Text(properties, "nhood") ?? Text(properties, "district") ?? "",
                    OneWay = Text(properties, "oneway") is "yes" or "true" or "1",
                });
        }
        return streets;
    }

    private static IEnumerable<IReadOnlyList<GeoPoint>> Lines(JsonElement geometry)
    {
        if (!geometry.TryGetProperty("coordinates", out var coordinates)) yield break;
        switch (Text(geometry, "type"))
        {
            case "LineString" when Line(coordinates) is { } line:
                yield return line;
                break;
            case "MultiLineString":
                foreach (var part in coordinates.EnumerateArray())
                    if (Line(part) is { } partLine) yield return partLine;
                break;
        }
    }

    private static List<GeoPoint>? Line(JsonElement coordinates)
    {
        var points = new List<GeoPoint>(coordinates.GetArrayLength());
        foreach (var pair in coordinates.EnumerateArray())
        {
            var point = new GeoPoint(pair[1].GetDouble(), pair[0].GetDouble());
            if (!point.IsOnGlobe) return null;
            if (points.Count == 0 || points[^1] != point) points.Add(point);
        }
        return points.Count < 2 ? null : points;
    }

    private static RoadClass Class(string? word) => word switch
    {
        "motorway" or "trunk" or "1" => RoadClass.Motorway,
        "avenue" or "primary" or "secondary" or "2" or "3" => RoadClass.Avenue,
        "collector" or "tertiary" or "4" => RoadClass.Collector,
        "lane" or "service" or "living_street" or "6" or "0" => RoadClass.Lane,
        _ => RoadClass.Street,
    };

    private static string? Text(JsonElement properties, string name) =>
        properties.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null, JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToString().ToLowerInvariant(), _ => null }
            : null;

    private static int Number(JsonElement properties, string name) => int.TryParse(Text(properties, name), out var number) ? number : 0;
}
