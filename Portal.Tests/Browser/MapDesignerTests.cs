using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Web.Shared;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Route maps drawn in a real browser.</summary>
public sealed class MapDesignerTests(MapsApp app) : IClassFixture<MapsApp>
{
    private const string Drawn = """
        <startEvent id="start" name="Asked"/><userTask id="buy" name="Buy paper"/><endEvent id="done"/>
        """;

    private static string Errand(string key) => Bpmn.File(Drawn + Bpmn.Flows("start-buy;buy-done"), key);

    private static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Property(BrowserWindow window, string label) => window.Page.Locator(".property-panel").GetByLabel(label, new() { Exact = true }).First;

    private static ILocator Shape(BrowserWindow window, string id) => window.Page.Locator($".designer-canvas [data-element-id='{id}']").First;

    private static Task ChooseAsync(BrowserWindow window, string id) => Shape(window, id).Locator(".djs-hit").First.ClickAsync(new() { Force = true });

    private static Task SavedAsync(BrowserWindow window) => Expect(window.Page.Locator(".saved[data-state=saved]")).ToBeVisibleAsync();

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
        await window.Page.WaitForURLAsync("**/maps/errand.paper");
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
    public async Task Map_WithoutADrawing_IsLaidOut()
    {
        await app.DraftAsync(Errand("bare"));
        await using var window = await app.OpenAsync("/maps/bare");

        var boxes = new List<float>();
        foreach (var id in new[] { "start", "buy", "done" }) boxes.Add((await Shape(window, id).BoundingBoxAsync())!.X);

        Assert.Equal(boxes.Order(), boxes);
        Assert.Equal(3, boxes.Distinct().Count());
        await window.ShootAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Map_ThatCannotBeDrawn_SaysWhy_AndCanBeDiscarded()
    {
        await app.DraftAsync(Bpmn.File("""<startEvent id="s" name="Asked"/><sequenceFlow id="lost" name="Lost" sourceRef="s" targetRef="gone"/>""", "nowhere"));
        await using var window = await app.OpenAsync("/maps/nowhere");

        await Expect(window.Page.GetByText("This file cannot be drawn")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".finding").First).ToBeVisibleAsync();
        await window.Page.Locator(".more > summary").ClickAsync();
        await window.Page.Locator(".more .menu-item", new() { HasText = "Discard the draft" }).ClickAsync();
        await window.Page.Locator(".dialog .danger").ClickAsync();
        await window.Page.WaitForURLAsync("**/maps");
    }

    [Fact]
    public async Task Work_NotSavedYet_SurvivesAReload()
    {
        await app.DraftAsync(Errand("kept"));
        await using var window = await app.OpenAsync("/maps/kept");
        await window.Page.RouteAsync("**/draft.bpmn", route => route.Request.Method == "PUT" ? route.AbortAsync() : route.ContinueAsync());
        await RenameAsync(window, "Buy ink");
        await Expect(window.Page.Locator(".saved[data-state=offline]")).ToBeVisibleAsync();

        await window.Page.ReloadAsync();
        await window.ReadyAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy ink");
        window.Forgive();
        await window.Page.UnrouteAllAsync();
        await SavedAsync(window);

        Assert.Contains("Buy ink", (await app.Library.ReadAsync("kept", null, MapsApp.Other, default))!.Xml);
        window.AssertClean();
    }

    [Fact]
    public async Task Draft_SavedBySomebodyElse_IsNotOverwrittenWithoutAWord()
    {
        var draft = await app.DraftAsync(Errand("shared"));
        await using var window = await app.OpenAsync("/maps/shared");
        await app.Library.SaveDraftAsync(Errand("shared").Replace("Buy paper", "Buy glue"), draft.Revision, MapsApp.Other, default);

        await RenameAsync(window, "Buy ink");
        await Expect(window.Page.Locator(".conflict")).ToContainTextAsync("Boris Quill");
        Assert.Contains("Buy glue", (await app.Library.ReadAsync("shared", null, MapsApp.Other, default))!.Xml);
        await Button(window, "Save mine over it").ClickAsync();
        await SavedAsync(window);

        Assert.Contains("Buy ink", (await app.Library.ReadAsync("shared", null, MapsApp.Other, default))!.Xml);
    }

    [Fact]
    public async Task Conflict_MayBeSettledByTakingTheOtherDrawing()
    {
        var draft = await app.DraftAsync(Errand("yielded"));
        await using var window = await app.OpenAsync("/maps/yielded");
        await app.Library.SaveDraftAsync(Errand("yielded").Replace("Buy paper", "Buy glue"), draft.Revision, MapsApp.Other, default);
        await RenameAsync(window, "Buy ink");
        await Button(window, "Take theirs").ClickAsync();

        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy glue");
        await RenameAsync(window, "Buy tape");
        await SavedAsync(window);
        Assert.Contains("Buy tape", (await app.Library.ReadAsync("yielded", null, MapsApp.Other, default))!.Xml);
    }

    [Fact]
    public async Task Change_IsUndoneAndRedone()
    {
        await app.DraftAsync(Errand("undone"));
        await using var window = await app.OpenAsync("/maps/undone");
        await RenameAsync(window, "Buy ink");

        await Button(window, "Undo").ClickAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy paper");
        await Expect(Property(window, "Name")).ToHaveValueAsync("Buy paper");
        await Button(window, "Redo").ClickAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy ink");
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

    private static async Task RenameAsync(BrowserWindow window, string name)
    {
        await ChooseAsync(window, "buy");
        await Property(window, "Name").FillAsync(name);
        await Property(window, "Name").BlurAsync();
    }

    [SharedDataFact("bpmn/miwg")]
    public async Task ReferenceModels_AreImportedAndDrawn()
    {
        await using var window = await app.OpenAsync("/maps");
        foreach (var file in Directory.GetFiles(SharedData.File("bpmn/miwg"), "*.bpmn").Order())
        {
            await window.GoToAsync("/maps");
            await window.Page.Locator("input[type=file]").SetInputFilesAsync(file);
            await window.Page.WaitForURLAsync(url => new Uri(url).Segments.Length == 3);
            await window.Page.Locator(".designer[data-ready]").WaitForAsync();

            Assert.True(await window.Page.Locator(".designer-canvas .djs-shape").CountAsync() > 4, $"{Path.GetFileName(file)} is not drawn");
            var key = Uri.UnescapeDataString(new Uri(window.Page.Url).Segments[2]);
            var draft = (await app.Library.ReadAsync(key, null, MapsApp.Other, default))!;
            await app.Library.DiscardDraftAsync(key, draft.Revision, MapsApp.Other, default);
        }
        window.AssertClean();
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
    public async Task Import_OfAKnownMap_IsTakenAsANewOne_UnderAKeyOfItsOwn()
    {
        await app.DraftAsync(Errand("known"));
        await using var window = await app.OpenAsync("/maps");
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "known.bpmn", MimeType = "text/xml", Buffer = Encoding.UTF8.GetBytes(Errand("known").Replace("Buy paper", "Buy ink")) });
        var dialog = window.Page.GetByRole(AriaRole.Alertdialog);

        await Expect(dialog.GetByLabel("key of the map")).ToHaveValueAsync("known-2");
        await dialog.GetByLabel("key of the map").FillAsync("Sale");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Take it as a new map" }).ClickAsync();
        await Expect(dialog.Locator(".problem")).ToContainTextAsync("Another map has the key Sale.");
        await window.ShootAsync();
        await dialog.GetByLabel("key of the map").FillAsync("known.ink");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Take it as a new map" }).ClickAsync();

        await window.Page.WaitForURLAsync("**/maps/known.ink");
        await window.Page.Locator(".designer[data-ready]").WaitForAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy ink");
        Assert.Contains("Buy paper", (await app.Library.ReadAsync("known", null, MapsApp.Other, default))!.Xml);
        window.Forgive();
    }

    [Fact]
    public async Task NewerMapOfTheProduct_IsOfferedOnTheMapsPage_AndTakenAsTheDraft()
    {
        await using (var older = app.Database.Owner.CreateCommand("update process.definition set xml = replace(xml, 'Register the claim', 'Write the claim down'), hash = 'ours', shipped = 'older' where key = 'Claim'")) await older.ExecuteNonQueryAsync();
        await using var window = await app.OpenAsync("/maps/Claim");

        await Expect(window.Page.Locator(".offer")).ToContainTextAsync("Portal brings a newer version of this map.");
        await window.ShootAsync();
        await window.Page.Locator(".offer").GetByRole(AriaRole.Button, new() { Name = "Take it as the draft" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Take it as the draft" }).ClickAsync();

        await Expect(window.Page.Locator(".offer")).ToHaveCountAsync(0);
        await Expect(Shape(window, "register")).ToContainTextAsync("Register the claim");
        Assert.Contains("Register the claim", (await app.Library.ReadAsync("Claim", null, MapsApp.Other, default))!.Xml);
        window.AssertClean();
    }

    [Fact]
    public async Task Import_OverADraft_AsksWhoseItIs_AndReplacesOnlyThatOne()
    {
        var draft = await app.DraftAsync(Errand("twice"));
        await using var window = await app.OpenAsync("/maps");
        var dialog = window.Page.GetByRole(AriaRole.Alertdialog);

        await ChooseFileAsync("Buy ink");
        await Expect(dialog).ToContainTextAsync("Boris Quill saved a draft of it");
        await window.ShootAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal(draft.Xml, (await app.Library.ReadAsync("twice", null, MapsApp.Other, default))!.Xml);

        await ChooseFileAsync("Buy ink");
        await Expect(dialog).ToBeVisibleAsync();
        await app.Library.SaveDraftAsync(Errand("twice").Replace("Buy paper", "Buy glue"), draft.Revision, MapsApp.Other, default);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replace the draft" }).ClickAsync();
        await Expect(window.Page.Locator("p.problem")).ToContainTextAsync("Boris Quill has changed this draft meanwhile.");
        window.Forgive();

        await ChooseFileAsync("Buy ink");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replace the draft" }).ClickAsync();
        await window.Page.Locator(".designer[data-ready]").WaitForAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy ink");
        Assert.Contains("Buy ink", (await app.Library.ReadAsync("twice", null, MapsApp.Other, default))!.Xml);
        window.AssertClean();

        Task ChooseFileAsync(string task) => window.Page.Locator("input[type=file]").SetInputFilesAsync(
            new FilePayload { Name = "twice.bpmn", MimeType = "text/xml", Buffer = Encoding.UTF8.GetBytes(Errand("twice").Replace("Buy paper", task)) });
    }

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "entities", """<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" name="&b;"/>""", "The file cannot be read" },
        { "page", """<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>""", "This is not a BPMN file but html." },
        { "foreign", """<definitions xmlns="urn:somebody:else"><process id="p"/></definitions>""", "This is not a BPMN file but definitions." },
        { "empty", """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>""", "The file holds no process to run." },
        { "huge", "", "The file is larger than 10 MB." },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task HostileFile_IsRefusedInWords(string name, string content, string words)
    {
        var before = await app.Library.ListAsync(MapsApp.Other, default);
        await using var window = await app.OpenAsync("/maps");

        var bytes = name == "huge" ? Encoding.UTF8.GetBytes(Errand("huge").Replace("Buy paper", new string('x', 10 * 1024 * 1024))) : Encoding.UTF8.GetBytes(content);
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = $"{name}.bpmn", MimeType = "text/xml", Buffer = bytes });

        await Expect(window.Page.Locator("p.problem")).ToContainTextAsync(words);
        Assert.Equal(before.Select(m => m.Key), (await app.Library.ListAsync(MapsApp.Other, default)).Select(m => m.Key));
    }

    [Fact]
    public async Task MarkupInNames_StaysText()
    {
        const string name = "<img src=x onerror=window.breached=true>";
        await app.DraftAsync(Errand("markup").Replace("Buy paper", System.Security.SecurityElement.Escape(name)));
        await using var window = await app.OpenAsync("/maps/markup");
        await ChooseAsync(window, "buy");

        await Expect(window.Page.Locator(".property-head h2")).ToHaveTextAsync(name);
        Assert.False(await window.Page.EvaluateAsync<bool>("() => window.breached === true"));
        window.AssertClean();
    }

    [Fact]
    public async Task Draft_BrokenOnItsWay_IsRefusedAndUnharmed()
    {
        var draft = await app.DraftAsync(Errand("sound"));
        await using var window = await app.OpenAsync("/maps/sound");

        var answers = await window.Page.EvaluateAsync<string[]>("""
            async revision => {
              const put = async (body, type) => { const a = await fetch('/maps/sound/draft.bpmn', { method: 'PUT', headers: { 'Content-Type': type, 'If-Match': revision }, body }); return a.status + ' ' + await a.text(); };
              return [await put('<definitions', 'application/xml'), await put('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="other"><task id="t"/></process></definitions>', 'application/xml'), await put('x', 'text/plain')];
            }
            """, $"\"{draft.Revision}\"");

        Assert.StartsWith("422 The file cannot be read", answers[0]);
        Assert.StartsWith("422 The drawing is not of the map sound", answers[1]);
        Assert.StartsWith("415", answers[2]);
        Assert.Equal(draft.Xml, (await app.Library.ReadAsync("sound", null, MapsApp.Other, default))!.Xml);
    }

    [Fact]
    public async Task Somebody_WithoutTheRight_LooksButDoesNotDraw()
    {
        await app.AddUserAsync("sam", "sales");
        await using var window = await app.OpenWindowAsync("sam");
        await window.GoToAsync("/maps/Sale");

        await Expect(window.Page.Locator(".map-canvas[data-drawn]")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".property-panel")).ToHaveCountAsync(0);
        var status = await window.Page.EvaluateAsync<int>("async () => (await fetch('/maps/Sale/draft.bpmn', { method: 'PUT', headers: { 'Content-Type': 'application/xml' }, body: await (await fetch('/maps/Sale/draft.bpmn')).text() })).status");
        Assert.Equal(403, status);
        window.Forgive();
    }

    [Fact]
    public async Task ScriptOfAForeignLanguage_IsNamedAndNeverRun()
    {
        var xml = Bpmn.File("""<startEvent id="s"/><scriptTask id="x" name="Pay myself" scriptFormat="javascript"><script>window.breached = true</script></scriptTask>""" + Bpmn.Flows("s-x"), "foreign-script");
        await using var window = await app.OpenAsync("/maps");
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "x.bpmn", MimeType = "text/xml", Buffer = Encoding.UTF8.GetBytes(xml) });
        await window.Page.WaitForURLAsync("**/maps/foreign-script");
        await window.ReadyAsync();
        await Button(window, "Publish").ClickAsync();

        await Expect(window.Page.Locator(".finding.bad")).ToContainTextAsync("Pay myself: scripts in javascript are not run; write an expression.");
        Assert.False(await window.Page.EvaluateAsync<bool>("() => window.breached === true"));
        Assert.Null((await app.Library.ReadAsync("foreign-script", 1, MapsApp.Other, default)));
    }

    [Fact]
    public async Task Change_MadeJustBeforeLeaving_IsSaved()
    {
        await app.DraftAsync(Errand("left"));
        await using var window = await app.OpenAsync("/maps/left");
        await ChooseAsync(window, "buy");
        await Property(window, "Name").FillAsync("Buy string");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Versions" }).ClickAsync();

        await Wait.UntilAsync(async () => (await app.Library.ReadAsync("left", null, MapsApp.Other, default))!.Xml.Contains("Buy string"), "the draft of the page that was left");
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
