using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class RefusedPagesTests(PortalApp app) : IClassFixture<PortalApp>
{
    private static readonly string[] Pages = ["/roles", "/users", "/audit", "/devices", "/vehicles", "/drivers", "/vehicle-classes", "/shifts", "/playback", "/reports/drivers", "/import", "/reenactment"];

    [Fact]
    public async Task Page_ThatARoleMayNotUse_ShowsOnlyTheRefusal()
    {
        await app.AddUserAsync("nora", StandardRoles.Driver);
        await using var window = await app.OpenWindowAsync("nora");
        foreach (var page in Pages)
        {
            await window.GoToAsync(page);
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
            Assert.Equal((page, ""), (page, string.Join(", ", await window.Page.Locator("section.page, section.playback-page").Locator("button, input, select, a, table").AllInnerTextsAsync())));
        }
    }

    [Fact]
    public async Task Audit_OfWhoMayNotReadIt_SaysNothingOfWhatHeSees()
    {
        await app.AddUserAsync("selma", "sales");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
            await db.Set<Role>().Where(r => r.Code == "sales").ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Branch));
        }
        await using var window = await app.OpenWindowAsync("selma");
        await window.GoToAsync("/audit");

        await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
        await Expect(window.Page.GetByText("people of your branch")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Dispatcher_AtTheRolesAndDevices_FindsNoButton()
    {
        await app.AddUserAsync("dirk", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("dirk");
        foreach (var page in new[] { "/roles", "/devices?device=00000000-0000-0000-0000-000000000000" })
        {
            await window.GoToAsync(page);
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
            await Expect(window.Page.Locator("main button.primary")).ToHaveCountAsync(0);
        }
    }
}
