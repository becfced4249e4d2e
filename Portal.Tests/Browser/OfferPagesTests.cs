using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A seller makes an offer and mails it; its client reads it by the link of the letter, chooses and accepts.</summary>
public sealed partial class OfferPagesTests(OfferPagesTests.SellingApp app) : IClassFixture<OfferPagesTests.SellingApp>
{
    /// <summary>An application with a catalogue, a seller and his deal, that knows where people reach it.</summary>
    public class SellingApp : PortalApp
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Portal:PublicAddress", "https://portal.example/")];

        public DealId Deal { get; private set; }

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("seller", "sales");
            var system = Actor.System("test");
            var me = await ActorAsync("seller");
            await using (var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext())
                await db.Set<PortalUser>().Where(u => u.Id == me.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, "seller@portal.example"));
            var client = await Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Lantern Works", PartnerKinds.Client, Responsible: me.UserId), system, default);
            Deal = await Services.GetRequiredService<DealDesk>().AddAsync(new(new("Shelves for the hall", client, Manager: me.UserId)), me, default);
            var products = Services.GetRequiredService<ProductRegistry>();
            var lists = Services.GetRequiredService<PriceListRegistry>();
            var list = await lists.AddAsync(new("Retail", PriceListKind.Retail, "EUR"), system, default);
            foreach (var (code, name, price) in new[] { ("SH-1", "Oak shelf", 100m), ("SH-2", "Pine shelf", 40m), ("LM-1", "Lamp", 25m) })
                await lists.SetPriceAsync(list, await products.AddAsync(new(code, name, null, ProductKind.Goods, "pcs", 20), [], system, default), "", 0, price, system, default);
        }

        public async Task<Actor> ActorAsync(string name)
        {
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext();
            var id = await db.Set<PortalUser>().Where(u => u.UserName == name).Select(u => u.Id).SingleAsync();
            return (await Services.GetRequiredService<UserRights>().FindAsync(id, default))!;
        }

        /// <summary>The letter to an address: its head, its text, and what is attached.</summary>
        public async Task<(string Head, string Text, byte[] File)> LetterAsync(string to)
        {
            var folder = Services.GetRequiredService<MailOptions>().Folder;
            string? raw = null;
            await Wait.UntilAsync(() => (raw = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Select(File.ReadAllText).FirstOrDefault(mail => mail.Contains($"To: {to}", StringComparison.Ordinal) && mail.TrimEnd().EndsWith("--", StringComparison.Ordinal)) : null) is not null, "the letter");
            var parts = Regex.Split(raw!, @"\r?\n--[^\r\n]+").Select(part => Regex.Split(part.Trim('\r', '\n', ' '), @"\r?\n\r?\n", RegexOptions.None)).Where(part => part.Length > 1).ToList();
            byte[] Decoded(string type) => Convert.FromBase64String(Regex.Replace(parts.First(part => part[0].Contains(type, StringComparison.OrdinalIgnoreCase) && part[0].Contains("base64", StringComparison.OrdinalIgnoreCase))[1], @"\s", ""));
            return (Regex.Split(raw!, @"\r?\n\r?\n")[0], Encoding.UTF8.GetString(Decoded("text/plain")), Decoded("application/pdf"));
        }
    }

    [GeneratedRegex("https://portal\\.example/(o/[A-Za-z0-9_-]{43})")]
    internal static partial Regex Link();

    [Fact]
    public async Task Offer_IsWrittenByKeyboard_Mailed_AndAcceptedByTheClient_WhileTheSellerLooksOn()
    {
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync("/offers");
        await seller.Page.ClickAsync("button:has-text('New offer')");
        await seller.Page.GetByLabel("Subject").FillAsync("Shelves and lamps");
        await seller.Page.GetByLabel("Client", new() { Exact = true }).FillAsync("lantern");
        await seller.Page.Locator(".dialog [role=option]", new() { HasText = "Lantern Works" }).WaitForAsync();
        await seller.Page.GetByLabel("Client", new() { Exact = true }).PressAsync("Enter");
        await Expect(seller.Page.Locator(".dialog .subject")).ToContainTextAsync("Lantern Works");
        await seller.Page.Locator(".dialog button.primary").ClickAsync();
        await seller.Page.IsAtAsync(url => url.Contains("/offers/", StringComparison.Ordinal));

        var entry = seller.Page.Locator("[data-entry]");
        foreach (var (code, name, quantity) in new[] { ("SH-1", "Oak shelf", "3"), ("LM", "Lamp", "2") })
        {
            await entry.FillAsync(code);
            await seller.Page.Locator(".offer-hints li", new() { HasText = name }).WaitForAsync();
            await entry.PressAsync("Enter");
            var cell = seller.Page.Locator("tr[data-line] [data-cell=quantity]").Last;
            await Expect(cell).ToBeFocusedAsync();
            await cell.FillAsync(quantity);
            await cell.PressAsync("Enter");
            await Expect(entry).ToBeFocusedAsync();
        }
        await Expect(seller.Page.Locator("[data-total=gross]")).ToHaveTextAsync("420.00 EUR");
        await seller.Page.Locator("tr[data-line]").Last.GetByLabel("Why this price").ClickAsync();
        await Expect(seller.Page.Locator(".offer-why")).ToContainTextAsync("Price list “Retail”: 25.00 EUR");
        await seller.Page.GetByText("Option: counts once").ClickAsync();
        await Expect(seller.Page.Locator("[data-total=gross]")).ToHaveTextAsync("360.00 EUR");
        await seller.ShootAsync("editor");

        await seller.Page.ClickAsync("button.primary:has-text('Issue')");
        await seller.Page.ClickAsync("button.primary:has-text('Send')");
        await seller.Page.GetByLabel("Mail address").FillAsync("mira@lantern.example");
        await seller.Page.ClickAsync("button:has-text('Send by mail')");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Sent");
        var (head, text, file) = await app.LetterAsync("mira@lantern.example");
        Assert.Contains("Reply-To: seller@portal.example", head);
        Assert.StartsWith("%PDF", Encoding.Latin1.GetString(file[..8]));
        var path = Link().Match(text).Groups[1].Value;

        await using var client = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 }, Locale = "ro-RO" });
        await client.Page.GotoAsync($"/{path}");
        await Expect(client.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Read by the client");
        Assert.Equal(0, await client.Page.Locator("script").CountAsync());
        Assert.True(await client.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await client.ShootAsync("client");
        await Expect(client.Page.Locator(".option")).ToContainTextAsync("2 pcs × 25.00");
        await Expect(client.Page.Locator(".with-options")).ToContainTextAsync("420.00 EUR");
        await client.Page.CheckAsync("input[name=option]");
        await client.Page.ClickAsync("button:has-text('Show the total')");
        await Expect(client.Page.Locator("#chosen")).ToContainTextAsync("420.00 EUR");
        await Expect(client.Page.Locator("input[name=option]")).ToBeCheckedAsync();
        await client.Page.Locator("form[action$=accept] input[name=name]").FillAsync("Mira Vale");
        await client.Page.ClickAsync("button:has-text('Accept the offer')");
        await Expect(client.Page.Locator("main")).ToHaveAttributeAsync("data-state", "Accepted");
        await Expect(client.Page.Locator(".gross").Last).ToHaveTextAsync("420.00 EUR");

        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Accepted");
        await Expect(seller.Page.Locator(".offer-answer")).ToContainTextAsync("Mira Vale accepted version 1");
        await Expect(seller.Page.Locator("[data-total=gross]")).ToHaveTextAsync("420.00 EUR");
        await Expect(seller.Page.Locator(".toast").First).ToContainTextAsync("Lantern Works accepted");
        await seller.ShootAsync("accepted");
        seller.AssertClean();
        client.AssertClean();
    }

    private async Task<Domain.Sales.Offers.OfferId> IssuedAsync(Actor me)
    {
        var desk = app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferDesk>();
        var query = app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferQuery>();
        var id = await desk.AddAsync(new(null, app.Deal), me, default);
        var sheet = (await query.FindAsync(id, null, me, default))!;
        await desk.WriteAsync(id, sheet.Written.Content with { Lines = [new(Guid.NewGuid(), Domain.Sales.Offers.OfferLineKind.Free, "Setup") { Asked = 50 }] }, sheet.Version, me, default);
        await desk.IssueAsync(id, (await query.FindAsync(id, null, me, default))!.Version, me, default);
        return id;
    }

    [Fact]
    public async Task Issue_ThatIsRefused_SaysWhy_WhileThePageGoesOnReading_UntilSomethingIsChanged()
    {
        var (desk, me) = (app.Services.GetRequiredService<OfferDesk>(), await app.ActorAsync("seller"));
        var id = await desk.AddAsync(new("Nothing yet", Deal: app.Deal), me, default);
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/offers/{id.Value}");
        await seller.Page.ClickAsync("button.primary:has-text('Issue')");
        var refusal = seller.Page.Locator("main [role=alert].problem", new() { HasText = "line" });
        await Expect(refusal).ToBeVisibleAsync();

        var seen = (await app.Services.GetRequiredService<OfferQuery>().FindAsync(id, null, me, default))!.Version;
        await desk.DescribeAsync(id, "Something soon", null, null, seen, me, default);
        await Expect(seller.Page.Locator("main").GetByText("Something soon")).ToBeVisibleAsync();
        await Expect(refusal).ToBeVisibleAsync();

        await seller.Page.Locator("[data-entry]").FillAsync("SH-1");
        await seller.Page.Locator(".offer-hints li", new() { HasText = "Oak shelf" }).WaitForAsync();
        await seller.Page.Locator("[data-entry]").PressAsync("Enter");
        await Expect(refusal).ToHaveCountAsync(0);
        seller.AssertClean();
    }

    [Fact]
    public async Task Address_ThatWasGuessedOrTakenBack_IsAnsweredAlike_InTheBrowsersLanguage()
    {
        var me = await app.ActorAsync("seller");
        var desk = app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferDesk>();
        var query = app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferQuery>();
        var id = await IssuedAsync(me);
        var secret = await app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferPost>().LinkAsync(id, me, default);
        using var browser = app.CreateClient();
        browser.DefaultRequestHeaders.Add("Accept-Language", "uk-UA,uk;q=0.9");
        var there = await browser.GetAsync($"/o/{secret}");
        Assert.Equal(System.Net.HttpStatusCode.OK, there.StatusCode);
        Assert.Contains("no-store", there.Headers.CacheControl!.ToString());
        await desk.WithdrawAsync(id, (await query.FindAsync(id, null, me, default))!.Version, me, default);

        var answers = new List<string>();
        foreach (var address in new[] { $"/o/{secret}", $"/o/{new string('A', 43)}", "/o/x", $"/o/{secret}/pdf" })
        {
            using var answer = await browser.GetAsync(address);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
            answers.Add(System.Net.WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
        }
        using var posted = await browser.PostAsync($"/o/{secret}/accept", new FormUrlEncodedContent([new("name", "Mira")]));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, posted.StatusCode);
        answers.Add(System.Net.WebUtility.HtmlDecode(await posted.Content.ReadAsStringAsync()));

        Assert.Contains("Не знайдено або більше не діє", answers[0]);
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task Address_ThatRunsOutWhileItsClientReads_AcceptsNothingMore_AndSaysSoInHisLanguage()
    {
        var me = await app.ActorAsync("seller");
        var id = await IssuedAsync(me);
        var secret = await app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferPost>().LinkAsync(id, me, default);
        await using var client = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 }, Locale = "ro-RO" });
        await client.Page.GotoAsync($"/o/{secret}");
        await client.Page.FillAsync("form[action$=accept] input[name=name]", "Mira");
        await using (var db = app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext())
            Assert.Equal(1, await db.Set<Domain.Sales.Offers.OfferLink>().Where(l => l.Offer == id).ExecuteUpdateAsync(set => set.SetProperty(l => l.ExpiresAt, app.Now.AddMinutes(-1))));

        await client.Page.ClickAsync("button:has-text('Accept the offer')");

        await Expect(client.Page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Nu s-a găsit sau nu mai este valabil");
        await Expect(client.Page.Locator("form, button, input")).ToHaveCountAsync(0);
        Assert.Equal(Domain.Sales.Offers.OfferState.Read, (await app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferQuery>().FindAsync(id, null, me, default))!.State);
        await client.ShootAsync("gone");
    }

    /// <summary>A page that heard of no change of its own user, and let an older reading stand over a newer one, still said "Issued".</summary>
    [Fact]
    public async Task Offer_ThatItsOwnSellerSendsElsewhere_SaysSoOnHisOpenPage()
    {
        var me = await app.ActorAsync("seller");
        var id = await IssuedAsync(me);
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/offers/{id.Value}");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Issued");

        await app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferPost>().LinkAsync(id, me, default);

        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Sent");
        seller.AssertClean();
    }

    [Fact]
    public async Task Offer_WithVersionsAndLinks_AndItsDeal_OnAPhone_DoNotScrollSideways()
    {
        var (me, desk) = (await app.ActorAsync("seller"), app.Services.GetRequiredService<OfferDesk>());
        var id = await IssuedAsync(me);
        await app.Services.GetRequiredService<OfferPost>().LinkAsync(id, me, default);
        await desk.ReviseAsync(id, (await app.Services.GetRequiredService<OfferQuery>().FindAsync(id, null, me, default))!.Version, me, default);
        await using var seller = await app.OpenWindowAsync("seller", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        foreach (var (path, table) in new[] { ($"/offers/{id.Value}", ".offer-versions table"), ($"/deals/{app.Deal.Value}", ".client-part table") })
        {
            await seller.GoToAsync(path);
            await seller.Page.Locator(table).First.WaitForAsync();
            await seller.ShootAsync(table.Split(' ')[0][1..]);
            Assert.True(await seller.Page.EvaluateAsync<bool>("() => document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"), path);
        }
        seller.AssertClean();
    }

    [Fact]
    public async Task Number_ThatIsNone_IsPutBack_Marked_AndTold_UntilSomebodyTypesOn()
    {
        var (desk, me) = (app.Services.GetRequiredService<OfferDesk>(), await app.ActorAsync("seller"));
        var id = await desk.AddAsync(new("Wrong numbers", Deal: app.Deal), me, default);
        var sheet = (await app.Services.GetRequiredService<OfferQuery>().FindAsync(id, null, me, default))!;
        await desk.WriteAsync(id, sheet.Written.Content with
        {
            Discount = 5, Lines = [new(Guid.NewGuid(), Domain.Sales.Offers.OfferLineKind.Free, "Setup") { Asked = 50, Quantity = 2 }],
            Payments = [new(Domain.Sales.Offers.PaymentEvent.Acceptance, 0, 30), new(Domain.Sales.Offers.PaymentEvent.Delivery, 0)],
        }, sheet.Version, me, default);
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/offers/{id.Value}");
        await seller.Page.Locator("[data-listening]").WaitForAsync();
        foreach (var (box, right, wrong) in new[] { ("[data-term=discount]", "5", "7o"), ("[data-cell=quantity]", "2", "two"), ("[data-term=payment]", "30", "abc") })
        {
            var cell = seller.Page.Locator(box);
            await cell.FillAsync(wrong);
            await cell.PressAsync("Tab");
            await Expect(seller.Page.Locator(".offer-wrong")).ToContainTextAsync($"“{wrong}” is not a number");
            await Expect(cell).ToHaveValueAsync(right);
            await Expect(cell).ToHaveAttributeAsync("aria-invalid", "true");
            if (right == "5") await seller.ShootAsync("wrong-number");
            await cell.FillAsync("");
            await cell.FillAsync(right);
            await Expect(seller.Page.Locator(".offer-wrong")).ToHaveCountAsync(0);
            await cell.PressAsync("Tab");
            await Expect(cell).ToHaveValueAsync(right);
        }
        await Expect(seller.Page.Locator("[data-total=net]")).ToHaveTextAsync("95.00 EUR");
        seller.AssertClean();
    }

    [Fact]
    public async Task Rows_PastedFromASpreadsheet_BecomeLines_OfTheCatalogueWhereTheyCan()
    {
        await using var seller = await app.OpenWindowAsync("seller");
        var id = await app.Services.GetRequiredService<Portal.Infrastructure.Sales.Offers.OfferDesk>().AddAsync(new(null, app.Deal), await app.ActorAsync("seller"), default);
        await seller.GoToAsync($"/offers/{id.Value}");
        await seller.Page.Locator("[data-listening] [data-entry]").FocusAsync();

        await seller.Page.EvaluateAsync("""
            () => {
              const data = new DataTransfer();
              data.setData('text/plain', 'SH-2\t4\nMontage\t1.5\th\t60\t10\n=HYPERLINK("x")\t1\t5\n');
              document.querySelector('[data-entry]').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """);

        await Expect(seller.Page.Locator("tr[data-line]")).ToHaveCountAsync(3);
        await Expect(seller.Page.Locator("[data-total=net]")).ToHaveTextAsync("246.00 EUR");
        await seller.Page.Locator("tr[data-line] [data-cell=quantity]").First.FocusAsync();
        await seller.Page.Keyboard.PressAsync("Control+Delete");
        await Expect(seller.Page.Locator("tr[data-line]")).ToHaveCountAsync(2);
        await Expect(seller.Page.Locator("[data-saved=yes]")).ToBeVisibleAsync();
        seller.AssertClean();
    }
}
