using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>The application with a port of its own for devices.</summary>
public sealed class OwnPortApp : PortalApp
{
    public Uri Devices { get; } = new($"http://127.0.0.1:{FreePort()}/");

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Telemetry:OsmAndPort", $"{Devices.Port}")];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

public sealed class OsmAndPortTests(OwnPortApp app) : IClassFixture<OwnPortApp>
{
    [Fact]
    public async Task Message_OnThePortOfItsOwn_IsStored_AndNoPageIsServedThere()
    {
        var device = Assert.Single(await TestDevice.AddAsync(app.Database.Owner, 1));
        await Wait.UntilAsync(() => app.Services.GetRequiredService<DeviceDirectory>().Find(device.Key) is not null, "the device to be known");
        using var client = new HttpClient { BaseAddress = app.Devices };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        using var stored = await client.GetAsync($"/{device.Secret}?id={device.Key}&lat=50&lon=30");
        using var page = await client.GetAsync("/signin");
        using var health = await client.GetAsync("/health/live");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (stored.StatusCode, page.StatusCode, health.StatusCode));
        await using var count = app.Database.Owner.CreateCommand("select count(*) from fleet.position");
        Assert.Equal(1L, await count.ExecuteScalarAsync());
        using var web = app.CreateClient();
        Assert.NotEqual(HttpStatusCode.OK, (await web.GetAsync($"/{device.Secret}?id={device.Key}&lat=50&lon=30")).StatusCode);
    }
}
