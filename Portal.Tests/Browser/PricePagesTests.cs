using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The catalogue, a price list typed by keys, discounts moved by keys, and what a client would pay and why.</summary>
public sealed class PricePagesTests(PricePagesTests.PriceApp app) : IClassFixture<PricePagesTests.PriceApp>
{
    /// <summary>The application with a head of sales and a seller, and three products.</summary>
    public sealed class PriceApp : PortalApp
    {
        public PriceListId List { get; private set; }

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("hedda", "sales-head");
            await AddUserAsync("selma", "sales");
            var products = Services.GetRequiredService<ProductRegistry>();
            var actor = Actor.System("test");
            var group = await Services.GetRequiredService<ProductGroups>().AddAsync("Racks", null, 25, actor, default);
            foreach (var (code, name, cost) in new[] { ("R-1", "Heron rack", 60m), ("R-2", "Stork rack", 80m), ("R-3", "Wren rack", 20m) })
                await products.AddAsync(new(code, name, group, ProductKind.Goods, "pcs", 20, new(cost, "EUR")), [], actor, default);
            List = await Services.GetRequiredService<PriceListRegistry>().AddAsync(new("Retail", PriceListKind.Retail, "EUR"), actor, default);
            foreach (var name in new[] { "Autumn", "Bulk" }) await Services.GetRequiredService<DiscountRegistry>().AddAsync(new(name, Percent: name == "Autumn" ? 10 : 5), actor, default);
        }

        public async Task<IReadOnlyList<GridPrice>> GridAsync() =>
            (await Services.GetRequiredService<PriceListQuery>().GridAsync(List, new(), Slice.All, Actor.System("test"), default)).Rows;

        public async Task<string> OrderAsync() => string.Join(' ', (await Services.GetRequiredService<DiscountRegistry>().ListAsync(false, Actor.System("test"), default)).Select(d => d.Terms.Name));
    }

    [Fact]
    public async Task Prices_AreTypedDownAColumn_DiscountsMovedByKeys_AndThePriceSaysWhy()
    {
        await using var head = await app.OpenWindowAsync("hedda");
        await head.GoToAsync($"/prices/{app.List.Value}?all=true");
        var cells = head.Page.Locator("[data-cell]");
        await cells.First.FocusAsync();
        await head.Page.Keyboard.TypeAsync("100");
        await head.Page.Keyboard.PressAsync("Enter");
        await head.Page.Keyboard.TypeAsync("95,50");
        await head.Page.Keyboard.PressAsync("ArrowDown");
        await head.Page.Keyboard.TypeAsync("40");
        await head.Page.Keyboard.PressAsync("Enter");
        await Wait.UntilAsync(async () => (await app.GridAsync()).Select(r => r.Price).SequenceEqual([100m, 95.5m, 40m]), "three prices");
        await Expect(head.Page.Locator("tbody tr").First).ToContainTextAsync("40");
        await head.ShootAsync("grid");
        await cells.First.FillAsync("-5");
        await head.Page.Keyboard.PressAsync("Enter");
        await Expect(head.Page.Locator(".toast.warn")).ToContainTextAsync("from 0 to");
        await Expect(cells.First).ToHaveValueAsync("100.00");
        await cells.First.FillAsync("7");
        await head.Page.Keyboard.PressAsync("Escape");
        await head.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(cells.First).ToHaveValueAsync("100.00");
        Assert.Equal(100, (await app.GridAsync())[0].Price);

        await head.GoToAsync("/prices/discounts");
        await head.Page.GetByRole(AriaRole.Link, new() { Name = "Bulk" }).FocusAsync();
        await head.Page.Keyboard.PressAsync("Alt+ArrowUp");
        await Wait.UntilAsync(async () => await app.OrderAsync() == "Bulk Autumn", "the new order");
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await head.Page.Locator("#try-product").FillAsync("R-1");
        await head.Page.GetByRole(AriaRole.Option).First.ClickAsync();
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "What would they pay?" }).ClickAsync();
        await Expect(head.Page.Locator(".price-sum")).ToContainTextAsync("85.50 EUR");
        await Expect(head.Page.Locator(".price-reasons li")).ToHaveTextAsync(["Price list “Retail”: 100.00 EUR", "Discount “Bulk” 5 %: 95.00 EUR", "Discount “Autumn” 10 %: 85.50 EUR", "Margin 29.82 %, at least 25 %"]);
        await head.ShootAsync("try");
        head.AssertClean();
    }

    [Fact]
    public async Task Catalogue_IsLookedUpOnAPhone_WithoutCost()
    {
        await using var seller = await app.OpenWindowAsync("selma", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await seller.GoToAsync("/products?text=heron");

        await seller.Page.GetByRole(AriaRole.Link, new() { Name = "R-1" }).ClickAsync();
        await Expect(seller.Page.Locator(".panel")).ToContainTextAsync("Heron rack");
        await Expect(seller.Page.Locator(".panel")).Not.ToContainTextAsync("Cost");
        Assert.True(await seller.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await seller.ShootAsync("phone");
        seller.AssertClean();
    }

    [Fact]
    public async Task Products_AreMovedTogether_AndANewOneIsEntered()
    {
        await using var head = await app.OpenWindowAsync("hedda");
        await head.GoToAsync("/products/new");
        await head.Page.GetByLabel("Code").FillAsync("R-9");
        await head.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Gull rack");
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(head.Page.GetByRole(AriaRole.Heading, new() { Name = "Gull rack" })).ToBeVisibleAsync();

        await head.GoToAsync("/products?text=gull");
        await head.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Gull rack" }).CheckAsync();
        await head.Page.GetByLabel("Move to a group…").SelectOptionAsync(new SelectOptionValue { Label = "Racks" });
        await Expect(head.Page.Locator("tbody tr")).ToContainTextAsync("Racks");
        await head.ShootAsync("catalogue");
        head.AssertClean();
    }
}
