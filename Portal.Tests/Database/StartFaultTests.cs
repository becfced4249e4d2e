using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>The application as a process with its own server, devices that send all the time, and what befalls them.</summary>
public sealed class StartFaultTests(StartFaultTests.DataFolder folder) : IClassFixture<StartFaultTests.DataFolder>, IAsyncLifetime
{
    /// <summary>One folder for all tests here: the first start founds the database, the others find it.</summary>
    public sealed class DataFolder : IDisposable
    {
        public string Path { get; } = TestServer.NewFolder();

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private readonly string data = folder.Path;
    private PortalProcess portal = null!;
    private DeviceTraffic traffic = null!;

    private string ServerFolder => Path.Combine(data, "postgres");
    private string PidFile => Path.Combine(ServerFolder, "cluster", "postmaster.pid");
    private int ServerProcess => int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture);

    private string OwnerConnection => new NpgsqlConnectionStringBuilder
    {
        Host = Path.Combine(ServerFolder, "socket"), Username = EmbeddedPostgres.Owner, Database = "portal",
        Password = File.ReadAllText(Path.Combine(ServerFolder, "password"))
    }.ConnectionString;

    public async Task InitializeAsync()
    {
        portal = await PortalProcess.StartAsync(data);
        await using var owner = NpgsqlDataSource.Create(OwnerConnection);
        traffic = new DeviceTraffic(portal.Address, await TestDevice.AddAsync(owner, 8));
        await traffic.FlowsAsync();
    }

    public async Task DisposeAsync()
    {
        await traffic.DisposeAsync();
        await portal.DisposeAsync();
    }

    /// <summary>A killed application leaves its server running; the next start takes it over, and nothing acknowledged is lost.</summary>
    [Fact]
    public async Task Portal_WhenKilled_LeavesAServerTheNextStartTakesOver()
    {
        var server = ServerProcess;
        await portal.KillAsync();

        portal = await PortalProcess.StartAsync(data);

        Assert.Equal(server, ServerProcess);
        traffic.MoveTo(portal.Address);
        await traffic.FlowsAsync();
        await traffic.FinishAsync();
        await traffic.ReconcileAsync(OwnerConnection);
    }

    /// <summary>Fault 2: kill -9 of PostgreSQL; it is started again, the application reconnects, the counts reconcile.</summary>
    [Fact]
    public async Task Portal_WhenItsServerIsKilledUnderLoad_Reconnects()
    {
        var killed = ServerProcess;
        UnixSignal.Send(killed, UnixSignal.Kill);

        await Wait.UntilAsync(() => File.Exists(PidFile) && ServerProcess != killed, "a new server");
        await portal.WaitUntilReadyAsync();
        await traffic.FlowsAsync();
        await traffic.FinishAsync();
        await traffic.ReconcileAsync(OwnerConnection);
    }

    /// <summary>Fault 15: SIGTERM under load; out within ten seconds, the server with it, nothing acknowledged lost.</summary>
    [Fact]
    public async Task Portal_WhenTerminatedUnderLoad_IsOutInTenSecondsAndLosesNothing()
    {
        var (took, code) = await portal.TerminateAsync();

        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(File.Exists(PidFile));
        await traffic.AbandonAsync();
        await using var server = await TestServer.StartClusterAsync(ServerFolder);
        await traffic.ReconcileAsync(server.OwnerConnection);
    }

    /// <summary>Fault 16: PostgreSQL stands still for half a minute; devices are told to keep their records, memory stays flat, then all is caught up.</summary>
    [Fact]
    public async Task Portal_WhenItsServerHangsForThirtySeconds_Says503AndStaysFlat()
    {
        var memory = portal.ResidentBytes;
        var frozen = UnixSignal.Family(ServerProcess);
        UnixSignal.SendToAll(frozen, UnixSignal.Stop);
        var began = Stopwatch.GetTimestamp();
        try
        {
            await Wait.UntilAsync(async () => await portal.ReadyAsync() == HttpStatusCode.ServiceUnavailable, "readiness to say 503");
            await Wait.UntilAsync(() => traffic.Count(HttpStatusCode.ServiceUnavailable) > 0, "devices to be told 503");
            await Wait.UntilAsync(() => Stopwatch.GetElapsedTime(began) >= TimeSpan.FromSeconds(30), "half a minute of standstill");
            Assert.InRange(portal.ResidentBytes, 0, memory + 200 * 1024 * 1024);
        }
        finally
        {
            UnixSignal.SendToAll(frozen, UnixSignal.Continue);
        }

        await portal.WaitUntilReadyAsync();
        await traffic.FlowsAsync();
        await traffic.FinishAsync();
        await traffic.ReconcileAsync(OwnerConnection);
    }
}
