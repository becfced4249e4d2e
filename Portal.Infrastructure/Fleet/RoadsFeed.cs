using System.IO.Compression;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Keeps <see cref="Roads"/> at what the map layers and the completed trips say: streets are read anew when a layer changes,
/// the experience of travel times once an hour from the trips of the last sixty days.
/// </summary>
internal sealed class RoadsFeed(Roads roads, MapLayerQuery layers, IDbContextFactory<PortalDb> contexts, LiveChanges live, TimeProvider time, ILogger<RoadsFeed> log) : BackgroundService
{
    private const int MostDrives = 20_000;
    private static readonly TimeSpan Relearn = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var changes = live.Watch(c => c == LiveChange.Resync || c.Object.Kind == ObjectKind.MapLayer, stopping).GetAsyncEnumerator(stopping);
        await using var _ = changes;
        var changed = changes.MoveNextAsync().AsTask();
        RoadGraph? graph = null;
        StreetDirectory? streets = null;
        for (var read = true; !stopping.IsCancellationRequested;)
        {
            try
            {
                if (read) (graph, streets) = await ReadStreetsAsync(stopping);
                var zone = await ZoneAsync(stopping);
                var experience = TravelExperience.Learn(await DrivesAsync(graph, zone, stopping));
                roads.Replace(new TravelTimeEstimator(graph, experience, zone), streets);
            }
            catch (NpgsqlException failure)
            {
                log.LogWarning(failure, "Streets and travel times stay as they are until the database answers");
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            read = await Task.WhenAny(changed, Task.Delay(Relearn, time, stopping)) == changed;
            if (read && !await changed) return;
            if (read) changed = changes.MoveNextAsync().AsTask();
        }
    }

    private async Task<(RoadGraph?, StreetDirectory?)> ReadStreetsAsync(CancellationToken ct)
    {
        var segments = new List<StreetSegment>();
        foreach (var layer in await layers.ShownAsync(ct))
        {
            if (await layers.ContentAsync(layer.Id, ct) is not { } content) continue;
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
        var name = await db.Set<Company>().OrderBy(c => c.Id).Select(c => c.TimeZone).FirstOrDefaultAsync(ct);
        return name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
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
