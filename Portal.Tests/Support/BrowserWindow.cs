using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Portal.Tests.Support;

/// <summary>A browser window that notes everything that went wrong in it.</summary>
public sealed class BrowserWindow : IAsyncDisposable
{
    // How long a wrong thing is waited for; a right one is seen at once, also on a busy machine.
    private const float PatienceMs = 90_000;

    private static readonly string? ScreensFolder = Environment.GetEnvironmentVariable("PORTAL_SCREENS");

    private readonly ConcurrentQueue<string> troubles = new();

    static BrowserWindow() => Assertions.SetDefaultExpectTimeout(PatienceMs);

    private BrowserWindow(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(PatienceMs);
        page.Console += (_, message) => { if (message.Type is "error") troubles.Enqueue($"console: {message.Text} {message.Location}"); };
        page.PageError += (_, error) => troubles.Enqueue($"script: {error}");
        page.RequestFailed += (_, request) => { if (IsOurs(request.Url) && !WasLeft(request)) troubles.Enqueue($"request: {request.Method} {request.Url} {request.Failure}"); };
        page.Response += (_, response) => { if (response.Status >= 500) troubles.Enqueue($"answer: {response.Status} {response.Url}"); };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    internal static async Task<BrowserWindow> OpenAsync(IBrowserContext context) => new(await context.NewPageAsync());

    /// <summary>Goes to a page and waits for its first interactive render.</summary>
    public async Task GoToAsync(string path)
    {
        await Page.GotoAsync(path);
        await ReadyAsync();
    }

    /// <summary>Waits for the mark every page sets when it answers to its user, and for its frame, where it has one, to hear keys.</summary>
    public Task ReadyAsync() => Page.Locator(".frame[data-keys] [data-ready], body:not(:has(.frame)) [data-ready]").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Fails where the console showed an error (a breach of the content security policy is one), a script failed, or a request did.</summary>
    public void AssertClean() => Check.None(troubles);

    /// <summary>Forgets what a test provoked on purpose.</summary>
    public void Forgive() => troubles.Clear();

    /// <summary>Saves what the window shows into the folder that PORTAL_SCREENS names; without one nobody looks, and nothing is drawn.</summary>
    public async Task ShootAsync(string name = "window", [CallerMemberName] string test = "")
    {
        if (ScreensFolder is { Length: > 0 } folder) await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{test}.{name}.png") });
    }

    public ValueTask DisposeAsync() => new(Page.Context.CloseAsync());

    // Leaving a page cuts its open requests.
    private static bool WasLeft(IRequest request) => request.Failure is "net::ERR_ABORTED";

    // Map tiles come from elsewhere, and may be out of reach.
    private bool IsOurs(string url) => new Uri(url).Host == new Uri(Page.Url == "about:blank" ? url : Page.Url).Host;
}
