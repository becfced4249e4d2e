using System.Net;
using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A confidential file on a client's card, as its sender and a colleague see it at the same time.</summary>
public sealed class ConfidentialFileTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<BrowserWindow> OpenCardAsync(string user)
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync($"/clients/{app.Client.Id}");
        await Expect(window.Page.Locator(".upload input[type=file]")).ToBeEnabledAsync();
        return window;
    }

    private static Task AttachAsync(BrowserWindow window, string name) =>
        window.Page.Locator(".upload input[type=file]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/plain", Buffer = "words"u8.ToArray() });

    [Fact]
    public async Task File_AttachedAsConfidential_IsThereForItsSenderOnly_UntilHeOpensItUp()
    {
        await using var sender = await OpenCardAsync("sales");
        await using var colleague = await OpenCardAsync("second-sales");
        var (his, hers) = (sender.Page.Locator(".talk-files a"), colleague.Page.Locator(".talk-files a"));

        await sender.Page.GetByLabel("as confidential").CheckAsync();
        await Expect(sender.Page.Locator(".upload[data-confidential=true]")).ToBeVisibleAsync();
        await AttachAsync(sender, "secret.txt");
        await Expect(his).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("secret.txt")]);
        await Expect(sender.Page.Locator(".talk-files .chip")).ToContainTextAsync("confidential");
        await sender.Page.GetByLabel("as confidential").UncheckAsync();
        await Expect(sender.Page.Locator(".upload[data-confidential=false]")).ToBeVisibleAsync();
        await AttachAsync(sender, "open.txt");

        // the colleague's page has read again by the time the open one is there
        await Expect(hers).ToHaveTextAsync([new System.Text.RegularExpressions.Regex("open.txt")]);
        using (var session = await app.OpenSessionAsync("second-sales"))
        using (var answer = await session.Http.GetAsync(await his.First.GetAttributeAsync("href")))
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        await sender.Page.GetByRole(AriaRole.Button, new() { Name = "Show to all who see this" }).ClickAsync();
        await Expect(hers).ToHaveCountAsync(2);
        await sender.Page.GetByRole(AriaRole.Button, new() { Name = "Make confidential" }).First.ClickAsync();
        await Expect(hers).ToHaveCountAsync(1);

        sender.AssertClean();
        colleague.AssertClean();
    }
}
