using Microsoft.Playwright;

namespace Portal.Tests.Support;

/// <summary>Waiting for where a window goes.</summary>
public static class WindowAddress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Waits until the page's address is such. Asks again and again: Playwright's own waiting misses a change that comes in the moment it begins.</summary>
    public static Task IsAtAsync(this IPage page, Func<string, bool> such) => Wait.UntilAsync(() => such(page.Url), "the page's address to change", Patience);
}
