using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Stock;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A storekeeper takes goods in, sends some to the other warehouse, receives them there and takes that back, without the mouse where it counts.</summary>
public sealed class StockPagesTests(StockPagesTests.StoreApp app) : IClassFixture<StockPagesTests.StoreApp>
{
    /// <summary>An application with two warehouses, two products and who keeps them.</summary>
    public sealed class StoreApp : PortalApp
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("keeper", "warehouse-head");
            var system = Actor.System("test");
            foreach (var (code, name) in new[] { ("CH-1", "Chain"), ("PD-1", "Pedal") })
                await Services.GetRequiredService<ProductRegistry>().AddAsync(new(code, name, null, ProductKind.Goods, "pcs", 20, new(10, "EUR")), [], system, default);
            foreach (var name in new[] { "Main", "Shop" }) await Services.GetRequiredService<WarehouseRegistry>().OpenAsync(name, StockModel.Batch, null, system, default);
        }
    }

    private static async Task BeginAsync(BrowserWindow keeper, string digit, string title)
    {
        await keeper.GoToAsync("/stock/documents");
        await keeper.Page.ClickAsync("button:has-text('New document')");
        await Expect(keeper.Page.Locator(".dialog button").First).ToBeFocusedAsync();
        await keeper.Page.Keyboard.PressAsync(digit);
        await Expect(keeper.Page.Locator("h1")).ToContainTextAsync(title);
        await keeper.Page.Locator("[data-listening=yes]").WaitForAsync();
    }

    private static async Task AddAsync(BrowserWindow keeper, string code, string name, string quantity)
    {
        var entry = keeper.Page.Locator("[data-entry]");
        await entry.FillAsync(code);
        await keeper.Page.Locator(".offer-hints li", new() { HasText = name }).WaitForAsync();
        await entry.PressAsync("Enter");
        var cell = keeper.Page.Locator("tr[data-line] [data-cell=quantity]").Last;
        await Expect(cell).ToBeFocusedAsync();
        await cell.FillAsync(quantity);
        await cell.PressAsync("Enter");
        await Expect(entry).ToBeFocusedAsync();
    }

    private static async Task PostAsync(BrowserWindow keeper)
    {
        await keeper.Page.Locator("[data-saved=yes]").WaitForAsync();
        await keeper.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(keeper.Page.Locator("h1 .chip").First).ToHaveTextAsync("Posted");
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("abc")]
    [InlineData("1e30")]
    public async Task Quantity_ThatIsNoNumber_IsToldInWords_AndWhatStoodThereStays(string typed)
    {
        await using var keeper = await app.OpenWindowAsync("keeper");
        await BeginAsync(keeper, "1", "Receipt");
        await AddAsync(keeper, "CH-1", "Chain", "4");
        var cell = keeper.Page.Locator("tr[data-line] [data-cell=quantity]").Last;

        await cell.FillAsync(typed);
        await cell.PressAsync("Tab");

        await Expect(keeper.Page.Locator("tr[data-line] .offer-wrong")).ToContainTextAsync(typed);
        await Expect(cell).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(cell).ToHaveValueAsync("4");
        await cell.FillAsync("5");
        await cell.PressAsync("Tab");
        await Expect(keeper.Page.Locator("tr[data-line] .offer-wrong")).ToHaveCountAsync(0);
        // the menu does not lie open behind what was chosen in it
        await keeper.Page.GetByText("More", new() { Exact = true }).ClickAsync();
        await keeper.Page.Locator(".menu-item").Last.ClickAsync();
        await Expect(keeper.Page.Locator("[aria-modal=true]")).ToBeVisibleAsync();
        await Expect(keeper.Page.Locator("details.drop[open]")).ToHaveCountAsync(0);
        keeper.AssertClean();
    }

    [Fact]
    public async Task Goods_AreTakenIn_SentOn_Received_AndThatIsTakenBack()
    {
        await using var keeper = await app.OpenWindowAsync("keeper");
        await BeginAsync(keeper, "1", "Receipt");
        await AddAsync(keeper, "CH-1", "Chain", "5");
        await AddAsync(keeper, "PD", "Pedal", "2");
        await keeper.ShootAsync("receipt");
        await PostAsync(keeper);
        var receipt = keeper.Page.Url;

        await BeginAsync(keeper, "3", "Transfer");
        await keeper.Page.GetByLabel("To warehouse").SelectOptionAsync("Shop");
        await AddAsync(keeper, "CH-1", "Chain", "3");
        await PostAsync(keeper);
        await Expect(keeper.Page.Locator("h1")).ToContainTextAsync("On the way");
        await keeper.ShootAsync("transfer");
        await keeper.Page.ClickAsync("button:has-text('Receive what has arrived')");
        await Expect(keeper.Page.Locator("h1")).ToContainTextAsync("Arrival");
        await PostAsync(keeper);
        var arrival = keeper.Page.Url;

        await keeper.GoToAsync("/stock?text=ch-1");
        await Expect(keeper.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(keeper.Page.Locator("tbody tr", new() { HasText = "Main" }).Locator(".num").First).ToHaveTextAsync("2");
        await Expect(keeper.Page.Locator("tbody tr", new() { HasText = "Shop" }).Locator(".num").First).ToHaveTextAsync("3");
        await keeper.ShootAsync("balances");
        await keeper.Page.Locator("tbody tr", new() { HasText = "Shop" }).Locator("a").First.ClickAsync();
        await Expect(keeper.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(keeper.Page.Locator("tbody tr")).ToContainTextAsync("Arrived");

        await CancelAsync(keeper, receipt);
        await Expect(keeper.Page.Locator("p.problem")).ToContainTextAsync("Chain");
        await CancelAsync(keeper, arrival);
        await Expect(keeper.Page.Locator("h1 .chip")).ToHaveTextAsync("Cancelled");
        await Expect(keeper.Page.Locator(".offer-answer")).ToContainTextAsync("sent to the wrong place");
        await keeper.GoToAsync("/stock/documents?way=true");
        await Expect(keeper.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await keeper.ShootAsync("documents");
        keeper.AssertClean();
    }

    private static async Task CancelAsync(BrowserWindow keeper, string address)
    {
        await keeper.GoToAsync(new Uri(address).PathAndQuery);
        await keeper.Page.ClickAsync("summary:has-text('More')");
        await keeper.Page.ClickAsync("button.menu-item:has-text('Cancel document')");
        await keeper.Page.Locator(".dialog textarea").FillAsync("sent to the wrong place");
        await keeper.Page.ClickAsync(".dialog button.primary");
    }

    [Fact]
    public async Task Warehouses_AreOpened_AndTheBooksClosed()
    {
        await using var keeper = await app.OpenWindowAsync("keeper");
        await keeper.GoToAsync("/warehouses");
        await keeper.Page.ClickAsync("button:has-text('New warehouse')");
        await keeper.Page.Locator(".panel").GetByLabel("Name").FillAsync("Yard");
        await keeper.Page.ClickAsync(".panel button.primary");
        await Expect(keeper.Page.Locator("tbody")).ToContainTextAsync("Yard");
        await keeper.Page.GetByLabel("Close until").FillAsync("2020-12-31");
        await keeper.Page.ClickAsync("button:has-text('Close the books')");
        await Expect(keeper.Page.Locator("form.price-inline")).ToContainTextAsync("2020");
        await keeper.ShootAsync("warehouses");
        keeper.AssertClean();
    }
}
