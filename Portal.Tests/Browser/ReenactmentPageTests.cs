using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class ReenactmentPageTests(PastApp app) : IClassFixture<PastApp>
{
    [Fact]
    public async Task Stop_AsksWhetherToClearAway_SaysWhatIsLeft_AndClearsTheBoards()
    {
        await app.AddUserAsync("flora", StandardRoles.FleetManager);
        await app.AddUserAsync("dirk", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("flora");
        await window.GoToAsync("/reenactment");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear away" })).ToHaveCountAsync(0);
        await window.Page.GetByLabel("From", new() { Exact = true }).FillAsync("2024-05-01T10:00");
        await window.Page.GetByLabel("To", new() { Exact = true }).FillAsync("2024-05-01T10:10");
        await Expect(window.Page.GetByText("2 cars")).ToBeVisibleAsync();
        await window.Page.GetByLabel("Speed").SelectOptionAsync("60");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(window.Page.Locator("[data-requests]")).ToContainTextAsync("3 of 3");
        await using var board = await app.OpenWindowAsync("dirk");
        await board.GoToAsync("/board");
        await Expect(board.Page.Locator("[data-list=waiting] .chip", new() { HasText = "re-enacted" })).ToHaveCountAsync(3);
        await Expect(board.Page.GetByTitle("Re-enacted cars")).ToContainTextAsync("2");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();

        var asked = window.Page.GetByRole(AriaRole.Alertdialog);
        await Expect(asked).ToContainTextAsync("3 open trips are cancelled, 2 shifts end");
        await asked.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(window.Page.GetByText("Still on everybody's board: 3 open trips and 2 cars")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear away" }).ClickAsync();
        await asked.GetByRole(AriaRole.Button, new() { Name = "Clear away" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear away" })).ToHaveCountAsync(0);
        await Expect(board.Page.GetByText("re-enacted")).ToHaveCountAsync(0);
        window.AssertClean();
        board.AssertClean();
    }
}
