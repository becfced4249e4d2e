using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Shared;
using static Microsoft.Playwright.Assertions;
using static Portal.Tests.Browser.Designer;

namespace Portal.Tests.Browser;

/// <summary>Route maps drawn in a real browser, and what their panel sets.</summary>
public sealed class MapDesignerTests(MapsApp app) : IClassFixture<MapsApp>
{
    [Fact]
    public async Task Designer_ShowsASkeletonUntilItCanBeDrawnOn()
    {
        await app.DraftAsync(Errand("slow"));
        await using var window = await app.OpenAsync("/maps");
        var held = new TaskCompletionSource();
        await window.Page.RouteAsync("**/MapDesignerPage.razor.js*", async route =>
        {
            await held.Task;
            await route.ContinueAsync();
        });

        await window.Page.GotoAsync("/maps/slow");
        await Expect(window.Page.Locator(".designer .skeleton")).ToBeVisibleAsync();
        held.SetResult();

        await window.ReadyAsync();
        await Expect(window.Page.Locator(".designer .skeleton")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task WideMap_LeavesRoomForThePalette_OnOpeningAndWhenAllOfItIsShown()
    {
        string[] steps = [.. Enumerable.Range(1, 9).Select(n => $"t{n}")];
        await app.DraftAsync(Bpmn.File($"""<startEvent id="start" name="Asked"/>{string.Concat(steps.Select(t => $"<userTask id=\"{t}\"/>"))}""" + Bpmn.Flows($"start-t1;{string.Join(';', steps.Zip(steps.Skip(1), (a, b) => $"{a}-{b}"))}"), "wide"));
        await using var window = await app.OpenAsync("/maps/wide");
        var start = Shape(window, "start");
        await start.WaitForAsync();

        for (var shown = 0; shown < 2; shown++)
        {
            var (palette, event_) = ((await window.Page.Locator(".djs-palette").BoundingBoxAsync())!, (await start.BoundingBoxAsync())!);
            Assert.True(event_.X > palette.X + palette.Width, $"the start at {event_.X} lies under the palette, which ends at {palette.X + palette.Width}");
            await Button(window, "Whole map").ClickAsync();
        }
        // what nobody named goes by what it is, not by its id
        await Button(window, "Check").ClickAsync();
        await Expect(window.Page.Locator(".problems")).ToContainTextAsync("Person’s task names no performer");
        window.AssertClean();
    }

    [Fact]
    public async Task Map_DrawnByHand_IsCheckedPublishedAndComparedWithItsNextVersion()
    {
        await using var window = await app.OpenAsync("/maps");
        await Button(window, "New map").ClickAsync();
        await window.Page.GetByLabel("name of the map").FillAsync("Errand");
        await window.Page.GetByLabel("key of the map").FillAsync("Sale");
        await Button(window, "Draw it").ClickAsync();
        await Expect(window.Page.Locator(".dialog .problem")).ToHaveTextAsync("Another map has the key Sale. Choose another key.");
        await window.Page.GetByLabel("key of the map").FillAsync("errand.paper");
        await Button(window, "Draw it").ClickAsync();
        await window.Page.IsAtAsync(url => url.EndsWith("/maps/errand.paper", StringComparison.Ordinal));
        await window.ReadyAsync();

        await ChooseAsync(window, "start");
        await window.Page.GetByTitle("Append a person’s task").ClickAsync();
        await window.Page.Keyboard.TypeAsync("Buy paper");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.GetByTitle("Append an end").ClickAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Button(window, "Automatic action").ClickAsync();
        await window.Page.Locator(".designer-canvas").ClickAsync(new() { Position = new() { X = 420, Y = 420 } });
        await window.Page.Keyboard.TypeAsync("Send it");
        await window.Page.Keyboard.PressAsync("Enter");
        await SavedAsync(window);

        await Button(window, "Check").ClickAsync();
        await Expect(window.Page.Locator(".finding", new() { HasText = "Send it names no action." })).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".finding.warn", new() { HasText = "Buy paper names no performer" })).ToBeVisibleAsync();
        await Button(window, "Publish").ClickAsync();
        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("cannot be published yet");
        await window.Page.Locator(".finding", new() { HasText = "Send it names no action." }).ClickAsync();
        await Expect(window.Page.Locator(".property-head h2")).ToHaveTextAsync("Send it");
        await window.Page.GetByTitle("Delete").ClickAsync();

        await window.Page.Locator(".finding", new() { HasText = "Buy paper" }).ClickAsync();
        await Property(window, "What to do and how").FillAsync("Two boxes, white.");
        await Property(window, "Roles that may take it").SelectOptionAsync("sales");
        await Expect(window.Page.Locator(".chosen-roles")).ToContainTextAsync("Sales manager");
        // it comes once only, so nobody can have done it before
        await Expect(Property(window, "Not by who did").Locator("option")).ToHaveCountAsync(1);
        await Property(window, "Deadline").SelectOptionAsync(new SelectOptionValue { Label = "1 working day after it comes" });
        await Button(window, "Add a field").ClickAsync();
        await window.Page.Locator(".part > summary").ClickAsync();
        await Property(window, "Label").FillAsync("Price");
        await Property(window, "Type").SelectOptionAsync("number");
        await Expect(window.Page.Locator(".problems h2")).ToHaveTextAsync("No problems: the map can run");

        await PublishAsync(window, 1);
        await Property(window, "Name").FillAsync("Buy white paper");
        await Property(window, "Name").BlurAsync();
        await SavedAsync(window);
        await Expect(window.Page.Locator(".chip", new() { HasText = "Draft" })).ToBeVisibleAsync();
        await PublishAsync(window, 2, "changed: name");

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Versions" }).ClickAsync();
        await Expect(window.Page.Locator(".differences")).ToContainTextAsync("Buy white paper");
        await Expect(window.Page.Locator(".map-changed")).ToHaveCountAsync(2);
        var key = new Uri(window.Page.Url).Segments[2].TrimEnd('/');
        var task = (await app.Library.ReadAsync(key, 2, MapsApp.Other, default))!.Xml;
        Assert.Contains("<portal:instruction>Two boxes, white.</portal:instruction>", task);
        Assert.Contains("""candidateRoles="sales" """.Trim(), task);
        Assert.Contains("""due="add working days(now(), 1)" """.Trim(), task);
        Assert.Matches("""<portal:field key="field1" label="Price" type="number"\s*/>""", task);
        window.AssertClean();
    }

    private static async Task PublishAsync(BrowserWindow window, int version, string? difference = null)
    {
        await Button(window, "Publish").ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog, new() { Name = $"Publish version {version}" });
        if (difference is not null) await Expect(dialog).ToContainTextAsync(difference);
        // the second press of a double one finds no draft any more, and is nothing to complain of
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Publish" }).DblClickAsync();
        await Expect(window.Page.Locator(".chip.good", new() { HasText = $"Version {version}" })).ToBeVisibleAsync();
        await Expect(window.Page.GetByText("has no draft")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Start_AskingAList_IsDrawn_AndTheDryRunAsksIt()
    {
        await app.DraftAsync(Errand("asks"));
        await using var window = await app.OpenAsync("/maps/asks");
        await ChooseAsync(window, "start");
        await Button(window, "Add a field").ClickAsync();
        await window.Page.Locator(".part > summary").ClickAsync();
        await Property(window, "Label").FillAsync("Sheets");
        await Property(window, "Type").SelectOptionAsync("list");
        await Property(window, "Each row holds").SelectOptionAsync("number");
        await Property(window, "Minimum").FillAsync("1");
        await Property(window, "Minimum").PressAsync("Tab");
        await SavedAsync(window);
        await window.ShootAsync();
        Assert.Matches("""<portal:field key="field1" label="Sheets" type="list" items="number" min="1"\s*/>""", (await app.Library.ReadAsync("asks", null, MapsApp.Other, default))!.Xml);

        await Button(window, "Dry run").ClickAsync();
        await window.Page.Locator(".dry-run[data-ready]").WaitForAsync();
        await Button(window, "Add a row").ClickAsync();
        await Expect(window.Page.GetByLabel("Row 1", new() { Exact = true })).ToBeFocusedAsync();
        await Expect(window.Page.GetByLabel("Row 1", new() { Exact = true })).ToHaveAttributeAsync("min", "1");
        await window.Page.Keyboard.TypeAsync("500");
        await Button(window, "Start").ClickAsync();

        await Expect(window.Page.Locator(".panel tr", new() { HasText = "field1" })).ToContainTextAsync("[500]");
        window.AssertClean();
    }

    [Fact]
    public async Task Menu_OffersWhatCanRun()
    {
        await app.DraftAsync(Errand("menu"));
        await using var window = await app.OpenAsync("/maps/menu");
        await ChooseAsync(window, "buy");
        await window.Page.GetByTitle("Change the element").ClickAsync();

        var offered = await window.Page.Locator(".djs-popup .entry").AllInnerTextsAsync();

        Assert.Contains("Decision table", offered.Select(o => o.Trim()));
        Check.None(offered.Where(o => o.Contains("Ad-hoc") || o.Contains("Transaction") || o.Contains("Event sub")));
    }

    [Fact]
    public async Task WhatAMessageBrings_IsDeclaredInThePanel_OnceForTheMap()
    {
        await app.DraftAsync(Bpmn.File("""<startEvent id="s" name="Asked"/><receiveTask id="wait" name="Wait for the payment" messageRef="paid"/>""" + Bpmn.Flows("s-wait"), "told", """<message id="paid" name="orders.paid"/>"""));
        await using var window = await app.OpenAsync("/maps/told");
        await ChooseAsync(window, "wait");
        await Button(window, "Add a field").ClickAsync();
        await window.Page.Locator(".part > summary").ClickAsync();
        await Expect(window.Page.GetByText("takes these fields and no others")).ToBeVisibleAsync();
        await Expect(Property(window, "Initial value")).ToHaveCountAsync(0);
        await Property(window, "Type").SelectOptionAsync("number");
        await SavedAsync(window);

        var xml = (await app.Library.ReadAsync("told", null, MapsApp.Other, default))!.Xml;

        Assert.Matches("""(?s)<message id="paid" name="orders.paid">.*<portal:field key="field1" label="New field" type="number"\s*/>.*</message>""", xml.Replace("bpmn:", ""));
        window.AssertClean();
    }

    [Fact]
    public async Task CorrelationKey_OfWhoReceivesAndWhoSends_IsSetInThePanel()
    {
        const string drawn = """
            <startEvent id="s"/><receiveTask id="wait" name="Wait for the payment" messageRef="paid"/><boundaryEvent id="told" attachedToRef="wait"><messageEventDefinition messageRef="paid"/></boundaryEvent>
            <sendTask id="tell" name="Tell the store" messageRef="paid"/><endEvent id="e"/>
            """;
        await app.DraftAsync(Bpmn.File(drawn + Bpmn.Flows("s-wait;wait-tell;told-tell;tell-e"), "keyed", """<message id="paid" name="orders.paid"/>"""));
        await using var window = await app.OpenAsync("/maps/keyed");
        foreach (var id in new[] { "told", "wait", "tell" })
        {
            await ChooseAsync(window, id);
            await Expect(window.Page.Locator(".property-panel")).Not.ToContainTextAsync("[object");
            await Property(window, "Meets by").FillAsync($"{id}.number");
            await Property(window, "Meets by").PressAsync("Tab");
        }
        await SavedAsync(window);

        var xml = (await app.Library.ReadAsync("keyed", null, MapsApp.Other, default))!.Xml;

        Assert.Equal(["tell.number", "told.number", "wait.number"], System.Text.RegularExpressions.Regex.Matches(xml, "<portal:correlation key=\"(.*?)\"").Select(m => m.Groups[1].Value).Order());
        window.AssertClean();
    }

    [Fact]
    public async Task Owner_OfAProcess_IsSetInThePanel()
    {
        await app.DraftAsync(Errand("owned"));
        await using var window = await app.OpenAsync("/maps/owned");
        await Property(window, "Owner").FillAsync("=manager");
        await Property(window, "Owner").PressAsync("Tab");
        await SavedAsync(window);

        var map = Portal.Workflows.Notation.MapDocument.Parse((await app.Library.ReadAsync("owned", null, MapsApp.Other, default))!.Xml).ToMap();

        Assert.Equal("=manager", map.Process.Owner!.ToString());
        window.AssertClean();
    }

    [Fact]
    public async Task PanelsCounts_TakeTheFormOfTheirLanguage()
    {
        (string Language, int Days, string Words)[] forms = [("ro", 1, "1 zi"), ("ro", 3, "3 zile"), ("ro", 20, "20 de zile"), ("uk", 21, "21 день"), ("uk", 5, "5 днів"), ("id", 5, "5 hari")];
        var texts = app.Services.GetRequiredService<TextCatalog>();
        await using var window = await app.OpenAsync("/maps");

        foreach (var (language, days, words) in forms)
            Assert.Equal(words, await window.Page.EvaluateAsync<string>("""
                async ([language, text, n]) => { document.documentElement.lang = language; return (await import('/bpmn/words.js')).wordsOf({ days: text }).count('days', n); }
                """, new object[] { language, texts.Find("standing.days", language)!, days }));
    }

    [Fact]
    public async Task Viewer_NamesStepsInTheReadersLanguage()
    {
        await app.AddUserAsync("uliana", "sales", "uk");
        await using var window = await app.OpenWindowAsync("uliana");
        await window.GoToAsync("/maps/Sale");

        await Expect(window.Page.Locator(".map-canvas [data-element-id='approve']").First).ToContainTextAsync("Погодити пропозицію");
    }
}
