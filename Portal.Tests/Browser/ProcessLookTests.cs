using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Browser;

/// <summary>How the screens of processes look: no serious accessibility finding, light and dark, and no raw text key in any language.</summary>
public sealed class ProcessLookTests(MapsApp app) : IClassFixture<MapsApp>
{
    private static IEnumerable<string>? english;

    private static readonly string[] Pages = ["/maps", "/maps/Sale", "/maps/Sale/versions", "/maps/Sale/dry-run", "/maps/Sale/standing", "/instances"];

    private async Task<IEnumerable<string>> PagesAsync()
    {
        var id = await app.Services.GetRequiredService<ProcessRunner>().StartAsync("Sale", null, ContextValue.Empty, MapsApp.Other);
        return [.. Pages, $"/instances/{id.Value}"];
    }

    /// <summary>Opens what a page hides at first, so that it is looked at too.</summary>
    private static async Task UnfoldAsync(BrowserWindow window)
    {
        if (window.Page.Url.EndsWith("/dry-run", StringComparison.Ordinal))
        {
            await window.Page.Locator(".panel button.primary").ClickAsync();
            await window.Page.Locator(".panel [data-node]").WaitForAsync();
        }
        if (await window.Page.Locator(".property-panel").CountAsync() > 0)
        {
            await window.Page.Locator(".designer-canvas [data-element-id='offer'] .djs-hit").First.ClickAsync(new() { Force = true });
            await window.Page.Locator(".property-panel [data-fold=form]").WaitForAsync();
            await window.Page.EvaluateAsync("() => document.querySelectorAll('.property-panel details').forEach(fold => { fold.open = true; })");
        }
        else await window.Page.EvaluateAsync("() => document.querySelectorAll('details.fold').forEach(fold => { fold.open = true; })");
    }

    [Fact]
    public async Task Pages_HaveNoSeriousAccessibilityFinding_LightAndDark()
    {
        var problems = new List<string>();
        await using var window = await app.OpenWindowAsync("ann", new() { ViewportSize = new() { Width = 1440, Height = 900 }, ReducedMotion = ReducedMotion.Reduce, Locale = "en-GB" });
        foreach (var page in await PagesAsync())
        {
            await window.GoToAsync(page);
            await UnfoldAsync(window);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await window.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await window.ShootAsync($"{scheme}{page.Replace('/', '-')}"[..Math.Min(40, $"{scheme}{page}".Length)]);
                problems.AddRange((await window.SeriousFindingsAsync()).Select(found => $"{page} {scheme} {found}"));
            }
        }

        Check.None(problems);
        window.AssertClean();
    }

    [Theory]
    [InlineData("ru")]
    [InlineData("uk")]
    [InlineData("ro")]
    [InlineData("id")]
    public async Task Pages_SpeakTheLanguage(string language)
    {
        await app.AddUserAsync($"ann-{language}", StandardRoles.Analyst, language);
        await using var window = await app.OpenWindowAsync($"ann-{language}");
        english ??= await EnglishOfThePanelAsync();
        foreach (var page in await PagesAsync())
        {
            await window.GoToAsync(page);
            await UnfoldAsync(window);
            var text = await window.Page.Locator("main").InnerTextAsync();
            await window.ShootAsync($"{language}{page.Replace('/', '-')}"[..Math.Min(40, $"{language}{page}".Length)]);

            Assert.DoesNotMatch(@"\b(maps|designer|drawing|dry|bpmn|canvas|versions|differences|history|instance|instances|standing|form|span|waitKind|instanceStatus|role|rule|field|shell)\.[a-zA-Z-]+", text);
            if (page == "/maps/Sale") Assert.Empty((await PanelAsync(window)).Intersect(english));
        }
    }

    private async Task<IEnumerable<string>> EnglishOfThePanelAsync()
    {
        await using var window = await app.OpenAsync("/maps/Sale");
        await UnfoldAsync(window);
        return await PanelAsync(window);
    }

    /// <summary>Headings of the panel and names of the drawing tools, but for words that are the same in several languages.</summary>
    private static async Task<IEnumerable<string>> PanelAsync(BrowserWindow window) =>
        (await window.Page.EvaluateAsync<string[]>("""
            () => [...[...document.querySelectorAll('.property-panel .group > summary')].map(e => e.textContent), ...[...document.querySelectorAll('.djs-palette .entry')].map(e => e.getAttribute('aria-label'))]
            """)).Where(word => word is not (null or "General" or "Data" or "Pool"));
}
