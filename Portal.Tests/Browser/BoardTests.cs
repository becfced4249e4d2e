using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class BoardTests(BoardApp app) : IClassFixture<BoardApp>
{
    private static ILocator Row(BrowserWindow window, TripId trip) => window.Page.Locator($"#trip-{trip.Value}");

    private async Task<VehicleId> FirstCarAsync(TripStanding trip, BrowserWindow window)
    {
        await Row(window, trip.Id).ClickAsync();
        await window.Page.Locator(".cars .car").First.WaitForAsync();
        await window.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle is not null, "the assignment");
        return app.Seen(trip.Id).Vehicle!.Value;
    }

    [Fact]
    public async Task Dispatch_FromOrderToAssignment_NeedsNoMouse()
    {
        await using var window = await app.OpenBoardAsync("ida");
        var keys = window.Page.Keyboard;

        await keys.PressAsync("n");
        await Expect(window.Page.Locator("#order-who")).ToBeFocusedAsync();
        await keys.TypeAsync("Nora Pine");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Tab");
        await Expect(window.Page.Locator("#order-from")).ToBeFocusedAsync();
        await keys.TypeAsync("quay");
        await window.Page.Locator("#order-from-hits li").First.WaitForAsync();
        await keys.PressAsync("Enter");
        await Expect(window.Page.Locator("#order-from")).ToHaveValueAsync("Harbour station, Quay Road 1");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Tab");
        await Expect(window.Page.Locator("#order-to")).ToBeFocusedAsync();
        await keys.TypeAsync("Willow Street 9");
        await window.Page.Locator(".order-live .car").First.WaitForAsync();
        await keys.PressAsync("Control+Enter");
        await Wait.UntilAsync(() => app.Board.Current.Trips.Any(t => t.CallerName == "Nora Pine"), "the order on the board");
        var trip = app.Board.Current.Trips.Single(t => t.CallerName == "Nora Pine");
        await Expect(window.Page.Locator("#order-who")).ToHaveValueAsync("");
        await Expect(window.Page.Locator("#order-who")).ToBeFocusedAsync();

        await keys.PressAsync("Escape");
        await window.Page.Locator("#order-who").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        while (await Row(window, trip.Id).GetAttributeAsync("aria-selected") != "true")
        {
            await keys.PressAsync("ArrowDown");
            await window.Page.Locator(".blist-rows [aria-selected=true]").First.WaitForAsync();
        }
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();
        await keys.PressAsync("1");
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Assigned, "the assignment");

        await keys.PressAsync("z");
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Requested, "the undo");
        window.AssertClean();
    }

    [Fact]
    public async Task Board_ShowsAnothersMoveAtOnce()
    {
        var trip = await app.TripAsync("Otto Reed");
        await using var ida = await app.OpenBoardAsync("ida", "?q=Otto");
        await using var tom = await app.OpenBoardAsync("tom", "?q=Otto");
        await Row(ida, trip.Id).ClickAsync();
        await ida.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        await FirstCarAsync(trip, tom);

        await Expect(Row(ida, trip.Id)).ToContainTextAsync("CAR");
        ida.AssertClean();
    }

    [Fact]
    public async Task Assign_WhenAnotherChangedTheTripUnseen_SaysWhoDidWhat()
    {
        var trip = await app.TripAsync("Vera Holt");
        await using var window = await app.OpenBoardAsync("ida", "?q=Vera");
        await Row(window, trip.Id).ClickAsync();
        var car = app.Board.Current.Vehicles[0].Id;
        // the job is asked with the version the page saw, as when two press in the same moment
        await app.Assignment.AssignAsync(trip.Id, car, Dispatch.Orders.Dispatcher("Tom Field"));

        var refusal = await Dispatch.Orders.RefusalOfAsync(() => app.Assignment.AssignAsync(trip.Id, app.Board.Current.Vehicles[1].Id, Dispatch.Orders.Dispatcher("Ida Marsh"), trip.Version));

        Assert.Equal("Tom Field", refusal.Args[1]);
        await window.Page.Locator(".history li", new() { HasTextString = "Tom Field" }).WaitForAsync();
    }

    [Fact]
    public async Task Edit_WhenAnotherAssignedMeanwhile_SaysWhoWasFaster_AndChangesNothing()
    {
        var trip = await app.TripAsync("Vito Lane");
        await using var ida = await app.OpenBoardAsync("ida", "?q=Vito");
        await using var tom = await app.OpenBoardAsync("tom", "?q=Vito");
        await Row(ida, trip.Id).ClickAsync();
        await ida.Page.Locator("aside.panel .history").WaitForAsync();
        await ida.Page.Keyboard.PressAsync("e");
        // until it is ready the card may still take the cursor to its first field
        await ida.Page.Locator("form.order[data-ready]").WaitForAsync();
        await ida.Page.Locator("#order-note").FillAsync("Ring twice");

        await FirstCarAsync(trip, tom);
        await ida.Page.Locator("#order-note").PressAsync("Control+Enter");

        await Expect(ida.Page.Locator(".problem[role=alert]")).ToContainTextAsync("tom was faster");
        await Expect(ida.Page.Locator("#order-note")).ToHaveValueAsync("Ring twice");
        Assert.False(app.Seen(trip.Id).HasNote);
        ida.AssertClean();
    }

    [Fact]
    public async Task Toast_OfAnAssignment_TakesItBack()
    {
        var trip = await app.TripAsync("Toni Wren");
        await using var window = await app.OpenBoardAsync("ida", "?q=Toni");
        await FirstCarAsync(trip, window);

        await window.Page.Locator(".toast.good button.link").Last.ClickAsync();

        await Wait.UntilAsync(() => app.Seen(trip.Id) is { State: TripState.Requested, Vehicle: null }, "the undo");
        window.AssertClean();
    }

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
        await Row(tom, trip.Id).WaitForAsync();
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
    public async Task Shortcuts_AreListedUnderTheQuestionMark()
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync("Shift+?");
        foreach (var key in new[] { "N", "1–9", "↓", "A", "R", "Z", "F", "[", "]" })
            await window.Page.Locator("dl.keys kbd", new() { HasTextRegex = new($"^{System.Text.RegularExpressions.Regex.Escape(key)}$") }).WaitForAsync();
        await Expect(window.Page.Locator("dl.keys kbd", new() { HasTextRegex = new("^/$") })).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".bhead .primary")).ToHaveAttributeAsync("aria-keyshortcuts", "N");
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
        await Row(window, trip.Id).WaitForAsync();
    }

    [Fact]
    public async Task Views_ShowTheSameTrips()
    {
        var trip = await app.TripAsync("Ivo Lark");
        await using var window = await app.OpenBoardAsync("ida", "?q=Ivo");
        await FirstCarAsync(trip, window);

        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($"table [data-trip='{trip.Id.Value}'] .state", new() { HasTextString = "assigned" }).WaitForAsync();
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($".bcolumn[aria-label=assigned] #trip-{trip.Id.Value}").WaitForAsync();
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Locator($".bar[data-trip='{trip.Id.Value}']").WaitForAsync();
        Assert.Contains("view=lanes", window.Page.Url);
        window.AssertClean();
    }

    [Fact]
    public async Task Lane_TakesADraggedTrip_AndMoveToDoesTheSameByKeys()
    {
        var trip = await app.TripAsync("Uma Dale");
        await using var window = await app.OpenBoardAsync("ida", "?q=Uma");
        var target = app.Board.Current.Vehicles[2];

        await Row(window, trip.Id).DragToAsync(window.Page.Locator($".lane[data-vehicle='{target.Id.Value}'] .lane-track"));
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle == target.Id, "the dropped trip");

        var other = app.Board.Current.Vehicles[0];
        await window.Page.Locator($".bar[data-trip='{trip.Id.Value}']").ClickAsync();
        await window.Page.Locator("aside.panel").WaitForAsync();
        await window.Page.Keyboard.PressAsync("m");
        await window.Page.Locator(".palette-box").FillAsync(other.Plate);
        await window.Page.Keyboard.PressAsync("Enter");
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle == other.Id, "the moved trip");
        window.AssertClean();
    }

    [Fact]
    public async Task CancelInThePanel_EndsThePanelsTrip_NotTheTickedOnes()
    {
        var (ticked, opened) = (await app.TripAsync("Tick Marlow"), await app.TripAsync("Panel Marlow"));
        await using var window = await app.OpenBoardAsync("ida", "?q=Marlow");
        await Row(window, ticked.Id).ClickAsync(new() { Modifiers = [KeyboardModifier.Control] });
        await Row(window, opened.Id).ClickAsync();

        await window.Page.Locator("aside.panel .danger").ClickAsync();
        await window.Page.Locator(".dialog h2", new() { HasTextString = opened.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) }).WaitForAsync();
        await window.Page.Locator(".dialog .chip").First.ClickAsync();
        await window.Page.Locator(".dialog .primary").ClickAsync();
        await Wait.UntilAsync(() => app.Seen(opened.Id).State == TripState.Cancelled, "the cancelled trip");

        Assert.Equal(TripState.Requested, app.Seen(ticked.Id).State);
        await window.Page.Locator(".bulk").WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task AutomaticAssignment_IsTakenBackByZ()
    {
        var before = await app.TripAsync("Early Quince");
        var trip = await app.TripAsync("Auto Quince");
        await using var window = await app.OpenBoardAsync("ida", "?q=Quince");
        await FirstCarAsync(before, window);
        await Row(window, trip.Id).ClickAsync();
        await window.Page.Keyboard.PressAsync("a");
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Assigned, "the automatic assignment");

        await window.Page.Keyboard.PressAsync("z");
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Requested, "the undo");

        Assert.Equal(TripState.Assigned, app.Seen(before.Id).State);
        window.AssertClean();
    }

    [Fact]
    public async Task Release_OfATripWhoseDriverWasOffline_IsToldWhatHeDid()
    {
        var trip = await app.TripAsync("Late Wren");
        await using var window = await app.OpenBoardAsync("ida", "?q=Wren");
        await FirstCarAsync(trip, window);
        var driver = app.Seen(trip.Id).Driver!.Value;
        await window.Page.Keyboard.PressAsync("r");
        await window.Page.Locator(".toast", new() { HasTextString = "released" }).WaitForAsync();

        var told = Actor.System("test") with { UserId = Guid.NewGuid(), Name = "Ada Reed", DriverId = driver.Value };
        await app.Services.GetRequiredService<TripProgress>().KeepUntakenAsync(trip.Id, TripAction.Arrived, null, app.Now.AddMinutes(-2), told);

        await window.Page.Locator(".toast", new() { HasTextString = "Ada Reed reported “arrived”" }).WaitForAsync();
        await Expect(window.Page.Locator(".history li").First).ToContainTextAsync("Ada Reed reported too late");
        window.AssertClean();
    }

    [Fact]
    public async Task Toast_OfAnActionThatIsNoLongerTheLast_Goes()
    {
        var trip = await app.TripAsync("Toast Verne");
        await using var window = await app.OpenBoardAsync("ida", "?q=Verne");
        await FirstCarAsync(trip, window);
        await window.Page.Locator(".toast", new() { HasTextString = "given to" }).WaitForAsync();

        await window.Page.Keyboard.PressAsync("r");

        await window.Page.Locator(".toast", new() { HasTextString = "released" }).WaitForAsync();
        await Expect(window.Page.Locator(".toast", new() { HasTextString = "given to" })).ToHaveCountAsync(0);
        await window.Page.Locator(".toast", new() { HasTextString = "released" }).Locator(".link").ClickAsync();
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Assigned, "the release taken back");
        window.AssertClean();
    }

    [Fact]
    public async Task AssignKey_ForATripWhosePickupIsOnNoMap_SaysWhy()
    {
        var trip = await app.TripAsync("Mapless Verne", offMap: true);
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await window.Page.GetByText("The pickup is not on the map, so no car can be proposed.").WaitForAsync();

        await window.Page.Keyboard.PressAsync("1");

        await Expect(window.Page.Locator(".toast.warn")).ToContainTextAsync("The pickup is not on the map");
        Assert.Equal(TripState.Requested, app.Seen(trip.Id).State);
        window.AssertClean();
    }

    [Fact]
    public async Task AssignKey_ForARefusedCar_SaysWhyThatCar()
    {
        var trip = await app.TripAsync("Crowd Verne", passengers: 50);
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await window.Page.Locator(".cars li.refused").First.WaitForAsync();

        await window.Page.Keyboard.PressAsync("1");

        await Expect(window.Page.Locator(".toast.warn")).ToContainTextAsync("seats");
        window.AssertClean();
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

    /// <summary>A message stands in the frame's head: lists, lanes and panel stay to be worked with.</summary>
    [Theory]
    [InlineData(1366, 768)]
    [InlineData(390, 844)]
    public async Task Toasts_HideNothingThatIsWorkedWith(int width, int height)
    {
        var trip = await app.TripAsync($"Narrow Verne {width}", offMap: true);
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}", new() { ViewportSize = new() { Width = width, Height = height } });
        await window.Page.GetByText("The pickup is not on the map, so no car can be proposed.").WaitForAsync();

        await window.Page.Keyboard.PressAsync("1");
        await window.Page.Keyboard.PressAsync("1");

        await Expect(window.Page.Locator(".toasts-more")).ToHaveTextAsync("+1");
        var (toasts, work) = ((await window.Page.Locator(".toast").Last.BoundingBoxAsync())!, (await window.Page.Locator(".bfilter").BoundingBoxAsync())!);
        Assert.True(toasts.X >= 0 && toasts.X + toasts.Width <= width && toasts.Y + toasts.Height <= work.Y, $"{toasts.X} {toasts.Y} {toasts.Width} {toasts.Height}");
    }

    /// <summary>In no language is a figure's word cut: it stands whole, or the sign and the number stand alone and the title says it.</summary>
    [Theory]
    [InlineData("ru")]
    [InlineData("ro")]
    public async Task Head_BesideAPanel_CutsNoWord(string language)
    {
        var trip = await app.TripAsync($"Head Verne {language}");
        await app.AddUserAsync($"head-{language}", Portal.Domain.Identity.StandardRoles.Dispatcher, language);
        await using var window = await app.OpenBoardAsync($"head-{language}", $"?trip={trip.Id.Value}", new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await window.Page.Locator("aside.panel, .panel").First.WaitForAsync();

        var cut = await window.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('.bfigure')].flatMap((figure) => {
              const [box, whole] = [figure.getBoundingClientRect(), figure.parentElement.getBoundingClientRect()];
              const inside = (part) => { const r = part.getBoundingClientRect(); return r.top >= box.bottom - 2 ? null : r.right <= Math.min(box.right, whole.right) + 0.5; };
              const [number, word] = [...figure.children].map(inside);
              return number !== true || word === false ? [figure.textContent] : [];
            })
            """);

        Assert.Equal(3, await window.Page.Locator(".bfigure").CountAsync());
        Assert.Empty(cut);
    }

    [Fact]
    public async Task AssignAll_AsksWithTheCountFirst()
    {
        await app.TripAsync("Asked Larch");
        await using var window = await app.OpenBoardAsync("ida", "?q=Larch");

        await window.Page.Keyboard.PressAsync("Shift+A");

        await window.Page.Locator("[role=alertdialog] h2").WaitForAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.Locator("[role=alertdialog]")).ToHaveCountAsync(0);
        Assert.Equal(TripState.Requested, app.Board.Current.Trips.Single(t => t.CallerName == "Asked Larch").State);
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

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(1366, 768)]
    public async Task Head_IsTwoRows_AlsoWithAPanel_AndLanesShowFourCars(int width, int height)
    {
        var trip = await app.TripAsync("Narrow Birch");
        await using var window = await app.OpenBoardAsync("ida", settings: new() { ViewportSize = new() { Width = width, Height = height }, Locale = "en-GB" });
        var before = await HeadAsync();
        await Row(window, trip.Id).ClickAsync();
        await window.Page.Locator("aside.panel .cars .car").First.WaitForAsync();

        Assert.InRange(before, 60, 90);
        Assert.Equal(before, await HeadAsync());
        Assert.True(await window.Page.Locator(".bhead h1").IsVisibleAsync());
        Assert.True((await window.Page.Locator(".lanes-rows").BoundingBoxAsync())!.Height >= 4 * 30);
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"));

        async Task<double> HeadAsync() => (await window.Page.Locator(".bfilter").BoundingBoxAsync())! is var f ? Math.Round(f.Y + f.Height - (await window.Page.Locator(".bhead").BoundingBoxAsync())!.Y) : 0;
    }
}
