using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Keeps <see cref="Roads"/> at what the map layers and the completed trips say: streets are read anew when a layer changes,
/// the experience of travel times once an hour.
/// </summary>
internal sealed class RoadsFeed(RoadsReading reading, LiveChanges live, TimeProvider time, ILogger<RoadsFeed> log) : BackgroundService
{
    private static readonly TimeSpan Relearn = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var changes = live.Watch(c => c == LiveChange.Resync || c.Object.Kind == ObjectKind.MapLayer, stopping).GetAsyncEnumerator(stopping);
        await using var _ = changes;
        var changed = changes.MoveNextAsync().AsTask();
        for (var streets = true; !stopping.IsCancellationRequested;)
        {
            try
            {
                if (streets) await reading.ReadAsync(stopping);
                else await reading.RelearnAsync(stopping);
            }
            catch (NpgsqlException failure)
            {
                log.LogWarning(failure, "Streets and travel times stay as they are until the database answers");
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            streets = await Task.WhenAny(changed, Task.Delay(Relearn, time, stopping)) == changed;
            if (streets && !await changed) return;
            if (streets) changed = changes.MoveNextAsync().AsTask();
        }
    }
}
