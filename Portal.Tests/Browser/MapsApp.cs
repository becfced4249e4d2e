using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Workflows.Maps;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>The application with an analyst who draws route maps; the maps that come with the product are published.</summary>
public sealed class MapsApp : PortalApp
{
    public MapLibrary Library => Services.GetRequiredService<MapLibrary>();

    /// <summary>Somebody beside the windows, with every right.</summary>
    public static Actor Other => Actor.System("Boris Quill");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await AddUserAsync("ann", StandardRoles.Analyst);
        await Wait.UntilAsync(async () => (await Library.ListAsync(Other, default)).Count == ShippedMaps.All.Count, "the shipped maps");
    }

    /// <summary>A draft made beside any window.</summary>
    public async Task<MapDrawing> DraftAsync(string xml) => await Library.SaveDraftAsync(xml, null, Other, default);

    /// <summary>Opens a page in a window of the analyst's.</summary>
    public async Task<BrowserWindow> OpenAsync(string path, BrowserNewContextOptions? settings = null)
    {
        var window = await OpenWindowAsync("ann", settings);
        await window.GoToAsync(path);
        return window;
    }
}
