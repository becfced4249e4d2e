using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A sale from the wish somebody leaves on the web to the won deal, as its seller, two who approve, the client and who watches the funnel see it.</summary>
public sealed class SaleProofTests(SaleProofTests.SaleApp app) : IClassFixture<SaleProofTests.SaleApp>
{
    /// <summary>The application of a company in which everybody is whom the map "Sale" gives work to.</summary>
    public sealed class SaleApp : OfferPagesTests.SellingApp
    {
        private readonly ForwardClock clock = new();

        protected override TimeProvider Clock => clock;

        public DealId Sale { get; set; }
        public PipelineId Pipeline { get; private set; }
        public string Form { get; private set; } = "";

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            foreach (var role in new[] { "sales-head", "director", "supply", "legal", "finance", "warehouse" }) await AddUserAsync(role, role);
            await AddUserAsync("watcher", "sales-head");
            Pipeline = (await Services.GetRequiredService<PipelineQuery>().ListAsync(default)).Single(p => p.Map == "Sale").Id;
            var (system, choices) = (Actor.System("test"), await Services.GetRequiredService<LeadChoicesQuery>().ReadAsync(Actor.System("test"), default));
            await Services.GetRequiredService<NeedSettings>().AddAsync(new("How many metres?", NeedKind.Number, Required: true), system, default);
            Form = (await Services.GetRequiredService<LeadForms>().AddAsync(new("Site", new(choices.Streams.Single(s => s.Key == "site").Id), Asked: LeadForm.Usual | LeadFields.Company)
            {
                Words = new Dictionary<string, LeadFormWords> { ["en"] = new("Ask our joiners") },
            }, system, default)).Key;
        }

        /// <summary>Lets time pass, as it does while somebody types.</summary>
        public void Pass(TimeSpan time) => clock.Advance(time);

        /// <summary>Completes the one open task at a node of the sale as somebody of a role.</summary>
        public async Task CompleteAsync(string node, string user, params (string Name, Value Value)[] values)
        {
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
            var task = await db.Set<TaskRow>().Where(t => t.BusinessKind == ObjectKind.Deal && t.BusinessId == Sale.Value && t.Node == node && t.ClosedAt == null).Select(t => t.Id).SingleAsync();
            await Services.GetRequiredService<ProcessRunner>().CompleteAsync(task, ContextValue.Of(values), await ActorAsync(user));
        }
    }

    private static ILocator Task(BrowserWindow window) => window.Page.Locator(".object-task");

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

    // an outsider on his phone: nobody has opened an account for him, and his browser runs no script
    private async Task WishAsync()
    {
        await using var outsider = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 }, Locale = "en-GB", JavaScriptEnabled = false });
        await outsider.Page.GotoAsync($"/f/{app.Form}");
        foreach (var (label, text) in new[] { ("Name *", "Mira Vale"), ("Company", "Harbour Library"), ("Phone", "+44 20 7946 0958"), ("E-mail", "mira@harbour.example"), ("Message", "Shelves for the reading room") })
            await outsider.Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
        app.Pass(TimeSpan.FromSeconds(20));
        await outsider.ShootAsync("form");
        await outsider.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(outsider.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("We will get in touch");
        outsider.AssertClean();
    }

    // what the outsider typed becomes client, contact and deal; the seller types only what he has found out
    private async Task ConvertAsync(BrowserWindow seller)
    {
        await seller.Page.Locator(".lead-rows a", new() { HasText = "Shelves for the reading room" }).ClickAsync();
        await seller.Page.GetByRole(AriaRole.Link, new() { Name = "Open the whole page" }).ClickAsync();
        await seller.Page.IsAtAsync(url => url.Contains("/leads/", StringComparison.Ordinal));
        // the address changes before the panel gives way to the page
        await Expect(seller.Page.GetByRole(AriaRole.Link, new() { Name = "Open the whole page" })).ToHaveCountAsync(0);
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Take it on" }).ClickAsync();
        await Expect(seller.Page.Locator("[data-state=Working]")).ToBeVisibleAsync();
        await seller.Page.GetByRole(AriaRole.Group, new() { Name = "Interest" }).GetByText("Hot").ClickAsync();
        await Expect(seller.Page.GetByText("hot interest")).ToBeVisibleAsync();
        await seller.Page.GetByLabel("How many metres?").FillAsync("14");
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm the need" }).ClickAsync();
        await Expect(seller.Page.Locator("[data-state=Qualified]")).ToBeVisibleAsync();
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Make a deal…" }).ClickAsync();
        var dialog = seller.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("A new client")).ToHaveValueAsync("Harbour Library");
        await dialog.GetByLabel("Pipeline").SelectOptionAsync(app.Pipeline.Value.ToString());
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the deal" }).ClickAsync();
        await seller.Page.IsAtAsync(url => Regex.IsMatch(url, "/deals/[0-9a-f-]{36}$"));
        app.Sale = new(Guid.Parse(seller.Page.Url.Split('/')[^1]));
        await Expect(seller.Page.Locator(".client-facts a", new() { HasText = "Harbour Library" })).ToBeVisibleAsync();
        await Expect(seller.Page.Locator(".talk-lines")).ToContainTextAsync("How many metres? – 14");
    }

    private async Task ApproveAsync(BrowserWindow by)
    {
        await StandsAsync(by, "Approve the offer");
        await SayAsync(by, "Approved *", "Yes");
        await CompleteAsync(by);
        await Expect(Task(by)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Sale_FromTheWebLeadToTheWonDeal_AndTheFunnelFollows()
    {
        using var log = new LogLines(LogLevel.Error);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await using var watcher = await app.OpenWindowAsync("watcher");
        await watcher.GoToAsync($"/funnel?pipeline={app.Pipeline.Value}");
        var won = watcher.Page.Locator("[data-sum=won] dd");
        await Expect(won).ToHaveTextAsync(new Regex("^0 0 EUR"));
        // a page that was loaded again would have forgotten it
        await watcher.Page.EvaluateAsync("() => { window.same = true; }");

        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync("/leads");
        await WishAsync();
        await ConvertAsync(seller);
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await seller.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await StandsAsync(seller, "Find out the need");
        await FillAsync(seller, "What is needed *", "Oak shelves along two walls");
        await SayAsync(seller, "Made to order *", "No");
        await SayAsync(seller, "We take it on *", "Yes");
        await CompleteAsync(seller);
        await StandsAsync(seller, "Prepare the offer");

        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "New offer" }).ClickAsync();
        await seller.Page.IsAtAsync(url => url.Contains("/offers/", StringComparison.Ordinal));
        var entry = seller.Page.Locator("[data-listening] [data-entry]");
        await entry.FillAsync("SH-1");
        await seller.Page.Locator(".offer-hints li", new() { HasText = "Oak shelf" }).WaitForAsync();
        await entry.PressAsync("Enter");
        var quantity = seller.Page.Locator("tr[data-line] [data-cell=quantity]").Last;
        await Expect(quantity).ToBeFocusedAsync();
        await quantity.FillAsync("7");
        await quantity.PressAsync("Enter");
        await Expect(seller.Page.Locator("[data-total=net]")).ToHaveTextAsync("700.00 EUR");
        // a discount like that is approved by the head and by a director
        var off = seller.Page.GetByLabel("Discount on the whole, %");
        await off.FillAsync("12");
        await off.PressAsync("Enter");
        await Expect(seller.Page.Locator("[data-total=net]")).ToHaveTextAsync("616.00 EUR");
        await seller.Page.ClickAsync("button.primary:has-text('Issue')");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Issued");
        await seller.GoToAsync($"/deals/{app.Sale.Value}");
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
        await Expect(Task(seller).GetByLabel("Sent by mail to", new() { Exact = true })).ToHaveTextAsync("Mira Vale");

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
        await Expect(seller.Page.Locator(".object-process")).ToContainTextAsync("Draft the contract");
        await Expect(seller.Page.Locator(".deal-stages [aria-current=step]")).ToHaveTextAsync("Contract");

        await app.CompleteAsync("draft", "legal", ("contractNumber", Value.Of("C-17")));
        await app.CompleteAsync("sign", "seller", ("signed", Value.True));
        await app.CompleteAsync("invoice", "finance", ("invoiceNumber", Value.Of("I-40")), ("invoiceAmount", Value.Of(616)));
        await app.CompleteAsync("pay", "finance", ("paidAmount", Value.Of(616)), ("paidOn", new DateValue(DateOnly.FromDateTime(app.Now.UtcDateTime))));
        await app.CompleteAsync("stock", "warehouse", ("inStock", Value.True));
        await app.CompleteAsync("reserve", "warehouse");
        await app.CompleteAsync("ship", "warehouse", ("waybill", Value.Of("W-9")), ("shippedOn", new DateValue(DateOnly.FromDateTime(app.Now.UtcDateTime))));
        await app.CompleteAsync("receipt", "seller", ("complaint", Value.False));
        await app.CompleteAsync("balance", "finance");
        await StandsAsync(seller, "Close the deal");
        await CompleteAsync(seller);

        await Expect(seller.Page.Locator(".deal .actions .chip").First).ToContainTextAsync("Won");
        await Expect(won).ToHaveTextAsync(new Regex("^1 616 EUR"));
        Assert.True(await watcher.Page.EvaluateAsync<bool>("() => window.same === true"));
        await watcher.ShootAsync("funnel");
        seller.AssertClean();
        watcher.AssertClean();
        Assert.Empty(log.Lines);
    }
}
