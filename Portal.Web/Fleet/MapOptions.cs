using Portal.Infrastructure.Fleet;

namespace Portal.Web.Fleet;

/// <summary>Settings of the map; section <c>Map</c>.</summary>
public sealed class MapOptions
{
    /// <summary>Address of raster tiles with <c>{z}</c>, <c>{x}</c>, <c>{y}</c>; empty draws the local layers only.</summary>
    public string TileUrl { get; set; } = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";

    /// <summary>The attribution the tiles' owner asks for; may hold a link.</summary>
    public string TileAttribution { get; set; } = "© <a href=\"https://www.openstreetmap.org/copyright\">OpenStreetMap</a>";

    /// <summary>The deepest zoom the tile server has.</summary>
    public int TileMaxZoom { get; set; } = 19;

    /// <summary>Where a map opens that has neither a view nor a local layer: latitude.</summary>
    public double HomeLatitude { get; set; } = 47.0;

    /// <summary>Where a map opens that has neither a view nor a local layer: longitude.</summary>
    public double HomeLongitude { get; set; } = 28.8;

    /// <summary>Zoom at which a map opens.</summary>
    public int HomeZoom { get; set; } = 13;

    /// <summary>A vehicle heard of longer ago than this is not live: it is drawn as aged and not counted.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>True for a vehicle whose newest position is still taken for where it is now.</summary>
    public bool IsLive(LiveVehicle vehicle, DateTimeOffset now) => now - vehicle.Time <= StaleAfter;

    /// <summary>The tiles' origin for the content security policy, or null without tiles.</summary>
    public string? TileOrigin => Uri.TryCreate(TileUrl.Replace("{s}", "a", StringComparison.Ordinal), UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority).Replace("//a.", "//*.", StringComparison.Ordinal) : null;
}
