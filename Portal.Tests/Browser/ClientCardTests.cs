using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The list of clients and a client's card, as a seller and a colleague use them.</summary>
public sealed class ClientCardTests(InboxApp app) : IClassFixture<InboxApp>
{
    private string Card => $"/clients/{app.Client.Id}";

    private async Task<BrowserWindow> OpenAsync(string user, string path, BrowserNewContextOptions? settings = null)
    {
        var window = await app.OpenWindowAsync(user, settings);
        await window.GoToAsync(path);
        return window;
    }

    private static ILocator Part(BrowserWindow window, string heading) => window.Page.Locator("section.client-part", new() { Has = window.Page.GetByRole(AriaRole.Heading, new() { Name = heading }) });

    [Fact]
    public async Task Client_IsAdded_AndItsCardFilled_FromNothing()
    {
        await using var window = await OpenAsync("sales", "/clients?add=true");
        await window.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Copper Beech Mill");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Copper Beech Mill");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a contact person" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Name and surname")).ToBeFocusedAsync();
        await window.Page.GetByLabel("Name and surname").FillAsync("Ottilie Fernbrook");
        await window.Page.GetByLabel("Position or role").FillAsync("buyer");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Part(window, "Contact persons").GetByText("Ottilie Fernbrook").WaitForAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a legal entity" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Registered name")).ToBeFocusedAsync();
        await window.Page.GetByLabel("Registered name").FillAsync("Copper Beech Mill Ltd");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Part(window, "Legal entities").GetByText("Copper Beech Mill Ltd").WaitForAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add an address" }).ClickAsync();
        await Expect(window.Page.GetByLabel("What it is called")).ToBeFocusedAsync();
        await window.Page.GetByLabel("What it is called").FillAsync("Mill yard");
        await window.Page.GetByLabel("Street").FillAsync("Weir Road");
        await window.Page.GetByLabel("House", new() { Exact = true }).FillAsync("7");
        await window.Page.GetByLabel("Ask for").SelectOptionAsync("Ottilie Fernbrook");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Part(window, "Addresses").GetByText("Weir Road 7").WaitForAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a contract" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Number", new() { Exact = true })).ToBeFocusedAsync();
        await window.Page.GetByLabel("Number", new() { Exact = true }).FillAsync("K-77");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Part(window, "Contracts and agreements").GetByText("K-77").WaitForAsync();

        // found by the name of its contact, and nearly so with letters swapped
        await window.GoToAsync("/clients?text=fernbrook");
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await window.GoToAsync("/clients?text=frenbrook");
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await window.Page.GetByText("Nothing matches “frenbrook” exactly. Similar:").WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Contact_OfAnotherClient_IsFoundWhileTyping_AndChosen_AndHisPhoneIsDialledInItsNormalForm()
    {
        var seller = await app.ActorAsync("sales");
        var other = await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Willow Ferry", PartnerKinds.Client), seller, default);
        await app.Services.GetRequiredService<ContactRegistry>().AddAsync(other, null, new("Perpetua Willowherb", "buyer", "+380 (67) 555-01-93"), seller, default);
        await using var window = await OpenAsync("sales", Card);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a contact person" }).ClickAsync();
        await window.Page.GetByLabel("Name and surname").PressSequentiallyAsync("perpetua");
        await Expect(window.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "On record already" })).ToContainTextAsync("Willow Ferry");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Perpetua Willowherb" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Name and surname")).ToHaveCountAsync(0);
        await window.Page.GetByLabel("Position or role").FillAsync("adviser");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();

        await Expect(Part(window, "Contact persons").GetByRole(AriaRole.Link, new() { Name = "+380 (67) 555-01-93" })).ToHaveAttributeAsync("href", "tel:+380675550193");
        Assert.Equal("adviser", Assert.Single((await app.Services.GetRequiredService<PartnerDetailsQuery>().FindAsync(new(app.Client.Id), seller, default))!.Contacts, c => c.Name == "Perpetua Willowherb").Title);
        window.AssertClean();
    }

    [Fact]
    public async Task NewClient_WhoIsThereAlready_IsShownWhileTyping_AndAskedAboutAtTheSave()
    {
        await using var window = await OpenAsync("sales", "/clients?add=true");
        await window.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Bluebird Traiding Ltd");
        await window.Page.GetByLabel("E-mail", new() { Exact = true }).First.FillAsync("office@example.org");
        await Expect(window.Page.Locator(".likely")).ToContainTextAsync("Bluebird Trading");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await window.Page.GetByText("most likely on record already").WaitForAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "It is another client: save" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Bluebird Traiding Ltd");
        window.AssertClean();
    }

    [Fact]
    public async Task NewClient_WithThePhoneOfAnother_IsAskedAbout_AndKeepsAnAddressOfWhichLittleIsKnown()
    {
        var seller = await app.ActorAsync("sales");
        await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Sorrel Joinery", PartnerKinds.Client, Phone: "+380 44 700 31 31"), seller, default);
        await using var window = await OpenAsync("sales", "/clients?add=true");
        var panel = window.Page.Locator("aside.panel:has(> form)");
        await panel.GetByLabel("Name", new() { Exact = true }).FillAsync("Teasel Opticians");
        await panel.GetByLabel("Phone", new() { Exact = true }).First.FillAsync("044 700-31-31");
        await Expect(panel.Locator(".likely")).ToContainTextAsync("Sorrel Joinery");
        await Expect(panel.Locator(".likely .chip")).ToHaveTextAsync("doubtful");
        await Expect(panel.Locator(".likely")).ToContainTextAsync("Phone: the same");
        await panel.GetByRole(AriaRole.Button, new() { Name = "3. " }).ClickAsync();
        await panel.GetByLabel("House", new() { Exact = true }).FillAsync("14");
        await panel.GetByLabel("Postcode", new() { Exact = true }).FillAsync("65000");

        await panel.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await panel.GetByText("has this tax number, phone or e-mail").WaitForAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "It is another client: save" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Teasel Opticians");
        await Expect(window.Page.GetByText("14, 65000")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task NewClient_SavedFromALaterStep_GoesToTheFirstFieldAmiss_AndSaysWhatIsWrong()
    {
        await using var window = await OpenAsync("sales", "/clients?add=true");
        var panel = window.Page.Locator("aside.panel:has(> form)");
        var save = panel.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });
        var name = panel.GetByLabel("Name", new() { Exact = true });
        await panel.GetByRole(AriaRole.Button, new() { Name = "3. " }).ClickAsync();
        await save.ClickAsync();
        await SaidAsync("Please fill in: Name");
        await Expect(name).ToBeVisibleAsync();

        await name.FillAsync("Hornbeam Weir");
        await panel.GetByLabel("Tax number").FillAsync("7707083894");
        await panel.GetByLabel("Country").FillAsync("Russia");
        await Expect(panel.Locator("datalist option[value='Russia']")).ToHaveCountAsync(1);
        await panel.GetByRole(AriaRole.Button, new() { Name = "2. " }).ClickAsync();
        await panel.GetByLabel("E-mail", new() { Exact = true }).Last.FillAsync("nobody");
        await save.ClickAsync();
        await SaidAsync("A digit of this tax number is wrong");

        await panel.GetByLabel("Tax number").FillAsync("7707083893");
        await panel.GetByLabel("Phone", new() { Exact = true }).First.FillAsync("abc");
        await save.ClickAsync();
        await SaidAsync("A phone number has no letters");

        await panel.GetByLabel("Phone", new() { Exact = true }).First.FillAsync("+7 495 123-45-67");
        await save.ClickAsync();
        await SaidAsync("Please fill in: Name and surname");
        await panel.GetByLabel("Name and surname").FillAsync("Ida Weirkeeper");
        await save.ClickAsync();
        await SaidAsync("This is not an e-mail address");

        await panel.GetByLabel("E-mail", new() { Exact = true }).Last.FillAsync("ida@hornbeam.example");
        await save.ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Hornbeam Weir");
        window.AssertClean();

        Task SaidAsync(string words) => Expect(panel.GetByRole(AriaRole.Alert).Filter(new() { HasText = words })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Note_ByOne_IsSeenByTheOtherAtOnce_AndAPlanComesFirst()
    {
        await using var first = await OpenAsync("sales", Card);
        await using var second = await OpenAsync("second-sales", Card);
        await second.Page.Locator(".stream[data-ready]").WaitForAsync();

        await first.Page.GetByPlaceholder("Write a note…").FillAsync("They moved to the harbour");
        await first.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(first.Page.GetByPlaceholder("Write a note…")).ToHaveValueAsync("");
        await Part(second, "History").GetByText("They moved to the harbour").First.WaitForAsync();

        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Call", Exact = true }).First.ClickAsync();
        await first.Page.GetByPlaceholder("Subject").FillAsync("Ask about the harbour");
        await first.Page.GetByLabel("When").FillAsync($"{app.Now.AddYears(1):yyyy-MM-dd}T10:00");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();
        await Part(second, "What comes next").GetByText("Ask about the harbour").WaitForAsync();

        await Part(first, "What comes next").Locator("li", new() { HasText = "Ask about the harbour" }).GetByRole(AriaRole.Button, new() { Name = "It took place" }).ClickAsync();
        await first.Page.GetByPlaceholder("What came of it?").FillAsync("They like it there");
        await first.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "It took place" }).ClickAsync();
        await Part(second, "History").GetByText("They like it there").WaitForAsync();
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task Card_OfAClientWhoIsHandedOver_TellsWhoLosesHim_AndIsThereAgainWhenHeComesBack()
    {
        await using (var db = app.Open())
        {
            var sales = await db.Set<Role>().AsNoTracking().SingleAsync(r => r.Code == "sales");
            db.Add(new Role { Code = "own-clients", Name = "own-clients", Permissions = [.. sales.Permissions], Scope = ActorScope.Own });
            await db.SaveChangesAsync();
        }
        await app.AddUserAsync("losing-seller", "own-clients");
        var (loser, colleague) = (await app.ActorAsync("losing-seller"), await app.ActorAsync("second-sales"));
        var registry = app.Services.GetRequiredService<PartnerRegistry>();
        var id = await registry.AddAsync(new("Rowan Lock", PartnerKinds.Client, Responsible: loser.UserId), loser, default);
        await using var window = await OpenAsync("losing-seller", $"/clients/{id.Value}");
        await window.Page.Locator(".stream[data-ready] .history-part[data-ready]").WaitForAsync();

        await registry.HandToAsync([id], colleague.UserId, colleague, default);
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("no longer among those you may see");
        // the colleague works with him, and gives him back
        await app.Services.GetRequiredService<InteractionDesk>().RecordAsync(id, new(InteractionKind.Note, InteractionDirection.Outgoing, app.Now, 0, null, "They moved", null), Participants.None, null, colleague, default);
        await registry.HandToAsync([id], loser.UserId, colleague, default);

        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Rowan Lock");
        await Part(window, "History").GetByText("They moved").WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Trips_OfAClient_AreToldToWhoHasNoBoard_WithoutAWayThere()
    {
        var seller = await app.ActorAsync("sales");
        var (ours, theirs) = (await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Bistort Ferry", PartnerKinds.Client), seller, default), await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Betony Ferry", PartnerKinds.Client), seller, default));
        TripId late;
        await using (var db = app.Open())
        {
            var branch = await db.Set<Branch>().Select(b => b.Id).FirstAsync();
            Trip Ordered(PartnerId customer, long number, double hours) => Trip.Register(TripId.New(), number, branch, Orders.Simple(app.Now.AddHours(hours)) with { Customer = customer }, app.Now, Actor.System("test"));
            var (run, next) = (Ordered(ours, 90_001, -2), Ordered(ours, 90_002, 20));
            late = run.Id;
            db.AddRange(run, next, Ordered(theirs, 90_003, -2));
            await db.SaveChangesAsync();
        }
        await using var window = await OpenAsync("sales", $"/clients/{ours.Value}");

        await Expect(Part(window, "History").GetByText("Trip 90001")).ToBeVisibleAsync();
        await Expect(Part(window, "History").Locator(".chip.late.bad")).ToBeVisibleAsync();
        await Expect(window.Page.Locator("li.ahead").GetByText("Trip 90002")).ToBeVisibleAsync();
        await Expect(window.Page.Locator("a[href*='/trips']")).ToHaveCountAsync(0);
        await Expect(window.Page.GetByText("Trip 90003")).ToHaveCountAsync(0);
        Assert.Equal("identity.not-allowed", (await Orders.RefusalOfAsync(() => app.Services.GetRequiredService<TripDetailsQuery>().FindAsync(late, seller, default))).Code);
        window.AssertClean();
    }

    [Fact]
    public async Task Edit_WhileAColleagueSaves_KeepsWhatIsTyped_AndTheSaveNamesHim()
    {
        var (seller, colleague) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));
        var registry = app.Services.GetRequiredService<PartnerRegistry>();
        var details = new PartnerDetails("Sorrel Quay", PartnerKinds.Client, Responsible: seller.UserId);
        var id = await registry.AddAsync(details, seller, default);
        await using var window = await OpenAsync("sales", $"/clients/{id.Value}");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).First.ClickAsync();
        var panel = window.Page.Locator("aside.panel:has(> form)");
        var responsible = panel.GetByLabel("Responsible");
        await Expect(responsible.Locator("option", new() { HasText = "second-sales" })).ToHaveCountAsync(1);
        await Expect(responsible).ToHaveValueAsync(seller.UserId.ToString());

        await panel.Locator("textarea").FillAsync("They open at six");
        var seen = (await app.Services.GetRequiredService<PartnerDetailsQuery>().FindAsync(id, colleague, default))!.Head.Version;
        await registry.ChangeAsync(id, details with { Phone = "+000 555 0777" }, seen, colleague, default);
        await Expect(window.Page.Locator(".client-facts")).ToContainTextAsync("+000 555 0777");
        await Expect(panel.Locator("textarea")).ToHaveValueAsync("They open at six");
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();

        await Expect(panel.GetByRole(AriaRole.Alert)).ToContainTextAsync("second-sales changed this");
        await Expect(panel.Locator("textarea")).ToHaveValueAsync("They open at six");
        window.AssertClean();
    }

    [Fact]
    public async Task MoveTo_OnTheCard_IsSavedOnce_WhenTheDateIsWhole_AndCanBeTakenBack()
    {
        var (seller, desk) = (await app.ActorAsync("sales"), app.Services.GetRequiredService<InteractionDesk>());
        var client = await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Sallow Bridge", PartnerKinds.Client), seller, default);
        var at = new DateTimeOffset(app.Now.Year + 1, 3, 4, 10, 0, 0, TimeSpan.Zero);
        var id = await desk.PlanAsync(client, new(InteractionKind.Call, InteractionDirection.Outgoing, at, 15, "Ask about rails", null, null), seller.UserId, Participants.None, null, seller, default);
        await using var window = await OpenAsync("sales", $"/clients/{client.Value}");
        var line = Part(window, "What comes next").Locator("li", new() { HasText = "Ask about rails" });
        var (box, move) = (line.GetByLabel("Move to"), line.GetByRole(AriaRole.Button, new() { Name = "Move", Exact = true }));

        await box.ClickAsync(new() { Position = new() { X = 12, Y = 10 } });
        await window.Page.StrikeAsync($"1215{at.Year + 1}");
        await Expect(box).ToHaveValueAsync($"{at.Year + 1}-12-15T10:00");
        await move.ClickAsync();
        await Expect(window.Page.GetByText("“Ask about rails” is at")).ToBeVisibleAsync();
        Assert.Equal((new DateTimeOffset(at.Year + 1, 12, 15, 10, 0, 0, TimeSpan.Zero), 1), await StandsAsync());
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(box).ToHaveValueAsync($"{at:yyyy-MM-dd}T10:00");
        Assert.Equal((at, 2), await StandsAsync());

        await box.FillAsync($"{at.Year + 20}-01-01T10:00");
        await move.ClickAsync();
        await Expect(window.Page.GetByText("This lies too far ahead: 10 years at most")).ToBeVisibleAsync();
        await box.FillAsync($"{at.Year - 2}-01-01T10:00");
        await move.ClickAsync();
        await Expect(window.Page.GetByText("This time has passed")).ToBeVisibleAsync();
        Assert.Equal((at, 2), await StandsAsync());
        window.AssertClean();

        async Task<(DateTimeOffset, int)> StandsAsync()
        {
            await using var db = app.Open();
            var now = await db.Set<Interaction>().SingleAsync(i => i.Id == id);
            return (now.At, now.Revision);
        }
    }

    [Fact]
    public async Task Card_WithoutTheRightToManage_OffersNoEditing_AndOneThatIsNotThere_SaysSo()
    {
        await using var window = await OpenAsync("finance", Card);
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Bluebird Trading");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true })).ToHaveCountAsync(0);
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a contact person" })).ToHaveCountAsync(0);

        await window.GoToAsync($"/clients/{Guid.NewGuid()}");
        await window.Page.GetByText("This client is not there").WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Palette_TypedInQuickly_AsksForTheWholeAndNotForEachLetter()
    {
        await using var window = await OpenAsync("sales", "/clients");
        await window.Page.Locator("button.search").ClickAsync();
        await window.Page.Locator(".palette-box").WaitForAsync();
        var (asked, of) = (0, new Npgsql.NpgsqlConnectionStringBuilder(app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().ConnectionString).Database);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = statement =>
            {
                if (statement.GetTagItem("db.namespace") as string == of && statement.GetTagItem("db.query.text") is string text && text.Contains("search_entry")) Interlocked.Increment(ref asked);
            },
        };
        ActivitySource.AddActivityListener(listener);

        await window.Page.Locator(".palette-box").EvaluateAsync("""
            box => { for (let n = 1; n <= 'bluebird trading'.length; n++) { box.value = 'bluebird trading'.slice(0, n); box.dispatchEvent(new Event('input', { bubbles: true })); } }
            """);
        await window.Page.Locator(".palette .hit-title", new() { HasText = "Bluebird Trading" }).WaitForAsync();

        Assert.InRange(asked, 1, 4);
    }

    [Fact]
    public async Task Card_OnAPhone_DoesNotScrollSideways()
    {
        await using var window = await OpenAsync("sales", Card, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await window.Page.Locator(".stream[data-ready]").WaitForAsync();

        Assert.True(await window.Page.EvaluateAsync<bool>("() => document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"));
    }

    [Fact]
    public async Task Export_NeedsItsOwnRight_AndStandsInTheAudit()
    {
        await app.AddUserAsync("exporting-head", "sales-head");
        await using (var seller = await OpenAsync("sales", "/clients"))
        {
            await Expect(seller.Page.GetByRole(AriaRole.Link, new() { Name = "xlsx" })).ToHaveCountAsync(0);
            Assert.Equal(403, (await seller.Page.APIRequest.GetAsync($"{app.Address}export/clients.csv")).Status);
        }

        await using var head = await OpenAsync("exporting-head", "/clients");
        var file = await head.Page.APIRequest.GetAsync($"{app.Address}export/clients.csv");

        Assert.Contains("Bluebird Trading", await file.TextAsync());
        await using var db = app.Open();
        Assert.Contains(db.Set<Infrastructure.Database.AuditRow>(), r => r.UserName == "exporting-head" && r.Action == "event" && r.After!.Contains("exported"));
    }
}
