using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// Ten thousand vehicles that all move, on the real page in a browser without a graphics card: from the batch's arrival in
/// the page to the frame that shows it. Grouping is off, so that every vehicle is drawn by itself.
/// </summary>
internal static class MapBench
{
    private const int WarmUp = 5;

    public static async Task RunAsync(Measurements measurements)
    {
        var (vehicles, updates) = measurements.Quick ? (1000, 15) : (10_000, 60);
        var app = new PortalApp();
        await app.InitializeAsync();
        try
        {
            var fleet = new MovingFleet(await TestDevice.AddAsync(app.Database.Owner, vehicles));
            await app.AddUserAsync("bench", StandardRoles.Dispatcher);
            await using var window = await app.OpenWindowAsync("bench", new() { ViewportSize = new() { Width = 1280, Height = 720 }, Locale = "en-GB" });
            await window.GoToAsync(MovingFleet.Address);
            await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();
            await window.Page.Locator("[data-button=grouping]").ClickAsync();

            var live = app.Services.GetRequiredService<LiveFleet>();
            for (var update = 0; update < WarmUp + updates; update++)
            {
                if (update == WarmUp) await DrawnFrames.TakeAsync(window);
                foreach (var reading in fleet.Step()) live.Accept(reading);
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }

            var shown = await window.Page.EvaluateAsync<int>("() => document.querySelector('.fleet-map').fleetMap.vehicles().length");
            if (shown != vehicles) throw new InvalidOperationException($"{shown} of {vehicles} vehicles are on the map.");
            var frames = await DrawnFrames.TakeAsync(window);
            measurements.Report("map.frame_p50", Percentile.Of(frames.Select(f => f.Framed - f.Received), 0.5), "ms");
            measurements.Report("map.frame_p95", Percentile.Of(frames.Select(f => f.Framed - f.Received), 0.95), "ms");
        }
        finally
        {
            await app.DisposeAsync();
        }
    }
}

/// <summary>Vehicles that drive about within one window of the map. Fixed seed.</summary>
internal sealed class MovingFleet(IReadOnlyList<TestDevice> devices)
{
    /// <summary>The page that shows them all.</summary>
    public const string Address = "/map?lat=47.02&lon=28.83&z=13";

    private const double StepDegrees = 0.0002;
    private readonly Random random = new(20_260_304);
    private readonly Dictionary<TestDevice, (double Latitude, double Longitude, double Heading)> places = [];

    /// <summary>The devices behind them.</summary>
    public IReadOnlyList<TestDevice> Devices => devices;

    /// <summary>Drives one vehicle on; returns its new position.</summary>
    public GeoPoint Drive(TestDevice device)
    {
        if (!places.TryGetValue(device, out var at)) at = (46.99 + random.NextDouble() * 0.06, 28.76 + random.NextDouble() * 0.14, random.NextDouble() * 360);
        var radians = double.DegreesToRadians(at.Heading);
        var next = (Latitude: at.Latitude + Math.Cos(radians) * StepDegrees, Longitude: at.Longitude + Math.Sin(radians) * StepDegrees, at.Heading);
        // At the edge of the town it turns round.
        if (next.Latitude is < 46.98 or > 47.06 || next.Longitude is < 28.75 or > 28.91) next = (at.Latitude, at.Longitude, (at.Heading + 180) % 360);
        places[device] = next;
        return new GeoPoint(next.Latitude, next.Longitude);
    }

    /// <summary>Drives all of them on.</summary>
    public IEnumerable<PositionReading> Step()
    {
        var now = DateTimeOffset.UtcNow;
        return devices.Select(device => new PositionReading { Vehicle = device.Vehicle, Time = now, Received = now, Point = Drive(device), SpeedKmh = 40 });
    }
}

/// <summary>A batch the map drew: when it came and was framed, and the times of its fixes where asked for. Unix milliseconds.</summary>
internal sealed record DrawnFrame(double Received, double Framed, double[] Times);

/// <summary>What the map's module notes of each batch.</summary>
internal static class DrawnFrames
{
    /// <summary>Takes the frames drawn since the last taking.</summary>
    public static async Task<DrawnFrame[]> TakeAsync(BrowserWindow window) => JsonSerializer.Deserialize<DrawnFrame[]>(
        await window.Page.EvaluateAsync<string>("() => JSON.stringify(document.querySelector('.fleet-map').fleetMap.record.take())"), JsonSerializerOptions.Web)!;

    /// <summary>Keeps the times of all fixes from now on.</summary>
    public static Task KeepTimesAsync(BrowserWindow window) => window.Page.EvaluateAsync("() => { document.querySelector('.fleet-map').fleetMap.record.keepsTimes = true; }");
}

/// <summary>Percentiles of measured values.</summary>
internal static class Percentile
{
    /// <summary>The value below which a share of all lies (nearest rank).</summary>
    public static double Of(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
