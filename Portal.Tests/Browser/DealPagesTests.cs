using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Deals as two sellers lead them side by side.</summary>
public sealed class DealPagesTests(InboxApp app) : IClassFixture<InboxApp>
{
    private DealDesk Desk => app.Services.GetRequiredService<DealDesk>();

    private async Task<PipelineRow> PipelineAsync(string name)
    {
        var id = await app.Services.GetRequiredService<SalesSettings>().AddAsync(name, [new(null, "Ask", 10, 7), new(null, "Agree", 50, null), new(null, "Sign", 90, null)], Actor.System("test"), default);
        return (await app.Services.GetRequiredService<PipelineQuery>().ListAsync(default)).Single(p => p.Id == id);
    }

    private async Task<DealId> DealAsync(PipelineRow pipeline, string title, string step = "Call") =>
        await Desk.AddAsync(new(new(title, new PartnerId(app.Client.Id), Amount: 1_200), pipeline.Id, NextStep: step, NextStepOn: new DateOnly(2030, 1, 1)), await app.ActorAsync("sales"), default);

    private async Task<BrowserWindow> OpenAsync(string user, string path)
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync(path);
        return window;
    }

    private static ILocator Column(BrowserWindow window, string stage) => window.Page.GetByRole(AriaRole.Region, new() { Name = stage, Exact = true });

    private static ILocator Card(BrowserWindow window, string stage, string title) => Column(window, stage).GetByRole(AriaRole.Link, new() { Name = title });

    [Fact]
    public async Task Kanban_MovesByDragAndByKeys_AndTheOtherSellerSeesIt_AndLosingAsksWhy()
    {
        var pipeline = await PipelineAsync("Side by side");
        await DealAsync(pipeline, "Forty shelves");
        await DealAsync(pipeline, "Nine stools");
        await using var window = await OpenAsync("sales", $"/deals?pipeline={pipeline.Id.Value}");
        await using var other = await OpenAsync("second-sales", $"/deals?pipeline={pipeline.Id.Value}");
        await Card(other, "Ask", "Forty shelves").WaitForAsync();

        await Card(window, "Ask", "Forty shelves").DragToAsync(Column(window, "Agree"));
        await Card(window, "Agree", "Forty shelves").WaitForAsync();
        await Card(other, "Agree", "Forty shelves").WaitForAsync();

        await Card(window, "Ask", "Nine stools").FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Card(window, "Agree", "Forty shelves")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("m");
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Listbox)).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Card(other, "Sign", "Forty shelves").WaitForAsync();
        await Expect(Card(window, "Sign", "Forty shelves")).ToBeFocusedAsync();

        await Card(window, "Ask", "Nine stools").DragToAsync(window.Page.Locator("[data-stage=lost]"));
        await dialog.GetByLabel("Loss reason").SelectOptionAsync("Price");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Lost…" }).ClickAsync();
        await Expect(Card(other, "Ask", "Nine stools")).ToHaveCountAsync(0);
        var lost = await app.Services.GetRequiredService<DealListQuery>().ListAsync(new(Pipeline: pipeline.Id, State: DealState.Lost), DealSort.Opened, true, new(0, 10), Actor.System("test"), default);
        Assert.Equal("Nine stools", Assert.Single(lost.Rows).Title);
        window.AssertClean();
        other.AssertClean();
    }

    [Fact]
    public async Task Deal_RunByTheSaleMap_IsStartedOnItsPage_AndShowsItsTaskThere()
    {
        var pipeline = await PipelineAsync("To be run");
        var id = await DealAsync(pipeline, "Sixty lamps");
        await using var window = await OpenAsync("sales", $"/deals/{id.Value}");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Sixty lamps").WaitForAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "Find out the need" }).WaitForAsync();
        await Expect(window.Page.Locator(".deal-stages [aria-current=step]")).ToHaveTextAsync("Need");

        var sale = (await app.Services.GetRequiredService<PipelineQuery>().ListAsync(default)).Single(p => p.Map == "Sale").Id;
        await window.GoToAsync($"/deals?pipeline={sale.Value}");
        await Card(window, "Need", "Sixty lamps").FocusAsync();
        await window.Page.Keyboard.PressAsync("m");
        await Expect(dialog).ToContainTextAsync("A process runs this deal");
        await Expect(dialog.Locator("option")).ToHaveTextAsync(["Lost, with the reason…"]);
        window.AssertClean();
    }

    [Fact]
    public async Task Deal_IsArchivedOnItsPage_AndBroughtBack_AndSaysWhichProductItIsAbout()
    {
        var product = await app.Services.GetRequiredService<ProductRegistry>().AddAsync(new("CR-9", "Folding crate", null, ProductKind.Goods, "pcs", 20), [], Actor.System("test"), default);
        var id = await DealAsync(await PipelineAsync("To be put away"), "Nine crates");
        await using var window = await OpenAsync("sales", $"/deals/{id.Value}");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await window.Page.GetByLabel("Product", new() { Exact = true }).FillAsync("folding");
        await window.Page.GetByRole(AriaRole.Option, new() { Name = "Folding crate" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(window.Page.Locator($"a[href='/products/{product.Value}']")).ToHaveTextAsync("CR-9 Folding crate");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await Expect(window.Page.GetByText("in the archive", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Won", Exact = true })).ToHaveCountAsync(0);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(window.Page.GetByText("in the archive", new() { Exact = true })).ToHaveCountAsync(0);
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Won", Exact = true })).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task List_FiltersSortsAndHandsOver_AndTheClientsCardAndTodayShowDeals()
    {
        var pipeline = await PipelineAsync("Listed");
        await DealAsync(pipeline, "Alpha crates");
        await using var window = await OpenAsync("sales", $"/deals?view=list&pipeline={pipeline.Id.Value}");
        await Expect(window.Page.Locator("table.rows tbody tr")).ToHaveCountAsync(1);
        await window.Page.GetByLabel("Alpha crates").CheckAsync();
        await window.Page.GetByLabel("Move to…").SelectOptionAsync("Sign");
        await window.Page.GetByText("1 deal moved").WaitForAsync();
        await window.GoToAsync($"/clients/{app.Client.Id}");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Alpha crates" }).WaitForAsync();
        await window.GoToAsync("/today");
        await window.Page.GetByText("No next steps due today.").WaitForAsync();
        window.AssertClean();
    }

    /// <summary>A day that is typed is kept or refused in words, never dropped.</summary>
    [Theory]
    [InlineData("0001")]
    [InlineData("9999")]
    [InlineData("2300")]
    public async Task NextStep_InAYearThatNobodyMeans_IsRefusedInWords_AndIsNotSaved(string year)
    {
        var pipeline = await PipelineAsync($"Years {year}");
        var deal = await DealAsync(pipeline, $"Desk of {year}");
        await using var window = await OpenAsync("sales", $"/deals/{deal.Value}");
        var form = window.Page.Locator("form.next-step");
        await form.Locator("input[type=date]").FillAsync($"{year}-05-05");
        await form.Locator("input").First.FillAsync("Ring back");
        await Expect(form.Locator(".problem")).ToContainTextAsync(year);
        await form.GetByRole(AriaRole.Button).ClickAsync();

        await Expect(form.Locator("input[type=date]:invalid")).ToHaveValueAsync($"{year}-05-05");
        // what follows is saved: nothing of before is still on its way
        await form.Locator("input[type=date]").FillAsync("2031-05-05");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            var now = (await db.Set<Deal>().FindAsync(deal))!;
            if (now.NextStep == "Call") return false;
            Assert.Equal(("Ring back", new DateOnly(2031, 5, 5)), (now.NextStep, now.NextStepOn));
            return true;
        }, "the next step");
        window.AssertClean();
    }

    [Fact]
    public async Task Numbers_ThatCannotBe_AreRefusedInWords_AndStayAsTheyWereTyped()
    {
        var pipeline = await PipelineAsync("Slips");
        var id = await DealAsync(pipeline, "Ten ladders");
        await using var window = await OpenAsync("sales", $"/deals/{id.Value}");
        var (page, save, thirty) = (window.Page, window.Page.Locator("button.primary", new() { HasText = "Save" }), new string('9', 30));

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        var amount = page.GetByLabel("Amount", new() { Exact = true });
        foreach (var (typed, said) in new[] { (thirty, "amount: enter a number from 0 to 999,999,999,999.99."), ("a lot", "amount: enter a number."), ("-5", "amount: enter a number from 0 to 999,999,999,999.99.") })
        {
            await amount.FillAsync(typed);
            await save.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(said, new() { IgnoreCase = true });
            await Expect(amount).ToHaveValueAsync(typed);
        }
        await amount.FillAsync("2 400,50");
        await save.ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("2,400.5");

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a competitor" }).ClickAsync();
        await page.GetByLabel("Or just a name").FillAsync("Ladder & Sons");
        await page.GetByLabel("Their price").FillAsync(thirty);
        await save.ClickAsync();
        await Expect(page.GetByText("price of the competitor: enter a number", new() { Exact = false })).ToBeVisibleAsync();
        await page.GetByLabel("Their price").FillAsync("1999.90");
        await save.ClickAsync();
        await Expect(page.GetByText("Ladder & Sons")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("1,999.9");
        window.AssertClean();
    }
}
