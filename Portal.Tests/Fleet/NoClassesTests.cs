using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Fleet;

/// <summary>A company that has no vehicle class yet is told what to do where one is asked for.</summary>
public sealed class NoClassesTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task VehicleForm_WithoutAClass_LeadsToTheClasses()
    {
        await app.AddUserAsync("first-chief", StandardRoles.FleetManager);
        await using var window = await app.OpenWindowAsync("first-chief");
        await window.GoToAsync("/vehicles");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "New vehicle" }).ClickAsync();

        await Expect(window.Page.Locator(".panel .problem")).ToContainTextAsync("A vehicle belongs to a class, and there is none yet.");
        await window.Page.Locator(".panel .problem a").ClickAsync();

        await window.Page.IsAtAsync(url => url.EndsWith("/vehicle-classes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OrderCard_WithoutAClass_SaysWhoAddsThem()
    {
        await app.AddUserAsync("first-dispatcher", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("first-dispatcher");
        await window.GoToAsync("/board");
        await window.Page.Keyboard.PressAsync("n");

        await Expect(window.Page.Locator("form.order")).ToContainTextAsync("There are no vehicle classes yet");
        await Expect(window.Page.Locator("form.order a[href='/vehicle-classes']")).ToHaveCountAsync(0);
    }
}
