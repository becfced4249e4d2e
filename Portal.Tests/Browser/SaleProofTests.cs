using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A sale from the client's wish to the won deal, as its seller, two who approve, the client and who watches the funnel see it.</summary>
public sealed class SaleProofTests(SaleProofTests.SaleApp app) : IClassFixture<SaleProofTests.SaleApp>
{
    /// <summary>The application of a company in which everybody is whom the map "Sale" gives work to.</summary>
    public sealed class SaleApp : OfferPagesTests.SellingApp
    {
        public DealId Sale { get; private set; }
        public PipelineId Pipeline { get; private set; }

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            foreach (var role in new[] { "sales-head", "director", "supply", "legal", "finance", "warehouse" }) await AddUserAsync(role, role);
            await AddUserAsync("watcher", "sales-head");
            var seller = await ActorAsync("seller");
            var client = await Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Harbour Library", PartnerKinds.Client, Email: "mira@harbour.example", Responsible: seller.UserId), seller, default);
            Pipeline = (await Services.GetRequiredService<PipelineQuery>().ListAsync(default)).Single(p => p.Map == "Sale").Id;
            Sale = await Services.GetRequiredService<DealDesk>().AddAsync(new(new("Shelves for the reading room", client, Manager: seller.UserId), Pipeline), seller, default);
        }

        /// <summary>Completes the one open task at a node of the sale as somebody of a role.</summary>
        public async Task CompleteAsync(string node, string user, params (string Name, Value Value)[] values)
        {
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
            var task = await db.Set<TaskRow>().Where(t => t.BusinessKind == ObjectKind.Deal && t.BusinessId == Sale.Value && t.Node == node && t.ClosedAt == null).Select(t => t.Id).SingleAsync();
            await Services.GetRequiredService<ProcessRunner>().CompleteAsync(task, ContextValue.Of(values), await ActorAsync(user));
        }
    }

    private static ILocator Task(BrowserWindow window) => window.Page.Locator(".deal-task");

    private static Task StandsAsync(BrowserWindow window, string task) => Expect(Task(window).GetByRole(AriaRole.Heading, new() { Name = task })).ToBeVisibleAsync();

    private static Task CompleteAsync(BrowserWindow window) => Task(window).GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();

    private static Task FillAsync(BrowserWindow window, string label, string value) => Task(window).GetByLabel(label, new() { Exact = true }).FillAsync(value);

    private static Task SayAsync(BrowserWindow window, string question, string answer) => Task(window).GetByRole(AriaRole.Group, new() { Name = question, Exact = true }).GetByLabel(answer).CheckAsync();

    private async Task<BrowserWindow> OpenDealAsync(string user)
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync($"/deals/{app.Sale.Value}");
        return window;
    }

    private async Task ApproveAsync(BrowserWindow by)
    {
        await StandsAsync(by, "Approve the offer");
        await SayAsync(by, "Approved *", "Yes");
        await CompleteAsync(by);
        await Expect(Task(by)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Sale_FromTheWishToTheWonDeal_AndTheFunnelFollows()
    {
        using var log = new LogLines(LogLevel.Error);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await using var watcher = await app.OpenWindowAsync("watcher");
        await watcher.GoToAsync($"/funnel?pipeline={app.Pipeline.Value}");
        var won = watcher.Page.Locator("[data-sum=won] dd");
        await Expect(won).ToHaveTextAsync(new Regex("^0 0 EUR"));
        // a page that was loaded again would have forgotten it
        await watcher.Page.EvaluateAsync("() => { window.same = true; }");

        await using var seller = await OpenDealAsync("seller");
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await seller.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await StandsAsync(seller, "Find out the need");
        await FillAsync(seller, "What is needed *", "Oak shelves along two walls");
        await SayAsync(seller, "Made to order *", "No");
        await SayAsync(seller, "We take it on *", "Yes");
        await CompleteAsync(seller);
        await StandsAsync(seller, "Prepare the offer");

        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "New offer" }).ClickAsync();
        await seller.Page.WaitForURLAsync("**/offers/*");
        var entry = seller.Page.Locator("[data-listening] [data-entry]");
        await entry.FillAsync("SH-1");
        await seller.Page.Locator(".offer-hints li", new() { HasText = "Oak shelf" }).WaitForAsync();
        await entry.PressAsync("Enter");
        var quantity = seller.Page.Locator("tr[data-line] [data-cell=quantity]").Last;
        await Expect(quantity).ToBeFocusedAsync();
        await quantity.FillAsync("7");
        await quantity.PressAsync("Enter");
        await Expect(seller.Page.Locator("[data-total=net]")).ToHaveTextAsync("700.00 EUR");
        await seller.Page.ClickAsync("button.primary:has-text('Issue')");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Issued");
        await seller.GoToAsync($"/deals/{app.Sale.Value}");
        await FillAsync(seller, "Amount *", "650");
        // a discount like that is approved by the head and by a director
        await FillAsync(seller, "Discount, %", "12");
        await FillAsync(seller, "Delivery, days *", "14");
        await CompleteAsync(seller);
        await StandsAsync(seller, "Stop the offer if the client withdraws");
        await app.CompleteAsync("checkSupply", "supply");

        await using (var head = await OpenDealAsync("sales-head"))
        await using (var director = await OpenDealAsync("director"))
        {
            await ApproveAsync(head);
            await ApproveAsync(director);
            head.AssertClean();
            director.AssertClean();
        }
        await StandsAsync(seller, "Agree terms with the client");
        await Expect(Task(seller).GetByLabel("Sent by mail to", new() { Exact = true })).ToHaveTextAsync("Harbour Library");

        var path = OfferPagesTests.Link().Match((await app.LetterAsync("mira@harbour.example")).Text).Groups[1].Value;
        await using (var client = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 } }))
        {
            await client.Page.GotoAsync($"/{path}");
            await client.Page.Locator("form[action$=accept] input[name=name]").FillAsync("Mira Vale");
            await client.Page.ClickAsync("button:has-text('Accept the offer')");
            await Expect(client.Page.Locator("main")).ToHaveAttributeAsync("data-state", "Accepted");
            client.AssertClean();
        }
        // nobody typed in what the client said
        await Expect(Task(seller)).ToHaveCountAsync(0);
        await Expect(seller.Page.Locator(".deal-process")).ToContainTextAsync("Draft the contract");
        await Expect(seller.Page.Locator(".deal-stages [aria-current=step]")).ToHaveTextAsync("Contract");

        await app.CompleteAsync("draft", "legal", ("contractNumber", Value.Of("C-17")));
        await app.CompleteAsync("sign", "seller", ("signed", Value.True));
        await app.CompleteAsync("invoice", "finance", ("invoiceNumber", Value.Of("I-40")), ("invoiceAmount", Value.Of(700)));
        await app.CompleteAsync("pay", "finance", ("paidAmount", Value.Of(700)), ("paidOn", new DateValue(DateOnly.FromDateTime(app.Now.UtcDateTime))));
        await app.CompleteAsync("stock", "warehouse", ("inStock", Value.True));
        await app.CompleteAsync("reserve", "warehouse");
        await app.CompleteAsync("ship", "warehouse", ("waybill", Value.Of("W-9")), ("shippedOn", new DateValue(DateOnly.FromDateTime(app.Now.UtcDateTime))));
        await app.CompleteAsync("receipt", "seller", ("complaint", Value.False));
        await app.CompleteAsync("balance", "finance");
        await StandsAsync(seller, "Close the deal");
        await CompleteAsync(seller);

        await Expect(seller.Page.Locator(".deal .actions .chip").First).ToContainTextAsync("Won");
        await Expect(won).ToHaveTextAsync(new Regex("^1 700 EUR"));
        Assert.True(await watcher.Page.EvaluateAsync<bool>("() => window.same === true"));
        await watcher.ShootAsync("funnel");
        seller.AssertClean();
        watcher.AssertClean();
        Assert.Empty(log.Lines);
    }
}
