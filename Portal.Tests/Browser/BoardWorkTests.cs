using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Trips given, moved, ended and taken back on the board, by one dispatcher and by two.</summary>
public sealed class BoardWorkTests(BoardApp app) : IClassFixture<BoardApp>
{
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
        while (await BoardApp.Row(window, trip.Id).GetAttributeAsync("aria-selected") != "true")
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

    /// <summary>Over a slow line the focus comes late: a digit of a plate must not give the trip to a car.</summary>
    [Theory]
    [InlineData("/", "input.bfind", "12az")]
    [InlineData("n", "#order-who", "1 Anna zar")]
    [InlineData("m", "input.palette-box", "1 2")]
    [InlineData("Control+k", "input.palette-box", "1n2")]
    public async Task Keys_TypedBeforeTheFieldIsThere_GoIntoIt_AndActAsNoShortcut(string key, string field, string typed)
    {
        var trip = await app.TripAsync($"Slow {key}");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        await window.GoToAsync($"/board?q=Slow&trip={trip.Id.Value}");
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        line.Hold();
        await window.Page.Keyboard.PressAsync(key);
        await window.Page.Keyboard.TypeAsync(typed + "x");
        await window.Page.Keyboard.PressAsync("Backspace");
        await line.LetGoAsync();

        await Expect(window.Page.Locator(field)).ToBeFocusedAsync();
        await Expect(window.Page.Locator(field)).ToHaveValueAsync(typed);
        Assert.Equal(TripState.Requested, app.Seen(trip.Id).State);
        await Expect(window.Page.Locator("[aria-modal=true]")).ToHaveCountAsync(field == "input.palette-box" ? 1 : 0);
        window.AssertClean();
    }

    [Theory]
    [InlineData("table", "ArrowDown", "row")]
    [InlineData("map", "Enter", "trip")]
    public async Task Find_LeadsIntoWhatItFound_AndEscapeBack(string view, string key, string row)
    {
        var trip = await app.TripAsync($"Hidden {view}");
        var other = await app.TripAsync($"Hidden {view} too");
        await using var window = await app.OpenBoardAsync("ida", $"?view={view}");
        await window.Page.Keyboard.PressAsync("/");
        await window.Page.Keyboard.TypeAsync($"hidden {view}");
        await Expect(window.Page.Locator($"[id^={row}-]")).ToHaveCountAsync(2);

        await window.Page.Keyboard.PressAsync(key);
        await Expect(window.Page.Locator($"#{row}-{trip.Id.Value}")).ToHaveAttributeAsync("aria-selected", "true");
        await window.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(window.Page.Locator($"#{row}-{other.Id.Value}")).ToHaveAttributeAsync("aria-selected", "true");

        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.Locator("input.bfind")).ToBeFocusedAsync();
        window.AssertClean();
    }

    /// <summary>A key that leads nowhere after all does not swallow those after it.</summary>
    [Fact]
    public async Task Keys_AfterAKeyThatOpensNothing_WorkAgain()
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync("e");

        await Wait.UntilAsync(async () =>
        {
            await window.Page.Keyboard.PressAsync("n");
            return await window.Page.Locator("#order-who").IsVisibleAsync();
        }, "the order card");
    }

    /// <summary>A trip that has a car shows that one; the others come when asked for, and no digit takes the trip away unseen.</summary>
    [Fact]
    public async Task Panel_OfAnAssignedTrip_ShowsItsCar_AndOthersBehindReassign()
    {
        var trip = await app.TripAsync("Keeper Verne");
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();
        await window.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle is not null, "the assignment");
        var first = app.Seen(trip.Id);

        await Expect(window.Page.Locator("aside.panel .held")).ToContainTextAsync($"{first.Plate} {first.DriverName}");
        await Expect(window.Page.Locator(".cars")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("2");
        await Expect(window.Page.Locator(".cars .car").First).ToBeVisibleAsync();
        Assert.Equal(first.Vehicle, app.Seen(trip.Id).Vehicle);

        await window.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle != first.Vehicle, "the other car");
        await Expect(window.Page.Locator(".cars")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    [Fact]
    public async Task Board_ShowsAnothersMoveAtOnce()
    {
        var trip = await app.TripAsync("Otto Reed");
        await using var ida = await app.OpenBoardAsync("ida", "?q=Otto");
        await using var tom = await app.OpenBoardAsync("tom", "?q=Otto");
        await BoardApp.Row(ida, trip.Id).ClickAsync();
        await ida.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        await app.FirstCarAsync(trip, tom);

        await Expect(BoardApp.Row(ida, trip.Id)).ToContainTextAsync("CAR");
        ida.AssertClean();
    }

    [Fact]
    public async Task Assign_WhenAnotherChangedTheTripUnseen_SaysWhoDidWhat()
    {
        var trip = await app.TripAsync("Vera Holt");
        await using var window = await app.OpenBoardAsync("ida", "?q=Vera");
        await BoardApp.Row(window, trip.Id).ClickAsync();
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
        await BoardApp.Row(ida, trip.Id).ClickAsync();
        await ida.Page.Locator("aside.panel .history").WaitForAsync();
        await ida.Page.Keyboard.PressAsync("e");
        // until it is ready the card may still take the cursor to its first field
        await ida.Page.Locator("form.order[data-ready]").WaitForAsync();
        await ida.Page.Locator("#order-note").FillAsync("Ring twice");

        await app.FirstCarAsync(trip, tom);
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
        await app.FirstCarAsync(trip, window);

        await window.Page.Locator(".toast.good button.link").Last.ClickAsync();

        await Wait.UntilAsync(() => app.Seen(trip.Id) is { State: TripState.Requested, Vehicle: null }, "the undo");
        window.AssertClean();
    }

    [Fact]
    public async Task Toast_OfAnActionThatIsNoLongerTheLast_Goes()
    {
        var trip = await app.TripAsync("Toast Verne");
        await using var window = await app.OpenBoardAsync("ida", "?q=Verne");
        await app.FirstCarAsync(trip, window);
        await window.Page.Locator(".toast", new() { HasTextString = "given to" }).WaitForAsync();

        await window.Page.Keyboard.PressAsync("r");

        await window.Page.Locator(".toast", new() { HasTextString = "released" }).WaitForAsync();
        await Expect(window.Page.Locator(".toast", new() { HasTextString = "given to" })).ToHaveCountAsync(0);
        await window.Page.Locator(".toast", new() { HasTextString = "released" }).Locator(".link").ClickAsync();
        await Wait.UntilAsync(() => app.Seen(trip.Id).State == TripState.Assigned, "the release taken back");
        window.AssertClean();
    }

    [Fact]
    public async Task Toast_OnceTheDriverAccepted_OffersNothingMore_AndZSaysWhoWasFaster()
    {
        var trip = await app.TripAsync("Early Verne");
        await using var window = await app.OpenBoardAsync("ida", "?q=Verne");
        await app.FirstCarAsync(trip, window);
        var toast = window.Page.Locator(".toast.good", new() { HasTextString = "given to" });
        await toast.WaitForAsync();

        var driver = app.Seen(trip.Id).Driver!.Value;
        await app.Services.GetRequiredService<TripProgress>().AdvanceAsync(trip.Id, TripState.Accepted, Dispatch.Orders.Driver("Rolf", driver));
        await Expect(toast.Locator(".link")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("z");

        await Expect(window.Page.Locator(".toast.warn")).ToContainTextAsync("Rolf");
        Assert.Equal(TripState.Accepted, app.Seen(trip.Id).State);
        window.AssertClean();
    }

    [Fact]
    public async Task Lane_TakesADraggedTrip_AndMoveToDoesTheSameByKeys()
    {
        var trip = await app.TripAsync("Uma Dale");
        await using var window = await app.OpenBoardAsync("ida", "?q=Uma");
        var target = app.Board.Current.Vehicles[2];

        await BoardApp.Row(window, trip.Id).DragToAsync(window.Page.Locator($".lane[data-vehicle='{target.Id.Value}'] .lane-track"));
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
        await BoardApp.Row(window, ticked.Id).ClickAsync(new() { Modifiers = [KeyboardModifier.Control] });
        await BoardApp.Row(window, opened.Id).ClickAsync();

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
        await app.FirstCarAsync(before, window);
        await BoardApp.Row(window, trip.Id).ClickAsync();
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
        await app.FirstCarAsync(trip, window);
        var driver = app.Seen(trip.Id).Driver!.Value;
        await window.Page.Keyboard.PressAsync("r");
        await window.Page.Locator(".toast", new() { HasTextString = "released" }).WaitForAsync();

        var told = Actor.System("test") with { UserId = Guid.NewGuid(), Name = "Ada Reed", DriverId = driver.Value };
        await app.Services.GetRequiredService<TripProgress>().KeepUntakenAsync(trip.Id, TripAction.Arrived, null, app.Now.AddMinutes(-2), told);
        await app.Services.GetRequiredService<TripProgress>().KeepUntakenAsync(trip.Id, TripAction.Boarded, null, app.Now.AddMinutes(-1), told);

        await window.Page.Locator(".toast", new() { HasTextString = "Ada Reed reported “arrived”" }).WaitForAsync();
        await window.Page.Locator(".toast", new() { HasTextString = "Ada Reed reported “took on board”" }).WaitForAsync();
        await Expect(window.Page.Locator(".history li").First).ToContainTextAsync("Ada Reed reported too late");
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
}
