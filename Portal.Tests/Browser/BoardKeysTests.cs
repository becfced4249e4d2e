using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Keys pressed while the board is on its way, and words typed where no field has the focus: none of them may be taken for a shortcut.</summary>
public sealed class BoardKeysTests(BoardApp app) : IClassFixture<BoardApp>
{
    /// <summary>Nothing of the page is there yet, not even its circuit.</summary>
    [Theory]
    [InlineData("/", "input.bfind", "12 Via z")]
    [InlineData("n", "#order-who", "1 Anna zar")]
    public async Task Keys_TypedWhileThePageLoads_GoIntoTheField_AndActAsNoShortcut(string key, string field, string typed)
    {
        var trip = await app.TripAsync($"Early {key}");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        line.Hold();
        await window.Page.GotoAsync($"/board?trip={trip.Id.Value}");

        await window.Page.Keyboard.PressAsync(key);
        await window.Page.Keyboard.TypeAsync(typed);
        await line.LetGoAsync();

        await AssertInFieldAsync(window, field, typed, trip.Id);
    }

    /// <summary>The old page's keys are gone with its address, the new page's are not known before it is drawn.</summary>
    [Theory]
    [InlineData("/", "input.bfind", "12 Via z")]
    [InlineData("n", "#order-who", "1 Anna zar")]
    public async Task Keys_TypedWhileTheNextPageIsOnItsWay_GoIntoItsField(string key, string field, string typed)
    {
        var trip = await app.TripAsync($"Next {key}");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        await window.GoToAsync($"/trips/{trip.Id.Value}");
        line.Hold();
        await window.Page.Locator($"a[href='/board?trip={trip.Id.Value}']").ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/board"));

        await window.Page.Keyboard.PressAsync(key);
        await window.Page.Keyboard.TypeAsync(typed);
        await line.LetGoAsync();

        await AssertInFieldAsync(window, field, typed, trip.Id);
    }

    /// <summary>A first key that leads to no field leaves nothing for the page: what is typed was meant for somewhere else.</summary>
    [Fact]
    public async Task Keys_TypedWhileThePageLoads_WithoutAField_AreDropped()
    {
        var trip = await app.TripAsync("Early dropped");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        line.Hold();
        await window.Page.GotoAsync($"/board?trip={trip.Id.Value}");

        await window.Page.Keyboard.TypeAsync("xn]");
        await line.LetGoAsync();
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        await Expect(window.Page.Locator(".bulk, #order-who, .board.view-table")).ToHaveCountAsync(0);
        Assert.Equal(TripState.Requested, app.Seen(trip.Id).State);
        window.AssertClean();
    }

    /// <summary>Typed in one go with nothing in focus: the letters after one that means nothing are none either.</summary>
    [Fact]
    public async Task Word_TypedIntoNoField_IsNoShortcut()
    {
        var trip = await app.TripAsync("Word Verne");
        await using var window = await app.OpenBoardAsync("ida", $"?trip={trip.Id.Value}");
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();

        await window.Page.EvaluateAsync("""
            () => {
              for (const key of ['v', '1', 'n', ']', 'x']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: /[a-z]/.test(key) ? `Key${key.toUpperCase()}` : '', bubbles: true, cancelable: true }));
            }
            """);
        // answered after what they would have asked for
        await window.Page.Keyboard.PressAsync("Control+k");
        await window.Page.Locator("input.palette-box").WaitForAsync();

        await Expect(window.Page.Locator(".bulk, #order-who, .board.view-table")).ToHaveCountAsync(0);
        Assert.Equal(TripState.Requested, app.Seen(trip.Id).State);
        window.AssertClean();
    }

    [Fact]
    public async Task SingleKeys_TurnedOff_DoNothing_AndThoseWithCtrlWork()
    {
        await app.AddUserAsync("kay", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("kay");
        await window.GoToAsync("/account");
        await window.Page.SelectOptionAsync("select[name=keys]", "no");
        await window.Page.Locator("form[action='/account/preferences'] .primary").ClickAsync();
        await Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-keys", "off");
        await window.GoToAsync("/board");
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();

        await window.Page.Keyboard.PressAsync("n");
        await window.Page.Keyboard.PressAsync("]");
        await window.Page.Keyboard.PressAsync("Control+k");

        await window.Page.Locator("input.palette-box").WaitForAsync();
        await Expect(window.Page.Locator("#order-who, .board.view-table")).ToHaveCountAsync(0);

        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Keyboard shortcuts" }).ClickAsync();
        await Expect(window.Page.Locator(".keys-off")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".keys-off a")).ToHaveAttributeAsync("href", "/account");
        window.AssertClean();
    }

    /// <summary>Over a slow line the list still shows all when Enter is pressed: it answers nothing of what was typed.</summary>
    [Fact]
    public async Task Find_WhoseListIsOfAnEarlierWord_KeepsTheFocus()
    {
        await app.TripAsync("Slow Find");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        await window.GoToAsync("/board");
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        await window.Page.Keyboard.PressAsync("/");
        await Expect(window.Page.Locator("input.bfind")).ToBeFocusedAsync();

        line.Hold();
        await window.Page.Keyboard.TypeAsync("qqqzzz");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.TypeAsync("n1");
        await line.LetGoAsync();

        await Expect(window.Page.Locator(".board[data-found=qqqzzzn1]")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("input.bfind")).ToBeFocusedAsync();
        await Expect(window.Page.Locator("input.bfind")).ToHaveValueAsync("qqqzzzn1");
        await Expect(window.Page.Locator("#order-who")).ToHaveCountAsync(0);
        window.AssertClean();
    }

    /// <summary>Who types faster than the line answers is led into the hits as soon as they stand there.</summary>
    [Fact]
    public async Task Find_WhoseAnswerIsOnItsWay_IsEnteredOnceItStands()
    {
        var trip = await app.TripAsync("Late Answer");
        await using var window = await app.OpenWindowAsync("ida");
        await using var line = await HeldLine.BeforeAsync(window.Page);
        await window.GoToAsync("/board?view=table");
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        await window.Page.Keyboard.PressAsync("/");
        await Expect(window.Page.Locator("input.bfind")).ToBeFocusedAsync();

        line.Hold();
        await window.Page.Keyboard.TypeAsync("late answer");
        await window.Page.Keyboard.PressAsync("Enter");
        await line.LetGoAsync();

        await Expect(window.Page.Locator($"#row-{trip.Id.Value}")).ToHaveAttributeAsync("aria-selected", "true");
        await Expect(window.Page.Locator("input.bfind")).Not.ToBeFocusedAsync();
        window.AssertClean();
    }

    // what was typed stands whole in its field, and none of it acted on the trip
    private async Task AssertInFieldAsync(BrowserWindow window, string field, string typed, TripId trip)
    {
        await Expect(window.Page.Locator(field)).ToBeFocusedAsync();
        await Expect(window.Page.Locator(field)).ToHaveValueAsync(typed);
        Assert.Equal(TripState.Requested, app.Seen(trip).State);
        window.AssertClean();
    }
}
