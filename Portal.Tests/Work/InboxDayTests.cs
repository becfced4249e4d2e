using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Work;

/// <summary>A day at a full inbox.</summary>
public sealed class InboxDayTests(BusyInboxApp app) : IClassFixture<BusyInboxApp>
{
    private static readonly BrowserNewContextOptions Desktop = new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" };

    [Theory]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 900)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Pages_HaveNoSeriousAccessibilityFinding(ColorScheme scheme, int width)
    {
        var settings = new BrowserNewContextOptions { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme, Locale = "en-GB" };
        await using var worker = await app.OpenInboxAsync(BusyInboxApp.Busy, "?group=late", settings);
        await worker.Page.Locator(".work-row").First.WaitForAsync();
        await LookAsync(worker, "work");
        foreach (var page in new[] { "/work/absence", "/work/mail", "/account/tokens" }) await GoAsync(worker, page);
        worker.AssertClean();
        await using var keeper = await app.OpenWindowAsync("administrator", settings);
        foreach (var page in new[] { "/outbox", "/work/mail" })
        {
            await GoAsync(keeper, page);
            // nobody has said where people reach this installation
            await Assertions.Expect(keeper.Page.Locator(".work-note")).ToContainTextAsync("Portal:PublicAddress");
        }
        keeper.AssertClean();

        async Task GoAsync(BrowserWindow window, string page)
        {
            await window.GoToAsync(page);
            await window.Page.Locator(".page[data-ready]").WaitForAsync();
            await LookAsync(window, page.Trim('/').Replace('/', '-'));
        }

        async Task LookAsync(BrowserWindow window, string name)
        {
            await window.ShootAsync($"{name}-{scheme}-{width}");
            Check.None((await window.SeriousFindingsAsync()).Select(found => $"{name} {found}"));
        }
    }

    /// <summary>Keys alone: J and K walk and keep the open row in sight, E completes and opens the next, D and N open their dialogs, Escape closes them.</summary>
    [Fact]
    public async Task Keys_WalkCompleteDelegateAndGive()
    {
        var changes = app.Services.GetRequiredService<WorkChanges>();
        // windows of other tests, which may end meanwhile
        var others = changes.Watching;
        await using var window = await app.OpenInboxAsync(BusyInboxApp.Busy, "?group=mine&q=papers", Desktop);
        var rows = window.Page.Locator(".work-row");
        var open = window.Page.Locator(".work-item h2").First;
        await rows.First.WaitForAsync();

        for (var i = 0; i < 20; i++)
        {
            await window.Page.Keyboard.PressAsync("j");
            await Assertions.Expect(rows.Nth(i)).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("chosen"));
        }
        await Assertions.Expect(rows.Nth(19)).ToBeInViewportAsync();
        await window.Page.Keyboard.PressAsync("k");
        await Assertions.Expect(rows.Nth(18)).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("chosen"));
        await Assertions.Expect(open).ToHaveTextAsync("File the papers");
        var done = Guid.Parse(new Uri(window.Page.Url).Query.Split("task=")[1][..36]);
        await window.Page.Locator(".work-item .actions").First.WaitForAsync();
        await window.Page.Keyboard.PressAsync("e");
        await Wait.UntilAsync(async () => (await app.ReadAsync(new(done))).ClosedAt is not null, "the task to be completed");
        await window.Page.IsAtAsync(url => !url.Contains(done.ToString()) && url.Contains("task="));
        await window.Page.Locator(".work-item .actions").First.WaitForAsync();

        // faster than any task can be read
        for (var i = 0; i < 40; i++) await window.Page.Keyboard.PressAsync(i % 10 < 7 ? "j" : "k");
        await Assertions.Expect(open).ToHaveTextAsync("File the papers");
        await window.Page.Locator(".work-item .actions").First.WaitForAsync();

        await window.Page.Keyboard.PressAsync("d");
        await window.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("n");
        await window.Page.GetByRole(AriaRole.Dialog).GetByLabel("What is to be done").WaitForAsync();
        window.AssertClean();

        // what was left is watched no more: the inbox and the open task's talk remain, then nothing
        await Wait.UntilAsync(() => changes.Watching <= others + 2, "the tasks that were left to be watched no more");
        await window.GoToAsync("/work/mail");
        await Wait.UntilAsync(() => changes.Watching <= others, "the inbox to be watched no more");
    }

    /// <summary>Several at one click: those that ask nothing are done, one with a form stays chosen and says why.</summary>
    [Fact]
    public async Task Chosen_AreCompletedTogether_AndWhatAsksForMoreStays()
    {
        await using var window = await app.OpenInboxAsync(BusyInboxApp.Busy, "?group=mine&q=stock", Desktop);
        await window.Page.Locator(".work-row").First.WaitForAsync();
        for (var i = 0; i < 3; i++) await window.Page.Locator(".work-row > input").Nth(i).CheckAsync();
        await Assertions.Expect(window.Page.Locator(".bulk")).ToContainTextAsync("3");
        await window.Page.Locator(".bulk").GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();
        await Assertions.Expect(window.Page.Locator(".toast").First).ToContainTextAsync("3 tasks done");
        await Assertions.Expect(window.Page.Locator(".bulk")).ToHaveCountAsync(0);

        await window.GoToAsync("/work?group=mine&q=framework");
        await window.Page.Locator(".work-row > input").First.CheckAsync();
        await window.Page.Locator(".bulk").GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();

        await Assertions.Expect(window.Page.Locator(".toast").First).ToContainTextAsync("1 left: it has a form");
        await Assertions.Expect(window.Page.Locator(".bulk")).ToBeVisibleAsync();
        window.AssertClean();
    }

    /// <summary>No row, however long its client's name, widens the list: nothing is cut off, nothing scrolls sideways.</summary>
    [Theory]
    [InlineData(1440)]
    [InlineData(900)]
    [InlineData(390)]
    public async Task List_WithLongNames_StaysAsWideAsItsPane(int width)
    {
        await using var window = await app.OpenInboxAsync(BusyInboxApp.Busy, "?group=mine", new() { ViewportSize = new() { Width = width, Height = 900 }, Locale = "en-GB" });
        await window.Page.Locator(".work-row").First.WaitForAsync();

        Assert.True(await window.Page.EvaluateAsync<bool>("() => [...document.querySelectorAll(innerWidth > 720 ? '.work-list, .work-groups' : '.work-list')].every(pane => pane.scrollWidth <= pane.clientWidth)"));
        await Assertions.Expect(window.Page.Locator(".work-pages .pager")).ToBeInViewportAsync();
    }
}
