using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>The application with a tile server that does not answer.</summary>
public sealed class OfflineApp : PortalApp
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Map:TileUrl", "http://127.0.0.1:9/{z}/{x}/{y}.png")];
}

/// <summary>What lies under the vehicles.</summary>
public sealed class MapGroundTests(OfflineApp app) : IClassFixture<OfflineApp>
{
    private const string Town = """
        {"type":"FeatureCollection","features":[
          {"type":"Feature","properties":{"kind":"water","name":"Long Lake"},"geometry":{"type":"Polygon","coordinates":[[[28.82,47.01],[28.84,47.01],[28.84,47.03],[28.82,47.03],[28.82,47.01]]]}},
          {"type":"Feature","properties":{"kind":"road","class":"primary","name":"Bridge Street"},"geometry":{"type":"LineString","coordinates":[[28.80,47.02],[28.86,47.02]]}}]}
        """;

    [Fact]
    public async Task Ground_WhenTilesDoNotLoad_IsTheLocalLayer()
    {
        var administrator = new Actor { UserId = Guid.NewGuid(), Name = "Admin", Permissions = [Permissions.MapLayersManage] };
        await app.Services.GetRequiredService<MapLayers>().AddAsync("Town", false, new MemoryStream(Encoding.UTF8.GetBytes(Town)), administrator, CancellationToken.None);
        await app.AddUserAsync("offline", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("offline");
        var failed = new List<string>();
        window.Page.PageError += (_, error) => failed.Add(error);

        await window.GoToAsync("/map?lat=47.015&lon=28.83&z=15");

        await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();
        await Assertions.Expect(window.Page.Locator(".leaflet-control-attribution")).ToContainTextAsync("Local map");
        await window.Page.WaitForFunctionAsync("""
            () => [...document.querySelectorAll('.leaflet-tile-pane canvas')].some(tile => {
              const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
              for (let i = 0; i < data.length; i += 4) if (data[i] === 0xBF && data[i + 1] === 0xD9 && data[i + 2] === 0xEE) return true;
            })
            """);
        Assert.Empty(failed);
    }
}
