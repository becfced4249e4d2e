using System.Text;
using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using static Microsoft.Playwright.Assertions;
using static Portal.Tests.Browser.Designer;

namespace Portal.Tests.Browser;

/// <summary>Route maps that come from files, friendly and hostile ones.</summary>
public sealed class MapImportTests(MapsApp app) : IClassFixture<MapsApp>
{
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
        await window.Page.IsAtAsync(url => url.EndsWith("/maps", StringComparison.Ordinal));
    }

    [SharedDataFact("bpmn/miwg")]
    public async Task ReferenceModels_AreImportedAndDrawn()
    {
        await using var window = await app.OpenAsync("/maps");
        foreach (var file in Directory.GetFiles(SharedData.File("bpmn/miwg"), "*.bpmn").Order())
        {
            await window.GoToAsync("/maps");
            await window.Page.Locator("input[type=file]").SetInputFilesAsync(file);
            await window.Page.IsAtAsync(url => new Uri(url).Segments.Length == 3);
            await window.Page.Locator(".designer[data-ready]").WaitForAsync();

            Assert.True(await window.Page.Locator(".designer-canvas .djs-shape").CountAsync() > 4, $"{Path.GetFileName(file)} is not drawn");
            var key = Uri.UnescapeDataString(new Uri(window.Page.Url).Segments[2]);
            var draft = (await app.Library.ReadAsync(key, null, MapsApp.Other, default))!;
            await app.Library.DiscardDraftAsync(key, draft.Revision, MapsApp.Other, default);
        }
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

        await window.Page.IsAtAsync(url => url.EndsWith("/maps/known.ink", StringComparison.Ordinal));
        await window.Page.Locator(".designer[data-ready]").WaitForAsync();
        await Expect(Shape(window, "buy")).ToContainTextAsync("Buy ink");
        Assert.Contains("Buy paper", (await app.Library.ReadAsync("known", null, MapsApp.Other, default))!.Xml);
        window.Forgive();
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
    public async Task ScriptOfAForeignLanguage_IsNamedAndNeverRun()
    {
        var xml = Bpmn.File("""<startEvent id="s"/><scriptTask id="x" name="Pay myself" scriptFormat="javascript"><script>window.breached = true</script></scriptTask>""" + Bpmn.Flows("s-x"), "foreign-script");
        await using var window = await app.OpenAsync("/maps");
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "x.bpmn", MimeType = "text/xml", Buffer = Encoding.UTF8.GetBytes(xml) });
        await window.Page.IsAtAsync(url => url.EndsWith("/maps/foreign-script", StringComparison.Ordinal));
        await window.ReadyAsync();
        await Button(window, "Publish").ClickAsync();

        await Expect(window.Page.Locator(".finding.bad")).ToContainTextAsync("Pay myself: scripts in javascript are not run; write an expression.");
        Assert.False(await window.Page.EvaluateAsync<bool>("() => window.breached === true"));
        Assert.Null((await app.Library.ReadAsync("foreign-script", 1, MapsApp.Other, default)));
    }
}
