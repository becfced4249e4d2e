using Portal.Domain.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

public sealed class SignInTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task SignIn_WithTheRightPassword_OpensTheApplication()
    {
        await app.AddUserAsync("olena", StandardRoles.Dispatcher);

        await using var window = await app.SignInAsync("olena");

        await window.Page.Locator("nav.rail").WaitForAsync();
        Assert.DoesNotContain("/signin", window.Page.Url);
        window.AssertClean();
    }

    [Fact]
    public async Task SignIn_WithAWrongPassword_SaysSoAndStays()
    {
        await app.AddUserAsync("petro", StandardRoles.Dispatcher);
        await using var window = await Chromium.OpenAsync(app.Address);
        await window.GoToAsync("/signin");

        await window.Page.FillAsync("#name", "petro");
        await window.Page.FillAsync("#password", "a guess");
        await window.Page.PressAsync("#password", "Enter");

        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert).WaitForAsync();
        Assert.Contains("/signin", window.Page.Url);
        window.AssertClean();
    }

    [Fact]
    public async Task Page_WhenNotSignedIn_LeadsToTheSignInPage()
    {
        await using var window = await Chromium.OpenAsync(app.Address);

        await window.GoToAsync("/account");

        Assert.Contains("/signin?back=%2Faccount", window.Page.Url);
        window.AssertClean();
    }

    [Fact]
    public async Task SignIn_OnAPhoneThatStays_OutlivesTheBrowser()
    {
        await app.AddUserAsync("taras", StandardRoles.Driver);
        await using var window = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await window.GoToAsync("/signin");
        var tick = window.Page.GetByLabel("Stay signed in on this device");

        await window.Page.FillAsync("#name", "taras");
        await window.Page.FillAsync("#password", PortalApp.Password);
        await tick.CheckAsync();
        Assert.InRange((await tick.BoundingBoxAsync())!.Height, 12, 30);
        await window.Page.PressAsync("#password", "Enter");
        await window.Page.IsAtAsync(url => !url.Contains("/signin"));

        var cookie = (await window.Page.Context.CookiesAsync()).Single(c => c.Name == "portal");
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds((long)cookie.Expires) - DateTimeOffset.UtcNow, TimeSpan.FromDays(29), TimeSpan.FromDays(31));
        window.AssertClean();
    }
}
