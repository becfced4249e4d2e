using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Portal.Tests.Support;

/// <summary>The real application as a process of its own, for tests that kill, stop or starve it.</summary>
public sealed class PortalProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    private PortalProcess(Process process, Uri address, string data) => (this.process, Address, DataFolder) = (process, address, data);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its data folder.</summary>
    public string DataFolder { get; }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Memory it holds now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="data">Its data folder, which the caller deletes; with no <paramref name="database"/> its own cluster lives there.</param>
    /// <param name="database">Owner's connection string of the database to use.</param>
    /// <param name="withTests">Let it find the tests' assembly, which may add services to it as a hosting startup.</param>
    public static async Task<PortalProcess> StartAsync(string data, string? database = null, IReadOnlyDictionary<string, string>? settings = null, bool withTests = false)
    {
        var portal = Begin(data, database, settings, withTests);
        try
        {
            await portal.WaitUntilReadyAsync();
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and does not wait; for the rest see <see cref="StartAsync"/>.</summary>
    public static PortalProcess Begin(string data, string? database = null, IReadOnlyDictionary<string, string>? settings = null, bool withTests = false)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo("dotnet",
        [
            .. withTests
                ? [
                    "exec", "--depsfile", Path.Combine(AppContext.BaseDirectory, "Portal.Tests.deps.json"), "--runtimeconfig", Path.Combine(AppContext.BaseDirectory, "Portal.Tests.runtimeconfig.json"),
                    Path.Combine(AppContext.BaseDirectory, "Portal.Web.dll"),
                ]
                : new[] { SourceTree.Path("Portal.Web", "bin", configuration, "net10.0", "Portal.Web.dll") },
            "--contentRoot", SourceTree.Path("Portal.Web"), "--data", data, "--demo", settings?.GetValueOrDefault("demo") ?? "false"
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = SourceTree.Root
        };
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["PORTAL_DATABASE"] = database ?? "";
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var portal = new PortalProcess(Process.Start(start)!, address, data);
        portal.process.OutputDataReceived += (_, line) => portal.output.Enqueue(line.Data ?? "");
        portal.process.ErrorDataReceived += (_, line) => portal.output.Enqueue(line.Data ?? "");
        portal.process.BeginOutputReadLine();
        portal.process.BeginErrorReadLine();
        return portal;
    }

    /// <summary>A client for it that follows no redirect.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>Status of <c>/health/ready</c>, or null where it does not answer at all.</summary>
    public async Task<HttpStatusCode?> ReadyAsync()
    {
        using var client = CreateClient();
        try
        {
            return (await client.GetAsync("/health/ready")).StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until <c>/health/ready</c> says 200.</summary>
    public Task WaitUntilReadyAsync() => Wait.UntilAsync(async () =>
    {
        Assert.False(process.HasExited, $"Portal ended at its start:\n{Output}");
        return await ReadyAsync() == HttpStatusCode.OK;
    }, $"Portal to be ready at {Address}", TimeSpan.FromSeconds(120));

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns how long the process took to end, and its exit code.</summary>
    public async Task<(TimeSpan Took, int ExitCode)> TerminateAsync()
    {
        var began = Stopwatch.GetTimestamp();
        UnixSignal.Send(process.Id, UnixSignal.Terminate);
        await process.WaitForExitAsync();
        return (Stopwatch.GetElapsedTime(began), process.ExitCode);
    }

    /// <summary>Ends it however it is, and what it left of its own cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await TerminateAsync();
        process.Dispose();
        if (Directory.Exists(Path.Combine(DataFolder, "postgres", "cluster")))
            await (await TestServer.StartClusterAsync(Path.Combine(DataFolder, "postgres"))).DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
