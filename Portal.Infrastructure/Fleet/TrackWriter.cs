using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Writes positions into PostgreSQL beside the live map. Its queue is bounded; while the database is away it keeps
/// what it has, refuses what does not fit, and goes on by itself.
/// </summary>
public sealed class TrackWriter : BackgroundService
{
    private static readonly TimeSpan OverdueLook = TimeSpan.FromSeconds(1);

    private readonly TrackLane[] lanes;
    private readonly TimeProvider time;

    /// <summary>A writer over the application's data source.</summary>
    public TrackWriter(NpgsqlDataSource database, PositionDays days, TelemetryOptions options, TimeProvider time, ILogger<TrackWriter> log)
    {
        this.time = time;
        lanes = [.. Enumerable.Range(0, options.Writers).Select(_ => new TrackLane(database, days, options, time, log))];
    }

    /// <summary>Readings taken and not yet durable.</summary>
    public int Waiting => lanes.Sum(lane => lane.Waiting);

    /// <summary>Takes one reading; see the other overload.</summary>
    public bool TryAppend(PositionReading reading, out Task<bool> durable) => TryAppend([reading], out durable);

    /// <summary>
    /// Takes readings, to be written in one commit.
    /// </summary>
    /// <param name="durable">True once they are committed; false when that takes too long, and the device must keep them.</param>
    /// <returns>False when the queue is full or the writer stops: nothing was taken.</returns>
    public bool TryAppend(ReadOnlySpan<PositionReading> readings, out Task<bool> durable)
    {
        // A trickle stays together in one lane, where it makes the larger batches; a flood takes them all.
        var lane = Array.Find(lanes, static lane => !lane.IsBusy) ?? lanes.MinBy(static lane => lane.Waiting)!;
        return lane.TryAppend(readings, out durable);
    }

    /// <summary>Takes no more and writes what is left, for as long as the host lets it.</summary>
    public override async Task StopAsync(CancellationToken ct)
    {
        foreach (var lane in lanes) lane.Close();
        if (ExecuteTask is { } running) await Task.WhenAny(running, Task.Delay(Timeout.Infinite, ct));
        await base.StopAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken abandon)
    {
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(abandon);
        var overdue = AnswerOverdueAsync(finished.Token);
        await Task.WhenAll(lanes.Select(lane => Task.Run(() => lane.RunAsync(abandon), CancellationToken.None)));
        await finished.CancelAsync();
        await overdue;
    }

    private async Task AnswerOverdueAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(OverdueLook, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                foreach (var lane in lanes) lane.AnswerOverdue();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the lanes are done
        }
    }
}
