using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;

namespace Portal.Web.Demo;

/// <summary>
/// Drives the demo's vehicles along the town's streets. Positions go through the same door as any tracker's: HTTP to the
/// device endpoint, each under its own secret. Simulated drivers press the buttons of the driver's page through the same jobs.
/// Runs only over the demo company's database, until somebody stops it.
/// </summary>
public sealed class Simulation(
    DemoCompany demo, DemoCrew crew, DemoOffice office, TripProgress progress, LiveFleet live, NpgsqlDataSource database, IServer server,
    IHostApplicationLifetime lifetime, IConfiguration configuration, TimeProvider time, ILogger<Simulation> log) : BackgroundService
{
    /// <summary>The lock that lets one node drive.</summary>
    internal const string LockName = "simulation";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);
    private readonly Random random = new();
    private List<SimulatedVehicle> vehicles = [];

    /// <summary>True when this installation shows the demo company.</summary>
    public bool IsAvailable { get; private set; }

    /// <summary>True while vehicles are driven.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>True while another node drives; this one takes over when that one ends.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>Called when it is started or stopped; whoever listens takes himself off again.</summary>
    public event Action? Changed;

    /// <summary>Starts or stops it.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>demo.not-here</c></exception>
    public void Run(bool run, Actor actor)
    {
        actor.Require(Permissions.SimulationRun);
        if (!IsAvailable) throw new RuleBrokenException("demo.not-here");
        IsRunning = run;
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource();
        await using var _ = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stopping);
        if (!configuration.GetValue("demo", false) || !await demo.IsHereAsync(stopping)) return;
        await using var wheel = await TakeTheWheelAsync(stopping);
        var roads = new RoadGraph(Infrastructure.Demo.Town.Build().Streets);
        vehicles = [.. (await crew.TakeVehiclesAsync(stopping)).Select(v => new SimulatedVehicle(v, roads, random))];
        // the first time nobody knows where they are: somewhere in town
        foreach (var vehicle in vehicles)
            vehicle.PutAt(live.Find(vehicle.Vehicle.Id)?.Point ?? roads.Segments[random.Next(roads.Segments.Count)].Line[0]);
        IsAvailable = IsRunning = true;
        Changed?.Invoke();
        using var http = new HttpClient { BaseAddress = Address(), Timeout = TimeSpan.FromSeconds(15) };
        using var timer = new PeriodicTimer(Tick, time);
        for (long tick = 0; await timer.WaitForNextTickAsync(stopping); tick++)
        {
            if (!IsRunning) continue;
            try
            {
                await StepAsync(tick, http, stopping);
            }
            catch (Exception failure) when (failure is NpgsqlException or RuleBrokenException or HttpRequestException or TimeoutException)
            {
                log.LogWarning("The simulation missed a second: {Reason}", failure.Message);
            }
        }
    }

    // Two nodes that drove the same cars would pull them to and fro.
    private async Task<AdvisoryLock> TakeTheWheelAsync(CancellationToken stopping)
    {
        while (true)
        {
            var taken = await AdvisoryLock.TryTakeAsync(database, LockName, stopping);
            IsElsewhere = taken is null;
            if (taken is not null) return taken;
            await Task.Delay(TryAgain, time, stopping);
        }
    }

    private async Task StepAsync(long tick, HttpClient http, CancellationToken ct)
    {
        if (tick % 60 == 0) await crew.RollShiftsAsync(ct);
        if (tick % 30 == 10) await office.OrderAsync(random, ct);
        if (tick % 20 == 15) await office.AssignAsync(ct);
        // the drivers look at their phones every two seconds
        if (tick % 2 == 0) await DecideAsync(ct);
        var now = time.GetUtcNow();
        foreach (var vehicle in vehicles) vehicle.Move(Tick.TotalSeconds);
        await Task.WhenAll(vehicles.Where(v => v.Reports(now)).Select(v => SendAsync(http, v, now, ct)));
    }

    private async Task DecideAsync(CancellationToken ct)
    {
        var jobs = await crew.JobsAsync(ct);
        var now = time.GetUtcNow();
        foreach (var vehicle in vehicles)
        {
            var job = jobs[vehicle.Vehicle.Id].FirstOrDefault();
            if (vehicle.Decide(job, now) is not { } next || job is not { ByHand: false }) continue;
            try
            {
                await progress.AdvanceAsync(job.Trip, next, job.Driver, ct: ct);
            }
            catch (RuleBrokenException refusal)
            {
                // a dispatcher was quicker; the driver sees it at his next look
                log.LogDebug("A simulated driver was refused: {Code}", refusal.Code);
            }
        }
    }

    private static async Task SendAsync(HttpClient http, SimulatedVehicle vehicle, DateTimeOffset now, CancellationToken ct)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"/osmand/?id={vehicle.Vehicle.DeviceKey}&lat={vehicle.At.Latitude:F6}&lon={vehicle.At.Longitude:F6}&timestamp={now.ToUnixTimeMilliseconds()}&speed={vehicle.SpeedKmh:F1}&bearing={vehicle.HeadingDeg:F0}");
        using var request = new HttpRequestMessage(HttpMethod.Get, query);
        request.Headers.Add("X-Device-Secret", vehicle.Vehicle.Secret);
        using var answer = await http.SendAsync(request, ct);
    }

    /// <summary>Where this very server listens, for a caller on the same machine.</summary>
    private Uri Address()
    {
        var address = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First(a => a.StartsWith("http:", StringComparison.Ordinal));
        return new Uri($"http://127.0.0.1:{BindingAddress.Parse(address).Port}");
    }
}
