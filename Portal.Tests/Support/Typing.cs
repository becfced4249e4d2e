using Microsoft.Playwright;

namespace Portal.Tests.Support;

/// <summary>Typing as a hand does it, however busy the machine is.</summary>
public static class Typing
{
    /// <summary>
    /// Strikes one key right after the other and does not wait until the page has taken each: a date box takes a digit that
    /// comes a second after the one before for the beginning of another number.
    /// </summary>
    public static Task StrikeAsync(this IPage page, string keys) => Task.WhenAll(keys.Select(key => page.Keyboard.PressAsync(key.ToString())));
}
