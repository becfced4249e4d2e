using System.Threading.Channels;

namespace Portal.Infrastructure.Database;

/// <summary>
/// Tells the workers of this node that there may be work. Only a hint: they look at the database by themselves as well,
/// and work that other nodes made is found that way.
/// </summary>
public sealed class WorkHints
{
    private readonly List<Channel<bool>> bells = [];

    /// <summary>Wakes every worker.</summary>
    public void Poke()
    {
        lock (bells)
            foreach (var bell in bells) bell.Writer.TryWrite(true);
    }

    /// <summary>A worker's own bell.</summary>
    public ChannelReader<bool> Listen()
    {
        var bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        lock (bells) bells.Add(bell);
        return bell.Reader;
    }
}

/// <summary>Waiting for a bell, but not forever.</summary>
internal static class Bells
{
    /// <summary>Returns when the bell rings or the time is over.</summary>
    public static async Task WaitAsync(this ChannelReader<bool> bell, TimeSpan most, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await bell.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // time to look by oneself
        }
    }
}
