using Microsoft.Playwright;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The page on which route maps are drawn, as its tests take hold of it.</summary>
internal static class Designer
{
    private const string Drawn = """
        <startEvent id="start" name="Asked"/><userTask id="buy" name="Buy paper"/><endEvent id="done"/>
        """;

    public static string Errand(string key) => Bpmn.File(Drawn + Bpmn.Flows("start-buy;buy-done"), key);

    public static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Property(BrowserWindow window, string label) => window.Page.Locator(".property-panel").GetByLabel(label, new() { Exact = true }).First;

    public static ILocator Shape(BrowserWindow window, string id) => window.Page.Locator($".designer-canvas [data-element-id='{id}']").First;

    public static Task ChooseAsync(BrowserWindow window, string id) => Shape(window, id).Locator(".djs-hit").First.ClickAsync(new() { Force = true });

    public static Task SavedAsync(BrowserWindow window) => Expect(window.Page.Locator(".saved[data-state=saved]")).ToBeVisibleAsync();

    public static async Task RenameAsync(BrowserWindow window, string name)
    {
        await ChooseAsync(window, "buy");
        await Property(window, "Name").FillAsync(name);
        await Property(window, "Name").BlurAsync();
    }
}
