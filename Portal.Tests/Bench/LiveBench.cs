using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// From a device's HTTP message to the pixel it changed in a real browser: a thousand vehicles report once a second, and two
/// hundred more live maps watch the same window. Each message counts once, by the time it was sent, at the first frame that shows it.
/// </summary>
internal static class LiveBench
{
    private const int PerUser = 20;
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(Measurements measurements)
    {
        var (vehicles, circuits, seconds) = measurements.Quick ? (200, 20, 10) : (1000, 200, 60);
        var app = new PortalApp();
        await app.InitializeAsync();
        var watchers = new List<HeadlessCircuit>();
        try
        {
            var fleet = new MovingFleet(await TestDevice.AddAsync(app.Database.Owner, vehicles));
            await app.Services.GetRequiredService<DeviceDirectory>().ReloadAsync(CancellationToken.None);
            await using var window = await OpenAsync(app, "bench");
            var frames = 0L;
            for (var opened = 0; opened < circuits; opened += PerUser) watchers.AddRange(await WatchAsync(app, $"watcher{opened}", Math.Min(PerUser, circuits - opened), () => Interlocked.Increment(ref frames)));
            measurements.Progress($"{watchers.Count} circuits watch");

            using var stop = new CancellationTokenSource();
            var load = SendAsync(app, fleet, stop.Token);
            await Task.Delay(TimeSpan.FromSeconds(5));
            await DrawnFrames.KeepTimesAsync(window);
            await DrawnFrames.TakeAsync(window);
            var began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            Interlocked.Exchange(ref frames, 0);
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            var ended = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            // Messages still under way belong to the measured time.
            await Task.Delay(TimeSpan.FromSeconds(2));
            var drawn = await DrawnFrames.TakeAsync(window);
            await stop.CancelAsync();
            var sent = await load;

            if (watchers.FirstOrDefault(w => w.Failure is not null) is { } broken) throw new InvalidOperationException(broken.Failure);
            var latencies = drawn.SelectMany(f => f.Times.Select(t => (Sent: t, Latency: f.Framed - t))).Where(m => m.Sent >= began && m.Sent < ended).Select(m => m.Latency).ToList();
            measurements.Progress($"{sent} messages sent, {latencies.Count} of the measured time drawn, {frames} frames to the other circuits");
            measurements.Report("live.p50", Percentile.Of(latencies, 0.5), "ms");
            measurements.Report("live.p99", Percentile.Of(latencies, 0.99), "ms");
        }
        finally
        {
            foreach (var watcher in watchers) await watcher.DisposeAsync();
            await app.DisposeAsync();
        }
    }

    private static async Task<BrowserWindow> OpenAsync(PortalApp app, string user)
    {
        await app.AddUserAsync(user, StandardRoles.Dispatcher);
        var window = await app.OpenWindowAsync(user, new() { ViewportSize = new() { Width = 1280, Height = 720 }, Locale = "en-GB" });
        await window.GoToAsync(MovingFleet.Address);
        await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();
        await window.Page.Locator("[data-button=grouping]").ClickAsync();
        return window;
    }

    private static async Task<IReadOnlyList<HeadlessCircuit>> WatchAsync(PortalApp app, string user, int count, Action framed)
    {
        string cookie;
        await app.AddUserAsync(user, StandardRoles.Dispatcher);
        await using (var window = await app.SignInAsync(user))
            cookie = string.Join("; ", (await window.Page.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}"));
        var watchers = new List<HeadlessCircuit>();
        for (var i = 0; i < count; i++)
        {
            var watcher = new HeadlessCircuit();
            watcher.Called = call =>
            {
                if (call.Function == "apply") framed();
                if (call.Function == "open") _ = LookAsync(watcher, call.Arguments);
            };
            await watcher.OpenAsync(app.Address, MovingFleet.Address, cookie);
            watchers.Add(watcher);
        }
        return watchers;
    }

    // What the map's module says once its map rests: the whole town is in the window.
    private static Task LookAsync(HeadlessCircuit watcher, string arguments)
    {
        var page = JsonDocument.Parse(arguments).RootElement.EnumerateArray().First(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("__dotNetObject", out _));
        return watcher.CallAsync(page.GetProperty("__dotNetObject").GetInt64(), "ViewMoved", 46.97, 28.74, 47.07, 28.92, 47.02, 28.83, 13);
    }

    // Each device reports once a second; the devices take turns in short slots, and no answer is waited for before the next slot.
    private static async Task<long> SendAsync(PortalApp app, MovingFleet fleet, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = app.Address };
        var slots = (int)(TimeSpan.FromSeconds(1) / Slot);
        var sent = 0L;
        var under = new List<Task>();
        using var timer = new PeriodicTimer(Slot);
        for (var slot = 0; !ct.IsCancellationRequested; slot = (slot + 1) % slots)
        {
            for (var i = slot; i < fleet.Devices.Count; i += slots)
            {
                under.Add(ReportAsync(http, fleet, fleet.Devices[i]));
                sent++;
            }
            under.RemoveAll(t => t.IsCompletedSuccessfully);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        await Task.WhenAll(under);
        return sent;
    }

    private static async Task ReportAsync(HttpClient http, MovingFleet fleet, TestDevice device)
    {
        var point = fleet.Drive(device);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var answer = await http.GetAsync(string.Create(CultureInfo.InvariantCulture,
            $"/osmand/{device.Secret}?id={device.Key}&lat={point.Latitude:F6}&lon={point.Longitude:F6}&timestamp={now}&speed=20"));
        answer.EnsureSuccessStatusCode();
    }
}
