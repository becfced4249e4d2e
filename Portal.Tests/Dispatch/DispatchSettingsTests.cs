using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Dispatch;

public sealed class DispatchSettingsTests(PortalApp app) : IClassFixture<PortalApp>
{
    private readonly Actor ida = Orders.Person("Ida Marsh", Permissions.SettingsManage), tom = Orders.Person("Tom Field", Permissions.SettingsManage);

    private DispatchSettingsStore Store => app.Services.GetRequiredService<DispatchSettingsStore>();

    [Fact]
    public async Task Change_OfSettingsThatAColleagueChangedMeanwhile_IsRefusedByHisName()
    {
        var (settings, seen) = await Store.SeeAsync();
        await Store.ChangeAsync(settings with { Approach = 1 }, seen, ida);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Store.ChangeAsync(settings with { Waiting = 2 }, seen, tom));

        Assert.Equal(("shared.changed-by", ida.Name), (refusal.Code, refusal.Args[0]));
        Assert.Equal(1, (await Store.ReadAsync()).Approach);
        await Store.ChangeAsync(settings with { Waiting = 2 }, (await Store.SeeAsync()).Version, tom);
    }

    [Fact]
    public async Task Page_WithAnEmptiedField_SaysWhichInsteadOfSaved()
    {
        await app.AddUserAsync("ada", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("ada");
        await window.GoToAsync("/settings/dispatch");
        var lateness = window.Page.Locator("form.settings input").Nth(2);
        await lateness.FillAsync("");
        await window.Page.Locator("form.settings button.primary").ClickAsync();

        await Expect(window.Page.Locator(".toast.warn")).ToContainTextAsync("Please fill in");
        await Expect(window.Page.Locator(".toast", new() { HasText = "Settings saved" })).ToHaveCountAsync(0);
        await lateness.FillAsync("6.5");
        await window.Page.Locator("form.settings button.primary").ClickAsync();
        await Expect(window.Page.Locator(".toast", new() { HasText = "Settings saved" })).ToBeVisibleAsync();
        Assert.Equal(6.5, (await Store.ReadAsync()).Lateness);
        window.AssertClean();
    }
}
