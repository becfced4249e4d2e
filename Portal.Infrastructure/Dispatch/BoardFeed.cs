using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// Keeps <see cref="LiveBoard"/> true: reads it once, then reads again what the live bus names, in batches;
/// and computes ETAs every few seconds. When the database is away it tries until it can read everything again.
/// </summary>
internal sealed partial class BoardFeed(
    LiveBoard board, BoardRows rows, BoardForecast forecast, DispatchSettingsStore settings, LiveChanges changes, TimeProvider time, ILogger<BoardFeed> log) : BackgroundService
{
    private static readonly TimeSpan ForecastInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndedStays = TimeSpan.FromHours(24);

    protected override Task ExecuteAsync(CancellationToken stopping) => Task.WhenAll(FollowAsync(stopping), ForecastAsync(stopping));

    private async Task FollowAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var reading = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                // the subscription stands before the first reading, so no commit falls between them
                var news = changes.Watch(Concerns, reading.Token);
                await ReadAllAsync(stopping);
                await foreach (var batch in news.InReadyBatches(500, stopping)) await ReadAsync(batch, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                FollowingFailed(log, failure);
                await Task.Delay(RetryAfter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ForecastAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ForecastInterval, time);
        do
        {
            try
            {
                if (board.Current.Revision > 0) board.Tick(await forecast.EtasAsync(board.Current, time.GetUtcNow(), stopping), time.GetUtcNow() - EndedStays);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                ForecastFailed(log, failure);
            }
        }
        while (await WaitAsync(timer, stopping));
    }

    private async Task ReadAllAsync(CancellationToken ct)
    {
        var margin = (await settings.ReadAsync(ct)).AttentionMargin;
        board.Reset(await rows.AllAsync(time.GetUtcNow() - EndedStays, ct), await rows.VehiclesAsync(ct), margin);
    }

    private async Task ReadAsync(IReadOnlyList<LiveChange> batch, CancellationToken ct)
    {
        if (batch.Any(c => c == LiveChange.Resync || c.Object.Kind is ObjectKind.Setting))
        {
            await ReadAllAsync(ct);
            return;
        }
        var trips = batch.Where(c => c.Object.Kind == ObjectKind.Trip).Select(c => c.Object.Id).ToHashSet();
        // a new name of a client, vehicle or driver stands on the trips' rows too
        var renamed = batch.Where(c => c.Object.Kind is ObjectKind.Partner or ObjectKind.Vehicle or ObjectKind.Driver).Select(c => c.Object.Id).ToHashSet();
        if (renamed.Count > 0) trips.UnionWith(board.Current.Trips.Where(t => Names(t).Any(renamed.Contains)).Select(t => t.Id.Value));
        var fleetChanged = batch.Any(c => c.Object.Kind is ObjectKind.Shift or ObjectKind.Vehicle or ObjectKind.Driver);
        board.Take(trips.Count > 0 ? await rows.SomeAsync(trips, ct) : [], fleetChanged ? await rows.VehiclesAsync(ct) : null);
    }

    private static IEnumerable<Guid> Names(BoardTrip trip)
    {
        if (trip.Customer is { } customer) yield return customer.Value;
        if (trip.Vehicle is { } vehicle) yield return vehicle.Value;
        if (trip.Driver is { } driver) yield return driver.Value;
    }

    private static bool Concerns(LiveChange change) =>
        change.Object.Kind is ObjectKind.Trip or ObjectKind.Shift or ObjectKind.Vehicle or ObjectKind.Driver or ObjectKind.Partner or ObjectKind.Setting;

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The board could not follow the database; it will be read again.")]
    private static partial void FollowingFailed(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "ETAs could not be computed.")]
    private static partial void ForecastFailed(ILogger log, Exception failure);
}
