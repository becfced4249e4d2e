using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Two dispatchers at one trip: the later learns who did what, and does nothing that was meant for what stood there before.</summary>
public sealed class BoardNewsTests(BoardApp app) : IClassFixture<BoardApp>
{
    [Theory]
    [InlineData("key")]
    [InlineData("click")]
    public async Task Trip_GivenByAnother_SaysWhoDidWhat_AndTheLatersMoveDoesNothing(string how)
    {
        var trip = await app.TripAsync($"News {how}");
        await using var ida = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(ida.Page);
        await ida.GoToAsync($"/board?trip={trip.Id.Value}");
        await ida.Page.Locator(".cars .car:enabled").Nth(1).WaitForAsync();
        await using var tom = await app.OpenBoardAsync("tom", $"?q=News&trip={trip.Id.Value}");
        await tom.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        // she sees the old list while his move is made
        line.Hold();
        await tom.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(() => app.Seen(trip.Id).Vehicle is not null, "tom's assignment");
        var given = app.Seen(trip.Id);
        if (how == "key") await ida.Page.Keyboard.PressAsync("2");
        else await ida.Page.Locator(".cars .car").Nth(1).ClickAsync();
        await line.LetGoAsync();

        await Expect(ida.Page.Locator("[aria-live=polite] .news")).ToContainTextAsync("tom assigned it");
        await Expect(ida.Page.Locator(".news")).ToContainTextAsync(given.Plate!);
        // answered after what she pressed before
        await ida.Page.Keyboard.PressAsync("x");
        await ida.Page.Locator(".bulk").WaitForAsync();
        await Expect(ida.Page.Locator(".cars .car")).ToHaveCountAsync(0);
        Assert.Equal((given.Vehicle, given.Version), (app.Seen(trip.Id).Vehicle, app.Seen(trip.Id).Version));
        await Expect(tom.Page.Locator(".news")).ToHaveCountAsync(0);

        await ida.Page.Locator(".news button").ClickAsync();
        await Expect(ida.Page.Locator(".news")).ToHaveCountAsync(0);
        ida.AssertClean();
        tom.AssertClean();
    }

    /// <summary>Who takes hold of a trip acts on what stood there then: what a colleague does during the drag is told, not written over.</summary>
    [Fact]
    public async Task Drag_BegunBeforeAnothersMove_IsRefusedInWords()
    {
        var trip = await app.TripAsync("Dragged Fen");
        var cars = app.Board.Current.Vehicles;
        await using var ida = await app.OpenBoardAsync("ida", "?q=Dragged&view=lanes");
        var dataTransfer = await ida.Page.EvaluateHandleAsync("() => new DataTransfer()");
        await BoardApp.Row(ida, trip.Id).DispatchEventAsync("dragstart", new { dataTransfer });

        await app.Assignment.AssignAsync(trip.Id, cars[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        await ida.Page.Locator($".bar[data-trip='{trip.Id.Value}']").WaitForAsync();
        await ida.Page.Locator($".lane[data-vehicle='{cars[1].Id.Value}'] .lane-track").DispatchEventAsync("drop", new { dataTransfer });

        await Expect(ida.Page.Locator(".toast")).ToContainTextAsync("Tom Field was faster");
        Assert.Equal(cars[0].Id, app.Seen(trip.Id).Vehicle);
        ida.AssertClean();
    }

    /// <summary>However long the dialog stays open, it moves the trip that it was opened for.</summary>
    [Fact]
    public async Task MoveDialog_OpenedBeforeAnothersMove_IsRefusedInWords()
    {
        var trip = await app.TripAsync("Moved Fen");
        var cars = app.Board.Current.Vehicles;
        await using var ida = await app.OpenBoardAsync("ida", $"?q=Moved&trip={trip.Id.Value}");
        await ida.Page.Locator(".cars .car:enabled").First.WaitForAsync();
        await ida.Page.Keyboard.PressAsync("m");
        await ida.Page.Locator(".palette-box").FillAsync("zzz");
        await Expect(ida.Page.Locator("#move-list .none")).ToHaveTextAsync("No other car at work with this plate or driver.");
        await ida.Page.Locator(".palette-box").FillAsync(cars[1].Plate);

        await app.Assignment.AssignAsync(trip.Id, cars[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        // long enough for the panel beneath to take the news for read
        await ida.Page.Locator(".news", new() { HasTextString = "Tom Field assigned it" }).WaitForAsync();
        await app.Assignment.ReassignAsync(trip.Id, cars[2].Id, Dispatch.Orders.Dispatcher("Tom Field"));
        await ida.Page.Locator(".news", new() { HasTextString = "gave it to another car" }).WaitForAsync();
        await ida.Page.Keyboard.PressAsync("Enter");

        await Expect(ida.Page.Locator(".toast")).ToContainTextAsync("Tom Field was faster");
        await Expect(ida.Page.Locator(".palette-box")).ToHaveCountAsync(0);
        Assert.Equal(cars[2].Id, app.Seen(trip.Id).Vehicle);
        ida.AssertClean();
    }

    /// <summary>Keys and buttons that would be refused are not offered.</summary>
    [Fact]
    public async Task Panel_OfWhoMayNotAssign_ShowsNoKeysAndNoReassign()
    {
        await app.AddUserAsync("fay", StandardRoles.FleetManager);
        var trip = await app.TripAsync("Looked at");
        await using var window = await app.OpenBoardAsync("fay", $"?trip={trip.Id.Value}");
        await window.Page.Locator(".cars .car").First.WaitForAsync();
        await Expect(window.Page.Locator(".cars kbd, .cars [aria-keyshortcuts]")).ToHaveCountAsync(0);

        await app.Assignment.AssignAsync(trip.Id, app.Board.Current.Vehicles[0].Id, Dispatch.Orders.Dispatcher("Tom Field"));

        await window.Page.Locator(".news", new() { HasTextString = "Tom Field" }).WaitForAsync();
        await Expect(window.Page.Locator(".reassign, .cars")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    /// <summary>News stay until they are dismissed or the reader changes the trip; a driver's reports push nothing out that a colleague did.</summary>
    [Fact]
    public async Task News_StandNewestFirst_AndGoWithTheReadersOwnMove()
    {
        var trip = await app.TripAsync("News Marsh");
        await using var ida = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await ida.Page.Locator(".cars .car:enabled").First.WaitForAsync();
        var tom = Dispatch.Orders.Dispatcher("Tom Field");

        await app.Assignment.AssignAsync(trip.Id, app.Board.Current.Vehicles[0].Id, tom);
        await Expect(ida.Page.Locator(".news")).ToContainTextAsync("Tom Field assigned it");
        await app.Assignment.ReassignAsync(trip.Id, app.Board.Current.Vehicles[1].Id, tom);
        await Expect(ida.Page.Locator(".news p").First).ToContainTextAsync("gave it to another car");
        await Expect(ida.Page.Locator(".news p")).ToHaveCountAsync(2);
        var driver = Dispatch.Orders.Driver("Ada Reed", app.Seen(trip.Id).Driver!.Value);
        var progress = app.Services.GetRequiredService<TripProgress>();
        await progress.AdvanceAsync(trip.Id, TripState.Accepted, driver);
        await progress.AdvanceAsync(trip.Id, TripState.OnTheWay, driver);
        await Expect(ida.Page.Locator(".news p")).ToContainTextAsync(["Ada Reed", "gave it to another car", "Tom Field assigned it", "and 1 more: see the history"]);

        // a key too soon after the news is nobody's
        await Wait.UntilAsync(async () =>
        {
            await ida.Page.Keyboard.PressAsync("r");
            return app.Seen(trip.Id).State == TripState.Requested;
        }, "the release");
        await Expect(ida.Page.Locator(".news")).ToHaveCountAsync(0);
        ida.AssertClean();
    }
}
