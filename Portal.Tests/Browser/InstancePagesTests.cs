using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Processes;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Maps;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Running processes seen, altered and weighed in a real browser.</summary>
public sealed class InstancePagesTests(MapsApp app) : IClassFixture<MapsApp>
{
    private ProcessRunner Runner => app.Services.GetRequiredService<ProcessRunner>();

    private Task<InstanceId> StartAsync() => Runner.StartAsync("Sale", null, ContextValue.Of([("client", Value.Of("Bluebird Trading"))]), MapsApp.Other);

    private async Task<InstanceDetails> DetailsAsync(InstanceId id) => (await app.Services.GetRequiredService<InstanceQuery>().FindAsync(id, MapsApp.Other))!;

    private static ILocator Bubble(BrowserWindow window, string node) => window.Page.Locator($".djs-overlays[data-container-id='{node}'] .map-token");

    private async Task<BrowserWindow> OpenAsync(InstanceId id)
    {
        var window = await app.OpenAsync($"/instances/{id.Value}");
        await window.Page.Locator(".map-canvas[data-drawn]").WaitForAsync();
        return window;
    }

    private static async Task ReasonAsync(BrowserWindow window, string action, string reason)
    {
        var dialog = window.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("reason").FillAsync(reason);
        await dialog.GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
    }

    [Fact]
    public async Task Instance_ShowsWhoHoldsIt_AndFollowsWhatHappensElsewhere()
    {
        var id = await StartAsync();
        await using var window = await OpenAsync(id);
        await Expect(Bubble(window, "need")).ToContainTextAsync("Sales manager");
        await Expect(window.Page.Locator(".variables")).ToContainTextAsync("Bluebird Trading");

        var task = (await DetailsAsync(id)).Tokens.Single().Task!;
        await Runner.CompleteAsync(task.Id, ContextValue.Of([("need", Value.Of("Chairs")), ("madeToOrder", Value.False), ("worthwhile", Value.True)]), MapsApp.Other);

        await Expect(Bubble(window, "offer")).ToBeVisibleAsync();
        await Expect(Bubble(window, "need")).ToHaveCountAsync(0);
        await window.ShootAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task RepeatedTask_CountsThoseWhoHoldIt_AndTheWholeStepStandsApart()
    {
        await PublishAsync(Bpmn.File("""
            <startEvent id="s"/><userTask id="ask" name="Ask the service"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask><userTask id="t"/>
            """ + Bpmn.Flows("s-ask;ask-t"), "services"));
        var id = await Runner.StartAsync("services", null, ContextValue.Empty, MapsApp.Other);
        await using var window = await OpenAsync(id);

        await Expect(Bubble(window, "ask").Locator(".map-token-count")).ToHaveTextAsync("3");
        await Expect(Bubble(window, "ask")).ToContainTextAsync("Sales manager");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Skip", Exact = true })).ToHaveCountAsync(3);
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Move…" })).ToHaveCountAsync(1);
        await window.ShootAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Skip the whole step" }).ClickAsync();
        await ReasonAsync(window, "Skip", "agreed by phone");

        await Expect(Bubble(window, "t").Locator(".map-token-count")).ToHaveTextAsync("1");
        await window.Page.Locator(".replay button").First.ClickAsync();
        await Expect(Bubble(window, "ask").Locator(".map-token-count")).ToHaveTextAsync("3");
        await window.GoToAsync("/maps/services/dry-run");
        await window.Page.Locator(".panel").GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(Bubble(window, "ask").Locator(".map-token-count")).ToHaveTextAsync("3");
        window.AssertClean();
    }

    [Fact]
    public async Task ShippedMaps_BreakNoWordOfANameInAnyLanguage()
    {
        await using var window = await OpenAsync(await StartAsync());
        var broken = await window.Page.EvaluateAsync<string[]>("""
            files => {
                const renderer = [...document.querySelectorAll('*')].find(e => e.mapCanvas).mapCanvas.viewer.get('textRenderer');
                return files.flatMap(file => {
                    const map = new DOMParser().parseFromString(file, 'application/xml');
                    const all = (element, name) => [...element.getElementsByTagName('*')].filter(e => e.localName === name);
                    return [...all(map, 'BPMNShape'), ...all(map, 'BPMNEdge')].flatMap(drawn => {
                        const element = map.querySelector(`[id="${drawn.getAttribute('bpmnElement')}"]`), label = all(drawn, 'BPMNLabel')[0];
                        if (['participant', 'lane'].includes(element.localName)) return [];
                        const inside = /Task$|Activity$/.test(element.localName), bounds = all(label ?? drawn, 'Bounds')[0];
                        const box = inside ? { width: +bounds.getAttribute('width'), height: 80 } : { width: label ? +bounds.getAttribute('width') : 90, height: 30 };
                        const names = [element.getAttribute('name'), ...[...element.children].filter(e => e.localName === 'extensionElements').flatMap(e => [...e.children]).filter(e => e.localName === 'name').map(e => e.textContent)];
                        return names.filter(Boolean).flatMap(name => {
                            const text = renderer.createText(name, inside ? { box, align: 'center-middle', padding: 7 } : { box, style: renderer.getExternalStyle() });
                            const words = new Set(name.split(/[\s-]+/));
                            return [...text.children].flatMap(line => line.textContent.split(/[\s-]+/)).filter(part => part && !words.has(part)).map(part => `${element.id}: ${name} (${part})`);
                        });
                    });
                });
            }
            """, ShippedMaps.All.Select(map => map.Xml.ToString()).ToArray());

        Check.None(broken);
    }

    [Fact]
    public async Task Slider_PlaysTheHistoryAgain()
    {
        var id = await StartAsync();
        var task = (await DetailsAsync(id)).Tokens.Single().Task!;
        await Runner.CompleteAsync(task.Id, ContextValue.Of([("need", Value.Of("Chairs")), ("madeToOrder", Value.False), ("worthwhile", Value.True)]), MapsApp.Other);
        await using var window = await OpenAsync(id);
        await Expect(Bubble(window, "offer")).ToBeVisibleAsync();

        await window.Page.Locator(".replay button").First.ClickAsync();
        await Expect(Bubble(window, "need")).ToBeVisibleAsync();
        await Expect(Bubble(window, "offer")).ToHaveCountAsync(0);
        await window.Page.Locator(".replay .chip").ClickAsync();
        await Expect(Bubble(window, "offer")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Alterations_AreDoneWithAReason_AndStandInTheHistory()
    {
        var id = await StartAsync();
        await using var window = await OpenAsync(id);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Skip" }).ClickAsync();
        await ReasonAsync(window, "Skip", "agreed by phone");
        await Expect(window.Page.Locator(".history-lines .altered")).ToContainTextAsync("agreed by phone");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Move…" }).First.ClickAsync();
        await window.Page.Locator(".map-tools button").Last.ClickAsync();
        // the whole map comes into view when the browser hears of it
        var draft = window.Page.Locator(".map-canvas [data-element-id='draft'] .djs-hit").First;
        await Expect(draft).ToBeInViewportAsync();
        await draft.ClickAsync(new() { Force = true });
        await ReasonAsync(window, "Move", "agreed by word of mouth");
        await Expect(Bubble(window, "draft")).ToBeVisibleAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Change…" }).ClickAsync();
        await window.Page.Locator(".variable-row input").First.FillAsync("amount");
        await window.Page.Locator(".variable-row input").Nth(1).FillAsync("5000");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Change amount" })).ToBeVisibleAsync();
        await ReasonAsync(window, "Save", "told by the client");
        await Expect(window.Page.Locator(".variables tr", new() { HasText = "amount" })).ToContainTextAsync("5000");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await ReasonAsync(window, "Withdraw", "ordered twice");
        await Expect(window.Page.Locator(".page-head .chip.warn")).ToHaveTextAsync("withdrawn");
        Assert.Equal(InstanceStatus.Cancelled, (await DetailsAsync(id)).Instance.Status);
        window.AssertClean();
    }

    [Fact]
    public async Task Skip_AskedOfAStepThatIsOverWhenConfirmed_IsRefused_AndKeepsWhatWasTyped()
    {
        var id = await StartAsync();
        await using var window = await OpenAsync(id);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Skip" }).ClickAsync();
        var dialog = window.Page.GetByRole(AriaRole.Dialog, new() { Name = "Skip “Find out the need”" });
        await dialog.GetByLabel("reason").FillAsync("agreed by phone");
        var task = (await DetailsAsync(id)).Tokens.Single().Task!;
        await Runner.CompleteAsync(task.Id, ContextValue.Of([("need", Value.Of("Chairs")), ("madeToOrder", Value.False), ("worthwhile", Value.True)]), MapsApp.Other);
        await Expect(Bubble(window, "offer")).ToBeVisibleAsync();

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Skip" }).ClickAsync();

        await Expect(window.Page.GetByText("the process now stands at “Prepare the offer”")).ToBeVisibleAsync();
        await Expect(dialog.GetByLabel("reason")).ToHaveValueAsync("agreed by phone");
        Assert.Equal("offer", (await DetailsAsync(id)).Tokens.Single().Node);
    }

    [Fact]
    public async Task Somebody_WithoutTheRight_SeesNoAlterations()
    {
        var id = await StartAsync();
        await app.AddUserAsync("sally", "sales");
        await using var window = await app.OpenWindowAsync("sally");
        await window.GoToAsync($"/instances/{id.Value}");

        await Expect(Bubble(window, "need")).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" })).ToHaveCountAsync(0);
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Skip" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task List_NarrowsByMapStateAndPlace()
    {
        var id = await StartAsync();
        await Runner.CancelAsync(id, "not needed", MapsApp.Other);
        await StartAsync();
        await using var window = await app.OpenAsync("/instances?map=Sale&node=need");
        var running = await window.Page.Locator("tbody tr").CountAsync();
        Assert.True(running > 0);
        await Expect(window.Page.Locator("tbody")).ToContainTextAsync("Find out the need");

        var place = window.Page.GetByRole(AriaRole.Button, new() { Name = "At: Find out the need" });
        await place.ClickAsync();
        await Expect(place).ToHaveCountAsync(0);
        await window.Page.GetByLabel("State").SelectOptionAsync("Cancelled");
        await Expect(window.Page.Locator("tbody .chip.warn").First).ToHaveTextAsync("withdrawn");
        await window.Page.GetByLabel("Map").SelectOptionAsync("Claim");
        await Expect(window.Page.Locator(".empty")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Standing_ShowsHeatStagesAndBottlenecks()
    {
        await StartAsync();
        await StartAsync();
        await using var window = await app.OpenAsync("/maps/Sale/standing");
        await window.Page.Locator(".map-canvas[data-drawn]").WaitForAsync();

        await Expect(window.Page.Locator(".djs-overlays[data-container-id='need'] .map-heat")).ToContainTextAsync("·");
        await Expect(window.Page.Locator("tr", new() { HasText = "Need" }).Locator("td.num").First).Not.ToHaveTextAsync("0");
        await window.Page.Locator(".bottlenecks .link").First.ClickAsync();
        await Expect(window.Page.Locator(".djs-shape.map-chosen").First).ToBeVisibleAsync();
        await window.ShootAsync();
        // opened where it can be read, on the worst; the button shows the whole
        const string Zoom = "() => [...document.querySelectorAll('*')].find(e => e.mapCanvas).mapCanvas.viewer.get('canvas').zoom()";
        await Support.Wait.UntilAsync(async () => await window.Page.EvaluateAsync<double>(Zoom) >= 0.5, "a readable zoom");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Whole map" }).ClickAsync();
        await Support.Wait.UntilAsync(async () => await window.Page.EvaluateAsync<double>(Zoom) < 0.5, "the whole map");
        window.AssertClean();
    }

    [Fact]
    public async Task Standing_InALongerLanguage_ShowsEveryColumn()
    {
        await StartAsync();
        await using var window = await app.OpenAsync("/maps/Sale/standing", new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "ru-RU" });
        await window.Page.Context.AddCookiesAsync([new() { Name = ".AspNetCore.Culture", Value = "c=ru|uic=ru", Url = app.Address.ToString() }]);
        await window.GoToAsync("/maps/Sale/standing");
        await Expect(window.Page.Locator(".panel th").Last).ToHaveTextAsync("Медианный возраст");
        await window.ShootAsync();

        var beyond = await window.Page.Locator(".panel").EvaluateAsync<double>("panel => Math.max(...[...panel.querySelectorAll('th')].map(th => th.getBoundingClientRect().right)) - panel.getBoundingClientRect().right");

        Assert.True(beyond <= 0, $"the table is {beyond} px wider than its panel");
    }

    [Fact]
    public async Task Move_ToWhereAProcessCannotBePut_IsRefusedBeforeAReasonIsAsked()
    {
        await using var window = await OpenAsync(await StartAsync());
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Move…" }).ClickAsync();
        await window.Page.Locator(".map-tools button").Last.ClickAsync();
        var inside = window.Page.Locator(".map-canvas [data-element-id='negotiate'] .djs-hit").First;
        await Expect(inside).ToBeInViewportAsync();

        await inside.ClickAsync(new() { Force = true });

        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("Agree terms with the client lies inside a sub-process and cannot be reached from here.");
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await window.Page.Locator(".map-canvas [data-element-id='draft'] .djs-hit").First.ClickAsync(new() { Force = true });
        await ReasonAsync(window, "Move", "agreed by phone");
        await Expect(Bubble(window, "draft")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task RunningProcess_IsTriedAndMovedToTheNextVersion()
    {
        var xml = Bpmn.File("""<startEvent id="s"/><userTask id="buy" name="Buy paper"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask>""" + Bpmn.Flows("s-buy"), "moved");
        await PublishAsync(xml);
        var id = await Runner.StartAsync("moved", null, ContextValue.Empty, MapsApp.Other);
        await PublishAsync(xml.Replace("Buy paper", "Buy ink"));
        await using var window = await OpenAsync(id);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Move to another version" }).ClickAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(window.Page.Locator(".outcome")).ToContainTextAsync("1 process can be moved");
        Assert.Equal(1, (await DetailsAsync(id)).Version);
        await window.Page.GetByLabel("Buy paper becomes").SelectOptionAsync("");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(window.Page.Locator(".outcome")).ToContainTextAsync("Buy paper is at work, but the plan gives it no place in the new version.");
        await window.Page.GetByLabel("Buy paper becomes").SelectOptionAsync("buy");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Move them" }).ClickAsync();

        await Expect(window.Page.Locator(".outcome")).ToContainTextAsync("1 process moved");
        Assert.Equal(2, (await DetailsAsync(id)).Version);
        await window.GoToAsync($"/instances/{id.Value}");
        await Expect(window.Page.Locator(".history-lines .altered")).ToContainTextAsync("Altered by hand · 1 → 2");
        await window.ShootAsync();
        window.AssertClean();
    }

    private async Task PublishAsync(string xml)
    {
        var draft = await app.DraftAsync(xml);
        await app.Library.PublishAsync(draft.Key, draft.Revision, MapsApp.Other, default);
    }
}
