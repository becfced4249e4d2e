using System.Text.Json.Nodes;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Demo;

/// <summary>The town as GeoJSON feature collections (RFC 7946), one per layer, bottom first.</summary>
public static class TownGeoJson
{
    /// <summary>Layer names and their contents: districts, parks, industry, water, railway, streets.</summary>
    public static IReadOnlyList<(string Layer, JsonObject Features)> Layers(Town town) =>
    [
        ("districts", Areas(town, TownAreaKind.District)),
        ("parks", Areas(town, TownAreaKind.Park)),
        ("industry", Areas(town, TownAreaKind.Industry)),
        ("water", Areas(town, TownAreaKind.Water)),
        ("railway", Collection([Feature("LineString", Line(town.Railway), new() { ["kind"] = "rail" })])),
        ("streets", Collection(town.Streets.Select(street => Feature("LineString", Line(street.Line), new()
        {
            ["kind"] = "road",
            ["name"] = street.Name,
            ["class"] = Word(street.Class),
            ["lf"] = street.Left.From, ["lt"] = street.Left.To, ["rf"] = street.Right.From, ["rt"] = street.Right.To,
            ["nhood"] = street.District,
        })))),
    ];

    private static JsonObject Areas(Town town, TownAreaKind kind) =>
        Collection(town.Areas.Where(area => area.Kind == kind).Select(area => Feature("Polygon", new JsonArray(Line(area.Ring)), new()
        {
            ["kind"] = kind == TownAreaKind.Industry ? "building" : kind.ToString().ToLowerInvariant(),
            ["name"] = area.Name,
        })));

    /// <summary>The words maps know classes of roads by.</summary>
    private static string Word(RoadClass road) => road switch
    {
        RoadClass.Motorway => "motorway",
        RoadClass.Avenue => "primary",
        RoadClass.Collector => "tertiary",
        RoadClass.Lane => "service",
        _ => "residential",
    };

    private static JsonObject Collection(IEnumerable<JsonObject> features) =>
        new() { ["type"] = "FeatureCollection", ["features"] = new JsonArray([.. features]) };

    private static JsonObject Feature(string type, JsonArray coordinates, JsonObject properties) => new()
    {
        ["type"] = "Feature",
        ["properties"] = properties,
        ["geometry"] = new JsonObject { ["type"] = type, ["coordinates"] = coordinates },
    };

    private static JsonArray Line(IEnumerable<GeoPoint> points) => new([.. points.Select(p => new JsonArray(p.Longitude, p.Latitude))]);
}
