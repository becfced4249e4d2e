using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Maps walked by hand in a real browser.</summary>
public sealed class DryRunPageTests(MapsApp app) : IClassFixture<MapsApp>
{
    private static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    [Fact]
    public async Task DryRun_GoesIntoACalledMap_AndComesBackWithItsEnd()
    {
        var delivery = await app.DraftAsync(Bpmn.File("""<startEvent id="s"/><userTask id="drive" name="Drive there"/><endEvent id="e"/>""" + Bpmn.Flows("s-drive;drive-e"), "delivery"));
        await app.Library.PublishAsync(delivery.Key, delivery.Revision, MapsApp.Other, default);
        await app.DraftAsync(Bpmn.File("""<startEvent id="s"/><callActivity id="c" name="Deliver" calledElement="delivery"/><userTask id="sign" name="Sign for it"/>""" + Bpmn.Flows("s-c;c-sign"), "shop"));
        await using var window = await app.OpenAsync("/maps/shop/dry-run");
        await Button(window, "Start").ClickAsync();

        await Expect(window.Page.Locator(".dry-path [aria-current=true]")).ToHaveTextAsync("delivery");
        await Expect(window.Page.Locator(".map-canvas [data-element-id='drive']").First).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".djs-overlays[data-container-id='drive'] .map-token")).ToBeVisibleAsync();
        await window.ShootAsync();
        await window.Page.Locator(".dry-path").GetByRole(AriaRole.Button, new() { Name = "shop" }).ClickAsync();
        await Expect(window.Page.Locator(".djs-overlays[data-container-id='c'] .map-token")).ToBeVisibleAsync();
        await Button(window, "Look inside").ClickAsync();
        await Button(window, "Complete").ClickAsync();

        await Expect(window.Page.Locator(".panel [data-node=sign]")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".djs-overlays[data-container-id='sign'] .map-token")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task DryRun_WalksTheSaleToItsEnd_AndStepsBack()
    {
        await using var window = await app.OpenAsync("/maps/Sale/dry-run");
        await window.Page.Locator(".panel").GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        await FillAsync(window, "need", ("What is needed *", "Two hundred chairs"), ("Made to order *", "No"), ("We take it on *", "Yes"));
        await Expect(window.Page.Locator(".map-token")).ToHaveCountAsync(1);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Step back" }).ClickAsync();
        await Expect(Task("need")).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Step forward" }).ClickAsync();
        foreach (var (node, fields) in Way) await FillAsync(window, node, fields);

        await Expect(window.Page.Locator(".clock .chip.good")).ToHaveTextAsync("completed");
        await Expect(window.Page.Locator(".variables")).ToContainTextAsync("Two hundred chairs");
        await window.ShootAsync();
        window.AssertClean();

        ILocator Task(string node) => window.Page.Locator($".panel [data-node='{node}']");
    }

    private static readonly (string Node, (string Label, string Answer)[] Fields)[] Way =
    [
        ("offer", [("Amount (without an offer issued here)", "5000"), ("Delivery, days *", "14")]), ("sales.offer.figures", []),
        ("checkSupply", []), ("approve", [("Approved *", "Yes")]), ("sales.offer.send", []), ("negotiate", [("Answer *", "accepted")]), ("draft", [("Contract number *", "C-17")]),
        ("sign", [("Signed *", "Yes")]), ("invoice", [("Invoice number *", "I-40"), ("Amount of the invoice *", "2500")]), ("orders.payment.received", []),
        ("short", [("What about the rest *", "go"), ("Why we go on *", "An old client")]), ("stock", [("All in stock *", "Yes")]), ("reserve", []),
        ("ship", [("Waybill *", "W-9"), ("Shipped on *", "2026-03-20")]), ("receipt", [("Complaint *", "No")]), ("balance", []), ("close", []), ("sales.deal.win", []),
    ];

    private static async Task FillAsync(BrowserWindow window, string node, params (string Label, string Answer)[] fields)
    {
        if (node.Contains('.'))
        {
            await window.Page.Locator(".open", new() { HasText = node }).GetByRole(AriaRole.Button, new() { Name = node.StartsWith("sales.", StringComparison.Ordinal) ? "Answer" : "Deliver" }).ClickAsync();
            return;
        }
        var task = window.Page.Locator($".panel [data-node='{node}']");
        foreach (var (label, answer) in fields)
            if (answer is "Yes" or "No") await task.GetByRole(AriaRole.Group, new() { Name = label, Exact = true }).GetByLabel(answer).CheckAsync();
            else if (answer is "accepted" or "go") await task.GetByLabel(label, new() { Exact = true }).SelectOptionAsync(answer);
            else await task.GetByLabel(label, new() { Exact = true }).FillAsync(answer);
        await task.GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();
        await Expect(task).ToHaveCountAsync(0);
    }
}
