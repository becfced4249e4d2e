using System.Collections.Immutable;
using System.Runtime.CompilerServices;
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

/// <summary>The live bus: after each commit every watcher whose audience fits is told, in order. Never blocks the writer.</summary>
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

    /// <summary>
    /// Changes from now on that pass <paramref name="audience"/>, until cancelled. A watcher that falls
    /// behind by 2,048 changes gets <see cref="LiveChange.Resync"/> in place of what it missed.
    /// The subscription is in place when this method returns.
    /// </summary>
    public IAsyncEnumerable<LiveChange> Watch(Func<LiveChange, bool> audience, CancellationToken ct)
    {
        var watcher = new Watcher(audience);
        ImmutableInterlocked.Update(ref watchers, list => list.Add(watcher));
        return Read(watcher, ct);
    }

    private async IAsyncEnumerable<LiveChange> Read(Watcher watcher, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            while (await WaitAsync(watcher, ct))
            {
                if (watcher.TakeMissed()) yield return LiveChange.Resync;
                while (watcher.Queue.Reader.TryRead(out var change)) yield return change;
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref watchers, list => list.Remove(watcher));
        }
    }

    private static async Task<bool> WaitAsync(Watcher watcher, CancellationToken ct)
    {
        try
        {
            return await watcher.Queue.Reader.WaitToReadAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed class Watcher(Func<LiveChange, bool> audience)
    {
        private int missed;

        public Channel<LiveChange> Queue { get; } =
            Channel.CreateBounded<LiveChange>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

        public void Offer(LiveChange change)
        {
            if (audience(change) && !Queue.Writer.TryWrite(change)) Volatile.Write(ref missed, 1);
        }

        public bool TakeMissed() => Interlocked.Exchange(ref missed, 0) == 1;
    }
}
