using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Sales.Orders;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Drive;

public sealed class DrivePageTests(DriverWorld world) : IClassFixture<DriverWorld>
{
    private static BrowserNewContextOptions Phone(int width = 390, ColorScheme scheme = ColorScheme.Light) => new()
    {
        ViewportSize = new() { Width = width, Height = 844 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 2, Locale = "en-GB", ColorScheme = scheme,
    };

    private static ILocator Step(BrowserWindow window) => window.Page.Locator("#step");

    /// <summary>Presses the wide button when it says what is wanted; a press too soon after another is no press.</summary>
    private static async Task PressAsync(BrowserWindow window, string word)
    {
        await Expect(Step(window)).ToHaveTextAsync(word);
        await Expect(Step(window)).ToHaveAttributeAsync("aria-disabled", "false");
        await Step(window).ClickAsync();
    }

    private static Task StateAsync(BrowserWindow window, TripState state) =>
        Expect(window.Page.Locator(".trip")).ToHaveAttributeAsync("data-state", state.ToString());

    private async Task<Vehicle> OnShiftAsync(string user, string language = "en")
    {
        var (driver, vehicle) = await world.DriverAsync(user, language);
        await world.Services.GetRequiredService<ShiftClock>().StartOwnAsync(vehicle.Id, Dispatch.Orders.Driver(driver.Name, driver.Id), default);
        return vehicle;
    }

    /// <summary>The page of a driver on shift whom a trip was given just now.</summary>
    private async Task<(BrowserWindow Window, TripId Trip)> WithTripAsync(string user)
    {
        var trip = await world.TripAsync(await OnShiftAsync(user));
        var window = await OpenAsync(user, Phone());
        await StateAsync(window, TripState.Assigned);
        return (window, trip);
    }

    private async Task<BrowserWindow> OpenAsync(string user, BrowserNewContextOptions settings)
    {
        var window = await world.OpenWindowAsync(user, settings);
        await window.GoToAsync("/drive");
        return window;
    }

    [Fact]
    public async Task Driver_FromStartToDone_DispatchesHisTripWithOneThumb()
    {
        var (driver, vehicle) = await world.DriverAsync("thumb");
        await using var window = await world.SignInAsync("thumb", Phone());
        Assert.EndsWith("/drive", window.Page.Url);
        await Expect(Step(window)).ToBeVisibleAsync();
        await Step(window).ClickAsync();
        await Expect(window.Page.Locator(".shift")).ToHaveAttributeAsync("data-state", "on");
        await Wait.UntilAsync(async () => (await world.ShiftsAsync(driver.Id)).Any(s => s.IsOpen), "the shift to start");
        // comes with the next look at the server, without being asked for
        var trip = await world.TripAsync(vehicle);

        await PressAsync(window, "Accept");
        await PressAsync(window, "I am on my way");
        await PressAsync(window, "I have arrived");
        await PressAsync(window, "On board");
        await PressAsync(window, "Done");

        await Expect(window.Page.Locator(".idle")).ToBeVisibleAsync();
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.Completed, "the trip to be completed");
        Assert.Equal(["Accepted", "Departed", "Arrived", "Boarded", "Completed"], (await world.LoadAsync(trip)).Events.OrderBy(e => e.Ordinal).Skip(2).Select(e => e.Action.ToString()));
        await window.Page.ClickAsync("#more");
        await window.Page.ClickAsync("#end-shift");
        await window.Page.Locator("#ask button.primary").ClickAsync();
        await Expect(window.Page.Locator(".shift")).ToHaveAttributeAsync("data-state", "off");
        await Wait.UntilAsync(async () => (await world.ShiftsAsync(driver.Id)).All(s => s.EndedAt is not null), "the shift to end");
        window.AssertClean();
    }

    [Fact]
    public async Task Card_ShowsTheDoorThePersonAndTheWayThere()
    {
        var (window, _) = await WithTripAsync("card");
        await using var __ = window;

        await Expect(window.Page.Locator(".here .address")).ToHaveTextAsync("Mill Lane 12");
        await Expect(window.Page.Locator(".here .door")).ToContainTextAsync("3");
        await Expect(window.Page.Locator(".call")).ToHaveAttributeAsync("href", "tel:+0005550102");
        await Expect(window.Page.Locator(".here .map")).ToHaveAttributeAsync("href", "geo:50.45,30.52?q=50.45,30.52");
        await Expect(window.Page.Locator(".note")).ToHaveTextAsync("Two boxes, keep upright.");
    }

    [Fact]
    public async Task Undo_Held_TakesTheLastStepBack_AndATapDoesNot()
    {
        var (window, trip) = await WithTripAsync("hold");
        await using var _ = window;
        await PressAsync(window, "Accept");
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.Accepted, "the acceptance to be saved");

        var undo = window.Page.Locator("#undo");
        await undo.DispatchEventAsync("pointerdown");
        await undo.DispatchEventAsync("pointerup");
        await StateAsync(window, TripState.Accepted);
        await undo.DispatchEventAsync("pointerdown");
        await StateAsync(window, TripState.Assigned);

        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.Assigned, "the undoing to be saved");
        await Expect(undo).ToBeHiddenAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Offline_StepsAreKept_ShownAndSentInOrderWhenTheNetworkIsBack()
    {
        var (window, trip) = await WithTripAsync("offline");
        await using var _ = window;
        await window.Page.EvaluateAsync("() => navigator.serviceWorker.ready");

        await window.Page.Context.SetOfflineAsync(true);
        await PressAsync(window, "Accept");
        await PressAsync(window, "I am on my way");
        await Expect(window.Page.Locator("#link")).ToContainTextAsync("2 entries to send");
        await StateAsync(window, TripState.OnTheWay);
        Assert.Equal(TripState.Assigned, (await world.LoadAsync(trip)).State);

        await window.Page.Context.SetOfflineAsync(false);
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.OnTheWay, "the steps to be sent");
        await Expect(window.Page.Locator("#link")).ToBeHiddenAsync();
        var saved = await world.LoadAsync(trip);
        Assert.True(saved.AcceptedAt < saved.DepartedAt);
    }

    [Fact]
    public async Task Offline_AShiftStartedAndInterrupted_IsKeptWhole_AlsoOnAPageThatIsNotSecure()
    {
        var (driver, _) = await world.DriverAsync("cellar");
        await using var window = await world.OpenWindowAsync("cellar", Phone());
        await window.Page.AddInitScriptAsync("delete Crypto.prototype.randomUUID; delete Navigator.prototype.serviceWorker");
        await window.GoToAsync("/drive");
        await Expect(Step(window)).ToHaveTextAsync("Start shift");

        await window.Page.Context.SetOfflineAsync(true);
        await PressAsync(window, "Start shift");
        foreach (var (word, waiting) in new[] { ("Break", "2 entries to send"), ("Back to work", "3 entries to send") })
        {
            var pause = window.Page.Locator("#break");
            await Expect(pause).ToHaveTextAsync(word);
            await Expect(pause).ToHaveAttributeAsync("aria-disabled", "false");
            // at once, in the same breath as the press
            Assert.Contains(waiting, await pause.EvaluateAsync<string>("button => { button.click(); return document.getElementById('link').textContent; }"));
        }
        await Expect(window.Page.Locator("#link")).ToContainTextAsync("keep this page open");
        Assert.Empty(await world.ShiftsAsync(driver.Id));

        await window.Page.Context.SetOfflineAsync(false);
        await Wait.UntilAsync(async () => (await world.ShiftsAsync(driver.Id)) is [{ IsOpen: true, Breaks: [{ To: not null }] }], "the shift and its break to be sent");
        await Expect(window.Page.Locator("#link")).ToBeHiddenAsync();
        await Expect(window.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Offline_ThePageOpensAgain_WithWhatWaits()
    {
        var (window, _) = await WithTripAsync("reopen");
        await using var __ = window;
        // the page and every script and style of it: each is kept by itself
        await window.Page.WaitForFunctionAsync("""
            async () => {
              const cache = await caches.open('portal-drive');
              const parts = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => /\.(js|css)$/.test(new URL(name).pathname) && !name.includes('drive-worker'));
              return parts.length > 3 && (await Promise.all([location.href, ...parts].map(part => cache.match(part)))).every(Boolean);
            }
            """);

        await window.Page.Context.SetOfflineAsync(true);
        await PressAsync(window, "Accept");
        await window.Page.ReloadAsync();

        await StateAsync(window, TripState.Accepted);
        await Expect(window.Page.Locator("#link")).ToContainTextAsync("1 entry to send");
    }

    [Fact]
    public async Task Offline_WhenTheTripWasGivenAway_TheDriverReadsIt()
    {
        var other = await OnShiftAsync("conflict-heir");
        var (window, trip) = await WithTripAsync("conflict");
        await using var _ = window;

        await window.Page.Context.SetOfflineAsync(true);
        await PressAsync(window, "Accept");
        await PressAsync(window, "I am on my way");
        await world.Services.GetRequiredService<TripAssignment>().ReassignAsync(trip, other.Id, world.Dispatcher);
        await window.Page.Context.SetOfflineAsync(false);

        await Expect(window.Page.Locator(".notice")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".notice")).ToContainTextAsync("no longer yours");
        await Expect(window.Page.Locator(".idle")).ToBeVisibleAsync();
        var after = await world.LoadAsync(trip);
        Assert.Equal(TripState.Assigned, after.State);
        // each step that he took is known to whoever took the trip from him
        Assert.Equal(["Accepted", "Departed"], after.Events.Where(e => e.Action == TripAction.Untaken).OrderBy(e => e.Ordinal).Select(e => e.Reason));
        await window.Page.Locator(".notice button").ClickAsync();
        await Expect(window.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("en", ColorScheme.Light, 390)]
    [InlineData("ru", ColorScheme.Dark, 360)]
    [InlineData("uk", ColorScheme.Light, 360)]
    [InlineData("ro", ColorScheme.Dark, 390)]
    [InlineData("id", ColorScheme.Light, 360)]
    public async Task Page_InEveryLanguage_FitsThePhone_AndAxeFindsNothingSerious(string language, ColorScheme scheme, int width)
    {
        var vehicle = await OnShiftAsync($"axe-{language}", language);
        foreach (var minutes in new[] { -7, 40, 70 }) await world.TripAsync(vehicle, minutes);
        await using var window = await OpenAsync($"axe-{language}", Phone(width, scheme));
        await StateAsync(window, TripState.Assigned);
        await Expect(Step(window)).ToHaveAttributeAsync("aria-disabled", "false");
        await Step(window).ClickAsync();
        await StateAsync(window, TripState.Accepted);
        await Expect(Step(window)).ToHaveAttributeAsync("aria-disabled", "false");
        await window.ShootAsync($"{language}-{scheme}");

        Check.None(await window.SeriousFindingsAsync());
        Assert.Equal(width, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        var small = await window.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, a, select')].filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).map(b => b.outerHTML)");
        Check.None(small);
        var broken = await window.Page.EvaluateAsync<string[]>("""
            () => ['.call', '.map', '#undo', '#step'].filter((name) => {
              const button = document.querySelector(name), words = document.createRange();
              words.selectNodeContents(button.lastChild);
              return button.scrollWidth > button.clientWidth || new Set([...words.getClientRects()].map(r => Math.round(r.top))).size !== 1;
            }).map(name => `${name}: ${document.querySelector(name).textContent}`)
            """);
        Check.None(broken);
        Assert.DoesNotContain("drive.", await window.Page.InnerTextAsync("body"));
        window.AssertClean();
    }

    [Fact]
    public async Task Page_IsLight_AndCanBeInstalled()
    {
        var (_, _) = await world.DriverAsync("light");
        await using var window = await OpenAsync("light", Phone());
        await window.Page.EvaluateAsync("() => navigator.serviceWorker.ready");

        var bytes = await window.Page.EvaluateAsync<int>(
            "() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).filter(e => !e.name.includes('/api/')).reduce((sum, e) => sum + e.encodedBodySize, 0)");
        var manifest = await window.Page.EvaluateAsync<string>("async () => (await (await fetch(document.querySelector('link[rel=manifest]').href)).json()).start_url");

        Assert.InRange(bytes, 1, 80_000);
        Assert.Equal("/drive", manifest);
        Assert.Equal(0, await window.Page.Locator("script[src*=blazor]").CountAsync());
        window.AssertClean();
    }

    [Fact]
    public async Task Page_ForSomebodyWhoDoesNotDrive_SaysWhatToDo()
    {
        await world.AddUserAsync("walker", Domain.Identity.StandardRoles.Dispatcher);
        await using var window = await OpenAsync("walker", Phone());

        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("You are not listed as a driver");
        Check.None(await window.SeriousFindingsAsync());
    }

    [Fact]
    public async Task Note_OfTheDriver_StandsInTheTripsHistory()
    {
        var (window, trip) = await WithTripAsync("writer");
        await using var _ = window;
        await window.Page.Locator(".trip .trouble button").First.ClickAsync();
        await window.Page.Locator("#ask input[name=note]").FillAsync("gate is locked, ring twice");
        await window.Page.Keyboard.PressAsync("Enter");

        await Expect(window.Page.Locator(".said")).ToHaveTextAsync("The dispatcher sees your note");
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).Events.Any(e => e.Action == TripAction.Noted), "the note to arrive");

        var note = (await world.LoadAsync(trip)).Events.Single(e => e.Action == TripAction.Noted);
        Assert.Equal("gate is locked, ring twice", note.Reason);
        await PressAsync(window, "Accept");
        await Expect(window.Page.Locator("#undo")).ToBeVisibleAsync();
        Assert.InRange((await window.Page.Locator("#undo").BoundingBoxAsync())!.Height, 40, 80);
        window.AssertClean();
    }

    /// <summary>A picture as a camera gives one: a PNG of one dot.</summary>
    private static readonly byte[] Dot = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static async Task SignAsync(BrowserWindow window)
    {
        var pad = window.Page.Locator("#sign");
        await pad.ScrollIntoViewIfNeededAsync();
        var box = (await pad.BoundingBoxAsync())!;
        await window.Page.Mouse.MoveAsync(box.X + 20, box.Y + 60);
        await window.Page.Mouse.DownAsync();
        await window.Page.Mouse.MoveAsync(box.X + 120, box.Y + 20, new() { Steps = 4 });
        await window.Page.Mouse.MoveAsync(box.X + 200, box.Y + 70, new() { Steps = 4 });
        await window.Page.Mouse.UpAsync();
    }

    [Fact]
    public async Task Deliver_StopByStop_WithoutNetwork_IsKeptWithSignatureAndPhoto_AndSentOnce()
    {
        var vehicle = await OnShiftAsync("deliverer");
        var (trip, shipments) = await world.DeliveryAsync(vehicle, "9 Mill Lane", "12 Mill Lane");
        await using var window = await OpenAsync("deliverer", Phone());
        await StateAsync(window, TripState.Assigned);
        await window.Page.EvaluateAsync("() => navigator.serviceWorker.ready");
        await Expect(window.Page.Locator(".round li")).ToHaveCountAsync(2);
        await PressAsync(window, "Accept");
        await PressAsync(window, "I am on my way");
        await PressAsync(window, "I have arrived");
        await PressAsync(window, "On board");
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.OnBoard, "the goods to be on board");
        await Expect(window.Page.Locator(".here .address")).ToHaveTextAsync("9 Mill Lane");
        await Expect(window.Page.Locator(".here .door")).ToContainTextAsync("3");
        await Expect(window.Page.Locator(".goods li")).ToHaveCountAsync(2);
        await window.ShootAsync("stops");

        await window.Page.Context.SetOfflineAsync(true);
        await PressAsync(window, "Hand over");
        var sheet = window.Page.Locator("#ask");
        // nothing proves yet that anybody took anything
        await sheet.Locator("button.primary").ClickAsync();
        await Expect(sheet.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Ask for a signature, or take a photo.");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "One less: Oak door" }).ClickAsync();
        await sheet.Locator("button.primary").ClickAsync();
        await Expect(sheet.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Oak door: choose why the client does not take it");
        await sheet.Locator(".handing select").First.SelectOptionAsync("Damaged");
        await sheet.Locator("#receiver").FillAsync("Mira Vale");
        await sheet.Locator("#photo").SetInputFilesAsync(new FilePayload { Name = "door.png", MimeType = "image/png", Buffer = Dot });
        await Expect(sheet.Locator(".shots button")).ToHaveCountAsync(1);
        await SignAsync(window);
        await window.ShootAsync("sheet");
        Check.None(await window.SeriousFindingsAsync());
        Assert.Equal(390, await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        await sheet.Locator("button.primary").ClickAsync();
        await Expect(window.Page.Locator("#link")).ToContainTextAsync("1 entry to send");
        await Expect(window.Page.Locator(".here .address")).ToHaveTextAsync("12 Mill Lane");
        await PressAsync(window, "Hand over");
        await sheet.Locator("#refuse-all").ClickAsync();
        foreach (var reason in await sheet.Locator(".handing select").AllAsync()) await reason.SelectOptionAsync("Too late");
        await sheet.Locator("button.primary").ClickAsync();
        Assert.All(await Task.WhenAll(shipments.Select(world.ShipmentAsync)), s => Assert.Equal(DeliveryState.Planned, s.Trips[0].Result));
        // what waits outlives the page
        await window.Page.ReloadAsync();
        await Expect(window.Page.Locator("#link")).ToContainTextAsync("2 entries to send");

        await window.Page.Context.SetOfflineAsync(false);
        await Wait.UntilAsync(async () => (await Task.WhenAll(shipments.Select(world.ShipmentAsync))).All(s => s.Trips[0].Result != DeliveryState.Planned), "both deliveries to be told");
        await PressAsync(window, "Done");
        await Wait.UntilAsync(async () => (await world.LoadAsync(trip)).State == TripState.Completed, "the trip to be completed");

        var (first, second) = ((await world.ShipmentAsync(shipments[0])).Trips[0], (await world.ShipmentAsync(shipments[1])).Trips[0]);
        Assert.Equal((DeliveryState.Partly, "Mira Vale", 1m, "drive.refused.damaged"), (first.Result, first.Receiver, first.Refused[0].Quantity, first.Refused[0].Reason));
        Assert.Equal([true, false], first.Proofs.Select(p => p.IsSignature));
        Assert.Equal((DeliveryState.Refused, 2, 0), (second.Result, second.Refused.Count, second.Proofs.Count));
        await Expect(window.Page.Locator(".notice")).ToHaveCountAsync(0);
        Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => new Promise(done => { const open = indexedDB.open('portal.drive', 1); open.onsuccess = () => { open.result.transaction('files').objectStore('files').count().onsuccess = asked => done(asked.target.result); }; })"));
    }
}
