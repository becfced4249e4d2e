using System.Data;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// One connection's share of the writing. Readings gather in the open batch while the one before is being written;
/// all of a batch become durable in one commit and are acknowledged together.
/// </summary>
internal sealed class TrackLane(NpgsqlDataSource database, PositionDays days, TelemetryOptions options, TimeProvider time, ILogger log)
{
    private const int LargestBatch = 5_000;
    private const int BusyFrom = 1_000;
    private const int Crowd = 8;
    private const int LargestGathering = 500;
    private static readonly TimeSpan GatherStep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Queue<Batch> full = new();
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly PositionInsert insert = new();
    private readonly TrackDays tracked = new(time);
    private readonly int capacity = options.QueueCapacity / options.Writers;
    private Batch open = new();
    private Batch? writing;
    private NpgsqlConnection? connection;
    private int waiting;
    private bool closed;

    /// <summary>Readings not yet durable.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>True when another connection would help.</summary>
    public bool IsBusy => Waiting >= Math.Min(BusyFrom, capacity);

    /// <summary>Takes readings; false when the lane is full or closed.</summary>
    public bool TryAppend(ReadOnlySpan<PositionReading> readings, out Task<bool> durable)
    {
        lock (gate)
        {
            durable = open.Durable.Task;
            if (closed || waiting + readings.Length > capacity) return false;
            if (open.Readings.Count == 0) open.Began = time.GetTimestamp();
            open.Readings.AddRange(readings);
            waiting += readings.Length;
            if (open.Readings.Count >= LargestBatch)
            {
                full.Enqueue(open);
                open = new();
            }
        }
        news.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Takes no more; <see cref="RunAsync"/> writes what is left and returns.</summary>
    public void Close()
    {
        lock (gate) closed = true;
        news.Writer.TryComplete();
    }

    /// <summary>Answers those who have waited too long that their reading is not durable yet; it stays in the queue.</summary>
    public void AnswerOverdue()
    {
        lock (gate)
        {
            foreach (var batch in full.Append(open).Prepend(writing))
                if (batch is { Readings.Count: > 0 } && time.GetElapsedTime(batch.Began) > options.AcknowledgeWithin) batch.Durable.TrySetResult(false);
            // Who comes now must not be answered by the answer of those before.
            if (open.Durable.Task.IsCompleted)
            {
                full.Enqueue(open);
                open = new();
            }
        }
    }

    /// <summary>Writes until closed and empty, or until <paramref name="abandon"/>.</summary>
    public async Task RunAsync(CancellationToken abandon)
    {
        try
        {
            do
            {
                while (Next() is { } batch)
                {
                    await WriteAsync(batch, abandon);
                    Done(batch);
                    if (batch.Readings.Count >= Crowd) await GatherAsync(abandon);
                }
            }
            while (await news.Reader.WaitToReadAsync(abandon) && news.Reader.TryRead(out _));
            while (Next() is { } rest)
            {
                await WriteAsync(rest, abandon);
                Done(rest);
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            log.LogWarning("Stopped with {Count} positions not written; their devices were not told they are safe", Waiting);
            lock (gate)
                foreach (var batch in full.Append(open).Prepend(writing)) batch?.Durable.TrySetResult(false);
        }
        finally
        {
            await ResetAsync();
        }
    }

    // Under load a commit for every few readings would cost more than it hurries: the next batch waits while it grows fast.
    private async Task GatherAsync(CancellationToken abandon)
    {
        for (var before = 0; ;)
        {
            int gathered;
            lock (gate) gathered = full.Count > 0 || closed ? int.MaxValue : open.Readings.Count;
            if (gathered >= LargestGathering || gathered < before + Crowd && before > 0) return;
            before = gathered;
            await Task.Delay(GatherStep, time, abandon);
        }
    }

    private Batch? Next()
    {
        lock (gate)
        {
            if (full.TryDequeue(out writing)) return writing;
            if (open.Readings.Count == 0) return writing = null;
            writing = open;
            open = new();
            return writing;
        }
    }

    private void Done(Batch batch)
    {
        lock (gate) waiting -= batch.Readings.Count;
        batch.Durable.TrySetResult(true);
    }

    private async Task WriteAsync(Batch batch, CancellationToken abandon)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await StoreAsync(batch.Readings, abandon);
                return;
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
            {
                if (pause == FirstPause) log.LogWarning(away, "Positions wait for the database; {Count} in the queue", Waiting);
                await ResetAsync();
                await Task.Delay(pause, time, abandon);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task StoreAsync(List<PositionReading> readings, CancellationToken ct)
    {
        if (connection is not { State: ConnectionState.Open })
        {
            await ResetAsync();
            connection = await database.OpenConnectionAsync(ct);
        }
        if (!readings.TrueForAll(static r => r.HasCredibleTime))
        {
            await Quarantine.WriteAsync(connection, readings.Where(r => !r.HasCredibleTime), Quarantine.Time, ct);
            readings = readings.FindAll(static r => r.HasCredibleTime);
        }
        // In the order of the key: two connections that insert the same keys wait for each other, but never in a circle.
        readings.Sort(static (a, b) => a.Vehicle.Value.CompareTo(b.Vehicle.Value) is not 0 and var order ? order : a.Time.CompareTo(b.Time));
        if (readings.Count == 0) return;
        await tracked.NoteAsync(connection, readings, ct);
        await InsertAsync(connection, readings, ct);
    }

    private async Task InsertAsync(NpgsqlConnection to, List<PositionReading> readings, CancellationToken ct)
    {
        try
        {
            await days.EnsureAsync(to, readings, ct);
            await insert.WriteAsync(to, readings, ct);
        }
        catch (PostgresException refused) when (refused is { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null })
        {
            // Tuple routing found no partition: retention has dropped it since.
            days.Forget();
            await days.EnsureAsync(to, readings, ct);
            await insert.WriteAsync(to, readings, ct);
        }
        catch (PostgresException refused) when (IsAboutTheData(refused))
        {
            // Halve until the reading that cannot be stored stands alone; the others go their way.
            if (readings.Count == 1)
            {
                log.LogError(refused, "A position was set aside: the database refuses it");
                await Quarantine.WriteAsync(to, readings, Quarantine.Unstorable, ct);
                return;
            }
            var half = readings.Count / 2;
            await InsertAsync(to, readings[..half], ct);
            await InsertAsync(to, readings[half..], ct);
        }
    }

    private static bool IsAboutTheData(PostgresException refused) =>
        refused.SqlState.StartsWith("22", StringComparison.Ordinal) || refused.SqlState.StartsWith("23", StringComparison.Ordinal);

    private async Task ResetAsync()
    {
        if (connection is null) return;
        await connection.DisposeAsync();
        connection = null;
    }

    private sealed class Batch
    {
        public List<PositionReading> Readings { get; } = [];
        public TaskCompletionSource<bool> Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public long Began { get; set; }
    }
}
