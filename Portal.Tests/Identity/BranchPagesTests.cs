using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
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
        await using var window = await app.OpenWindowAsync("branch-chief");
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

        Check.None(await window.SeriousFindingsAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Ticks_FasterThanTheyAreSaved_AreAllKeptAndShown()
    {
        await app.AddUserAsync("quick-chief", StandardRoles.Administrator);
        var grants = app.Services.GetRequiredService<RoleGrants>();
        await grants.AddAsync("Quick ticks", Actor.System("test"), default);
        await using var window = await app.OpenWindowAsync("quick-chief");
        await window.GoToAsync("/roles");
        var boxes = window.Page.Locator("input[aria-label^='Quick ticks:']");
        await boxes.EvaluateAllAsync<object?>("all => all.slice(0, 8).forEach(box => box.click())");

        await Wait.UntilAsync(async () => (await grants.ListAsync(Actor.System("test"), default)).Single(r => r.Name == "Quick ticks").Permissions.Length == 8, "all ticks kept");
        await window.GoToAsync("/roles");
        await Expect(window.Page.Locator("input[aria-label^='Quick ticks:']:checked")).ToHaveCountAsync(8);
    }

    [Fact]
    public async Task Reach_OfARole_IsSetOnItsPage_ARefusedOneShowsAsItWas_AndTheUserFormSaysWhatTheBranchLimits()
    {
        await app.AddUserAsync("reach-chief", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("reach-chief");
        await window.GoToAsync("/roles");
        await window.Page.GetByLabel("Administrator: Reach").SelectOptionAsync("Branch");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nobody could manage roles in all branches");
        await Expect(window.Page.GetByLabel("Administrator: Reach")).ToHaveValueAsync("All");
        await window.Page.GetByLabel("Process analyst: Reach").SelectOptionAsync("Branch");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await window.Page.ReloadAsync();
        await Expect(window.Page.GetByLabel("Process analyst: Reach")).ToHaveValueAsync("Branch");

        await window.GoToAsync($"/users?user={Guid.Empty}");
        var limit = window.Page.Locator("#branch-limit");
        await Expect(limit).ToContainTextAsync("depends on the roles");
        await Box("Process analyst").CheckAsync();
        await Expect(limit).ToContainTextAsync("Limits the rights");
        await window.Page.GetByRole(AriaRole.Combobox, new() { Name = "Branch" }).SelectOptionAsync("");
        await Expect(limit).ToContainTextAsync("Choose a branch");
        await Box("Dispatcher").CheckAsync();
        await Expect(limit).ToContainTextAsync("limits nothing: the role Dispatcher reaches all branches");
        await Box("Process analyst").UncheckAsync();
        await Expect(limit).ToHaveTextAsync("Shows where this person belongs. The roles reach all branches.");
        window.AssertClean();

        ILocator Box(string role) => window.Page.Locator(".panel label.check", new() { HasTextString = role }).Locator("input");
    }

    [Fact]
    public async Task DoubleClickOnSave_MakesOneBranch_AndOneRole()
    {
        await app.AddUserAsync("twice-chief", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("twice-chief");
        await window.GoToAsync($"/branches?branch={Guid.Empty}");
        await Field(window, "Name").FillAsync("Once yard");
        await Field(window, "Time zone").FillAsync("UTC");
        await window.Page.Locator(".panel button.primary").DblClickAsync();
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "Once yard" })).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".panel")).ToHaveCountAsync(0);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Once yard" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Archive", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "Once yard" })).ToHaveCountAsync(0);

        await window.GoToAsync("/roles");
        await window.Page.GetByLabel("Name of the role").FillAsync("Once keeper");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add role" }).DblClickAsync();
        await Expect(window.Page.Locator("thead th", new() { HasTextString = "Once keeper" })).ToHaveCountAsync(1);
        // a refused second one would say so
        await window.Page.GetByLabel("Once keeper: Reach").SelectOptionAsync("Branch");
        await Expect(window.Page.GetByLabel("Once keeper: Reach")).ToHaveValueAsync("Branch");
        await Expect(window.Page.Locator("thead th", new() { HasTextString = "Once keeper" })).ToHaveCountAsync(1);
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task RolesMatrix_ScrolledToItsEnd_KeepsTheNamesOfRightsAndRoles(ColorScheme scheme)
    {
        await app.AddUserAsync($"matrix-{scheme}", StandardRoles.Administrator);
        foreach (var number in Enumerable.Range(1, 12)) await app.Services.GetRequiredService<RoleGrants>().AddAsync($"{scheme} role {number}", Actor.System("test"), CancellationToken.None);
        await using var window = await app.OpenWindowAsync($"matrix-{scheme}", new() { ViewportSize = new() { Width = 1000, Height = 700 }, ColorScheme = scheme });
        await window.GoToAsync("/roles");
        var box = window.Page.Locator(".scroll-x");
        var (right, role) = (window.Page.Locator("tbody th").Last, window.Page.Locator("thead th").Last);
        await box.EvaluateAsync("box => box.scrollTo(box.scrollWidth, box.scrollHeight)");
        Assert.True(await box.EvaluateAsync<bool>("box => box.scrollLeft > 100 && box.scrollTop > 100"));

        var (frame, name, head) = ((await box.BoundingBoxAsync())!, (await right.BoundingBoxAsync())!, (await role.BoundingBoxAsync())!);
        Assert.InRange(name.X, frame.X - 1, frame.X + 1);
        Assert.InRange(head.Y, frame.Y - 1, frame.Y + 1);
        Assert.InRange(head.X + head.Width, frame.X, frame.X + frame.Width);
        Assert.True(await right.EvaluateAsync<bool>("name => { const r = name.getBoundingClientRect(); return name.contains(document.elementFromPoint(r.right - 4, r.top + r.height / 2)) && !/, 0\\)/.test(getComputedStyle(name).backgroundColor); }"));
        window.AssertClean();
    }

    private static ILocator Field(BrowserWindow window, string label) => window.Page.Locator(".panel").GetByLabel(label);
}
