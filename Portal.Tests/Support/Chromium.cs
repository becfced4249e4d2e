using Microsoft.Playwright;

namespace Portal.Tests.Support;

/// <summary>
/// Chromium, one for the whole run; each test opens its own window with its own cookies.
/// Its shell without windows is taken where it is installed: the same pages at half the work. Set PORTAL_CHROMIUM for another.
/// </summary>
public static class Chromium
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"
    ];
    private static readonly string[] Installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
    private static readonly Lazy<Task<IBrowser>> Started = new(StartAsync);

    /// <summary>Opens a window on the application.</summary>
    /// <param name="settings">Size, language, colour scheme, touch …; sensible ones where null.</param>
    public static async Task<BrowserWindow> OpenAsync(Uri address, BrowserNewContextOptions? settings = null)
    {
        settings ??= new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" };
        settings.BaseURL = address.ToString();
        var context = await (await Started.Value).NewContextAsync(settings);
        return await BrowserWindow.OpenAsync(context);
    }

    // Ends with this process: its driver reads our pipe.
    private static async Task<IBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var path = Environment.GetEnvironmentVariable("PORTAL_CHROMIUM") is { Length: > 0 } given ? given : Installed.FirstOrDefault(File.Exists) ?? Installed[^1];
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags });
    }
}
