using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Teams as an administrator brings them together, and as their people feel it.</summary>
public sealed class TeamsPageTests(InboxApp app) : IClassFixture<InboxApp>
{
    [Fact]
    public async Task Team_ThatIsBroughtTogether_OpensItsClientsToItsHead_AtOnce()
    {
        await app.AddUserAsync("chief", "administrator");
        await using (var db = app.Open())
        {
            var client = new Partner(PartnerId.New(), "Teasel Weavers", PartnerKinds.Client);
            client.HandTo((await app.ActorAsync("second-sales")).UserId, null);
            db.Add(client);
            await db.SaveChangesAsync();
        }
        await using var chief = await app.OpenWindowAsync("chief");
        await chief.GoToAsync("/roles");
        await chief.Page.Locator("select[aria-label^='Head of sales']").SelectOptionAsync("Team");
        await Wait.UntilAsync(async () => (await app.ActorAsync("sales-head")).Scope == ActorScope.Team, "the reach of the role");
        await using var head = await app.OpenWindowAsync("sales-head");
        await head.GoToAsync("/clients?text=teasel");
        await Expect(head.Page.Locator(".empty")).ToBeVisibleAsync();

        await chief.GoToAsync($"/teams?team={Guid.Empty}");
        await chief.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("North");
        await chief.Page.Locator(".panel select").SelectOptionAsync("sales-head");
        await chief.Page.GetByRole(AriaRole.Checkbox, new() { Name = "second-sales" }).CheckAsync();
        await chief.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(chief.Page.Locator("tbody tr")).ToContainTextAsync("second-sales");
        await chief.ShootAsync("teams");

        await head.GoToAsync("/clients?text=teasel");
        await head.Page.GetByRole(AriaRole.Link, new() { Name = "Teasel Weavers" }).ClickAsync();
        await Expect(head.Page.Locator(".client-facts")).ToContainTextAsync("team North");
        chief.AssertClean();
    }
}
