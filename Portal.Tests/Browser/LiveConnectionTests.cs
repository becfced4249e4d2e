using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using Portal.Web.Identity;

namespace Portal.Tests.Browser;

/// <summary>What a user sees when the line, his sign-in or his rights end under an open page.</summary>
public sealed class LiveConnectionTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Line_CutForTenSeconds_BringsBackTheSamePageWithTheFormAsTyped()
    {
        await app.AddUserAsync("ana", StandardRoles.Administrator);
        await using var proxy = new CuttingProxy(app.Address);
        await using var window = await app.SignInAsync("ana", address: proxy.Address);
        var page = window.Page;
        await window.GoToAsync($"/users?user={Guid.Empty}");
        var fields = page.Locator("aside.panel input");
        await fields.Nth(0).FillAsync("Nadia North");
        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        var circuits = app.Services.GetRequiredService<Sessions>().Count;

        proxy.Cut();
        await page.Locator("html[data-link=cut]").WaitForAsync();
        await fields.Nth(1).FillAsync("nadia.north");
        await Wait.UntilAsync(() => proxy.CutFor > TimeSpan.FromSeconds(10), "ten seconds without a line");
        proxy.Mend();
        await page.Locator("html[data-link=live]").WaitForAsync();

        Assert.True(await page.EvaluateAsync<bool>("() => window.sameDocument === true"));
        Assert.Equal(("Nadia North", "nadia.north"), (await fields.Nth(0).InputValueAsync(), await fields.Nth(1).InputValueAsync()));
        Assert.Equal(circuits, app.Services.GetRequiredService<Sessions>().Count);
        await page.Locator("aside.panel button[type=submit]").ClickAsync();
        await page.Locator("aside.panel code.secret").WaitForAsync();
        Assert.Equal(1L, await CountAsync("select count(*) from identity.portal_user where user_name = 'nadia.north' and display_name = 'Nadia North'"));
    }

    [Fact]
    public async Task SignOut_InAnotherTab_EndsThePageHere()
    {
        await app.AddUserAsync("boris", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("boris");
        await window.GoToAsync("/users");
        var other = await window.Page.Context.NewPageAsync();
        await other.GotoAsync("/account");
        await other.Locator("details.user-menu summary").ClickAsync();

        await other.Locator("form[action='/account/signout'] button").ClickAsync();

        await window.Page.IsAtAsync(url => url.Contains("/signin"));
        await Wait.UntilAsync(async () => await CountAsync("select count(*) from core.audit where user_name = 'boris' and after->>'What' = 'signed-out'") == 1, "the sign-out in the audit");
    }

    [Fact]
    public async Task Role_RevokedUnderAnOpenPage_TakesTheRightAtOnce()
    {
        var system = Actor.System("test");
        var grants = app.Services.GetRequiredService<RoleGrants>();
        var role = await grants.AddAsync("Keeper of roles", system, CancellationToken.None);
        await grants.GrantAsync(role, Permissions.RolesManage, true, system, CancellationToken.None);
        var code = (await grants.ListAsync(system, CancellationToken.None)).Single(r => r.Id == role).Code;
        await app.AddUserAsync("chief", StandardRoles.Administrator);
        await app.AddUserAsync("clara", code);
        await using var window = await app.OpenWindowAsync("clara");
        await window.GoToAsync("/roles");
        await window.Page.Locator("table.matrix").WaitForAsync();

        await grants.GrantAsync(role, Permissions.RolesManage, false, system, CancellationToken.None);

        await window.Page.Locator("p.problem[role=alert]").WaitForAsync();
        Assert.Equal(0, await window.Page.Locator("table.matrix").CountAsync());
        Assert.Equal(0, await window.Page.Locator("a.rail-item[href='/roles']").CountAsync());
    }

    [Fact]
    public async Task Paste_OfTenMegabytes_IsCutAtTheFieldsLengthAndThePageLives()
    {
        await app.AddUserAsync("dora", StandardRoles.Administrator);
        await using var window = await app.OpenWindowAsync("dora");
        await window.GoToAsync($"/users?user={Guid.Empty}");
        var field = window.Page.Locator("aside.panel input").First;
        await field.FocusAsync();

        await window.Page.EvaluateAsync("() => document.execCommand('insertText', false, 'x'.repeat(10 * 1024 * 1024))");

        Assert.Equal(200, (await field.InputValueAsync()).Length);
        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.Locator("aside.panel").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        window.AssertClean();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = app.Database.Owner.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
