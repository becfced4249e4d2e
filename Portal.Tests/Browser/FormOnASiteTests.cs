using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales.Leads;
using Portal.Tests.Sales.Leads;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The form of the web within a page of another site, as a browser shows it to a visitor there.</summary>
public sealed class FormOnASiteTests(WebFormTests.FormApp app) : IClassFixture<WebFormTests.FormApp>, IAsyncLifetime
{
    private readonly WebApplication site = Site(), stranger = Site();

    // a page that shows within itself whatever its address names
    private static WebApplication Site()
    {
        var site = WebApplication.CreateSlimBuilder().Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.MapGet("/", (string shown) => Results.Content($"<!DOCTYPE html><title>Shop</title><h1>Our shop</h1><iframe title=form width=380 height=760 src=\"{System.Net.WebUtility.HtmlEncode(shown)}\"></iframe>", "text/html"));
        return site;
    }

    // by this name it is another site than the application, which goes by its number
    private static string OriginOf(WebApplication site) => $"http://localhost:{new Uri(site.Urls.First()).Port}";

    public Task InitializeAsync() => Task.WhenAll(site.StartAsync(), stranger.StartAsync());

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
        await stranger.DisposeAsync();
    }

    private async Task<string> FormAsync()
    {
        var choices = await app.Services.GetRequiredService<LeadChoicesQuery>().ReadAsync(Actor.System("test"), default);
        return (await app.Services.GetRequiredService<LeadForms>().AddAsync(new("Shop", new(choices.Streams[0].Id))
        {
            Words = new Dictionary<string, LeadFormWords> { ["en"] = new("Ask us") }, Origins = [OriginOf(site)],
        }, Actor.System("test"), default)).Key;
    }

    private static async Task<IFrameLocator> ShowAsync(BrowserWindow window, WebApplication within, Uri shown)
    {
        await window.Page.GotoAsync($"{OriginOf(within)}/?shown={Uri.EscapeDataString(shown.ToString())}");
        return window.Page.FrameLocator("iframe");
    }

    [Fact]
    public async Task Form_IsFilledAndSentWithinAPageOfASiteItNames_WithoutACookie()
    {
        var key = await FormAsync();
        await using var visitor = await Chromium.OpenAsync(new(OriginOf(site)), new() { ViewportSize = new() { Width = 390, Height = 844 } });
        var told = new ConcurrentQueue<string>();
        visitor.Page.Console += (_, message) => told.Enqueue(message.Text);
        var form = await ShowAsync(visitor, site, new(app.Address, $"f/{key}?lang=en"));

        await form.GetByLabel("Name *", new() { Exact = true }).FillAsync("Rosa Fern");
        await form.GetByLabel("Phone", new() { Exact = true }).FillAsync("12");
        app.Pass(TimeSpan.FromSeconds(20));
        await form.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        // refused within the page, with nothing typed lost
        await Expect(form.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(form.GetByLabel("Name *", new() { Exact = true })).ToHaveValueAsync("Rosa Fern");
        await form.GetByLabel("Phone", new() { Exact = true }).FillAsync("+40 722 850 001");
        await form.GetByLabel("Message").FillAsync("Ferns for a window, please");
        await visitor.ShootAsync("form");
        await form.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(form.GetByRole(AriaRole.Status)).ToContainTextAsync("We will get in touch");

        var lead = Assert.Single(await app.LeadsAsync("Ferns for a window"));
        Assert.Equal(("Rosa Fern", LeadChannel.WebForm), (lead.Name, lead.Channel));
        Assert.Empty(await visitor.Page.Context.CookiesAsync());
        // the console tells of the refusal too, more than once and in its own time: only that nothing was forbidden to the page is asked of it
        Assert.DoesNotContain(told, line => line.Contains("Security Policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Form_IsNotShownByASiteItDoesNotName_AndNothingElseIsShownByAny()
    {
        var key = await FormAsync();
        await using var seller = await app.OpenWindowAsync("seller");
        var form = new Uri(app.Address, $"f/{key}?lang=en");

        await Expect((await ShowAsync(seller, site, form)).GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeVisibleAsync();
        foreach (var (within, shown) in new[] { (stranger, form), (site, new(app.Address, "leads")), (site, new(app.Address, "signin")), (site, new Uri(app.Address, $"o/{new string('a', 43)}")) })
        {
            var refused = seller.Page.WaitForConsoleMessageAsync(new() { Predicate = message => message.Text.Contains("frame-ancestors", StringComparison.Ordinal) || message.Text.Contains("X-Frame-Options", StringComparison.Ordinal) });
            await ShowAsync(seller, within, shown);
            await refused;
            Assert.DoesNotContain(seller.Page.Frames, frame => frame.Url.StartsWith(app.Address.ToString(), StringComparison.Ordinal));
        }
    }
}
