using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Tests.Clients.Duplicates;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The tree of a network as somebody walks it by keys, and as one sees it who reaches less.</summary>
public sealed class NetworkPageTests(InboxApp app) : IClassFixture<InboxApp>
{
    private const int Shops = 60;

    private static ILocator Items(BrowserWindow window) => window.Page.GetByRole(AriaRole.Treeitem);

    private static ILocator Item(BrowserWindow window, string name) => Items(window).Filter(new() { HasText = name });

    private static ILocator Branch(BrowserWindow window) => window.Page.GetByRole(AriaRole.Region, new() { Name = "Chosen branch" });

    [Fact]
    public async Task Tree_IsWalkedByKeys_ABranchIsMoved_AndWhoReachesLessSeesLess()
    {
        var (seller, narrow) = (await app.ActorAsync("sales"), await app.NarrowAsync("customer-service"));
        var partners = app.Services.GetRequiredService<PartnerRegistry>();
        var holding = await AddAsync("Oakmast Holding", null, NetworkLevel.Holding, narrow.UserId);
        var north = await AddAsync("North region", holding, NetworkLevel.Region);
        await AddAsync("South region", holding, NetworkLevel.Region);
        for (var i = 1; i <= Shops; i++) await AddAsync($"Shop {i:00}", north, NetworkLevel.Outlet, i <= 2 ? narrow.UserId : null);
        await app.Services.GetRequiredService<CounterpartyRegistry>().AddAsync(north, new("Northern Acorns Ltd", TaxNumber: "OM-77"), seller, default);

        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync($"/clients/{holding.Value}/network");
        await Expect(Items(window)).ToHaveCountAsync(3);
        await Expect(Item(window, "Oakmast Holding")).ToContainTextAsync($"{Shops} outlets");
        await Expect(window.Page.GetByRole(AriaRole.Region, new() { Name = "Legal entities" })).ToContainTextAsync("serves 61 clients");

        await Item(window, "Oakmast Holding").FocusAsync();
        await PressAsync("ArrowDown", Item(window, "North region"));
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Item(window, "North region")).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(Items(window)).ToHaveCountAsync(3 + 50 + 1);
        await PressAsync("s", Item(window, "Shop 01"));
        await PressAsync("End", Item(window, "South region"));
        await PressAsync("ArrowUp", Item(window, "Show more (10 left)"));
        await PressAsync("Enter", Item(window, "Shop 51"));
        await Expect(Items(window)).ToHaveCountAsync(3 + Shops);
        await PressAsync("ArrowLeft", Item(window, "North region"));
        await window.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Items(window)).ToHaveCountAsync(3);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(Item(window, "North region")).ToHaveAttributeAsync("aria-selected", "true");

        await using var other = await app.OpenWindowAsync("customer-service");
        await other.GoToAsync($"/clients/{holding.Value}/network");
        await Expect(Items(other)).ToHaveCountAsync(3);
        await Expect(Item(other, "Oakmast Holding")).ToContainTextAsync("2 outlets");
        await Expect(Item(other, "Shop 02")).ToHaveAttributeAsync("aria-level", "2");
        await Expect(other.Page.GetByText("North")).ToHaveCountAsync(0);

        var branch = Branch(window);
        await branch.GetByRole(AriaRole.Button, new() { Name = "Move", Exact = true }).ClickAsync();
        await window.Page.Locator("#network-above").FillAsync("South region");
        await window.Page.GetByRole(AriaRole.Option, new() { Name = "South region" }).ClickAsync();
        await branch.Locator("button[type=submit]").ClickAsync();
        await Expect(Item(window, "North region")).ToHaveAttributeAsync("aria-level", "3");
        await Expect(Item(other, "Shop 02")).ToHaveAttributeAsync("aria-level", "2");

        await branch.GetByRole(AriaRole.Link, new() { Name = "Hand over or change all" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Complementary, new() { Name = "Change a field" })).ToContainTextAsync("61");
        window.AssertClean();
        other.AssertClean();

        async Task PressAsync(string key, ILocator then)
        {
            await window.Page.Keyboard.PressAsync(key);
            await Expect(then).ToBeFocusedAsync();
        }

        Task<PartnerId> AddAsync(string name, PartnerId? above, NetworkLevel level, Guid? responsible = null) =>
            partners.AddAsync(new(name, PartnerKinds.Client, Parent: above, Level: level, Responsible: responsible), seller, default);
    }

    [Fact]
    public async Task ClientOfTheTree_ThatIsMergedAway_WhileAnotherPlansForIt_TakesWhatHeTypedAlong()
    {
        var (seller, head, narrow) = (await app.ActorAsync("sales"), await app.ActorAsync("sales-head"), await app.NarrowAsync("customer-service"));
        var partners = app.Services.GetRequiredService<PartnerRegistry>();
        var holding = await AddAsync("Teasel Holding", null, narrow.UserId);
        var (goes, stays, shop) = (await AddAsync("Teasel Mills", holding), await AddAsync("Teasel Mill", holding, head.UserId), await AddAsync("Teasel Shop", holding, narrow.UserId));
        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync($"/clients/{goes.Value}/network");
        await Branch(window).GetByRole(AriaRole.Button, new() { Name = "Plan an interaction" }).ClickAsync();
        await Branch(window).GetByLabel("Subject").FillAsync("Look at the new wheel");
        await Branch(window).GetByLabel("What was the meeting about?").FillAsync("Bring the drawings");

        var merge = await MergeAsync(goes, stays);

        await Expect(window.Page.GetByText("sales-head has merged “Teasel Mills” into this client")).ToBeVisibleAsync();
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/clients/{stays.Value}/network"));
        await Expect(Branch(window).GetByRole(AriaRole.Heading)).ToHaveTextAsync("Teasel Mill");
        await Expect(Item(window, "Teasel Mills")).ToHaveCountAsync(0);
        await Branch(window).Locator("button[type=submit]").ClickAsync();
        await Expect(Branch(window).GetByLabel("Subject")).ToHaveCountAsync(0);
        await using (var db = app.Open())
        {
            var planned = await db.Set<Interaction>().SingleAsync(i => i.Subject == "Look at the new wheel");
            Assert.Equal((stays, "Bring the drawings"), (planned.Partner, planned.Text));
        }

        await app.Services.GetRequiredService<PartyMerge>().UndoAsync(merge, head, default);
        await Expect(window.Page.GetByText("has merged “Teasel Mills”")).ToHaveCountAsync(0);

        // who does not see the one that remains keeps what he typed, and goes on with it when the merge is undone
        await using var other = await app.OpenWindowAsync("customer-service");
        await other.GoToAsync($"/clients/{shop.Value}/network");
        await Branch(other).GetByRole(AriaRole.Button, new() { Name = "Plan an interaction" }).ClickAsync();
        await Branch(other).GetByLabel("Subject").FillAsync("Show the shelves");
        merge = await MergeAsync(shop, stays);
        await Expect(other.Page.GetByText("This client was merged into one that you do not see.")).ToBeVisibleAsync();
        await Branch(other).Locator("button[type=submit]").ClickAsync();
        await Expect(Branch(other).GetByRole(AriaRole.Alert)).ToContainTextAsync("merged");
        await app.Services.GetRequiredService<PartyMerge>().UndoAsync(merge, head, default);
        await Expect(other.Page.GetByText("This client was merged into one that you do not see.")).ToHaveCountAsync(0);
        await Expect(Branch(other).GetByLabel("Subject")).ToHaveValueAsync("Show the shelves");
        await Branch(other).Locator("button[type=submit]").ClickAsync();
        await Expect(Branch(other).GetByLabel("Subject")).ToHaveCountAsync(0);
        await using (var db = app.Open()) Assert.Equal(shop, (await db.Set<Interaction>().SingleAsync(i => i.Subject == "Show the shelves")).Partner);
        window.AssertClean();
        other.AssertClean();

        Task<PartnerId> AddAsync(string name, PartnerId? above, Guid? responsible = null) =>
            partners.AddAsync(new(name, PartnerKinds.Client, Parent: above, Level: above is null ? NetworkLevel.Holding : NetworkLevel.Outlet, Responsible: responsible), seller, default);

        async Task<Guid> MergeAsync(PartnerId loser, PartnerId survivor)
        {
            await using var db = app.Open();
            var pair = await Found.PairAsync(db, TimeProvider.System.GetUtcNow(), ObjectKind.Partner, loser.Value, survivor.Value);
            return await app.Services.GetRequiredService<PartyMerge>().MergeAsync(new(pair, survivor.Value, new Dictionary<string, MergeSide>(), []), head, default);
        }
    }

    [Fact]
    public async Task Tree_OfANetworkThatIsACircle_IsDrawnOnceRound()
    {
        var (one, other) = (new Partner(PartnerId.New(), "Round One", PartnerKinds.Client), new Partner(PartnerId.New(), "Round Two", PartnerKinds.Client));
        one.JoinNetwork(other.Id, NetworkLevel.Region);
        other.JoinNetwork(one.Id, NetworkLevel.Region);
        await using (var db = app.Open())
        {
            db.AddRange(one, other);
            await db.SaveChangesAsync();
        }

        await using var window = await app.OpenWindowAsync("sales");
        await window.GoToAsync($"/clients/{one.Id.Value}/network");

        await Expect(Items(window)).ToHaveCountAsync(2);
        await Expect(Item(window, "Round One")).ToHaveAttributeAsync("aria-level", "2");
        window.AssertClean();
    }
}
