using System.Threading.Channels;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>One viewer's look at <see cref="LiveFleet"/>: a snapshot, then batches of changes. One reader at a time.</summary>
public sealed class LiveWatch : IDisposable
{
    /// <summary>The shortest time between two batches.</summary>
    public static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(250);

    private readonly LiveFleet fleet;
    private readonly TimeProvider time;
    private readonly HashSet<VehicleId> shown = [];

    // Holds at most the news that there is news; what it is, the reader takes from the fleet.
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private LiveScope scope;
    private LiveScope? applied;
    private long seen;
    private int awake;
    private readonly CancellationToken end;
    private CancellationTokenRegistration ending;

    internal LiveWatch(LiveFleet fleet, LiveScope scope, TimeProvider time, CancellationToken end)
    {
        (this.fleet, this.scope, this.time, this.end) = (fleet, scope, time, end);
        Snapshot = Take().Moved;
    }

    /// <summary>What the scope showed when the watch began.</summary>
    public IReadOnlyList<LiveVehicle> Snapshot { get; }

    /// <summary>Looks elsewhere or with other rights. The next batch brings what has come into sight and names what has gone.</summary>
    public void Show(LiveScope another)
    {
        Volatile.Write(ref scope, another);
        Wake();
    }

    /// <summary>
    /// Batches of changes until the watch ends, at least <see cref="BatchInterval"/> apart; the first change comes at once.
    /// A vehicle that moved several times meanwhile comes once, with its newest position.
    /// </summary>
    public async IAsyncEnumerable<LiveBatch> ReadAsync()
    {
        while (await news.Reader.WaitToReadAsync(CancellationToken.None) && news.Reader.TryRead(out _))
        {
            Volatile.Write(ref awake, 0);
            var batch = Take();
            if (batch.Moved.Count == 0 && batch.Gone.Count == 0) continue;
            yield return batch;
            await Task.Delay(BatchInterval, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the watch and its stream.</summary>
    public void Dispose()
    {
        ending.Dispose();
        fleet.Leave(this);
        news.Writer.TryComplete();
    }

    internal void Begin() => ending = end.UnsafeRegister(static watch => ((LiveWatch)watch!).Dispose(), this);

    /// <summary>Tells the reader that something changed; a reader already told is left alone.</summary>
    internal void Wake()
    {
        if (Volatile.Read(ref awake) == 0 && Interlocked.Exchange(ref awake, 1) == 0) news.Writer.TryWrite(true);
    }

    private LiveBatch Take()
    {
        var current = Volatile.Read(ref scope);
        // Under another scope everything is looked at again; otherwise only what changed.
        var (changed, version) = fleet.ChangedSince(ReferenceEquals(current, applied) ? seen : 0);
        (seen, applied) = (version, current);

        var moved = new List<LiveVehicle>(changed.Count);
        var gone = new List<VehicleId>();
        foreach (var vehicle in changed)
        {
            if (current.Shows(vehicle))
            {
                shown.Add(vehicle.Vehicle);
                moved.Add(vehicle);
            }
            else if (shown.Remove(vehicle.Vehicle)) gone.Add(vehicle.Vehicle);
        }
        return new(moved, gone);
    }
}
