using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Identity;
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

    [Fact]
    public async Task Tree_IsWalkedByKeys_ABranchIsMoved_AndWhoReachesLessSeesLess()
    {
        var (seller, narrow) = (await app.ActorAsync("sales"), await NarrowAsync("customer-service"));
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

        var branch = window.Page.GetByRole(AriaRole.Region, new() { Name = "Chosen branch" });
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

    /// <summary>A user whose role reaches only his own clients.</summary>
    private async Task<Actor> NarrowAsync(string role)
    {
        await using var db = app.Open();
        await db.Set<Role>().Where(r => r.Code == role).ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Own));
        await Wait.UntilAsync(async () => (await app.ActorAsync(role)).Scope == ActorScope.Own, "the reach of the role");
        return await app.ActorAsync(role);
    }
}
