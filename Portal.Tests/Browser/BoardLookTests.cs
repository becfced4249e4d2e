using Microsoft.Playwright;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

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

    /// <summary>A message stands in the frame's head: lists, lanes and panel stay to be worked with.</summary>
    [Theory]
    [InlineData(1366, 768)]
    [InlineData(390, 844)]
    public async Task Toasts_HideNothingThatIsWorkedWith(int width, int height)
    {
        var trip = await app.TripAsync($"Narrow Verne {width}", offMap: true);
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}", new() { ViewportSize = new() { Width = width, Height = height } });
        await window.Page.GetByText("The pickup is not on the map, so no car can be proposed.").WaitForAsync();

        await window.Page.Keyboard.PressAsync("1");
        await window.Page.Keyboard.PressAsync("1");

        await Expect(window.Page.Locator(".toasts-more")).ToHaveTextAsync("+1");
        var (toasts, work) = ((await window.Page.Locator(".toast").Last.BoundingBoxAsync())!, (await window.Page.Locator(".bfilter").BoundingBoxAsync())!);
        Assert.True(toasts.X >= 0 && toasts.X + toasts.Width <= width && toasts.Y + toasts.Height <= work.Y, $"{toasts.X} {toasts.Y} {toasts.Width} {toasts.Height}");
    }

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(1366, 768)]
    public async Task Head_IsTwoRows_AlsoWithAPanel_AndLanesShowFourCars(int width, int height)
    {
        var trip = await app.TripAsync("Narrow Birch");
        await using var window = await app.OpenBoardAsync("ida", settings: new() { ViewportSize = new() { Width = width, Height = height }, Locale = "en-GB" });
        var before = await HeadAsync();
        await BoardApp.Row(window, trip.Id).ClickAsync();
        await window.Page.Locator("aside.panel .cars .car").First.WaitForAsync();

        Assert.InRange(before, 60, 90);
        Assert.Equal(before, await HeadAsync());
        Assert.True(await window.Page.Locator(".bhead h1").IsVisibleAsync());
        Assert.True((await window.Page.Locator(".lanes-rows").BoundingBoxAsync())!.Height >= 4 * 30);
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"));

        async Task<double> HeadAsync() => (await window.Page.Locator(".bfilter").BoundingBoxAsync())! is var f ? Math.Round(f.Y + f.Height - (await window.Page.Locator(".bhead").BoundingBoxAsync())!.Y) : 0;
    }
}
