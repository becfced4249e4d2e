using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>The live map on the real page.</summary>
public sealed class LiveMapTests(PortalApp app) : IClassFixture<PortalApp>
{
    // Each test looks at a place of its own: they share the application.
    private static int places;
    private readonly GeoPoint middle = new(47.02, 20.83 + Interlocked.Increment(ref places));

    [Fact]
    public async Task Vehicle_WhenItsDeviceReports_IsDrawnAndMoves()
    {
        var device = (await TestDevice.AddAsync(app.Database.Owner, 1))[0];
        await RefreshDevicesAsync();
        await using var window = await OpenAsync("mover");

        await ReportAsync(device, middle, app.Now.AddSeconds(-5));
        await SeesAsync(window, device.Vehicle, middle);
        Assert.True(await IsPaintedAsync(window, device.Vehicle));

        var next = Beside(0.001, 0.002);
        await ReportAsync(device, next, app.Now);
        await SeesAsync(window, device.Vehicle, next);
        Assert.True(await IsPaintedAsync(window, device.Vehicle));
        window.AssertClean();
    }

    [Fact]
    public async Task Tooltip_WhenADriversNameIsMarkup_ShowsItAsText()
    {
        const string name = "<img src=x onerror=window.breached=true> <script>window.breached=true</script>";
        var vehicle = await AddVehicleAsync(name);
        await using var window = await OpenAsync("careful");
        Accept(vehicle, middle, app.Now);
        await SeesAsync(window, vehicle, middle);

        await HoverAsync(window, vehicle);

        var tooltip = window.Page.Locator(".fleet-map-tooltip");
        await tooltip.WaitForAsync();
        Assert.Contains(name, await tooltip.InnerTextAsync());
        Assert.Equal(0, await tooltip.Locator("img, script").CountAsync());
        Assert.False(await window.Page.EvaluateAsync<bool>("() => window.breached === true"));
        window.AssertClean();
    }

    [Fact]
    public async Task Vehicle_WhenItsPositionIsOld_LooksAged()
    {
        var (fresh, old) = (await AddVehicleAsync("Fresh Driver"), await AddVehicleAsync("Old Driver"));
        var aside = Beside(0.002, 0.005);
        await using var window = await OpenAsync("ager");
        Accept(fresh, middle, app.Now);
        Accept(old, aside, app.Now.AddMinutes(-20));
        await SeesAsync(window, fresh, middle);
        await SeesAsync(window, old, aside);

        Assert.True(await StaleAsync(window, old));
        Assert.False(await StaleAsync(window, fresh));
        // The aged marker is hollow: its disc has the colour of the surface where the fresh one has the status's.
        Assert.NotEqual(await ColourAsync(window, fresh), await ColourAsync(window, old));
        await HoverAsync(window, old);
        await Assertions.Expect(window.Page.Locator(".fleet-map-tooltip")).ToContainTextAsync("20 min");
    }

    [Fact]
    public async Task Page_WhenReloaded_KeepsViewportSelectionAndFilter()
    {
        var vehicle = await AddVehicleAsync("Kept Driver");
        Accept(vehicle, middle, app.Now);
        await using var window = await OpenAsync("keeper");
        await SeesAsync(window, vehicle, middle);
        var page = window.Page;

        await ClickAsync(window, vehicle);
        await page.Locator("aside.panel").WaitForAsync();
        await page.Locator(".map-chips .chip").First.ClickAsync();
        await page.EvaluateAsync("() => document.querySelector('.fleet-map').fleetMap.leaflet.panBy([200, 100], { animate: false })");
        var view = await ViewAsync(window);
        await page.IsAtAsync(url => url.Contains($"vehicle={vehicle.Value}") && url.Contains("status=Free") && IsAt(url, view));
        await page.ReloadAsync();
        await MapReadyAsync(window);

        await page.Locator("aside.panel").WaitForAsync();
        Assert.Equal(view, await ViewAsync(window));
        Assert.Equal("true", await page.Locator(".map-chips .chip").First.GetAttributeAsync("aria-pressed"));
        window.AssertClean();
    }

    /// <summary>True when the address names the view's latitude, to its last shown digit.</summary>
    private static bool IsAt(string url, string view) =>
        Regex.Match(url, @"[?&]lat=(-?[\d.]+)") is { Success: true } found
        && Math.Abs(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) - double.Parse(view.Split(',')[0], CultureInfo.InvariantCulture)) < 0.0001;

    [Fact]
    public async Task Page_WhenABrowserStandsStill_SlowsNoOtherAndCatchesUp()
    {
        var vehicle = await AddVehicleAsync("Steady Driver");
        var start = app.Now.AddMinutes(-1);
        Accept(vehicle, middle, start);
        await using var slow = await OpenAsync("slow");
        await using var quick = await OpenAsync("quick");
        await SeesAsync(slow, vehicle, middle);
        await SeesAsync(quick, vehicle, middle);
        var watchers = app.Services.GetRequiredService<LiveFleet>().WatcherCount;
        var debugger = await slow.Page.Context.NewCDPSessionAsync(slow.Page);
        await debugger.SendAsync("Debugger.enable");
        var paused = new TaskCompletionSource();
        debugger.Event("Debugger.paused").OnEvent += (_, _) => paused.TrySetResult();
        await debugger.SendAsync("Debugger.pause");

        var point = middle;
        for (var i = 1; i <= 200; i++)
        {
            point = Beside(i * 0.00001, 0);
            Accept(vehicle, point, start.AddMilliseconds(i * 100));
            if (i == 1) await paused.Task;
        }
        await SeesAsync(quick, vehicle, point);

        Assert.Equal(watchers, app.Services.GetRequiredService<LiveFleet>().WatcherCount);
        await debugger.SendAsync("Debugger.resume");
        await debugger.SendAsync("Debugger.disable");
        await SeesAsync(slow, vehicle, point);
    }

    private async Task<BrowserWindow> OpenAsync(string user)
    {
        await app.AddUserAsync(user, StandardRoles.Dispatcher);
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync(string.Create(CultureInfo.InvariantCulture, $"/map?lat={middle.Latitude}&lon={middle.Longitude}&z=15"));
        await MapReadyAsync(window);
        return window;
    }

    private GeoPoint Beside(double latitude, double longitude) => new(middle.Latitude + latitude, middle.Longitude + longitude);

    private static Task MapReadyAsync(BrowserWindow window) => window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();

    private Task RefreshDevicesAsync() => app.Services.GetRequiredService<DeviceDirectory>().ReloadAsync(CancellationToken.None);

    private async Task ReportAsync(TestDevice device, GeoPoint point, DateTimeOffset at)
    {
        using var client = app.CreateClient();
        var answer = await client.GetAsync(string.Create(CultureInfo.InvariantCulture,
            $"/osmand/{device.Secret}?id={device.Key}&lat={point.Latitude}&lon={point.Longitude}&timestamp={at.ToUnixTimeMilliseconds()}"));
        answer.EnsureSuccessStatusCode();
    }

    private void Accept(VehicleId vehicle, GeoPoint point, DateTimeOffset at) =>
        app.Services.GetRequiredService<LiveFleet>().Accept(new PositionReading { Vehicle = vehicle, Time = at, Received = at, Point = point });

    /// <summary>A vehicle with a driver on an open shift.</summary>
    private async Task<VehicleId> AddVehicleAsync(string driver)
    {
        var vehicle = (await TestDevice.AddAsync(app.Database.Owner, 1))[0].Vehicle;
        await using var command = app.Database.Owner.CreateCommand("""
            with person as (insert into clients.person (id, name) values (gen_random_uuid(), $2) returning id),
                employee as (insert into identity.employee (id, person, branch, archived) select gen_random_uuid(), person.id, branch, false from person, fleet.vehicle v where v.id = $1 returning id, branch),
                driver as (insert into fleet.driver (id, employee, branch, name, archived) select gen_random_uuid(), id, branch, $2, false from employee returning id, branch)
            insert into fleet.shift (id, driver, vehicle, branch, planned_from, planned_to, started_at)
            select gen_random_uuid(), id, $1, branch, now(), now() + interval '8 hours', now() from driver
            """);
        command.Parameters.Add(new() { Value = vehicle.Value });
        command.Parameters.Add(new() { Value = driver });
        await command.ExecuteNonQueryAsync();
        return vehicle;
    }

    private static Task SeesAsync(BrowserWindow window, VehicleId vehicle, GeoPoint point) => window.Page.WaitForFunctionAsync(
        "([id, latitude, longitude]) => document.querySelector('.fleet-map').fleetMap.vehicles().some(v => v.id === id && Math.abs(v.latitude - latitude) < 1e-6 && Math.abs(v.longitude - longitude) < 1e-6)",
        new object[] { vehicle.Value.ToString(), point.Latitude, point.Longitude }, new() { Timeout = 60_000 });

    private static Task<bool> StaleAsync(BrowserWindow window, VehicleId vehicle) => window.Page.EvaluateAsync<bool>(
        "id => document.querySelector('.fleet-map').fleetMap.vehicles().find(v => v.id === id).stale", vehicle.Value.ToString());

    private static Task<string> ViewAsync(BrowserWindow window) => window.Page.EvaluateAsync<string>(
        "() => { const map = document.querySelector('.fleet-map').fleetMap.leaflet, c = map.getCenter(); return [c.lat.toFixed(4), c.lng.toFixed(4), map.getZoom()].join(); }");

    /// <summary>Alpha of the canvas under the vehicle after the next frame.</summary>
    private static async Task<bool> IsPaintedAsync(BrowserWindow window, VehicleId vehicle) => (await PixelAsync(window, vehicle))[3] > 0;

    private static async Task<string> ColourAsync(BrowserWindow window, VehicleId vehicle) => string.Join(',', (await PixelAsync(window, vehicle)).Take(3));

    // Six pixels to the left of the middle lies the disc, beside the sign.
    private static Task<int[]> PixelAsync(BrowserWindow window, VehicleId vehicle) => window.Page.EvaluateAsync<int[]>("""
        id => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
          const map = document.querySelector('.fleet-map'), canvas = map.querySelector('.leaflet-vehicles-pane canvas');
          const point = map.fleetMap.pointOf(id), at = canvas.getBoundingClientRect(), box = map.getBoundingClientRect();
          resolve([...canvas.getContext('2d').getImageData(box.left + point.x - at.left - 6, box.top + point.y - at.top, 1, 1).data]);
        })))
        """, vehicle.Value.ToString());

    private static async Task HoverAsync(BrowserWindow window, VehicleId vehicle)
    {
        var (x, y) = await OnScreenAsync(window, vehicle);
        await window.Page.Mouse.MoveAsync(x - 40, y - 40);
        await window.Page.Mouse.MoveAsync(x, y);
    }

    private static async Task ClickAsync(BrowserWindow window, VehicleId vehicle)
    {
        var (x, y) = await OnScreenAsync(window, vehicle);
        await window.Page.Mouse.ClickAsync(x, y);
    }

    private static async Task<(float X, float Y)> OnScreenAsync(BrowserWindow window, VehicleId vehicle)
    {
        var point = await window.Page.EvaluateAsync<float[]>("""
            id => { const map = document.querySelector('.fleet-map'), point = map.fleetMap.pointOf(id), box = map.getBoundingClientRect(); return [box.left + point.x, box.top + point.y]; }
            """, vehicle.Value.ToString());
        return (point[0], point[1]);
    }
}
