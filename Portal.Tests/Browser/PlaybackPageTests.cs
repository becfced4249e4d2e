using System.Net;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class PlaybackPageTests(PastApp app) : IClassFixture<PastApp>
{
    [Fact]
    public async Task Day_IsPlayedOnTheMap_WithDrivesBeside()
    {
        await app.AddUserAsync("dina", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("dina");

        await window.GoToAsync("/playback?day=2024-05-01");

        await Expect(window.Page.GetByLabel("Days with tracks")).ToHaveValueAsync("2024-05-01");
        await Expect(window.Page.Locator("[data-slider]")).ToHaveAttributeAsync("max", new System.Text.RegularExpressions.Regex("[1-9]"));
        await window.Page.Locator("[data-play]").ClickAsync();
        await Wait.UntilAsync(async () => await window.Page.Locator("[data-slider]").EvaluateAsync<double>("slider => slider.value - slider.min") > 0, "the clock to run");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "P1" }).ClickAsync();
        // It stood at its first fix; the 38 legs of 0.002° of latitude from the second on are 8.5 km.
        await Expect(window.Page.Locator(".drives .drive")).ToContainTextAsync("8.5 km");
        window.AssertClean();
    }

    [Fact]
    public async Task Day_OnAPhone_IsPlayedBesideTheListOfVehicles()
    {
        await app.AddUserAsync("dana", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("dana");
        await window.Page.SetViewportSizeAsync(390, 844);
        await window.GoToAsync("/playback?day=2024-05-01");
        await Expect(window.Page.Locator("[data-slider]")).ToHaveAttributeAsync("max", new System.Text.RegularExpressions.Regex("[1-9]"));

        Assert.Equal(0, await window.Page.Locator(".playback").EvaluateAsync<int>("bar => bar.scrollWidth - bar.clientWidth"));
        foreach (var car in new[] { false, true })
        {
            if (car) await window.Page.GetByRole(AriaRole.Button, new() { Name = "P1" }).ClickAsync();
            await Expect(window.Page.Locator("aside.panel h2")).ToContainTextAsync(car ? "P1" : "vehicles");
            // a trial click fails where something lies above
            await window.Page.Locator("[data-play]").ClickAsync(new() { Trial = true });
            await window.Page.GetByLabel("Days with tracks").ClickAsync(new() { Trial = true });
            await window.Page.Locator(".playback-map").ClickAsync(new() { Trial = true });
        }
        window.AssertClean();
    }

    [Fact]
    public async Task Tracks_WithoutTheRight_AreRefused()
    {
        await app.AddUserAsync("drew", StandardRoles.Driver);
        await app.AddUserAsync("dispatcher-of-tracks", StandardRoles.Dispatcher);

        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync("drew", "2024-05-02"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync("dispatcher-of-tracks", "2024-05-03"));
    }

    private async Task<HttpStatusCode> AskAsync(string user, string to)
    {
        using var session = await app.OpenSessionAsync(user);
        using var answer = await session.Http.GetAsync($"/fleet/tracks?from=2024-05-01T00:00:00Z&to={to}T00:00:00Z");
        return answer.StatusCode;
    }
}
