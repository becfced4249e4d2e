using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class SavedViewsMenuTests(BoardApp app) : IClassFixture<BoardApp>
{
    [Fact]
    public async Task UserMenu_ClosesOnEscape_AndTheRailNamesThePageThatIsOpen()
    {
        await app.AddUserAsync("menu-reader", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("menu-reader");
        await window.Page.GotoAsync("/board");
        var menu = window.Page.Locator("details.user-menu");
        await menu.Locator("summary").ClickAsync();
        await Expect(menu).ToHaveAttributeAsync("open", "");
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(menu).Not.ToHaveAttributeAsync("open", "");
        var here = window.Page.Locator(".rail [aria-current=page]");
        await Expect(here).ToHaveAttributeAsync("href", "/board");
        await window.Page.Locator(".rail a[href='/trips']").ClickAsync();
        await Expect(here).ToHaveAttributeAsync("href", "/trips");
    }

    [Fact]
    public async Task Menu_ClosesOnEscape_OnAPressElsewhere_AndWhenAViewWasOpened_AndTheTripStaysOpen()
    {
        var trip = await app.TripAsync("Menu Quill");
        await using var window = await OpenAsync("menu-user", $"?q=Menu&trip={trip.Id.Value}");
        var (views, panel) = (window.Page.Locator("details.views"), window.Page.Locator("aside.panel"));
        await SaveAsync(window, "Menu's own");

        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(views).Not.ToHaveAttributeAsync("open", "");
        await Expect(views.Locator("summary")).ToBeFocusedAsync();
        await Expect(panel).ToBeVisibleAsync();

        await views.Locator("summary").ClickAsync();
        await window.Page.Locator(".bfigures").ClickAsync();
        await Expect(views).Not.ToHaveAttributeAsync("open", "");

        await window.Page.FillAsync(".bfind", "other");
        await Expect(window.Page).ToHaveURLAsync(new Regex("q=other"));
        await Expect(views.Locator("summary")).Not.ToContainTextAsync("Menu's own");
        await views.Locator("summary").ClickAsync();
        await views.Locator("a", new() { HasTextString = "Menu's own" }).ClickAsync();
        await Expect(views).Not.ToHaveAttributeAsync("open", "");
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/board\?q=Menu$"));
        await Expect(views.Locator("summary")).ToContainTextAsync("Menu's own");
        await Expect(views.Locator("a[aria-current]")).ToContainTextAsync("Menu's own");
        window.AssertClean();
    }

    [Fact]
    public async Task Save_UnderANameThatIsThere_Asks_AndKeepsTheSharing()
    {
        await using var window = await OpenAsync("asked-user", "?q=first");
        await SaveAsync(window, "Asked", shared: true);
        await window.Page.FillAsync(".bfind", "second");
        await Expect(window.Page).ToHaveURLAsync(new Regex("q=second"));

        await SaveAsync(window, "Asked", wait: false);
        await window.Page.GetByRole(AriaRole.Alertdialog).WaitForAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.GetByRole(AriaRole.Alertdialog)).ToHaveCountAsync(0);
        await Expect(Link(window, "Asked")).ToHaveAttributeAsync("href", "/board?q=first");

        await window.Page.Locator(".views-save button").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("stays shared");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(Link(window, "Asked")).ToHaveAttributeAsync("href", "/board?q=second");
        await Expect(Link(window, "Asked").Locator("small")).ToContainTextAsync("shared");
        window.AssertClean();
    }

    [Fact]
    public async Task DefaultView_OpensWithTheBareAddress_AndEverythingLeadsBack()
    {
        await using var window = await OpenAsync("default-user", "?late=true");
        await SaveAsync(window, "Only late");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open Only late by default" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Do not open Only late by default" })).ToHaveAttributeAsync("aria-pressed", "true");

        await window.GoToAsync("/board");
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/board\?late=true$"));
        await Expect(window.Page.Locator(".bchips .chip[aria-pressed=true]")).ToHaveTextAsync("late");

        await window.Page.Locator("details.views summary").ClickAsync();
        await Link(window, "Everything").ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/board\?view=map$"));
        await Expect(window.Page.Locator(".bchips .chip[aria-pressed=true]")).ToHaveCountAsync(0);
        await window.Page.ReloadAsync();
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        await Expect(window.Page.Locator(".bchips .chip[aria-pressed=true]")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task DefaultViewOfTheTripList_GivesWayToShowAll()
    {
        await app.TripAsync("Listed Quill");
        await using var window = await OpenAsync("list-user");
        await window.GoToAsync("/trips?late=true");
        await SaveAsync(window, "Late ones");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Open Late ones by default" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Do not open Late ones by default" }).WaitForAsync();
        await window.GoToAsync("/trips");
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/trips\?late=true$"));

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" }).ClickAsync();

        await Expect(window.Page.Locator("td", new() { HasTextString = "Listed Quill" })).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "Show all" })).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task SharedView_ShowsWhoseItIs_AndIsRenamedByKeys()
    {
        await using (var owner = await OpenAsync("sharing-user", "?q=pier"))
        {
            await SaveAsync(owner, "Pier", shared: true);
            await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Rename Pier" }).PressAsync("Enter");
            await Expect(owner.Page.Locator(".views-rename input")).ToBeFocusedAsync();
            await owner.Page.Keyboard.PressAsync("Escape");
            await Expect(owner.Page.Locator("details.views")).ToHaveAttributeAsync("open", "");
            await owner.Page.GetByRole(AriaRole.Button, new() { Name = "Rename Pier" }).PressAsync("Enter");
            await Expect(owner.Page.Locator(".views-rename input")).ToBeFocusedAsync();
            await owner.Page.Keyboard.TypeAsync(" seven");
            await owner.Page.Keyboard.PressAsync("Enter");
            await Link(owner, "Pier seven").WaitForAsync();
            owner.AssertClean();
        }
        await using var other = await OpenAsync("looking-user");
        await other.Page.Locator("details.views summary").ClickAsync();
        await Expect(Link(other, "Pier seven").Locator("small")).ToHaveTextAsync("shared by sharing-user");
        await Expect(other.Page.GetByRole(AriaRole.Button, new() { Name = "Remove Pier seven" })).ToHaveCountAsync(0);

        await SaveAsync(other, "Pier seven");
        await Expect(other.Page.Locator(".toast")).ToContainTextAsync("The one shared by sharing-user stays");
        other.AssertClean();
    }

    private async Task<BrowserWindow> OpenAsync(string user, string query = "")
    {
        await app.AddUserAsync(user, StandardRoles.Dispatcher);
        return await app.OpenBoardAsync(user, query);
    }

    private static ILocator Link(BrowserWindow window, string name) => window.Page.Locator(".views-row a", new() { HasTextString = name });

    private static async Task SaveAsync(BrowserWindow window, string name, bool? shared = null, bool wait = true)
    {
        var views = window.Page.Locator("details.views");
        if (await views.GetAttributeAsync("open") is null) await views.Locator("summary").ClickAsync();
        await views.Locator(".views-save input:not([type])").FillAsync(name);
        if (shared is { } share) await views.Locator(".views-save input[type=checkbox]").SetCheckedAsync(share);
        await views.Locator(".views-save button").ClickAsync();
        if (wait) await views.Locator(".views-row", new() { HasTextString = name }).First.WaitForAsync();
    }
}
