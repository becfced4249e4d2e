using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Two people clean the base at once: one searches and merges, the other sees it and comes second.</summary>
public sealed class DuplicatesPageTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<(Guid One, Guid Other)> TwinsAsync(string name, string again, string mail, string? theirs = null, Guid? responsible = null)
    {
        var actor = await app.ActorAsync("sales-head");
        var partners = app.Services.GetRequiredService<PartnerRegistry>();
        var one = await partners.AddAsync(new(name, PartnerKinds.Client, Phone: "+1 700 123 45 67", Email: mail, Responsible: actor.UserId), actor, default);
        var other = await partners.AddAsync(new(again, PartnerKinds.Client, Phone: "+1 700 123 45 67", Email: theirs ?? mail, Responsible: responsible), actor, default);
        return (one.Value, other.Value);
    }

    private static ILocator Row(BrowserWindow window, string name) => window.Page.Locator("table.rows tbody tr", new() { HasText = name });

    private static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    [Fact]
    public async Task OneSearchesAndMerges_TheOtherSeesIt_AndComesSecond()
    {
        var (one, other) = await TwinsAsync("Kestrel Ironworks", "Kestrel Iron Works", "office@kestrel.example");
        await using var first = await app.OpenWindowAsync("sales-head");
        await using var second = await app.OpenWindowAsync("sales");
        await first.GoToAsync("/clients/duplicates");
        await second.GoToAsync("/clients/duplicates");
        await Expect(Button(second, "Search for duplicates")).ToHaveCountAsync(0);

        await Button(first, "Search for duplicates").ClickAsync();
        await Expect(second.Page.Locator(".run-strip")).ToContainTextAsync("search done");
        await Expect(Row(second, "Kestrel Ironworks")).ToBeVisibleAsync();
        await Row(first, "Kestrel Ironworks").GetByRole(AriaRole.Link).First.ClickAsync();
        await Row(second, "Kestrel Ironworks").GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(Button(second, "Merge")).ToBeVisibleAsync();
        await Expect(first.Page.Locator("table.pair")).ToContainTextAsync("office@kestrel.example");
        await first.Page.GetByLabel("Kestrel Iron Works", new() { Exact = true }).CheckAsync();
        await first.Page.Keyboard.PressAsync("m");
        await first.Page.GetByText("1 pair merged.").WaitForAsync();

        // whoever looked at the same pair is told at once
        await Expect(second.Page.GetByText("Merged by sales-head")).ToBeVisibleAsync();
        await Expect(Button(second, "Merge")).ToHaveCountAsync(0);
        var loser = await LoserAsync(one, other);
        await first.GoToAsync($"/clients/{loser}");
        await Expect(first.Page.GetByText("This client was merged into")).ToBeVisibleAsync();
        // nothing is offered that would be refused
        foreach (var name in new[] { "Edit", "Restore", "Archive", "Add a contact person", "Add a legal entity", "Add an address", "Add a contract", "Call" }) await Expect(Button(first, name)).ToHaveCountAsync(0);
        await Expect(first.Page.GetByLabel("Add a tag")).ToHaveCountAsync(0);
        await first.Page.GetByRole(AriaRole.Link, new() { Name = "Kestrel Iron Works", Exact = true }).ClickAsync();
        await Expect(first.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/clients/{(loser == one ? other : one)}$"));

        await Button(second, "Undo the merge").ClickAsync();
        await Expect(Button(second, "Merge")).ToBeVisibleAsync();
        Assert.Null(await LoserAsync(one, other));
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task SurePairs_AreMergedInBulk_AndADoubtfulOne_BecomesAnAssignment()
    {
        var (one, other) = await TwinsAsync("Marigold Bakery", "Marigold Bakeri", "bread@marigold.example");
        var doubtful = await TwinsAsync("Thornfield Press", "Thornfeld Pres", "desk@thornfield.example", "other@press.example");
        await using var window = await app.OpenWindowAsync("sales-head");
        await window.GoToAsync("/clients/duplicates");
        await Button(window, "Search for duplicates").ClickAsync();
        await Expect(Row(window, "Marigold Bakery")).ToBeVisibleAsync();

        await Row(window, "Marigold Bakery").GetByRole(AriaRole.Checkbox).CheckAsync();
        await Button(window, "Merge the chosen…").ClickAsync();
        await Button(window, "Merge 1 pair").ClickAsync();
        await Expect(Row(window, "Marigold Bakery")).ToHaveCountAsync(0);
        Assert.NotNull(await LoserAsync(one, other));

        await Row(window, "Thornfield Press").GetByRole(AriaRole.Checkbox).CheckAsync();
        await Button(window, "Give as assignments…").ClickAsync();
        await Button(window, "Give as an assignment").ClickAsync();
        await Expect(Row(window, "Thornfield Press")).ToContainTextAsync("assignment given");

        await window.GoToAsync("/work");
        await window.Page.GetByText("one and the same?").First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Possible duplicate" }).ClickAsync();
        await Expect(window.Page.Locator("table.pair")).ToContainTextAsync("other@press.example");
        await window.Page.Keyboard.PressAsync("d");
        await window.Page.GetByText("Kept apart").WaitForAsync();
        await using var db = app.Open();
        Assert.Equal(FoundPairState.Different, (await db.Set<FoundPair>().SingleAsync(p => p.One == doubtful.One || p.Other == doubtful.One)).State);
        window.AssertClean();
    }

    [Fact]
    public async Task ClientThatIsMergedAway_WhileAnotherEditsIt_TakesWhatHeTypedAlong()
    {
        var (one, other) = await TwinsAsync("Larkspur Brassworks", "Larkspur Brass Works", "office@larkspur.example");
        await using var first = await app.OpenWindowAsync("sales-head");
        await using var second = await app.OpenWindowAsync("sales");
        await first.GoToAsync("/clients/duplicates");
        await Button(first, "Search for duplicates").ClickAsync();
        await Row(first, "Larkspur Brassworks").GetByRole(AriaRole.Link).First.ClickAsync();
        await first.Page.Locator("table.pair thead th", new() { HasText = "Larkspur Brass Works" }).GetByRole(AriaRole.Radio).CheckAsync();

        await second.GoToAsync($"/clients/{one}");
        var panel = second.Page.Locator("aside.panel");
        await Button(second, "Edit").ClickAsync();
        await panel.GetByLabel("Website").FillAsync("larkspur.example");
        await Button(second, "Add a contact person").ClickAsync();
        await second.Page.Locator("#client-contacts").GetByLabel("Name and surname").FillAsync("Delphine Larkspur");
        await second.Page.Locator("#client-contacts").GetByLabel("Position or role").FillAsync("Buyer");
        await second.Page.GetByLabel("Write a note").FillAsync("They moved to the north gate");
        await second.Page.GetByLabel("Write a comment").FillAsync("Ask for the catalogue");

        await first.Page.Keyboard.PressAsync("m");
        await first.Page.GetByText("1 pair merged.").WaitForAsync();

        await Expect(second.Page.GetByText("sales-head has merged “Larkspur Brassworks” into this client")).ToBeVisibleAsync();
        await Expect(second.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/clients/{other}$"));
        await Expect(second.Page.Locator("h1")).ToHaveTextAsync("Larkspur Brass Works");
        await Expect(panel.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Larkspur Brass Works");
        await Expect(panel.GetByLabel("Website")).ToHaveValueAsync("larkspur.example");
        await Expect(second.Page.GetByLabel("Write a comment")).ToHaveValueAsync("Ask for the catalogue");
        await Button(second, "Record").ClickAsync();
        await Expect(second.Page.Locator(".history-part")).ToContainTextAsync("They moved to the north gate");
        await second.Page.Locator("#client-contacts button[type=submit]").ClickAsync();
        await Expect(second.Page.Locator("#client-contacts")).ToContainTextAsync("Buyer");
        await panel.Locator("button[type=submit]").ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);

        await using var db = app.Open();
        var remaining = await db.Set<Partner>().SingleAsync(p => p.Id == new PartnerId(other));
        Assert.Equal(("Larkspur Brass Works", "https://larkspur.example"), (remaining.Name, remaining.Website?.TrimEnd('/')));
        Assert.Equal(1, await db.Set<ContactRole>().CountAsync(r => r.Partner == remaining.Id));
        Assert.Equal(remaining.Id, (await db.Set<Interaction>().SingleAsync(i => i.Text == "They moved to the north gate")).Partner);

        // taken back by the one, it is no longer told to the other
        await first.GoToAsync($"/clients/{other}");
        await Button(first, "Undo the merge").ClickAsync();
        await Expect(second.Page.GetByText("has merged “Larkspur Brassworks”")).ToHaveCountAsync(0);
        await Expect(Button(second, "Undo the merge")).ToHaveCountAsync(0);
        first.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task ClientThatIsMergedIntoOneHeDoesNotSee_WhileAnotherEditsIt_TellsHim_AndKeepsWhatHeTyped()
    {
        var narrow = await app.NarrowAsync("customer-service");
        var (one, other) = await TwinsAsync("Foxglove Potteries", "Foxglove Poteries", "office@foxglove.example", responsible: narrow.UserId);
        await using var first = await app.OpenWindowAsync("sales-head");
        await using var second = await app.OpenWindowAsync("customer-service");
        await first.GoToAsync("/clients/duplicates");
        await Button(first, "Search for duplicates").ClickAsync();
        await Row(first, "Foxglove Potteries").GetByRole(AriaRole.Link).First.ClickAsync();
        await first.Page.Locator("table.pair thead th", new() { HasText = "Foxglove Potteries" }).GetByRole(AriaRole.Radio).CheckAsync();
        await second.GoToAsync($"/clients/{other}");
        var (panel, told) = (second.Page.Locator("aside.panel"), second.Page.GetByText("This client was merged into one that you do not see."));
        await Button(second, "Edit").ClickAsync();
        await panel.GetByLabel("Website").FillAsync("foxglove.example");
        await second.Page.GetByLabel("Write a note").FillAsync("They fire on Tuesdays");

        await first.Page.Keyboard.PressAsync("m");
        await first.Page.GetByText("1 pair merged.").WaitForAsync();

        await Expect(told).ToBeVisibleAsync();
        await Expect(second.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/clients/{other}$"));
        await Expect(second.Page.GetByText("Foxglove Potteries")).ToHaveCountAsync(0);
        await panel.Locator("button[type=submit]").ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Alert)).ToContainTextAsync("merged");
        await Expect(panel.GetByLabel("Website")).ToHaveValueAsync("foxglove.example");
        await Button(second, "Record").ClickAsync();
        await Expect(second.Page.Locator(".composer").GetByRole(AriaRole.Alert)).ToContainTextAsync("merged");

        await first.GoToAsync($"/clients/{one}");
        await Button(first, "Undo the merge").ClickAsync();
        await Expect(told).ToHaveCountAsync(0);
        await Expect(second.Page.GetByLabel("Write a note")).ToHaveValueAsync("They fire on Tuesdays");
        await Button(second, "Record").ClickAsync();
        await Expect(second.Page.Locator(".history-part")).ToContainTextAsync("They fire on Tuesdays");
        Assert.Null(await LoserAsync(one, other));
        first.AssertClean();
        second.AssertClean();
    }

    private async Task<Guid?> LoserAsync(Guid one, Guid other)
    {
        await using var db = app.Open();
        var sides = new[] { new PartnerId(one), new PartnerId(other) };
        return (await db.Set<Partner>().Where(p => sides.Contains(p.Id) && p.MergedInto != null).Select(p => (PartnerId?)p.Id).SingleOrDefaultAsync())?.Value;
    }
}
