using Microsoft.Playwright;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>What the board shows, and where that is kept: addresses, links, saved views, the place of the map.</summary>
public sealed class BoardAddressTests(BoardApp app) : IClassFixture<BoardApp>
{
    [Fact]
    public async Task View_SavedForEverybody_OpensTheSameFilterForAColleague_AndAnOwnOneDoesNotShow()
    {
        var trip = await app.TripAsync("Saba Quill");
        await using (var ida = await app.OpenBoardAsync("ida", "?q=Saba"))
        {
            await SaveViewAsync(ida, "Saba for all", shared: true);
            await SaveViewAsync(ida, "Saba my own", shared: false);
            ida.AssertClean();
        }
        await using var tom = await app.OpenBoardAsync("tom");
        await tom.Page.Locator("details.views summary").ClickAsync();

        await tom.Page.Locator(".views-row a", new() { HasTextString = "Saba for all" }).ClickAsync();

        await Expect(tom.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/board\?q=Saba$"));
        await Expect(tom.Page.Locator("[data-list=waiting] [role=option]")).ToHaveCountAsync(1);
        await BoardApp.Row(tom, trip.Id).WaitForAsync();
        await Expect(tom.Page.Locator(".views-row a", new() { HasTextString = "Saba my own" })).ToHaveCountAsync(0);
        tom.AssertClean();
    }

    private static async Task SaveViewAsync(BrowserWindow window, string name, bool shared)
    {
        var views = window.Page.Locator("details.views");
        if (await views.GetAttributeAsync("open") is null) await views.Locator("summary").ClickAsync();
        await views.Locator(".views-save input:not([type])").FillAsync(name);
        await views.Locator(".views-save input[type=checkbox]").SetCheckedAsync(shared);
        await views.Locator(".views-save button").ClickAsync();
        await views.Locator(".views-row", new() { HasTextString = name }).WaitForAsync();
    }

    [Fact]
    public async Task Filter_LivesInTheAddress()
    {
        var trip = await app.TripAsync("Mila Frost");
        await using var window = await app.OpenBoardAsync("ida");

        await window.Page.FillAsync(".bfind", "Mila");
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/board\?q=Mila$"));
        await Expect(window.Page.Locator("[data-list=waiting] [role=option]")).ToHaveCountAsync(1);
        await window.Page.ReloadAsync();

        await Expect(window.Page.Locator(".bfind")).ToHaveValueAsync("Mila");
        await BoardApp.Row(window, trip.Id).WaitForAsync();
    }

    [Fact]
    public async Task Views_ShowTheSameTrips()
    {
        var trip = await app.TripAsync("Ivo Lark");
        await using var window = await app.OpenBoardAsync("ida", "?q=Ivo");
        await app.FirstCarAsync(trip, window);

        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($"table [data-trip='{trip.Id.Value}'] .state", new() { HasTextString = "assigned" }).WaitForAsync();
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($".bcolumn[aria-label=assigned] #trip-{trip.Id.Value}").WaitForAsync();
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($".bar[data-trip='{trip.Id.Value}']").WaitForAsync();
        Assert.Contains("view=lanes", window.Page.Url);
        window.AssertClean();
    }

    [Theory]
    [InlineData("/board?trip=abc", ".board-page")]
    [InlineData("/trips?page=99999999999&vehicle=x", "h1")]
    [InlineData("/map?lat=north&vehicle=zzz", ".map-page")]
    public async Task Address_ThatCannotBeRead_OpensThePageAndSaysSo(string address, string seen)
    {
        await using var window = await app.OpenWindowAsync("ida");
        await window.GoToAsync(address);

        await window.Page.Locator(seen).First.WaitForAsync();
        await window.Page.Locator(".toast.warn", new() { HasTextString = "left out" }).WaitForAsync();
        Assert.Equal(0, await window.Page.Locator("main [role=alert]").CountAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Link_ToATripThatIsNotOnTheBoard_SaysSoAndLeadsToTheList()
    {
        await using var window = await app.OpenBoardAsync("ida", $"?trip={Guid.NewGuid()}");

        await window.Page.Locator("aside.panel h2", new() { HasTextString = "Not on the board" }).WaitForAsync();
        await window.Page.Locator("aside.panel a[href='/trips']").WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Link_ToATrip_OpensTheMapAroundIt()
    {
        var trip = await app.TripAsync("Linked Ash");
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();

        var view = await window.Page.EvaluateAsync<double[]>("() => { const m = document.querySelector('.fleet-map').fleetMap.leaflet, c = m.getCenter(); return [c.lat, c.lng, m.getZoom()]; }");

        Assert.Equal(BoardApp.Mill.Latitude, view[0], 0.02);
        Assert.Equal(BoardApp.Mill.Longitude, view[1], 0.02);
        Assert.Equal(14, view[2]);
    }

    [Fact]
    public async Task Map_ThatNobodyMoved_OpensOnTheCarsAtWork_AndThenWhereItWasLeft()
    {
        await using var window = await app.OpenBoardAsync("tom");
        await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();
        var opened = await ZoomAsync();
        Assert.InRange(opened, 11, 14);

        await window.Page.Locator(".leaflet-control-zoom-out").ClickAsync();
        var left = opened - 1;
        await window.Page.WaitForFunctionAsync("zoom => Object.entries(localStorage).some(([key, view]) => key.startsWith('portal.map.board') && JSON.parse(view).zoom === zoom)", left);
        await window.Page.ReloadAsync();
        await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();

        Assert.Equal(left, await ZoomAsync());
        window.AssertClean();

        Task<int> ZoomAsync() => window.Page.EvaluateAsync<int>("() => document.querySelector('.fleet-map').fleetMap.leaflet.getZoom()");
    }

    [Fact]
    public async Task Map_RightClick_RanksCarsByTimeToThere()
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Locator(".fleet-map canvas").First.WaitForAsync();

        await window.Page.Locator(".fleet-map").ClickAsync(new() { Button = MouseButton.Right, Position = new() { X = 120, Y = 160 } });

        await window.Page.Locator(".near .car").First.WaitForAsync();
        Assert.Equal(3, await window.Page.Locator(".near .car").CountAsync());
    }

    /// <summary>A question mark is one, whether or not the keyboard asks for Shift.</summary>
    [Theory]
    [InlineData("Shift+?")]
    [InlineData("?")]
    public async Task Shortcuts_AreListedUnderTheQuestionMark(string mark)
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync(mark);
        foreach (var key in new[] { "N", "1–9", "↓", "A", "R", "Z", "F", "[", "]" })
            await window.Page.Locator("dl.keys kbd", new() { HasTextRegex = new($"^{System.Text.RegularExpressions.Regex.Escape(key)}$") }).WaitForAsync();
        await Expect(window.Page.Locator("dl.keys kbd", new() { HasTextRegex = new("^/$") })).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".bhead .primary")).ToHaveAttributeAsync("aria-keyshortcuts", "N");
    }

    [Fact]
    public async Task Trip_WhoseWayNobodyPlanned_SaysADash()
    {
        var trip = await app.TripAsync("Dash Verne", offMap: true);
        await using var window = await app.OpenWindowAsync("ida");
        await window.GoToAsync("/trips?q=Dash");
        await Expect(window.Page.Locator("tbody tr td.num").Last).ToHaveTextAsync("—");

        await window.GoToAsync($"/trips/{trip.Id.Value}");
        await Expect(window.Page.Locator("dd", new() { HasTextString = "—" }).First).ToHaveTextAsync("—");
        window.AssertClean();
    }
}
