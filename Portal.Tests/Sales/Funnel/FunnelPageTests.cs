using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Sales.Funnel;

/// <summary>The funnel and the plans in the browser: numbers lead to deals, the page follows what happens, plans are typed and pasted.</summary>
public sealed class FunnelPageTests(InboxApp app) : IClassFixture<InboxApp>
{
    private static readonly Actor Head = Actor.System("test");

    private DealDesk Desk => app.Services.GetRequiredService<DealDesk>();

    private async Task<(PipelineRow Pipeline, DealId[] Deals)> DealsAsync(string name)
    {
        var seller = await app.ActorAsync("sales");
        var id = await app.Services.GetRequiredService<SalesSettings>().AddAsync(name, [new(null, "Talk", 20, null), new(null, "Quote", 60, null)], Head, default);
        var pipeline = (await app.Services.GetRequiredService<PipelineQuery>().ListAsync(default)).Single(p => p.Id == id);
        var deals = new List<DealId>();
        foreach (var (title, amount, quoted) in new[] { ("Shelves", 1_000m, false), ("Tables", 2_000m, true), ("Chairs", 4_000m, false), ("Desks", 8_000m, true) })
            deals.Add(await Desk.AddAsync(new(new($"{name} {title}", Amount: amount, Manager: seller.UserId), id, quoted ? pipeline.Stages[1].Id : null), Head, default));
        var reason = new LossReasonId((await app.Services.GetRequiredService<PipelineQuery>().LossReasonsAsync(default)).Single(r => r.Key == "price").Id);
        await Desk.LoseAsync(deals[2], reason, null, await VersionAsync(deals[2]), Head, default);
        await Desk.WinAsync(deals[3], await VersionAsync(deals[3]), Head, default);
        return (pipeline, [.. deals]);
    }

    private async Task<uint> VersionAsync(DealId deal) => (await app.Services.GetRequiredService<DealCardQuery>().FindAsync(deal, Head, default))!.Deal.Version;

    [Fact]
    public async Task Funnel_ShowsTheWorstStageInWords_LeadsToItsDeals_AndFollows()
    {
        var (pipeline, deals) = await DealsAsync("Northern");
        await using var window = await app.OpenWindowAsync("sales-head");
        await window.GoToAsync($"/funnel?pipeline={pipeline.Id.Value}");
        var page = window.Page;

        await Expect(page.Locator("[data-sum=won] dd")).ToHaveTextAsync(new Regex("^1 8,000 EUR"));
        await Expect(page.Locator("[data-sum=rate] dd")).ToHaveTextAsync(new Regex("50.00"));
        await Expect(page.Locator(".worst-words")).ToHaveTextAsync(new Regex("after “Talk”: 1 deal for 4,000 EUR.*Price"));
        await page.Locator(".worst-words a").ClickAsync();
        await Expect(page.Locator("#behind tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#behind tbody tr")).ToContainTextAsync("Northern Chairs");
        Assert.Contains("of=LostAfter", page.Url);

        await Desk.WinAsync(deals[1], await VersionAsync(deals[1]), Head, default);
        await Expect(page.Locator("[data-sum=won] dd")).ToHaveTextAsync(new Regex("^2 10,000 EUR"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Table", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "Filters" }).GetByLabel("Manager").SelectOptionAsync(new SelectOptionValue { Label = "sales" });
        await Expect(page.Locator(".funnel-halves table").First).ToContainTextAsync("Quote");
        await page.ReloadAsync();
        await Expect(page.Locator("[data-sum=won] dd")).ToHaveTextAsync(new Regex("^2 10,000 EUR"));
        Assert.Contains("view=table", page.Url);
        window.AssertClean();
    }

    [Fact]
    public async Task Plans_AreTypedAndPasted_AndMeasured()
    {
        var (pipeline, _) = await DealsAsync("Southern");
        await using var window = await app.OpenWindowAsync("sales-head");
        await window.GoToAsync($"/plans?pipeline={pipeline.Id.Value}");
        var page = window.Page;
        var month = app.Now.Month - 1;
        var to = month < 6 ? 9 : 1;
        var row = page.Locator(".plan-grid tbody tr").Filter(new() { HasTextRegex = new Regex("^sales(?!-)") }).First;
        var line = (await row.Locator("input").First.GetAttributeAsync("data-cell"))!.Split(':')[0];

        await row.Locator("input").Nth(month).FillAsync("16,000");
        await row.Locator("input").Nth(month).PressAsync("Enter");
        var figures = page.Locator(".plan-part").First.Locator("tfoot");
        await Expect(figures).ToContainTextAsync("50.0");
        await page.EvaluateAsync("""
            line => { const data = new DataTransfer(); data.setData('text/plain', '100\t200\n300\t400');
              document.querySelector(`input[data-cell="${line}"]`).dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }
            """, $"{line}:{to}");
        await Expect(row.Locator("input").Nth(to + 1)).ToHaveValueAsync("200");
        await Expect(page.Locator(".plan-grid tfoot td").Nth(to)).ToContainTextAsync("400");
        await row.Locator("input").Nth(to + 2).FillAsync("ten");
        await row.Locator("input").Nth(to + 2).PressAsync("Enter");
        await Expect(page.GetByText("“ten” is not an amount")).ToBeVisibleAsync();
        await Expect(row.Locator("input").Nth(to + 2)).ToHaveValueAsync("");
        window.AssertClean();
    }

    [Fact]
    public async Task Api_TellsTheFiguresOfThePage_ToWhoMayRead()
    {
        var (pipeline, _) = await DealsAsync("Eastern");
        var answer = await AskAsync("sales-head", $"/api/v1/sales/funnel?pipeline={pipeline.Id.Value}&period=All");

        var funnel = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((1, 8_000m, 1, 2, 0.5m), (funnel.GetProperty("won").GetInt32(), funnel.GetProperty("wonAmount").GetDecimal(), funnel.GetProperty("lost").GetInt32(), funnel.GetProperty("open").GetInt32(), funnel.GetProperty("winRate").GetDecimal()));
        Assert.Equal([4, 2, 1], funnel.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("reached").GetInt32()));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await AskAsync("warehouse", $"/api/v1/sales/funnel?pipeline={pipeline.Id.Value}")).StatusCode);
        using var nobody = app.CreateClient();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/v1/sales/funnel")).StatusCode);
    }

    [Fact]
    public async Task File_HoldsSharesAsThePageShowsThem()
    {
        var (pipeline, deals) = await DealsAsync("Western");
        foreach (var deal in deals[..2]) await Desk.MoveAsync(deal, pipeline.Stages[1].Id, await VersionAsync(deal), Head, default);
        using var session = await app.OpenSessionAsync("sales-head");
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = session.Cookies }) { BaseAddress = app.Address };

        var rows = (await client.GetStringAsync($"/export/funnel.csv?pipeline={pipeline.Id.Value}&period=All")).TrimEnd().Split("\r\n").Select(row => row.Split(',')).ToList();

        // three of four were quoted, one of the three was won
        Assert.Equal(["0.75", "0.3333"], rows[2..4].Select(row => row[6]));
        Assert.Equal(["0.75", "0.25"], rows[2..4].Select(row => row[7]));
    }

    private async Task<HttpResponseMessage> AskAsync(string user, string path)
    {
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await app.Services.GetRequiredService<ApiTokens>().IssueAsync("test", 30, await app.ActorAsync(user)));
        return await client.GetAsync(path);
    }
}
