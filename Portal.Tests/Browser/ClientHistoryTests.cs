using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A client's history, filtered by its address, while a colleague goes on working.</summary>
public sealed class ClientHistoryTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<BrowserWindow> OpenAsync(string user, string query = "")
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync($"/clients/{app.Client.Id}{query}");
        await window.Page.Locator(".history-part[data-ready]").WaitForAsync();
        return window;
    }

    [Fact]
    public async Task History_IsFilteredByKind_KeepsItInTheAddress_AndTakesInWhatAColleagueDoes()
    {
        await using var reader = await OpenAsync("sales");
        await using var colleague = await OpenAsync("second-sales");
        var lines = reader.Page.Locator(".history-part li");

        // a field that a colleague changes is there at once, with what it was
        await colleague.Page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).First.ClickAsync();
        await colleague.Page.Locator("aside.panel").GetByLabel("Phone", new() { Exact = true }).FillAsync("+000 555 0777");
        await colleague.Page.Locator("aside.panel").GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(lines.Filter(new() { HasText = "Phone: +000 555 0199 → +000 555 0777" })).ToHaveCountAsync(1);
        await colleague.Page.GetByPlaceholder("Write a note…").FillAsync("They have a new number");
        await colleague.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(lines).ToHaveCountAsync(2);

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Files", Exact = true }).ClickAsync();
        await Expect(reader.Page.GetByText("Nothing found.")).ToBeVisibleAsync();
        await Expect(reader.Page).ToHaveURLAsync(new Regex("history=File"));
        // what does not pass the filter does not come; what does, comes without a reload
        await colleague.Page.Locator(".upload input[type=file]").SetInputFilesAsync(new FilePayload { Name = "tariff.txt", MimeType = "text/plain", Buffer = "words"u8.ToArray() });
        await Expect(lines).ToHaveTextAsync([new Regex("file attached: tariff.txt")]);

        await reader.Page.ReloadAsync();
        await Expect(lines).ToHaveTextAsync([new Regex("file attached: tariff.txt")]);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the filter" }).ClickAsync();
        await Expect(lines).ToHaveCountAsync(3);
        await Expect(reader.Page).Not.ToHaveURLAsync(new Regex("history="));

        reader.AssertClean();
        colleague.AssertClean();
    }
}
