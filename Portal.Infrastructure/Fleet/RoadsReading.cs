using System.IO.Compression;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>Reads what <see cref="Roads"/> holds: the streets of the shown map layers, and the travel times of the completed trips of the last sixty days.</summary>
public sealed class RoadsReading(Roads roads, MapLayerQuery layers, IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int MostDrives = 20_000;
    private static readonly Actor Reader = Actor.System("roads");
    private RoadGraph? graph;
    private StreetDirectory? streets;

    /// <summary>Reads streets and travel times, and puts them in force.</summary>
    public async Task ReadAsync(CancellationToken ct)
    {
        (graph, streets) = await ReadStreetsAsync(ct);
        await RelearnAsync(ct);
    }

    /// <summary>Learns travel times anew; the streets stay as last read.</summary>
    public async Task RelearnAsync(CancellationToken ct)
    {
        var zone = await ZoneAsync(ct);
        var experience = TravelExperience.Learn(await DrivesAsync(graph, zone, ct));
        roads.Replace(new TravelTimeEstimator(graph, experience, zone), streets);
    }

    private async Task<(RoadGraph?, StreetDirectory?)> ReadStreetsAsync(CancellationToken ct)
    {
        var segments = new List<StreetSegment>();
        foreach (var layer in await layers.ShownAsync(Reader, ct))
        {
            if (await layers.ContentAsync(layer.Id, Reader, ct) is not { } content) continue;
            await using var unpacked = new GZipStream(new MemoryStream(content.GeoJsonGz), CompressionMode.Decompress);
            using var json = await JsonDocument.ParseAsync(unpacked, cancellationToken: ct);
            segments.AddRange(StreetLayer.Read(json.RootElement));
        }
        if (segments.Count == 0) return (null, null);
        var graph = new RoadGraph(segments);
        return (graph, new StreetDirectory(graph));
    }

    private async Task<TimeZoneInfo> ZoneAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.CompanyZoneAsync(ct);
    }

    private async Task<IReadOnlyList<PastDrive>> DrivesAsync(RoadGraph? graph, TimeZoneInfo zone, CancellationToken ct)
    {
        var plain = new TravelTimeEstimator(graph, TravelExperience.None, zone);
        var since = time.GetUtcNow().AddDays(-60);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var trips = await db.Set<Trip>().AsNoTracking()
            .Where(t => t.State == TripState.Completed && t.BoardedAt != null && t.EndedAt > since && t.Pickup.Latitude != null && t.Dropoff.Latitude != null)
            .OrderByDescending(t => t.EndedAt).Take(MostDrives)
            .Select(t => new { t.Pickup, t.Dropoff, t.BoardedAt, t.EndedAt }).ToListAsync(ct);
        return trips.Select(t =>
        {
            var estimate = plain.Estimate(t.Pickup.Point!.Value, t.Dropoff.Point!.Value, t.BoardedAt!.Value);
            var local = TimeZoneInfo.ConvertTime(t.BoardedAt.Value, zone);
            return new PastDrive(estimate.ByRoad, 24 * (int)local.DayOfWeek + local.Hour, estimate.Metres, estimate.Seconds, (t.EndedAt!.Value - t.BoardedAt.Value).TotalSeconds);
        }).ToList();
    }
}
