using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The start dialog of a company that has published no route map.</summary>
public sealed class NothingToStartTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Theory]
    [InlineData("sales", "Ask an analyst to publish one.", 0)]
    [InlineData(StandardRoles.Analyst, "Draw one and publish it.", 1)]
    public async Task Dialog_SaysWhyAndWhatToDo(string role, string advice, int links)
    {
        await using var forget = app.Database.Owner.CreateCommand("""
            delete from process.job where definition is not null; delete from process.subscription where definition is not null; delete from process.definition
            """);
        await forget.ExecuteNonQueryAsync();
        await app.AddUserAsync($"{role}-1", role);
        await using var window = await app.OpenWindowAsync($"{role}-1");
        await window.GoToAsync("/work");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Start a process" }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Start a process" });

        await Expect(dialog.Locator("p")).ToHaveTextAsync($"No route map that begins by hand is published yet. {advice}");
        await Expect(dialog.Locator("a[href='/maps']")).ToHaveCountAsync(links);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true })).ToHaveCountAsync(0);
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        window.AssertClean();
    }
}
