using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Identity;

/// <summary>Branches, the reach of roles and what a user's branch limits, on their pages.</summary>
public sealed class BranchPagesTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Branch_IsOpenedByKeys_AndTheLastOneStays()
    {
        await app.AddUserAsync("branch-chief", StandardRoles.Administrator);
        await using var window = await app.SignInAsync("branch-chief");
        await window.GoToAsync("/branches");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "New branch" }).PressAsync("Enter");
        await Field(window, "Name").FillAsync("Harbour yard");
        await Field(window, "Address").FillAsync("Quay Road 1");
        await Field(window, "Time zone").FillAsync("Europe/Chisinau");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "Harbour yard" })).ToContainTextAsync("Europe/Chisinau");
        await Expect(window.Page.Locator(".panel")).ToHaveCountAsync(0);

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Harbour yard" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Archive", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await window.Page.Locator("tbody a").ClickAsync();
        await Expect(Field(window, "Name")).Not.ToHaveValueAsync("Harbour yard");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Archive", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator(".panel .problem")).ToContainTextAsync("The last branch stays");

        var found = await window.Page.RunAxe();
        Check.None(found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}"));
        window.AssertClean();
    }

    [Fact]
    public async Task Reach_OfARole_IsSetOnItsPage_ARefusedOneShowsAsItWas_AndTheUserFormSaysWhatTheBranchLimits()
    {
        await app.AddUserAsync("reach-chief", StandardRoles.Administrator);
        await using var window = await app.SignInAsync("reach-chief");
        await window.GoToAsync("/roles");
        await window.Page.GetByLabel("Administrator: Reach").SelectOptionAsync("Branch");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nobody could manage roles in all branches");
        await Expect(window.Page.GetByLabel("Administrator: Reach")).ToHaveValueAsync("All");
        await window.Page.GetByLabel("Process analyst: Reach").SelectOptionAsync("Branch");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByLabel("Process analyst: Reach")).ToHaveValueAsync("Branch");

        await window.GoToAsync($"/users?user={Guid.Empty}");
        await Expect(window.Page.Locator(".panel [role=status]")).ToContainTextAsync("Limits the rights");
        await window.Page.GetByRole(AriaRole.Combobox, new() { Name = "Branch" }).SelectOptionAsync("");
        await Expect(window.Page.Locator(".panel [role=status]")).ToContainTextAsync("Choose a branch");
        await window.Page.Locator(".panel label.check", new() { HasTextString = "Dispatcher" }).Locator("input").CheckAsync();
        await Expect(window.Page.Locator(".panel [role=status]")).ToContainTextAsync("reach all branches");
        window.AssertClean();
    }

    private static ILocator Field(BrowserWindow window, string label) => window.Page.Locator(".panel").GetByLabel(label);
}
