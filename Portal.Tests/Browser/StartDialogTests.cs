using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;
using Portal.Tests.Work;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Processes started by hand in a real browser.</summary>
public sealed class StartDialogTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<List<InstanceRow>> InstancesAsync(string map)
    {
        await using var db = app.Open();
        return await db.Set<InstanceRow>().AsNoTracking().Where(i => i.Key == map).ToListAsync();
    }

    private async Task<BrowserWindow> OpenAsync(string user, string path)
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync(path);
        return window;
    }

    private static ILocator Dialog(BrowserWindow window) => window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Start a process" });

    /// <summary>Presses a shortcut; again where the browser did not know it yet.</summary>
    private static Task PressUntilAsync(BrowserWindow window, string keys, ILocator seen) => Support.Wait.UntilAsync(async () =>
    {
        if (await seen.CountAsync() > 0) return true;
        await window.Page.Keyboard.PressAsync(keys);
        return false;
    }, $"{keys} to be heard");

    /// <summary>Presses Escape until nothing is open; a shortcut that was pressed twice may open again what the first Escape has closed.</summary>
    private static Task EscapeAsync(BrowserWindow window, ILocator open) => Support.Wait.UntilAsync(async () =>
    {
        if (await open.CountAsync() == 0) return true;
        await window.Page.Keyboard.PressAsync("Escape");
        return false;
    }, "what is open to close");

    private async Task PublishAsync(string key, string body)
    {
        var library = app.Services.GetRequiredService<MapLibrary>();
        var analyst = Domain.Shared.Actor.System("test");
        var draft = await library.SaveDraftAsync(Bpmn.File(body, key), null, analyst, default);
        await library.PublishAsync(key, draft.Revision, analyst, default);
    }

    [Fact]
    public async Task Start_FromTheList_AboutAClient_ByDoubleClick_StartsOneAndOpensIt()
    {
        var before = (await InstancesAsync("Sale")).Select(i => i.Id).ToHashSet();
        await using var window = await OpenAsync("sales", "/instances");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Start a process" }).ClickAsync();
        var dialog = Dialog(window);
        await dialog.GetByLabel("Map").SelectOptionAsync("Sale");
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "What it is about" }).FillAsync("bluebird");
        await dialog.GetByRole(AriaRole.Option, new() { Name = "Bluebird Trading" }).WaitForAsync();
        // what is typed and not chosen is not left out in silence
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await Expect(dialog.Locator(".subject-box .problem")).ToHaveTextAsync("Choose from the list, or clear it.");
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "What it is about" }).PressAsync("Enter");
        await dialog.GetByLabel("What is needed").FillAsync("Forty shelves");
        await dialog.GetByLabel("Wanted by").FillAsync("2026-09-01");
        await window.ShootAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).DblClickAsync();

        await window.Page.IsAtAsync(url => url.Contains("/instances/", StringComparison.Ordinal));
        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("Sale has started.");
        var started = Assert.Single(await InstancesAsync("Sale"), i => !before.Contains(i.Id));
        Assert.Equal((app.Client.Id, app.Client.Kind), (started.BusinessId, started.BusinessKind));
        await Expect(window.Page.Locator(".toast a")).ToHaveAttributeAsync("href", $"/instances/{started.Id.Value}");
        Assert.EndsWith(started.Id.Value.ToString(), window.Page.Url, StringComparison.Ordinal);
        var variables = StateJson.Read(started.State).Variables;
        Assert.Equal("{need: Forty shelves, wantedDate: 2026-09-01}", variables.ToString());
        Assert.IsType<DateValue>(variables["wantedDate"]);
        window.AssertClean();
    }

    [Fact]
    public async Task Start_ByKeyboard_FillsAListOfItsRows_AndIsRefusedInWordsFirst()
    {
        await PublishAsync("stocktake", """
            <startEvent id="s"><extensionElements><portal:form>
              <portal:field key="counts" label="Counts" type="list" items="number" required="true"/>
              <portal:field key="shelf" label="Shelf" type="text" default="A1"/>
            </portal:form></extensionElements></startEvent>
            <userTask id="t" name="Compare"><extensionElements><portal:assignment candidateRoles="warehouse"/></extensionElements></userTask>
            """ + Bpmn.Flows("s-t"));
        await using var window = await app.OpenInboxAsync("warehouse");

        var dialog = Dialog(window);
        await PressUntilAsync(window, "Shift+P", dialog);
        await Expect(dialog.GetByLabel("Map")).ToBeFocusedAsync();
        await dialog.GetByLabel("Map").SelectOptionAsync("stocktake");
        await Expect(dialog.GetByLabel("Shelf")).ToHaveValueAsync("A1");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(dialog.Locator(".form-field .problem")).ToHaveTextAsync("Please fill this in.");

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add a row" }).PressAsync("Enter");
        await Expect(dialog.GetByLabel("Row 1", new() { Exact = true })).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("12");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByLabel("Row 2", new() { Exact = true })).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("99");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByLabel("Row 3", new() { Exact = true })).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("7.5");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove row 2" }).PressAsync("Enter");
        await Expect(dialog.GetByLabel("Row 2", new() { Exact = true })).ToBeFocusedAsync();
        await Expect(dialog.GetByLabel("Row 2", new() { Exact = true })).ToHaveValueAsync("7.5");
        await window.ShootAsync();
        await window.Page.Keyboard.PressAsync("Control+Enter");

        await window.Page.IsAtAsync(url => url.Contains("/instances/", StringComparison.Ordinal));
        Assert.Equal("{counts: [12, 7.5], shelf: A1}", StateJson.Read(Assert.Single(await InstancesAsync("stocktake")).State).Variables.ToString());
        window.AssertClean();
    }

    [Fact]
    public async Task Task_WithLists_IsFilledInRowByRow_AndOtherListsStayAsTheyAre()
    {
        await PublishAsync("packing", """
            <startEvent id="s"/><userTask id="t" name="Pack"><extensionElements><portal:assignment candidateRoles="warehouse"/><portal:form>
              <portal:field key="boxes" label="Boxes" type="list"/><portal:field key="lines" label="Lines" type="list"/>
            </portal:form></extensionElements></userTask><userTask id="u"/>
            """ + Bpmn.Flows("s-t;t-u"));
        var lines = Value.List([ContextValue.Of(("item", Value.Of("shelf")))]);
        var id = await app.Runner.StartAsync("packing", null, ContextValue.Of(("boxes", Value.List([Value.Of("red")])), ("lines", lines)), await app.ActorAsync("warehouse"));
        await using var window = await app.OpenInboxAsync("warehouse", $"?task={(await app.TaskAsync(id, "t")).Id.Value}");

        await Expect(window.Page.GetByLabel("Row 1", new() { Exact = true })).ToHaveValueAsync("red");
        await Expect(window.Page.Locator(".form-shown")).ToHaveTextAsync("[{item: shelf}]");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add a row" }).ClickAsync();
        await Expect(window.Page.GetByLabel("Row 2", new() { Exact = true })).ToBeFocusedAsync();
        await window.Page.Keyboard.TypeAsync("blue");
        await window.ShootAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();

        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("Pack");
        Assert.Equal(id, (await app.TaskAsync(id, "u")).Instance);
        await using var db = app.Open();
        var variables = StateJson.Read((await db.Set<InstanceRow>().AsNoTracking().SingleAsync(i => i.Id == id)).State).Variables;
        Assert.Equal(("[red, blue]", lines), (variables["boxes"].ToString(), variables["lines"]));
        window.AssertClean();
    }

    [Fact]
    public async Task Start_IsOfferedByThePalette_AndNotToWhoMayNot()
    {
        await using (var window = await app.OpenInboxAsync("finance"))
        {
            await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Start a process" })).ToBeVisibleAsync();
            await PressUntilAsync(window, "Control+K", window.Page.GetByRole(AriaRole.Combobox));
            await window.Page.GetByRole(AriaRole.Combobox).FillAsync("start a proc");
            await window.Page.Keyboard.PressAsync("Enter");
            await Expect(Dialog(window)).ToBeVisibleAsync();
            await Expect(Dialog(window).GetByLabel("Map")).ToBeFocusedAsync();
            await window.Page.Keyboard.PressAsync("Escape");
            await Expect(Dialog(window)).ToHaveCountAsync(0);
            window.AssertClean();
        }
        await app.AddUserAsync("dora", StandardRoles.Dispatcher);
        await using var other = await app.OpenInboxAsync("dora");
        await Expect(other.Page.GetByRole(AriaRole.Button, new() { Name = "Start a process" })).ToHaveCountAsync(0);
        await PressUntilAsync(other, "Control+K", other.Page.GetByRole(AriaRole.Combobox));
        await EscapeAsync(other, other.Page.GetByRole(AriaRole.Combobox));
        await other.Page.Keyboard.PressAsync("Shift+P");
        await PressUntilAsync(other, "Control+K", other.Page.GetByRole(AriaRole.Combobox));
        await Expect(Dialog(other)).ToHaveCountAsync(0);
    }
}
