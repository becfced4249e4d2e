using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Segments are built, counted while they are built, and used in the list of clients.</summary>
public sealed class SegmentPagesTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task AddAsync(params (string Name, PartnerStanding Standing)[] clients)
    {
        await using var db = app.Open();
        foreach (var (name, standing) in clients)
        {
            var partner = new Partner(PartnerId.New(), name, PartnerKinds.Client);
            partner.Stand(standing);
            db.Add(partner);
        }
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task Segment_IsCountedWhileItIsBuilt_AndFiltersTheList()
    {
        await AddAsync(("Juniper Lost One", PartnerStanding.Lost), ("Juniper Lost Two", PartnerStanding.Lost), ("Juniper Kept", PartnerStanding.Active));
        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync("/segments/new");
        await window.Page.Locator("[data-ready]").WaitForAsync();
        var count = window.Page.Locator(".segment-count");

        await window.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Lost junipers");
        await window.Page.Locator(".segment-choices select").SelectOptionAsync("Lost");
        await Expect(count).ToHaveTextAsync("2 clients");
        await Expect(window.Page.Locator(".segment-choices select")).ToBeFocusedAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a group" }).ClickAsync();
        var inner = window.Page.Locator(".segment-group .segment-group");
        await inner.GetByRole(AriaRole.Button, new() { Name = "Add a condition" }).ClickAsync();
        await inner.GetByLabel("Comparison").SelectOptionAsync("Contains");
        await inner.GetByPlaceholder("several with ;").FillAsync("lost one");
        await inner.GetByPlaceholder("several with ;").PressAsync("Tab");
        await Expect(count).ToHaveTextAsync("1 client");
        await inner.GetByLabel("How the conditions are joined").SelectOptionAsync("None");
        await Expect(window.Page.Locator(".segment-preview li")).ToHaveTextAsync(new Regex("Juniper Lost Two"));
        await window.Page.Keyboard.PressAsync("Control+Enter");

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Show clients" }).ClickAsync();
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await Expect(window.Page.GetByLabel("Segment", new() { Exact = true }).Locator("option:checked")).ToHaveTextAsync("Lost junipers");
        window.AssertClean();
    }

    [Fact]
    public async Task Field_IsSetForTheWholeList_AndUndone()
    {
        await AddAsync([.. Enumerable.Range(0, 55).Select(i => ($"Willow {i:00}", PartnerStanding.Prospect))]);
        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync("/clients?text=willow");
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(50);

        await window.Page.GetByLabel("Choose all", new() { Exact = true }).CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Choose all 55 of the list" }).ClickAsync();

        // another page and another order are still the whole list, another filter is not
        var bar = window.Page.GetByRole(AriaRole.Region, new() { Name = "Chosen rows" });
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(5);
        await Expect(bar).ToContainTextAsync("The whole list is chosen: 55");
        await Expect(window.Page.Locator("td.pick input:checked:disabled")).ToHaveCountAsync(5);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "On record since" }).ClickAsync();
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(50);
        await Expect(bar).ToContainTextAsync("The whole list is chosen: 55");
        await window.Page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("Active");
        await Expect(window.Page.GetByText("No client matches the search.")).ToBeVisibleAsync();
        await Expect(bar).ToHaveCountAsync(0);
        await window.Page.GetByLabel("State", new() { Exact = true }).SelectOptionAsync("");
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(50);
        await window.Page.GetByLabel("Choose all", new() { Exact = true }).CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Choose all 55 of the list" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(5);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Change a field…" }).ClickAsync();
        await window.Page.GetByLabel("What to change").SelectOptionAsync("Standing");
        await window.Page.GetByLabel("What it becomes").SelectOptionAsync("Lost");
        await Expect(window.Page.Locator("aside.panel")).ToContainTextAsync("55 clients will change");
        await Expect(window.Page.Locator("aside.panel li").First).ToContainTextAsync("prospect → lost");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Change", Exact = true }).ClickAsync();

        await Expect(window.Page.Locator(".change-progress")).ToContainTextAsync("55 of 55");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Undo for 55 clients" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Undo: state → lost");
        await Expect(window.Page.Locator("[data-state=Done]")).ToBeVisibleAsync();
        await window.GoToAsync("/clients?text=willow&standing=Prospect");
        await Expect(window.Page.Locator(".pager")).ToContainTextAsync("2");
        window.AssertClean();
    }

    [Fact]
    public async Task MissingField_LeadsToTheListThatNeedsWork_AndTheCardSaysWhereToFill()
    {
        await AddAsync(("Hollow Alder", PartnerStanding.Active));
        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync("/clients/completeness");
        var row = window.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("^website") });
        await row.GetByRole(AriaRole.Link).ClickAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "without website" }).WaitForAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Hollow Alder" }).ClickAsync();
        var line = window.Page.GetByRole(AriaRole.Region, new() { Name = "Completeness" });
        await Expect(line.GetByRole(AriaRole.Link, new() { Name = "contact person" })).ToHaveAttributeAsync("href", new Regex("#client-contacts$"));
        await line.GetByRole(AriaRole.Button, new() { Name = "website" }).ClickAsync();
        await window.Page.GetByLabel("Website").FillAsync("alder.example.org");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(line.GetByRole(AriaRole.Button, new() { Name = "website" })).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task Number_OfWhoDoesWhat_LeadsToTheInteractionsBehindIt()
    {
        await AddAsync(("Talkative Rowan", PartnerStanding.Active));
        var seller = await app.ActorAsync("sales");
        await using (var db = app.Open())
        {
            var rowan = await db.Set<Partner>().SingleAsync(p => p.Name == "Talkative Rowan");
            db.Add(new Interaction(InteractionId.New(), rowan.Id, new(InteractionKind.Call, InteractionDirection.Outgoing, app.Now.AddDays(-1), 5, "About prices", null, null), InteractionState.Held, seller.UserId, null, app.Now, seller));
            await db.SaveChangesAsync();
        }
        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync("/clients/silent?days=30");
        await Expect(window.Page.Locator("table.rows tfoot")).ToBeVisibleAsync();

        await window.GoToAsync("/reports/contacts");
        await window.Page.GetByRole(AriaRole.Row, new() { NameRegex = new("sales") }).GetByRole(AriaRole.Link).First.ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "1 interaction" })).ToBeVisibleAsync();
        await Expect(window.Page.Locator("table.rows").Last).ToContainTextAsync("About prices");
        window.AssertClean();
    }
}
