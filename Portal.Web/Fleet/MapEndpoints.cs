using Microsoft.Extensions.Primitives;
using Portal.Infrastructure.Fleet;
using Portal.Web.Identity;

namespace Portal.Web.Fleet;

/// <summary>What the map's module fetches: the list of own layers and their geometry.</summary>
public static class MapEndpoints
{
    /// <summary>Maps <c>/map/layers</c> and <c>/map/layers/{id}</c> for everybody whose role shows him a map.</summary>
    public static void MapMapLayers(this IEndpointRouteBuilder routes)
    {
        var layers = routes.MapGroup("/map/layers").RequireAuthorization();
        layers.MapGet("", ListAsync);
        layers.MapGet("{id:guid}", GeometryAsync);
    }

    // The address changes with the content, so the browser keeps what it has.
    private static async Task<IResult> ListAsync(MapLayerQuery query, HttpContext http, CancellationToken ct) => Results.Json(
        (await query.ShownAsync(await http.ActorAsync(), ct)).Select(layer => new { Id = layer.Id.Value, layer.Name, Overlay = layer.IsOverlay, Url = $"/map/layers/{layer.Id.Value}?v={layer.Hash[..12]}" }));

    private static async Task<IResult> GeometryAsync(Guid id, MapLayerQuery query, HttpContext http, CancellationToken ct)
    {
        if (await query.ContentAsync(new(id), await http.ActorAsync(), ct) is not { } content) return Results.NotFound();
        var (geoJsonGz, hash) = content;
        var tag = $"\"{hash}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, max-age=31536000";
        http.Response.Headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(StatusCodes.Status304NotModified);
        if (!AcceptsGzip(http.Request.Headers.AcceptEncoding))
            return Results.Stream(new System.IO.Compression.GZipStream(new MemoryStream(geoJsonGz), System.IO.Compression.CompressionMode.Decompress), "application/geo+json");
        http.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(geoJsonGz, "application/geo+json");
    }

    private static bool AcceptsGzip(StringValues accepted) => accepted.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
}
