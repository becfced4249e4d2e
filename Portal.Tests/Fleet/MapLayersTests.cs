using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class MapLayersTests(PortalApp app) : IClassFixture<PortalApp>
{
    private static readonly Actor Administrator = new() { UserId = Guid.NewGuid(), Name = "Admin", Permissions = [Permissions.MapLayersManage] };
    private MapLayers Layers => app.Services.GetRequiredService<MapLayers>();
    private MapLayerQuery Query => app.Services.GetRequiredService<MapLayerQuery>();

    [Fact]
    public async Task Add_GeoJson_IsServedCompressedAndAskedForOnlyOnce()
    {
        var id = await AddAsync("Streets");
        await app.AddUserAsync("reader", StandardRoles.Dispatcher);
        await using var window = await app.SignInAsync("reader");

        var listed = JsonDocument.Parse(await window.Page.EvaluateAsync<string>("async () => (await fetch('/map/layers')).text()")).RootElement.EnumerateArray().Single(l => l.GetProperty("id").GetGuid() == id.Value);
        var url = listed.GetProperty("url").GetString()!;
        var answer = await window.Page.Context.APIRequest.GetAsync(new Uri(app.Address, url).ToString(), new() { Headers = [new("Accept-Encoding", "gzip")] });

        Assert.False(listed.GetProperty("overlay").GetBoolean());
        Assert.Equal(200, answer.Status);
        Assert.Equal("gzip", answer.Headers["content-encoding"]);
        Assert.Equal("FeatureCollection", (await answer.JsonAsync())!.Value.GetProperty("type").GetString());
        var again = await window.Page.Context.APIRequest.GetAsync(new Uri(app.Address, url).ToString(), new() { Headers = [new("If-None-Match", answer.Headers["etag"])] });
        Assert.Equal(304, again.Status);
    }

    [Fact]
    public async Task Layers_WhenNotSignedIn_AreRefused()
    {
        using var client = app.CreateClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/map/layers")).StatusCode);
    }

    [Fact]
    public async Task Layers_ForSomebodyWhomNoPageShowsAMap_AreRefused()
    {
        var id = await AddAsync("Yards");
        await app.AddUserAsync("mapless", StandardRoles.Driver);
        using var session = await app.OpenSessionAsync("mapless");

        using var list = await session.Http.GetAsync("/map/layers");
        using var geometry = await session.Http.GetAsync($"/map/layers/{id.Value}");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, geometry.StatusCode));
    }

    [Fact]
    public async Task Page_ReplacesTheFileOfALayer()
    {
        var id = await AddAsync("Harbour roads");
        await app.AddUserAsync("surveyor", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("surveyor");
        await window.GoToAsync("/map-layers");
        var before = (await Query.ContentAsync(id, Administrator, CancellationToken.None))!.Value.Hash;

        await ReplaceAsync(Content("Quay Road").ToArray());

        await window.Page.GetByText("Layer “Harbour roads” has its new file: 1 features.").WaitForAsync();
        Assert.NotEqual(before, (await Query.ContentAsync(id, Administrator, CancellationToken.None))!.Value.Hash);
        await ReplaceAsync("not json"u8.ToArray());
        await window.Page.Locator(".toast.warn").WaitForAsync();
        window.AssertClean();

        async Task ReplaceAsync(byte[] content)
        {
            // a file chosen before Blazor listens to its box is never heard of
            await window.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('input[type=file]')].every(box => '_blazorInputFileNextFileId' in box)");
            await window.Page.GetByLabel("Replace file: Harbour roads").SetInputFilesAsync(new Microsoft.Playwright.FilePayload { Name = "roads.geojson", MimeType = "application/geo+json", Buffer = content });
        }
    }

    [Fact]
    public async Task Add_WithoutTheRight_IsRefusedAndChangesNothing()
    {
        var before = (await Query.ShownAsync(Administrator, CancellationToken.None)).Count;

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Layers.AddAsync("x", false, Content(), Administrator with { Permissions = [] }, CancellationToken.None));

        Assert.Equal("identity.not-allowed", refusal.Code);
        Assert.Equal(before, (await Query.ShownAsync(Administrator, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Hide_Archive_TakeALayerOffTheMapAndGiveItBack()
    {
        var id = await AddAsync("Zones");

        await Layers.ShowAsync(id, false, Administrator, CancellationToken.None);
        Assert.False(await IsShownAsync(id));
        await Layers.ShowAsync(id, true, Administrator, CancellationToken.None);
        await Layers.ArchiveAsync(id, true, Administrator, CancellationToken.None);
        Assert.False(await IsShownAsync(id));
        Assert.Null(await Query.ContentAsync(id, Administrator, CancellationToken.None));
        await Layers.ArchiveAsync(id, false, Administrator, CancellationToken.None);

        Assert.True(await IsShownAsync(id));
    }

    [Fact]
    public async Task Replace_AnotherFile_ChangesTheHashBrowsersKeepItBy()
    {
        var id = await AddAsync("Rivers");
        var before = (await Query.ContentAsync(id, Administrator, CancellationToken.None))!.Value.Hash;

        await Layers.ReplaceAsync(id, Content("Other Street"), Administrator, CancellationToken.None);

        Assert.NotEqual(before, (await Query.ContentAsync(id, Administrator, CancellationToken.None))!.Value.Hash);
    }

    [Fact]
    public async Task Move_OneStep_SwapsTheOrderOfDrawing()
    {
        var (first, second) = (await AddAsync("First"), await AddAsync("Second"));

        await Layers.MoveAsync(second, -1, Administrator, CancellationToken.None);

        var order = (await Query.ShownAsync(Administrator, CancellationToken.None)).Select(l => l.Id).ToList();
        Assert.Equal(order.IndexOf(second) + 1, order.IndexOf(first));
    }

    private async Task<bool> IsShownAsync(MapLayerId id) => (await Query.ShownAsync(Administrator, CancellationToken.None)).Any(l => l.Id == id);

    private Task<MapLayerId> AddAsync(string name) => Layers.AddAsync(name, false, Content(), Administrator, CancellationToken.None);

    private static MemoryStream Content(string street = "Mill Lane") => new(Encoding.UTF8.GetBytes(
        $$$"""{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"{{{street}}}","kind":"road"},"geometry":{"type":"LineString","coordinates":[[28.82,47.02],[28.84,47.025]]}}]}"""));
}
