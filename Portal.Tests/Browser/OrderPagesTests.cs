using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A seller enters an order by hand and sets goods aside; a storekeeper ships a part of it, an accountant invoices it and books its payment, and the seller sees it without touching anything.</summary>
public sealed class OrderPagesTests(OrderPagesTests.TradingApp app) : IClassFixture<OrderPagesTests.TradingApp>
{
    /// <summary>An application with a client, two products in a warehouse, a seller, a storekeeper and an accountant.</summary>
    public class TradingApp : PortalApp
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("seller", "sales");
            await AddUserAsync("keeper", "warehouse-head");
            await AddUserAsync("clerk", "finance-head");
            var system = Actor.System("test");
            await Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Lantern Works", PartnerKinds.Client), system, default);
            var (products, lists, stock) = (Services.GetRequiredService<ProductRegistry>(), Services.GetRequiredService<PriceListRegistry>(), Services.GetRequiredService<StockDesk>());
            var list = await lists.AddAsync(new("Retail", PriceListKind.Retail, "EUR"), system, default);
            var hall = await Services.GetRequiredService<WarehouseRegistry>().OpenAsync("Hall", StockModel.Batch, null, system, default);
            List<StockDocumentLine> lines = [];
            foreach (var (code, name) in new[] { ("CH-1", "Chain"), ("PD-1", "Pedal") })
            {
                var id = await products.AddAsync(new(code, name, null, ProductKind.Goods, "pcs", 20, new(10, "EUR")), [], system, default);
                await lists.SetPriceAsync(list, id, "", 0, 25, system, default);
                lines.Add(new(Guid.CreateVersion7(), id, 10, "pcs") { Price = 10 });
            }
            var receipt = StockDocumentId.New();
            await stock.AddAsync(receipt, StockDocumentKind.Receipt, system, default);
            var draft = (await Services.GetRequiredService<StockDocumentQuery>().FindAsync(receipt, system, default))!;
            await stock.PostAsync(receipt, await stock.WriteAsync(receipt, draft.Head with { Warehouse = hall }, lines, draft.Version, system, default), system, default);
        }
    }

    private static async Task AddAsync(BrowserWindow seller, string code, string name, string quantity)
    {
        var entry = seller.Page.Locator("[data-entry]");
        await entry.FillAsync(code);
        await seller.Page.Locator(".offer-hints li", new() { HasText = name }).WaitForAsync();
        await entry.PressAsync("Enter");
        var cell = seller.Page.Locator("tr[data-line] [data-cell=quantity]").Last;
        await Expect(cell).ToBeFocusedAsync();
        await cell.FillAsync(quantity);
        await cell.PressAsync("Enter");
        await Expect(entry).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Order_IsEntered_SetAside_ShippedInPart_Changed_AndSeenLive()
    {
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync("/orders");
        await seller.Page.Keyboard.PressAsync("n");
        await Expect(seller.Page.Locator("h1")).ToContainTextAsync("Draft");
        await seller.Page.Locator("#order-client").FillAsync("Lantern");
        await seller.Page.Locator("#order-client-list li").First.WaitForAsync();
        await seller.Page.Keyboard.PressAsync("Enter");
        await Expect(seller.Page.Locator(".offer-title p b")).ToContainTextAsync("Lantern Works");
        await seller.Page.GetByLabel("Client's number").FillAsync("PO-7");
        await AddAsync(seller, "CH-1", "Chain", "4");
        await AddAsync(seller, "PD", "Pedal", "2");
        await Expect(seller.Page.Locator("[data-total=net]")).ToContainTextAsync("150.00");
        await Expect(seller.Page.Locator("[data-item=Chain] [data-of=there]")).ToHaveTextAsync("4");
        await seller.ShootAsync("order-draft");
        await seller.Page.Locator("[data-saved=yes]").WaitForAsync();
        await seller.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Placed");
        await seller.Page.ClickAsync("button:has-text('Set goods aside')");
        await Expect(seller.Page.Locator("[data-item=Chain] [data-of=reserved]")).ToHaveTextAsync("4");
        await seller.ShootAsync("order-placed");

        await using var keeper = await app.OpenWindowAsync("keeper");
        await keeper.GoToAsync(new Uri(seller.Page.Url).PathAndQuery);
        await keeper.Page.ClickAsync("button:has-text('Ship')");
        await Expect(keeper.Page.Locator("h1")).ToContainTextAsync("Pick list");
        var chains = keeper.Page.Locator("tr[data-line]", new() { HasText = "Chain" }).Locator("[data-cell=quantity]");
        await chains.FillAsync("1e30");
        await chains.PressAsync("Tab");
        await Expect(chains).ToHaveAttributeAsync("aria-invalid", "true");
        await chains.FillAsync("3");
        await chains.PressAsync("Tab");
        await Expect(chains).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await keeper.Page.Locator("[data-saved=yes]").WaitForAsync();
        await keeper.ShootAsync("pick-list");
        await keeper.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(keeper.Page.Locator("h1 .chip")).ToHaveTextAsync("Shipped");

        // the seller has touched nothing
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Partly shipped");
        await Expect(seller.Page.Locator("[data-item=Chain] [data-of=shipped]")).ToHaveTextAsync("3");
        await Expect(seller.Page.Locator("[data-item=Chain] [data-of=reserved]")).ToHaveTextAsync("1");

        await seller.Page.ClickAsync("button:has-text('Change')");
        var quantity = seller.Page.Locator("tr[data-line]", new() { HasText = "CH-1" }).Locator("[data-cell=quantity]");
        await quantity.FillAsync("3");
        await quantity.PressAsync("Tab");
        await seller.Page.ClickAsync("button.primary:has-text('Change the order')");
        await Expect(seller.Page.Locator(".order-effects")).ToContainTextAsync("Chain: 1 pcs set aside become free for others");
        await seller.ShootAsync("order-effects");
        await seller.Page.ClickAsync(".dialog button.primary");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Shipped");
        await seller.GoToAsync("/orders?text=PO-7");
        await Expect(seller.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        seller.AssertClean();
        keeper.AssertClean();
    }

    [Fact]
    public async Task Drafts_ArePlacedTogether_PaymentsGivenAsProposed_AndADoubleClickDoesItOnce()
    {
        var (services, system) = (app.Services, Actor.System("test"));
        var (orders, invoices, payments) = (services.GetRequiredService<OrderDesk>(), services.GetRequiredService<InvoiceDesk>(), services.GetRequiredService<PaymentDesk>());
        var client = await services.GetRequiredService<PartnerRegistry>().AddAsync(new("Twin Mills", PartnerKinds.Client), system, default);
        List<SalesOrderId> drafts = [SalesOrderId.New(), SalesOrderId.New()];
        async Task DraftAsync(SalesOrderId id)
        {
            await orders.AddAsync(id, client, system, default);
            var draft = (await services.GetRequiredService<OrderQuery>().FindAsync(id, system, default))!;
            await orders.WriteAsync(id, draft.Head, draft.Written.Content with { Lines = [new(Guid.CreateVersion7(), OfferLineKind.Free, "Frame") { Asked = 200, Cost = 50, VatRate = 20, Quantity = 4 }] }, [], draft.Version, system, default);
        }
        foreach (var id in drafts) await DraftAsync(id);
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/orders/{drafts[0].Value}");
        // a part goes on another day
        await seller.Page.Locator("[data-item=Frame] .split-line input").FillAsync("4");
        await seller.Page.Locator("[data-item=Frame] .split-line input").PressAsync("Enter");
        await Expect(seller.Page.Locator(".toast", new() { HasText = "less than the line" })).ToBeVisibleAsync();
        await seller.Page.Locator("[data-item=Frame] .split-line input").FillAsync("1");
        await seller.Page.Locator("[data-item=Frame] .split-line input").PressAsync("Enter");
        await Expect(seller.Page.Locator("[data-item=Frame]")).ToHaveCountAsync(2);
        await Expect(seller.Page.Locator("[data-item=Frame]").Last).ToContainTextAsync("1");
        await seller.ShootAsync("split-line");

        await seller.GoToAsync($"/orders?state=Draft&partner={client.Value}");
        await seller.Page.ClickAsync("th.pick input");
        await seller.Page.DblClickAsync("button:has-text('Place the orders')");
        await Expect(seller.Page.Locator(".toast", new() { HasText = "2 orders are placed" })).ToBeVisibleAsync();
        await Expect(seller.Page.Locator(".empty")).ToBeVisibleAsync();
        foreach (var order in drafts)
        {
            var invoice = InvoiceId.New();
            await invoices.FromOrderAsync(invoice, order, 0, system, default);
            await invoices.IssueAsync(invoice, (await services.GetRequiredService<InvoiceQuery>().FindAsync(invoice, system, default))!.Version, system, default);
            await payments.BookAsync(PaymentId.New(), new(DateOnly.FromDateTime(DateTime.UtcNow), new(960, "EUR"), client, "Twin Mills", null), system, default);
        }
        // whose this is nobody has said, but it names an invoice
        var fresh = InvoiceId.New();
        var third = SalesOrderId.New();
        await DraftAsync(third);
        await services.GetRequiredService<OrderFulfilment>().PlaceAsync(third, (await services.GetRequiredService<OrderQuery>().FindAsync(third, system, default))!.Version, system, default);
        await invoices.FromOrderAsync(fresh, third, 0, system, default);
        await invoices.IssueAsync(fresh, (await services.GetRequiredService<InvoiceQuery>().FindAsync(fresh, system, default))!.Version, system, default);
        var number = (await services.GetRequiredService<InvoiceQuery>().FindAsync(fresh, system, default))!.Number;
        await payments.BookAsync(PaymentId.New(), new(DateOnly.FromDateTime(DateTime.UtcNow), new(960, "EUR"), null, "Account 12", $"for {number}"), system, default);

        await using var clerk = await app.OpenWindowAsync("clerk");
        await clerk.GoToAsync("/payments?free=true");
        await Expect(clerk.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(clerk.Page.Locator("tbody tr", new() { HasText = "Account 12" })).ToContainTextAsync("its number is in the reference");
        await clerk.Page.ClickAsync("th.pick input");
        await clerk.ShootAsync("payments-proposed");
        await clerk.Page.DblClickAsync("button:has-text('Give as proposed')");
        await Expect(clerk.Page.Locator(".toast", new() { HasText = "3 payments are given" })).ToBeVisibleAsync();
        await Expect(clerk.Page.Locator(".empty")).ToBeVisibleAsync();
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var paid = await db.Set<Invoice>().Where(i => i.Partner == client).Select(i => new { i.State, Shares = db.Set<Allocation>().Count(a => a.Invoice == i.Id) }).ToListAsync();
        Assert.Equal([(InvoiceState.Paid, 1), (InvoiceState.Paid, 1), (InvoiceState.Paid, 1)], paid.Select(i => (i.State, i.Shares)));
        seller.AssertClean();
        clerk.AssertClean();
    }

    [Fact]
    public async Task Order_IsInvoiced_ThePaymentFindsItsInvoice_AndTheSellerSeesItPaid()
    {
        var (orders, system, order) = (app.Services.GetRequiredService<OrderDesk>(), Actor.System("test"), SalesOrderId.New());
        var client = await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Harbour Mill", PartnerKinds.Client), system, default);
        await orders.AddAsync(order, client, system, default);
        var draft = (await app.Services.GetRequiredService<OrderQuery>().FindAsync(order, system, default))!;
        var content = draft.Written.Content with { Lines = [new(Guid.CreateVersion7(), OfferLineKind.Free, "Frame") { Asked = 200, Cost = 50, VatRate = 20, Quantity = 1 }] };
        await app.Services.GetRequiredService<OrderFulfilment>().PlaceAsync(order, (await orders.WriteAsync(order, draft.Head, content, [], draft.Version, system, default)).Version, system, default);
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/orders/{order.Value}");
        await using var clerk = await app.OpenWindowAsync("clerk");
        await clerk.GoToAsync($"/orders/{order.Value}");
        await clerk.Page.ClickAsync("[data-part='0']");
        await Expect(clerk.Page.Locator("h1 .chip")).ToHaveTextAsync("Draft");
        await clerk.Page.ClickAsync("button:has-text('Issue')");
        await Expect(clerk.Page.Locator("h1 .chip")).ToHaveTextAsync("Issued");
        var invoice = new Uri(clerk.Page.Url).PathAndQuery;
        var number = (await clerk.Page.Locator("h1").InnerTextAsync()).Split(' ')[1];
        var row = seller.Page.Locator("section[aria-label=Invoices] tbody tr", new() { HasText = number });
        await Expect(row).ToContainTextAsync("Issued");

        await clerk.GoToAsync("/payments");
        await clerk.Page.ClickAsync("button:has-text('Book a payment')");
        await clerk.Page.Locator(".dialog").GetByLabel("Payer").FillAsync("Harbour Mill Ltd");
        await clerk.Page.Locator(".dialog").GetByLabel("Amount").FillAsync("240");
        await clerk.Page.Locator(".dialog").GetByLabel("Reference").FillAsync($"for {number}");
        await clerk.Page.ClickAsync(".dialog button.primary");
        await Expect(clerk.Page.Locator("tr[data-invoice]")).ToContainTextAsync("its number is in the reference");
        await clerk.ShootAsync("payment");
        await clerk.Page.ClickAsync("button:has-text('Give to invoices')");
        await Expect(clerk.Page.Locator(".offer-title p b")).ToHaveTextAsync("Harbour Mill");
        // the seller has touched nothing
        await Expect(row).ToContainTextAsync("Paid");
        await clerk.GoToAsync(invoice);
        await Expect(clerk.Page.Locator("h1 .chip")).ToHaveTextAsync("Paid");

        var paper = (await clerk.Page.Locator("[data-paper=Invoice]").GetAttributeAsync("href"))!;
        using var accountant = await app.OpenSessionAsync("clerk");
        using var file = await accountant.Http.GetAsync(paper);
        using var storekeeper = await app.OpenSessionAsync("keeper");
        using var refused = await storekeeper.Http.GetAsync(paper);
        Assert.Equal(("application/pdf", HttpStatusCode.Forbidden), (file.Content.Headers.ContentType?.MediaType, refused.StatusCode));
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        Assert.Single(await db.Set<AuditRow>().Where(r => r.UserName == "clerk" && r.Action == "event").ToListAsync(), r => r.After!.Contains($"invoice-{number}.pdf", StringComparison.Ordinal));
        seller.AssertClean();
        clerk.AssertClean();
    }

    [Fact]
    public async Task ListsThatNameClients_LeaveAsFiles_ByOneRight()
    {
        // balances and movements name no client
        string[] open = ["/export/stock.{format}", "/export/movements.{format}"];
        var paths = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/export/", StringComparison.Ordinal) && e.Metadata.GetMetadata<MethodInfo>()?.DeclaringType?.Namespace is "Portal.Web.Sales.Orders" or "Portal.Web.Stock" or "Portal.Web.Billing")
            .Select(e => e.RoutePattern.RawText!).Except(open).ToList();
        using var reader = await app.OpenSessionAsync("seller");
        using var clerk = await app.OpenSessionAsync("clerk");

        Assert.Equal(6, paths.Count);
        foreach (var path in paths.Select(p => p.Replace("{format}", "csv", StringComparison.Ordinal)))
        {
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await reader.Http.GetAsync(path)).StatusCode));
            Assert.Equal((path, HttpStatusCode.OK), (path, (await clerk.Http.GetAsync(path)).StatusCode));
        }
        foreach (var page in new[] { "/orders", "/shipments", "/stock/documents", "/invoices", "/payments" })
        {
            await using var window = await app.OpenWindowAsync("seller");
            await window.GoToAsync(page);
            await Expect(window.Page.Locator("[data-ready=yes]")).ToBeVisibleAsync();
            await Expect(window.Page.Locator("a[download]")).ToHaveCountAsync(0);
        }
    }
}
