using System.Collections.Immutable;
using System.Threading.Channels;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>
/// Something was committed. Carries no data: who is told asks his own query again.
/// <see cref="Partner"/> is the partner whose people may hear of it, if any; <see cref="ByUser"/> did it.
/// </summary>
public sealed record LiveChange(ObjectRef Object, Guid? Partner, Guid ByUser, string ByName)
{
    /// <summary>Told instead of changes that a slow watcher missed: read everything again.</summary>
    public static readonly LiveChange Resync = new(default, null, Guid.Empty, "");
}

/// <summary>The live bus: after each commit every watcher whose audience fits is told, in order, on this node and by <see cref="ChangeTalk"/> on the others. Never blocks the writer.</summary>
public sealed class LiveChanges
{
    private const int Capacity = 2048;
    private ImmutableList<Watcher> watchers = [];

    /// <summary>Tells all watchers; called once per commit.</summary>
    public void Publish(IReadOnlyCollection<LiveChange> changes)
    {
        foreach (var watcher in Volatile.Read(ref watchers))
            foreach (var change in changes)
                watcher.Offer(change);
    }

    /// <summary>Tells the watchers of this node what another node committed.</summary>
    internal void Hear(LiveChange change)
    {
        foreach (var watcher in Volatile.Read(ref watchers))
            if (!watcher.OfThisNodeOnly) watcher.Offer(change);
    }

    /// <summary>Tells the watchers of this node that they may have missed something.</summary>
    internal void Resync()
    {
        foreach (var watcher in Volatile.Read(ref watchers))
            if (!watcher.OfThisNodeOnly) watcher.Miss();
    }

    /// <summary>
    /// Changes from now on that pass <paramref name="audience"/>, until cancelled. A watcher that falls
    /// behind by 2,048 changes gets <see cref="LiveChange.Resync"/> in place of what it missed,
    /// whatever it listens for; so it does when this node was cut off from the others.
    /// The subscription is in place when this method returns.
    /// </summary>
    public IAsyncEnumerable<LiveChange> Watch(Func<LiveChange, bool> audience, CancellationToken ct)
    {
        var watcher = new Watcher(audience);
        ImmutableInterlocked.Update(ref watchers, list => list.Add(watcher));
        return new Reading(this, watcher, ct);
    }

    /// <summary>What is committed on this node from now on, for the others.</summary>
    internal Watcher WatchThisNode()
    {
        var watcher = new Watcher(_ => true) { OfThisNodeOnly = true };
        ImmutableInterlocked.Update(ref watchers, list => list.Add(watcher));
        return watcher;
    }

    private void Forget(Watcher watcher)
    {
        ImmutableInterlocked.Update(ref watchers, list => list.Remove(watcher));
        watcher.Queue.Writer.TryComplete();
    }

    /// <summary>What one watcher is told, read once. Unlike an iterator it may be disposed while the next change is awaited; the wait then ends with false.</summary>
    private sealed class Reading(LiveChanges live, Watcher watcher, CancellationToken watching) : IAsyncEnumerable<LiveChange>, IAsyncEnumerator<LiveChange>
    {
        private CancellationTokenSource? both;

        public LiveChange Current { get; private set; } = LiveChange.Resync;

        public IAsyncEnumerator<LiveChange> GetAsyncEnumerator(CancellationToken reading)
        {
            both = CancellationTokenSource.CreateLinkedTokenSource(watching, reading);
            return this;
        }

        public async ValueTask<bool> MoveNextAsync()
        {
            var until = both!.Token;
            try
            {
                do
                {
                    if (watcher.TakeMissed()) Current = LiveChange.Resync;
                    else if (watcher.Queue.Reader.TryRead(out var change)) Current = change;
                    else continue;
                    return true;
                }
                while (await watcher.Queue.Reader.WaitToReadAsync(until));
                return false;
            }
            catch (OperationCanceledException) when (until.IsCancellationRequested)
            {
                return false;
            }
        }

        public ValueTask DisposeAsync()
        {
            live.Forget(watcher);
            both?.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>One watcher's queue.</summary>
    internal sealed class Watcher(Func<LiveChange, bool> audience)
    {
        private int missed;

        public bool OfThisNodeOnly { get; init; }

        public Channel<LiveChange> Queue { get; } =
            Channel.CreateBounded<LiveChange>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

        public void Offer(LiveChange change)
        {
            if (audience(change) && !Queue.Writer.TryWrite(change)) Volatile.Write(ref missed, 1);
        }

        // Where the queue is full, its reader finds the mark behind what he reads now.
        public void Miss()
        {
            if (!Queue.Writer.TryWrite(LiveChange.Resync)) Volatile.Write(ref missed, 1);
        }

        public bool TakeMissed() => Interlocked.Exchange(ref missed, 0) == 1;
    }
}
