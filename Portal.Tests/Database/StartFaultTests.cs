using System.Diagnostics;
using System.Globalization;
using System.Net;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>The application as a process, its own server beside it, and what befalls both.</summary>
[Collection("processes")]
public sealed class StartFaultTests : IAsyncLifetime
{
    private readonly string data = TestServer.NewFolder();
    private PortalProcess portal = null!;

    private int ServerProcess => int.Parse(File.ReadLines(Path.Combine(data, "postgres", "cluster", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public async Task InitializeAsync() => portal = await PortalProcess.StartAsync(data);

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Fault 2, the start's part: the server is started again and the application finds it.</summary>
    [Fact]
    public async Task Portal_WhenItsServerIsKilledUnderLoad_Reconnects()
    {
        await using var load = new Load(portal);
        var killed = ServerProcess;

        UnixSignal.Send(killed, UnixSignal.Kill);

        await Wait.UntilAsync(() => File.Exists(Path.Combine(data, "postgres", "cluster", "postmaster.pid")) && ServerProcess != killed, "a new server");
        await portal.WaitUntilReadyAsync();
        await load.AnswersAsync(HttpStatusCode.OK);
    }

    /// <summary>Fault 15: SIGTERM under load, out within ten seconds, and the server with it.</summary>
    [Fact]
    public async Task Portal_WhenTerminatedUnderLoad_IsOutInTenSeconds()
    {
        await using var load = new Load(portal);
        await load.AnswersAsync(HttpStatusCode.OK);

        var (took, code) = await portal.TerminateAsync();

        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(Path.Combine(data, "postgres", "cluster", "postmaster.pid")));
    }

    /// <summary>A killed application leaves its server running; the next one takes it over, and stops it in the end.</summary>
    [Fact]
    public async Task Portal_WhenKilled_LeavesAServerTheNextStartTakesOver()
    {
        var server = ServerProcess;
        await portal.KillAsync();

        portal = await PortalProcess.StartAsync(data);

        Assert.Equal(server, ServerProcess);
        await portal.TerminateAsync();
        Assert.False(File.Exists(Path.Combine(data, "postgres", "cluster", "postmaster.pid")));
    }

    /// <summary>Fault 16, the start's part: a frozen server makes readiness say 503 soon, costs no memory, and is forgiven.</summary>
    [Fact]
    public async Task Portal_WhenItsServerHangsForThirtySeconds_Says503AndStaysFlat()
    {
        await using var load = new Load(portal);
        await load.AnswersAsync(HttpStatusCode.OK);
        var before = portal.ResidentBytes;
        var frozen = UnixSignal.Family(ServerProcess);
        foreach (var process in frozen)
            UnixSignal.Send(process, UnixSignal.Stop);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await load.AnswersAsync(HttpStatusCode.ServiceUnavailable);
            await Wait.UntilAsync(() => Stopwatch.GetElapsedTime(began) >= TimeSpan.FromSeconds(30), "thirty seconds of load on a frozen server");
            await load.AnswersAsync(HttpStatusCode.ServiceUnavailable);
            Assert.InRange(portal.ResidentBytes, 0, before + 200 * 1024 * 1024);
        }
        finally
        {
            foreach (var process in frozen)
                UnixSignal.Send(process, UnixSignal.Continue);
        }

        await portal.WaitUntilReadyAsync();
    }

    /// <summary>Several clients asking for readiness all the time.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource end = new();
        private readonly Task[] clients;
        private volatile int last;
        private int answers;

        public Load(PortalProcess portal) =>
            clients = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => AskAsync(portal)))];

        /// <summary>Waits until one of the answers yet to come has the status.</summary>
        public Task AnswersAsync(HttpStatusCode status)
        {
            var before = Volatile.Read(ref answers);
            return Wait.UntilAsync(() => Volatile.Read(ref answers) > before && last == (int)status, $"{status} under load");
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await Task.WhenAll(clients);
            end.Dispose();
        }

        private async Task AskAsync(PortalProcess portal)
        {
            while (!end.IsCancellationRequested)
            {
                last = (int)(await portal.ReadyAsync() ?? 0);
                Interlocked.Increment(ref answers);
            }
        }
    }
}
