using Microsoft.Playwright;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>How the board looks: no serious accessibility finding in any view, light and dark, and no raw text key in any language.</summary>
public sealed class BoardLookTests(BoardApp app) : IClassFixture<BoardApp>
{
    private static BrowserNewContextOptions Screen(ColorScheme scheme) => new() { ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = scheme, Locale = "en-GB" };

    [Theory]
    [InlineData(ColorScheme.Light, "map")]
    [InlineData(ColorScheme.Dark, "map")]
    [InlineData(ColorScheme.Light, "table")]
    [InlineData(ColorScheme.Dark, "lanes")]
    [InlineData(ColorScheme.Light, "columns")]
    public async Task Board_HasNoSeriousAccessibilityFinding(ColorScheme scheme, string view)
    {
        for (var i = 0; i < 4; i++) await app.TripAsync($"Caller {i}", inTime: TimeSpan.FromMinutes(-20 + 8 * i));
        var held = await app.TripAsync("Held one");
        await app.Assignment.AssignAsync(held.Id, app.Board.Current.Vehicles[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        await using var window = await app.OpenBoardAsync("ida", $"?view={view}&trip={held.Id.Value}", Screen(scheme));
        await window.Page.Locator("aside.panel .history li").First.WaitForAsync();

        await window.ShootAsync($"{view}-{scheme}");
        Check.None(await window.SeriousFindingsAsync());
        window.AssertClean();
    }

    [Theory]
    [InlineData("ru")]
    [InlineData("uk")]
    [InlineData("ro")]
    [InlineData("id")]
    public async Task Board_SpeaksTheLanguage(string language)
    {
        await app.TripAsync("Caller");
        await app.AddUserAsync($"ida-{language}", Domain.Identity.StandardRoles.Dispatcher, language);
        await using var window = await app.OpenBoardAsync($"ida-{language}");
        await window.Page.Keyboard.PressAsync("n");
        await window.Page.Locator("#order-who").WaitForAsync();

        var text = await window.Page.Locator("main").InnerTextAsync();

        await window.ShootAsync(language);
        Assert.DoesNotMatch(@"\b(board|order|tripState|tripAction|ranking|views|shell|field|rule)\.[a-zA-Z-]+", text);
    }

    [Fact]
    public async Task Bar_ThatIsTooShortForItsNumber_ShowsItsSignAlone()
    {
        var held = await app.TripAsync("Short one", inTime: TimeSpan.FromHours(2));
        await app.Assignment.AssignAsync(held.Id, app.Board.Current.Vehicles[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        await using var window = await app.OpenBoardAsync("tom", "?view=lanes", Screen(ColorScheme.Light));
        var bar = window.Page.Locator($".bar[data-trip='{held.Id.Value}']");

        Assert.Contains($"#{held.Number} ", await bar.GetAttributeAsync("title"));
        Assert.False(await SeenAsync("24px"));
        Assert.True(await SeenAsync("160px"));
        window.AssertClean();

        // the bar is looked for anew each time: a change of the board draws the lane again
        Task<bool> SeenAsync(string width) => window.Page.EvaluateAsync<bool>(
            "([id, width]) => { const bar = document.querySelector(`.bar[data-trip='${id}']`); bar.style.width = width; const [own, number] = [bar, bar.querySelector('span')].map(e => e.getBoundingClientRect()); return number.top < own.bottom - 2 && number.right <= own.right; }",
            new[] { held.Id.Value.ToString(), width });
    }
}
