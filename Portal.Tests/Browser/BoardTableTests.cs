using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The table and the full-page lanes of the board.</summary>
public sealed class BoardTableTests(BoardApp app) : IClassFixture<BoardApp>
{
    [Fact]
    public async Task Heading_SortsByPressAndByKey_AndASavedViewKeepsOrderAndColumns()
    {
        foreach (var caller in new[] { "Sorted Bram", "Sorted Anna", "Sorted Cleo" }) await app.TripAsync(caller);
        await using var window = await app.OpenBoardAsync("ida", "?view=table&q=Sorted");
        var who = window.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Who" });
        await Expect(window.Page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("Pickup ↑");

        await who.Locator("a").ClickAsync();
        await Expect(who).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(Callers(window)).ToHaveTextAsync(["Sorted Anna", "Sorted Bram", "Sorted Cleo"]);
        await who.Locator("a").PressAsync("Enter");
        await Expect(who).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(Callers(window)).ToHaveTextAsync(["Sorted Cleo", "Sorted Bram", "Sorted Anna"]);
        await window.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(window.Page.Locator("tr.chosen td:nth-child(5)")).ToHaveTextAsync("Sorted Cleo");
        await window.Page.Keyboard.PressAsync("Escape");

        await window.Page.Locator("summary", new() { HasTextString = "Columns shown" }).ClickAsync();
        await window.Page.GetByLabel("km").UncheckAsync();
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.Locator("th", new() { HasTextString = "km" })).ToBeHiddenAsync();
        await Expect(window.Page.Locator("tr[data-trip] td:nth-child(11)").First).ToBeHiddenAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"sort=who&desc=True&hide=km", RegexOptions.IgnoreCase));

        await window.Page.ReloadAsync();
        await Expect(Callers(window)).ToHaveTextAsync(["Sorted Cleo", "Sorted Bram", "Sorted Anna"]);
        await Expect(window.Page.Locator("th", new() { HasTextString = "km" })).ToBeHiddenAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Row_OfTheTable_IsDraggedOntoALane()
    {
        var trip = await app.TripAsync("Tilda Row");
        await using var window = await app.OpenBoardAsync("ida", "?view=table&q=Tilda");
        var target = app.Board.Current.Vehicles[1];

        await window.Page.Locator($"tr[data-trip='{trip.Id.Value}'] td").Nth(4).DragToAsync(window.Page.Locator($".lane[data-vehicle='{target.Id.Value}'] .lane-track"));

        await Wait.UntilAsync(() => app.Seen(trip.Id) is { State: TripState.Assigned } given && given.Vehicle == target.Id, "the dropped trip");
        window.AssertClean();
    }

    [Fact]
    public async Task Lanes_ShowTheWaitingTripsBesideThem_AndTakeThem()
    {
        var trip = await app.TripAsync("Wanda Lane");
        await using var window = await app.OpenBoardAsync("ida", "?view=lanes&q=Wanda");
        var target = app.Board.Current.Vehicles[2];

        await window.Page.Locator($"[data-list=waiting] #trip-{trip.Id.Value}").DragToAsync(window.Page.Locator($".lane[data-vehicle='{target.Id.Value}'] .lane-track"));

        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle == target.Id, "the dropped trip");
        await Expect(window.Page.Locator("[data-list=waiting] [role=option]:not(.ghost)")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    private static ILocator Callers(BrowserWindow window) => window.Page.Locator("tr[data-trip] td:nth-child(5)");
}
