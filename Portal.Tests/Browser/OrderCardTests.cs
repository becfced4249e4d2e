using Microsoft.Playwright;
using Portal.Domain.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The order card beside the board: its fields, its addresses, and what it keeps.</summary>
public sealed class OrderCardTests(BoardApp app) : IClassFixture<BoardApp>
{
    [Fact]
    public async Task Order_ThatIsHalfTyped_SurvivesAReload()
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync("n");
        await window.Page.Locator("form.order[data-ready]").WaitForAsync();
        await window.Page.FillAsync("#order-who", "Half Typed");
        await window.Page.FillAsync("#order-note", "ring twice");
        await window.Page.WaitForFunctionAsync("() => (Object.entries(sessionStorage).filter(([key]) => key.startsWith('portal.order.')).join()).includes('ring twice')");

        await window.Page.ReloadAsync();
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        await window.Page.GetByText("An order you began is kept").WaitForAsync();
        await window.Page.Keyboard.PressAsync("n");

        await Expect(window.Page.Locator("#order-who")).ToHaveValueAsync("Half Typed");
        await Expect(window.Page.Locator("#order-note")).ToHaveValueAsync("ring twice");
    }

    [Fact]
    public async Task Order_WithoutAnAddress_SaysSoAtTheField()
    {
        await using var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync("n");
        await window.Page.Locator("form.order[data-ready]").WaitForAsync();
        await window.Page.FillAsync("#order-who", "No Address");
        await window.Page.Keyboard.PressAsync("Control+Enter");

        await window.Page.Locator(".order .problem", new() { HasTextString = "from" }).WaitForAsync();
        await Expect(window.Page.Locator("#order-from")).ToHaveAttributeAsync("aria-invalid", "true");
    }

    private async Task<BrowserWindow> OpenOrderAsync()
    {
        var window = await app.OpenBoardAsync("ida");
        await window.Page.Keyboard.PressAsync("n");
        await window.Page.Locator("form.order[data-ready]").WaitForAsync();
        return window;
    }

    [Fact]
    public async Task Order_ThatEndsWhereItBegins_IsHintedAt()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.Locator("#order-from").FillAsync("Nowhere 5");
        await window.Page.Locator("#order-to").FillAsync("Nowhere 50");
        await Expect(window.Page.Locator(".same-place")).ToHaveCountAsync(0);

        await window.Page.Locator("#order-to").FillAsync("nowhere 5 ");

        await Expect(window.Page.Locator(".same-place")).ToHaveTextAsync("The trip ends where it begins");
        window.AssertClean();
    }

    [Fact]
    public async Task Order_ForAClassOfWhichNoCarWorks_SaysSoInOneLine()
    {
        await app.SaveAsync(new VehicleClass(VehicleClassId.New(), "Lorry", VehicleBody.Truck));
        await using var window = await OpenOrderAsync();
        await window.Page.Locator("#order-from").FillAsync("quay road 1");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator(".order-live .car")).ToHaveCountAsync(3);

        await window.Page.SelectOptionAsync("#order-class", "Lorry");

        await Expect(window.Page.Locator(".order-live")).ToHaveTextAsync("No car of this class is at work.");
        window.AssertClean();
    }

    [Fact]
    public async Task Address_LeftByTab_StaysAsTyped_AndWarns()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.Locator("#order-from").FillAsync("Quay");
        await window.Page.Locator("#order-from-hits li").First.WaitForAsync();

        await window.Page.Keyboard.PressAsync("Tab");

        await window.Page.Locator(".order .chip.warn").First.WaitForAsync();
        await Expect(window.Page.Locator("#order-from")).ToHaveValueAsync("Quay");
        window.AssertClean();
    }

    [Fact]
    public async Task Address_MovedToInTheList_IsTakenByTab()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.Locator("#order-from").FillAsync("Quay");
        await window.Page.Locator("#order-from-hits li").First.WaitForAsync();

        await window.Page.Keyboard.PressAsync("ArrowUp");
        await window.Page.Keyboard.PressAsync("Tab");

        await Expect(window.Page.Locator("#order-from")).ToHaveValueAsync("Harbour station, Quay Road 1");
    }

    [Fact]
    public async Task Address_EnteredBeforeTheListCame_HasItsPoint()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.Locator("#order-from").FocusAsync();
        await window.Page.Keyboard.TypeAsync("quay road 1");
        await window.Page.Keyboard.PressAsync("Enter");

        await Expect(window.Page.Locator("#order-from")).ToHaveValueAsync("Harbour station, Quay Road 1");
        await window.Page.Locator(".order .abox-found").First.WaitForAsync();
    }

    [Fact]
    public async Task Order_WithoutAPoint_IsMarkedOnTheBoard()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.FillAsync("#order-who", "Nowhere Finch");
        await window.Page.FillAsync("#order-from", "somewhere unknown");
        await window.Page.FillAsync("#order-to", "elsewhere unknown");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await Wait.UntilAsync(() => app.Board.Current.Trips.Any(t => t.CallerName == "Nowhere Finch"), "the order on the board");

        var trip = app.Board.Current.Trips.Single(t => t.CallerName == "Nowhere Finch");
        await Expect(window.Page.Locator($"#trip-{trip.Id.Value}").Locator(".chip.warn", new() { HasTextString = "not on the map" })).ToHaveCountAsync(1);
        await window.Page.Locator(".toast.warn", new() { HasTextString = "not on the map" }).WaitForAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Order_WithAnAbsurdCountOrYear_SaysSoAtTheField()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.FillAsync("#order-who", "Absurd Heath");
        await window.Page.FillAsync("#order-from", "Quay Road 1");
        await window.Page.FillAsync("#order-to", "Willow Street 5");
        await window.Page.FillAsync("#order-passengers", "999999999999");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "passengers" }).WaitForAsync();

        await window.Page.FillAsync("#order-passengers", "2");
        await window.Page.SelectOptionAsync("#order-time", "At");
        await window.Page.FillAsync(".order input[type=datetime-local]", "1999-01-01T00:00");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "1999" }).WaitForAsync();

        await window.Page.FillAsync(".order input[type=datetime-local]", "0001-01-01T00:00");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "0001" }).WaitForAsync();
        await Expect(window.Page.Locator(".order input[type=datetime-local]")).ToHaveValueAsync("0001-01-01T00:00");

        await window.Page.SelectOptionAsync("#order-time", "Now");
        await window.Page.FillAsync("#order-passengers", new string('9', 31));
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "from 0 to 200" }).WaitForAsync();

        Assert.DoesNotContain(app.Board.Current.Trips, t => t.CallerName == "Absurd Heath");
    }

    [Theory]
    [InlineData("Pick on the map")]
    [InlineData("Clear")]
    public async Task Order_IsSavedByItsKey_AlsoFromAButton(string button)
    {
        await using var window = await OpenOrderAsync();
        await window.Page.FillAsync("#order-who", $"Button {button}");
        await window.Page.FillAsync("#order-from", "Quay Road 1");
        await window.Page.FillAsync("#order-to", "Willow Street 5");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.FocusAsync();

        await window.Page.Keyboard.PressAsync("Control+Enter");

        await Wait.UntilAsync(() => app.Board.Current.Trips.Any(t => t.CallerName == $"Button {button}"), "the order on the board");
        await Expect(window.Page.Locator("#order-who")).ToHaveValueAsync("");
        window.AssertClean();
    }

    /// <summary>What was typed stays as it was typed, and only the field that is wrong is marked.</summary>
    [Fact]
    public async Task Order_WithHalfAPerson_OrOneWrongTime_MarksThatField_AndKeepsWhatWasTyped()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.FillAsync("#order-who", "Half Marsh");
        await window.Page.FillAsync("#order-from", "Quay Road 1");
        await window.Page.FillAsync("#order-to", "Willow Street 5");
        await window.Page.FillAsync("#order-passengers", "1.5");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "passengers: enter a whole number" }).WaitForAsync();
        await Expect(window.Page.Locator("#order-passengers[aria-invalid=true]")).ToHaveValueAsync("1.5");

        await window.Page.FillAsync("#order-passengers", "1");
        await window.Page.Locator("#order-payload").PressSequentiallyAsync("0.4");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "weight, kg: enter a whole number" }).WaitForAsync();
        await Expect(window.Page.Locator("#order-payload[aria-invalid=true]")).ToHaveValueAsync("0.4");

        await window.Page.FillAsync("#order-payload", "");
        await window.Page.SelectOptionAsync("#order-time", "Between");
        var times = window.Page.Locator(".order input[type=datetime-local]");
        await times.Last.FillAsync("9999-12-31T00:00");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await window.Page.Locator(".order .problem", new() { HasTextString = "9999" }).WaitForAsync();
        await Expect(times.Last).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(window.Page.Locator(".order [aria-invalid=true]")).ToHaveCountAsync(1);
        Assert.DoesNotContain(app.Board.Current.Trips, t => t.CallerName == "Half Marsh");
        window.AssertClean();
    }

    /// <summary>A second press over an order that has just been taken in asks nothing of the emptied card; once typing begins it is an order again.</summary>
    [Fact]
    public async Task Save_PressedTwice_TakesOneOrder_AndAsksNothingOfTheNext()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.FillAsync("#order-who", "Twice Heath");
        await window.Page.FillAsync("#order-from", "Quay Road 1");
        await window.Page.FillAsync("#order-to", "Willow Street 5");
        await window.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(window.Page.Locator("#order-who")).ToHaveValueAsync("");
        await window.Page.Keyboard.PressAsync("Control+Enter");

        // the answer to this key comes after that to the one before
        await window.Page.Keyboard.TypeAsync("Next one");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear", Exact = true }).WaitForAsync();
        await Expect(window.Page.Locator(".order .problem")).ToHaveCountAsync(0);
        await window.Page.Keyboard.PressAsync("Control+Enter");

        await window.Page.Locator(".order .problem", new() { HasTextString = "from" }).WaitForAsync();
        Assert.Single(app.Board.Current.Trips, t => t.CallerName == "Twice Heath");
        window.AssertClean();
    }

    /// <summary>A year that is being typed passes through 0002 and 0202: neither is taken for the time of the order.</summary>
    [Fact]
    public async Task Time_ThatIsHalfTyped_IsNotTakenForAYear()
    {
        await using var window = await OpenOrderAsync();
        await window.Page.SelectOptionAsync("#order-time", "Between");
        var from = window.Page.Locator(".order input[type=datetime-local]").First;
        var before = await from.InputValueAsync();

        await from.FillAsync("0202-03-05T07:00");
        await window.Page.FillAsync("#order-who", "Half Heath");
        await window.Page.WaitForFunctionAsync("before => Object.entries(sessionStorage).some(([key, draft]) => key.startsWith('portal.order.') && draft.includes('Half Heath') && JSON.parse(draft).At.startsWith(before))", before);
        window.AssertClean();
    }
}
