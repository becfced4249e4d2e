using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Portal.Tests.Support;

/// <summary>A TCP proxy on a loopback port that can cut the line: every connection ends, and none comes up until it is mended.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private readonly Uri target;
    private readonly Task accepting;
    private long cutAt;
    private volatile bool cut;

    /// <summary>Starts a proxy before <paramref name="target"/>.</summary>
    public CuttingProxy(Uri target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where the proxy listens.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>How long the line has been cut.</summary>
    public TimeSpan CutFor => cut ? Stopwatch.GetElapsedTime(cutAt) : TimeSpan.Zero;

    /// <summary>Cuts the line.</summary>
    public void Cut()
    {
        cutAt = Stopwatch.GetTimestamp();
        cut = true;
        foreach (var socket in open.Keys) socket.Close(0);
    }

    /// <summary>Mends the line.</summary>
    public void Mend() => cut = false;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        foreach (var socket in open.Keys) socket.Close(0);
        await accepting;
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carried = new ConcurrentBag<Task>();
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(closing.Token);
                if (cut) near.Close(0);
                else carried.Add(CarryAsync(near));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        (open[near], open[far]) = (true, true);
        try
        {
            await far.ConnectAsync(target.Host, target.Port, closing.Token);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the line was cut while it was being laid
        }
        near.Close(0);
        open.TryRemove(near, out _);
        open.TryRemove(far, out _);
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // either end is gone
        }
    }
}
