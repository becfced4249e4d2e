using System.Text.Json.Nodes;
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
        ("railway", Collection([Feature("LineString", Line(town.Railway), new() { ["kind"] = "railway" })])),
        ("streets", Collection(town.Streets.Select(street => Feature("LineString", Line(street.Line), new()
        {
            ["kind"] = "street",
            ["name"] = street.Name,
            ["class"] = street.Class.ToString().ToLowerInvariant(),
            ["lf"] = street.Left.From, ["lt"] = street.Left.To, ["rf"] = street.Right.From, ["rt"] = street.Right.To,
            ["nhood"] = street.District,
        })))),
    ];

    private static JsonObject Areas(Town town, TownAreaKind kind) =>
        Collection(town.Areas.Where(area => area.Kind == kind).Select(area => Feature("Polygon", new JsonArray(Line(area.Ring)), new()
        {
            ["kind"] = kind.ToString().ToLowerInvariant(),
            ["name"] = area.Name,
        })));

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
