using Microsoft.Playwright;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;
using static Portal.Tests.Browser.Designer;

namespace Portal.Tests.Browser;

/// <summary>Drafts of route maps: saved, taken back, fought over, and kept from who may not draw.</summary>
public sealed class MapDraftTests(MapsApp app) : IClassFixture<MapsApp>
{
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
}
