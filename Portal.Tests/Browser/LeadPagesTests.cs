using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Leads as sellers take them and their head watches over them.</summary>
public sealed class LeadPagesTests(InboxApp app) : IClassFixture<InboxApp>
{
    private static readonly Actor System = Actor.System("test");

    private T Of<T>() where T : notnull => app.Services.GetRequiredService<T>();

    private async Task<LeadTaken> LeadAsync(string subject, string name, string phone, string? user = "sales") =>
        await Of<LeadIntake>().TakeAsync(new(new(subject), new(name, Phone: phone), LeadChannel.Call, Mine: user is not null), user is null ? System : await app.ActorAsync(user), default);

    private async Task<BrowserWindow> OpenAsync(string user, string path, BrowserNewContextOptions? settings = null)
    {
        var window = await app.OpenWindowAsync(user, settings);
        await window.GoToAsync(path);
        return window;
    }

    private static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Row(BrowserWindow window, string subject) => window.Page.Locator(".lead-rows tbody tr", new() { HasText = subject });

    [Fact]
    public async Task Call_IsNoted_ItsNeedsAnswered_AndBecomesADealOfTheClientWeHave_WithNothingTypedAgain()
    {
        await Of<SalesSettings>().AddAsync("Shops", [new(null, "Ask", 10, null), new(null, "Sign", 90, null)], System, default);
        await Of<NeedSettings>().AddAsync(new("How many shops?", NeedKind.Number, Required: true), System, default);
        await Of<NeedSettings>().AddAsync(new("Delivery wanted?", NeedKind.YesNo, Required: true), System, default);
        // two clients share the switchboard, so a person has to say which one it is
        foreach (var name in new[] { "Sorrel Joinery", "Sorrel Timber Yard" }) await Of<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client, Phone: "+40 21 555 77 41"), System, default);
        await using var window = await OpenAsync("sales", "/leads/new");
        var page = window.Page;

        await Expect(page.GetByLabel("Phone", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("+40 21 555 77 41");
        await page.GetByLabel("What they want").FillAsync("Shelves for two shops, and what they cost");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ilse Brandt");
        await page.GetByLabel("Company", new() { Exact = true }).FillAsync("Sorrel Joinery");
        await page.GetByText("I work on it myself").ClickAsync();
        await Expect(page.Locator(".likely")).ToContainTextAsync("Sorrel Timber Yard");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.IsAtAsync(url => global::System.Text.RegularExpressions.Regex.IsMatch(url, "/leads/[0-9a-f-]{36}$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First).ToContainTextAsync("Shelves for two shops, and what they cost");

        await Button(window, "Take it on").ClickAsync();
        await Expect(page.Locator("[data-state=Working]")).ToBeVisibleAsync();
        await Expect(Button(window, "Confirm the need")).ToBeDisabledAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Interest" }).GetByText("Hot").ClickAsync();
        await Expect(page.Locator(".lead-tool")).ToContainTextAsync("Call now");
        await page.GetByLabel("How many shops?").FillAsync("2");
        await page.GetByRole(AriaRole.Group, new() { Name = "Delivery wanted?" }).GetByText("Yes").ClickAsync();
        await Button(window, "Confirm the need").ClickAsync();
        await Expect(page.Locator("[data-state=Qualified]")).ToBeVisibleAsync();
        await window.ShootAsync("card");

        await Button(window, "Make a deal…").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator(".likely li")).ToHaveCountAsync(2);
        await Expect(dialog.GetByLabel("A new client")).ToHaveValueAsync("Sorrel Joinery");
        await window.ShootAsync("convert");
        await dialog.Locator(".likely li", new() { HasText = "Sorrel Joinery" }).GetByRole(AriaRole.Button, new() { Name = "It is this one" }).ClickAsync();
        await Expect(dialog.GetByLabel("Contact person").Locator("option:checked")).ToHaveTextAsync("A new person: Ilse Brandt");
        await dialog.GetByLabel("Amount").FillAsync("3400");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the deal" }).ClickAsync();
        await page.IsAtAsync(url => url.Contains("/deals/", StringComparison.Ordinal));
        await Expect(page.Locator(".client-facts")).ToContainTextAsync("Ilse Brandt");
        await Expect(page.Locator(".client-facts a", new() { HasText = "Sorrel Joinery" })).ToBeVisibleAsync();
        await Expect(page.Locator(".talk-lines")).ToContainTextAsync("How many shops? – 2");
        window.AssertClean();
    }

    [Fact]
    public async Task TwoSellers_SeeEachOthersLeads_AndTheHeadGivesMany()
    {
        var taken = await LeadAsync("Benches for a park", "Omar", "+000 555 1001");
        await using var head = await OpenAsync("sales-head", "/leads?text=park");
        await using var seller = await OpenAsync("sales", $"/leads/{taken.Lead.Value}");
        await Expect(Row(head, "Benches for a park")).ToContainTextAsync("New");

        await seller.Page.GetByLabel("What was said").FillAsync("They want oak");
        await seller.Page.Locator(".lead-talk").GetByLabel("Next step").FillAsync("Send the drawing");
        await seller.Page.Locator(".lead-talk").GetByLabel("Interest").SelectOptionAsync("Warm");
        await Button(seller, "Note a contact").ClickAsync();
        await Expect(seller.Page.Locator(".lead-history")).ToContainTextAsync("They want oak");
        await Expect(Row(head, "Benches for a park")).ToContainTextAsync("Send the drawing");
        await Expect(Row(head, "Benches for a park")).ToContainTextAsync("Warm");
        // what is said beside the form is not taken back by it
        await seller.Page.GetByRole(AriaRole.Group, new() { Name = "Interest" }).GetByText("Hot").ClickAsync();
        await Expect(seller.Page.Locator(".lead-talk").GetByLabel("Interest").Locator("option:checked")).ToHaveTextAsync("Hot");

        await LeadAsync("Swings for the park", "Pia", "+000 555 1002");
        await Expect(head.Page.Locator(".lead-rows tbody tr")).ToHaveCountAsync(2);
        await head.Page.GetByLabel("Choose all").CheckAsync();
        await head.Page.GetByLabel("Give to…").SelectOptionAsync("second-sales");
        await head.Page.GetByText("2 leads given to second-sales").WaitForAsync();
        await Expect(seller.Page.Locator(".client-facts")).ToContainTextAsync("second-sales");
        await using var second = await OpenAsync("second-sales", "/leads?manager=mine&text=park");
        await Expect(second.Page.Locator(".lead-rows tbody tr")).ToHaveCountAsync(2);
        head.AssertClean();
        seller.AssertClean();
    }

    [Fact]
    public async Task Control_CountsWhatNobodyTouched_AndEveryNumberLeadsToItsLeads()
    {
        var first = await LeadAsync("Lamps for a yard", "Uma", "+000 555 2001", "second-sales");
        await LeadAsync("Poles for a yard", "Vic", "+000 555 2002", "second-sales");
        var second = await app.ActorAsync("second-sales");
        await Of<LeadDesk>().TalkAsync(first.Lead, new(InteractionKind.Call, "Agreed to meet"), (await Of<LeadCardQuery>().FindAsync(first.Lead, second, default))!.Lead.Version, second, default);
        await using var window = await OpenAsync("sales-head", "/leads/control");
        var row = window.Page.Locator($"[data-row='{second.UserId}']");
        var untouched = await Of<LeadListQuery>().CountAsync(new(Open: true, Manager: second.UserId, Step: LeadStep.NoContact), System, default);

        await Expect(row.Locator("td").Nth(2)).ToHaveTextAsync(untouched.ToString());
        await window.ShootAsync("control");
        await row.Locator("td").Nth(2).GetByRole(AriaRole.Link).ClickAsync();

        await Expect(Row(window, "Poles for a yard")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".lead-rows tbody tr")).ToHaveCountAsync(untouched);
        await Expect(Row(window, "Lamps for a yard")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task ListAndControl_LeaveAsFiles_ByARightOfTheirOwn_Audited_AndWithoutFormulas()
    {
        var second = await app.ActorAsync("second-sales");
        var lead = await LeadAsync("=HYPERLINK(\"http://evil.example\")", "@SUM(1)", "+000 555 3001", "second-sales");
        using var seller = await app.OpenSessionAsync("second-sales");
        using var head = await app.OpenSessionAsync("sales-head");

        foreach (var path in new[] { "/export/leads.csv", "/export/lead-control.xlsx" }) Assert.Equal(global::System.Net.HttpStatusCode.Forbidden, (await seller.Http.GetAsync(path)).StatusCode);
        var list = await head.Http.GetStringAsync($"/export/leads.csv?manager={second.UserId}&sort=Created&lead={lead.Lead.Value}");
        var row = Assert.Single(list.Split("\r\n"), line => line.Contains("+000 555 3001"));
        Assert.StartsWith($"{lead.Number},\"'=HYPERLINK(\"\"http://evil.example\"\")\",'@SUM(1),,'+000 555 3001,", row);
        Assert.Contains("second-sales", await head.Http.GetStringAsync($"/export/lead-control.csv?by=Manager"));
        Assert.Equal(global::System.Net.HttpStatusCode.NotFound, (await head.Http.GetAsync("/export/leads.exe")).StatusCode);
        Assert.Equal("PK"u8.ToArray(), (await head.Http.GetByteArrayAsync("/export/leads.xlsx"))[..2]);

        await using var db = Of<IDbContextFactory<PortalDb>>().CreateDbContext();
        var notes = await db.Set<AuditRow>().Where(r => r.UserName == "sales-head" && r.Action == "event").Select(r => r.After!).ToListAsync();
        Assert.Contains(notes, note => note.Contains("leads.csv, "));
        Assert.Contains(notes, note => note.Contains("lead-control.csv, "));
        await using var window = await OpenAsync("sales", "/leads");
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "xlsx" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Letter_IsReadIntoALead_AndItsCardFitsAPhone()
    {
        await using var window = await OpenAsync("sales", "/leads/new?by=mail", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await window.Page.GetByLabel("Paste the letter").FillAsync("Hello,\n\nwe need eight cabinets. What would they cost?\n\nKind regards\nNora Lindqvist\nNorthwind Cabinets Ltd\n+46 8 123 456 78\nnora@northwind-cabinets.example");
        await Button(window, "Read the letter").ClickAsync();
        await Expect(window.Page.GetByLabel("Mail address")).ToHaveValueAsync("nora@northwind-cabinets.example");
        await Expect(window.Page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Nora Lindqvist");
        await Button(window, "Save").ClickAsync();
        await window.Page.IsAtAsync(url => global::System.Text.RegularExpressions.Regex.IsMatch(url, "/leads/[0-9a-f-]{36}$"));

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First).ToContainTextAsync("we need eight cabinets");
        await Expect(window.Page.Locator(".lead-signs")).ToContainTextAsync("asked what it costs");
        Assert.True(await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth && document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"));
        await window.ShootAsync("phone-card");
        await window.GoToAsync("/leads");
        await Expect(window.Page.Locator(".lead-rows tbody tr").First).ToBeVisibleAsync();
        Assert.True(await window.Page.EvaluateAsync<bool>("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"));
        await window.ShootAsync("phone-list");
        window.AssertClean();
    }

    [Fact]
    public async Task Settings_MakeAFormWithItsCode_AQuestionAndATerritory()
    {
        await using var window = await OpenAsync("sales-head", "/settings/leads");
        await Button(window, "New form").ClickAsync();
        await window.Page.GetByLabel("Name, for us").FillAsync("Main site");
        await window.Page.GetByLabel("Title", new() { Exact = true }).First.FillAsync("Ask us");
        await window.Page.GetByLabel("Sites that may show it").FillAsync("https://shop.example");
        await Button(window, "Save").First.ClickAsync();
        await window.Page.GetByText("Put it on a site").ClickAsync();
        await Expect(window.Page.Locator("[data-embed]")).ToContainTextAsync("<iframe src=\"");

        await Button(window, "New question").ClickAsync();
        await window.Page.GetByLabel("Question", new() { Exact = true }).FillAsync("Which wood?");
        await window.Page.GetByLabel("Answered by").SelectOptionAsync("Choice");
        await window.Page.GetByLabel("Options, one a line").FillAsync("Oak\nPine");
        await Button(window, "Save").First.ClickAsync();
        await window.Page.GetByText("Choice: Oak / Pine").WaitForAsync();

        await Button(window, "New territory").ClickAsync();
        await window.Page.GetByLabel("Regions and towns").FillAsync("Cluj, Bihor");
        await window.Page.GetByLabel("Whose leads").SelectOptionAsync(new SelectOptionValue { Label = "second-sales" });
        await window.Page.GetByLabel("Regions and towns").PressAsync("Enter");
        await window.Page.GetByText("→ second-sales").WaitForAsync();
        window.AssertClean();
    }
}
