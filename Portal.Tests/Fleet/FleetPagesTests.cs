using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Drive;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Fleet;

public sealed class FleetPagesTests(DriverWorld world) : IClassFixture<DriverWorld>
{
    private async Task<BrowserWindow> ChiefAsync(string user, string language = "en", ColorScheme scheme = ColorScheme.Light)
    {
        await world.AddUserAsync(user, StandardRoles.FleetManager, language);
        return await world.OpenWindowAsync(user, new() { ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB", ColorScheme = scheme });
    }

    private static ILocator Field(BrowserWindow window, string label) => window.Page.Locator(".panel").GetByLabel(label, new() { Exact = true });

    [Fact]
    public async Task DoubleClickOnSave_TakesOnOneDriver_AndAddsOneClass()
    {
        await using var window = await ChiefAsync("chief-twice");
        await window.GoToAsync($"/drivers?driver={Guid.Empty}");
        await Field(window, "Name").FillAsync("Solo Singleton");
        await window.Page.Locator(".panel button.primary").DblClickAsync();
        await Expect(window.Page.Locator(".panel h2")).ToHaveTextAsync("Solo Singleton");
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "Solo Singleton" })).ToHaveCountAsync(1);
        await window.GoToAsync("/drivers?text=Solo");
        await Expect(window.Page.Locator("tbody tr")).ToHaveCountAsync(1);

        await window.GoToAsync($"/vehicle-classes?class={Guid.Empty}");
        await Field(window, "Name").FillAsync("Once class");
        await window.Page.Locator(".panel button.primary").DblClickAsync();
        await Expect(window.Page.Locator(".panel")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "Once class" })).ToHaveCountAsync(1);
        window.AssertClean();
    }

    [Fact]
    public async Task Vehicles_AreAddedChangedAndArchivedTogether_AndTheUndoBringsThemBack()
    {
        await using var window = await ChiefAsync("chief-cars");
        await window.GoToAsync("/vehicles");
        foreach (var plate in new[] { "ZQ 101", "ZQ 102" })
        {
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "New vehicle" }).ClickAsync();
            await Field(window, "Plate").FillAsync(plate);
            await Field(window, "Model").FillAsync("Model Z");
            await window.Page.Locator(".panel button.primary").ClickAsync();
            await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = plate })).ToBeVisibleAsync();
        }

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "ZQ 101" }).ClickAsync();
        await Field(window, "Seats").FillAsync("9");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator("tr.chosen td.num").First).ToHaveTextAsync("9");

        await window.GoToAsync("/vehicles?text=ZQ");
        await window.Page.GetByLabel("ZQ 101").CheckAsync();
        await window.Page.GetByLabel("ZQ 102").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(window.Page.Locator(".bulk")).ToContainTextAsync("2 chosen");
        await window.Page.Locator(".bulk").GetByRole(AriaRole.Button, new() { Name = "Archive" }).ClickAsync();
        await Expect(window.Page.Locator(".empty")).ToBeVisibleAsync();
        await window.Page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = "ZQ 102" })).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Driver_IsTakenOn_AndFoundByHisName()
    {
        await using var window = await ChiefAsync("chief-drivers");
        await window.GoToAsync("/drivers");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "New driver" }).ClickAsync();
        await Field(window, "Name").FillAsync("Quentin Pier");
        await Field(window, "Phone").FillAsync("+000 555 0188");
        await window.Page.Locator(".panel button.primary").ClickAsync();

        await Expect(window.Page.Locator(".toast")).ToContainTextAsync("Quentin Pier");
        await window.GoToAsync("/drivers?text=quentin");
        await Expect(window.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        window.AssertClean();
    }

    /// <summary>Begin of a week some weeks ahead.</summary>
    private DateOnly Monday => DateOnly.FromDateTime(world.Now.UtcDateTime.AddDays(28 - ((int)world.Now.DayOfWeek + 6) % 7));

    [Fact]
    public async Task Week_IsFilled_Undone_AndAShiftIsPlannedAndStartedByHand()
    {
        var (driver, _) = await world.DriverAsync("weekly");
        await using var window = await ChiefAsync("chief-week");
        await window.GoToAsync($"/shifts?text={Uri.EscapeDataString(driver.Name)}&week={Monday:O}&fill=yes");
        await window.Page.Locator(".panel label", new() { HasText = driver.Name }).Locator("input").CheckAsync();
        await window.Page.Locator(".panel button.primary").ClickAsync();

        await Expect(window.Page.Locator(".shift-chip")).ToHaveCountAsync(5);
        await window.Page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(window.Page.Locator(".shift-chip")).ToHaveCountAsync(0);

        await window.Page.Locator(".add-shift").Nth(2).ClickAsync();
        await window.Page.Locator(".panel input[type=datetime-local]").First.FillAsync($"{Monday.AddDays(2):O}T07:00");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator(".shift-chip")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".shift-chip")).ToContainTextAsync("07:00–16:00");
        await window.Page.Locator(".shift-chip").ClickAsync();
        await window.Page.Locator(".panel").GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(window.Page.Locator(".facts")).ToBeVisibleAsync();
        Assert.True(Assert.Single(await world.ShiftsAsync(driver.Id)).IsOpen);
        window.AssertClean();
    }

    [Fact]
    public async Task Shift_ThatSomebodyElsePlansMeanwhile_IsNotOverwrittenByWhatWasTypedBefore()
    {
        var (driver, vehicle) = await world.DriverAsync("twoplans");
        var (planning, from) = (world.Services.GetRequiredService<ShiftPlanning>(), new DateTimeOffset(Monday.AddDays(2), new(8, 0), TimeSpan.Zero));
        var shift = await planning.PlanAsync(driver.Id, vehicle.Id, new(from, from.AddHours(8)), Actor.System("test"), default);
        await using var window = await ChiefAsync("chief-twoplans");
        await window.GoToAsync($"/shifts?week={Monday:O}&shift={shift.Value}");
        var begins = window.Page.Locator(".panel input[type=datetime-local]").First;
        await Expect(begins).ToHaveValueAsync($"{Monday.AddDays(2):O}T08:00");

        // nothing is typed yet: what a colleague changes is shown
        await ReplanAsync(from.AddHours(1));
        await Expect(begins).ToHaveValueAsync($"{Monday.AddDays(2):O}T09:00");
        await begins.FillAsync($"{Monday.AddDays(2):O}T07:00");
        await begins.DispatchEventAsync("change");
        await ReplanAsync(from.AddHours(2));
        await Expect(window.Page.Locator(".shift-chip.chosen")).ToContainTextAsync("10:00");
        await window.Page.Locator(".panel button.primary").ClickAsync();

        await Expect(window.Page.Locator(".panel .problem")).ToBeVisibleAsync();
        await Expect(begins).ToHaveValueAsync($"{Monday.AddDays(2):O}T07:00");
        Assert.Equal(from.AddHours(2), Assert.Single(await world.ShiftsAsync(driver.Id)).PlannedFrom);
        window.AssertClean();

        async Task ReplanAsync(DateTimeOffset begin) =>
            await planning.ReplanAsync(shift, new(begin, begin.AddHours(8)), vehicle.Id, Assert.Single(await world.ShiftsAsync(driver.Id)).Version, Actor.System("test"), default);
    }

    /// <summary>Named by its address, on whatever page of the plan it stands.</summary>
    [Fact]
    public async Task RunningShift_WithAnotherCarAndOtherHours_TakesBoth_AndTheNextChangeToo()
    {
        var ((driver, vehicle), (_, other)) = (await world.DriverAsync("swapped"), await world.DriverAsync("swapper"));
        var self = Dispatch.Orders.Driver(driver.Name, driver.Id);
        var shift = await world.Services.GetRequiredService<ShiftClock>().StartOwnAsync(vehicle.Id, self, default, TimeProvider.System.GetUtcNow().AddHours(-2));
        var until = Assert.Single(await world.ShiftsAsync(driver.Id)).PlannedTo;
        await using var window = await ChiefAsync("chief-swap");
        await window.GoToAsync($"/shifts?text=none-of-them&shift={shift.Value}");
        var (car, ends) = (window.Page.Locator(".panel select").Nth(1), window.Page.Locator(".panel input[type=datetime-local]").Last);
        await Expect(car.Locator("option:checked")).ToContainTextAsync(vehicle.Plate);
        await car.SelectOptionAsync(other.Id.Value.ToString());
        await SaveUntilAsync(until.AddHours(1));

        Assert.Equal(other.Id, Assert.Single(await world.ShiftsAsync(driver.Id)).Vehicle);
        await Expect(car.Locator("option:checked")).ToContainTextAsync(other.Plate);
        await Expect(car).ToHaveValueAsync(other.Id.Value.ToString());
        await SaveUntilAsync(until.AddHours(2));
        window.AssertClean();

        async Task SaveUntilAsync(DateTimeOffset end)
        {
            await ends.FillAsync(end.ToString("yyyy-MM-ddTHH:mm"));
            await ends.DispatchEventAsync("change");
            await window.Page.Locator(".panel button.primary").ClickAsync();
            await Wait.UntilAsync(async () => Assert.Single(await world.ShiftsAsync(driver.Id)).PlannedTo.ToString("HH:mm") == end.ToString("HH:mm"), "the hours to be saved");
            await Expect(window.Page.Locator(".panel .problem")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Day_TypedKeyByKeyOverAnother_IsTaken_AndNoneOnceTheEmptyBoxIsLeft()
    {
        await using var window = await ChiefAsync("chief-typist");
        await window.GoToAsync("/reports/drivers?from=2026-04-20&to=2026-12-31");
        var from = window.Page.Locator("input[type=date]").First;
        await from.FocusAsync();
        await window.Page.Keyboard.TypeAsync("05052026", new() { Delay = 150 });

        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("from=2026-05-05"));
        await Expect(from).ToHaveValueAsync("2026-05-05");
        await from.FillAsync("");
        await from.BlurAsync();
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("^(?!.*from=)"));
        window.AssertClean();
    }

    [Fact]
    public async Task Address_OfNobodyAndNothing_SaysSo_AndOffersNoForm()
    {
        await world.AddUserAsync("chief-lost", StandardRoles.Administrator);
        await using var window = await world.OpenWindowAsync("chief-lost");
        foreach (var (page, words) in new[]
        {
            ("users?user=", "There is no such user."), ("devices?device=", "This device does not exist any more."),
            ("shifts?shift=", "There is no such shift."), ("vehicle-classes?class=", "This vehicle class does not exist."),
        })
        {
            await window.GoToAsync($"/{page}{Guid.NewGuid()}");
            await Expect(window.Page.Locator(".panel .problem")).ToHaveTextAsync(words);
            await Expect(window.Page.Locator(".panel form")).ToHaveCountAsync(0);
        }
        await window.GoToAsync($"/users?user={Guid.Empty}");
        await Field(window, "Name").FillAsync("\u200B");
        await Field(window, "User name").FillAsync("nameless");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator(".panel .problem")).ToHaveTextAsync("Please fill in: name of the person.");
        window.AssertClean();
    }

    [Fact]
    public async Task Vehicle_WithPartOfASeat_IsRefusedInWords()
    {
        await using var window = await ChiefAsync("chief-seats");
        await window.GoToAsync($"/vehicles?text=SEAT&vehicle={Guid.Empty}");
        await Field(window, "Plate").FillAsync("SEAT 37");
        await Field(window, "Model").FillAsync("Model S");
        await Field(window, "Seats").FillAsync("3.7");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator(".panel .problem")).ToHaveTextAsync("seats: enter a whole number.");

        await Field(window, "Seats").FillAsync("");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator(".panel .problem")).ToHaveTextAsync("Please fill in: seats.");

        await Field(window, "Seats").FillAsync("3");
        await window.Page.Locator(".panel button.primary").ClickAsync();
        await Expect(window.Page.Locator("tbody tr", new() { HasTextString = "SEAT 37" })).ToHaveCountAsync(1);
        window.AssertClean();
    }

    /// <summary>Also while the letters of the icons are still on their way, and the names of the icons stand in their place.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Week_OnAPhone_ScrollsItsTableAndNotThePage(bool icons)
    {
        var (driver, vehicle) = await world.DriverAsync($"narrow-{icons}");
        await WorkAsync(driver, vehicle);
        await using var window = await ChiefAsync($"chief-phone-{icons}");
        await window.Page.SetViewportSizeAsync(390, 844);
        if (!icons) await window.Page.RouteAsync("**/MaterialSymbols*", route => route.AbortAsync());
        await window.GoToAsync("/shifts");
        await Expect(window.Page.Locator(".shift-chip").First).ToBeAttachedAsync();

        Assert.Equal(0, await window.Page.EvaluateAsync<int>("() => { const page = document.scrollingElement; page.scrollLeft = 1000; const main = document.querySelector('main'); main.scrollLeft = 1000; return page.scrollLeft + main.scrollLeft; }"));
    }

    [Fact]
    public async Task Report_ShowsTheWorkOfADriver_AndEachFileHoldsIt()
    {
        var (driver, vehicle) = await world.DriverAsync("reported");
        await WorkAsync(driver, vehicle);
        await using var window = await ChiefAsync("chief-report");

        await window.GoToAsync($"/reports/drivers?driver={driver.Id.Value}&unit=Day");

        await Expect(window.Page.Locator("table.rows").First.Locator("tbody tr").First).ToContainTextAsync(driver.Name);
        await Expect(window.Page.Locator("table.rows").Nth(1)).ToContainTextAsync("Mill Lane 12");
        foreach (var file in new[] { "driver-report.xlsx", "driver-report.csv", "driver-report-trips.csv" })
        {
            var response = await window.Page.Context.APIRequest.GetAsync($"{world.Address}export/{file}?driver={driver.Id.Value}");
            Assert.Equal(200, response.Status);
            if (file.EndsWith("csv", StringComparison.Ordinal)) Assert.Contains(driver.Name, await response.TextAsync());
        }
        window.AssertClean();
    }

    [Fact]
    public async Task Report_OfADriver_IsHisOwn_AndTheListsAreClosedToHim()
    {
        var ((own, vehicle), (other, otherVehicle)) = (await world.DriverAsync("self"), await world.DriverAsync("foreign"));
        await WorkAsync(own, vehicle);
        await WorkAsync(other, otherVehicle);
        await using var window = await world.OpenWindowAsync("self");

        await window.GoToAsync($"/reports/drivers?driver={other.Id.Value}");

        await Expect(window.Page.Locator("table.rows").First.Locator("tbody")).ToContainTextAsync(own.Name);
        Assert.DoesNotContain(other.Name, await window.Page.InnerTextAsync("main"));
        var files = window.Page.Context.APIRequest;
        Assert.DoesNotContain(other.Name, await (await files.GetAsync($"{world.Address}export/driver-report.csv?driver={other.Id.Value}")).TextAsync());
        Assert.Equal((int)HttpStatusCode.Forbidden, (await files.GetAsync($"{world.Address}export/vehicles.csv")).Status);
        Assert.Equal((int)HttpStatusCode.Forbidden, (await files.GetAsync($"{world.Address}export/drivers.xlsx")).Status);
    }

    [Theory]
    [InlineData("en", ColorScheme.Light)]
    [InlineData("uk", ColorScheme.Dark)]
    [InlineData("ro", ColorScheme.Light)]
    public async Task Pages_InALanguage_ShowNoRawKey_AndAxeFindsNothingSerious(string language, ColorScheme scheme)
    {
        var (driver, vehicle) = await world.DriverAsync($"axe-fleet-{language}", language);
        await WorkAsync(driver, vehicle);
        await using var window = await ChiefAsync($"chief-{language}", language, scheme);
        foreach (var (page, name) in new[]
        {
            ("/vehicles", "vehicles"), ($"/vehicles?vehicle={vehicle.Id.Value}", "vehicle"), ($"/drivers?driver={driver.Id.Value}", "driver"), ("/shifts", "shifts"),
            ("/shifts?fill=yes", "fill"), ("/vehicle-classes", "classes"), ("/reports/drivers?unit=Day", "report"),
        })
        {
            await window.GoToAsync(page);
            await window.ShootAsync($"{name}-{language}");
            Check.None((await window.SeriousFindingsAsync()).Select(found => $"{page} {found}"));
            Assert.DoesNotMatch(@"\b(vehicles|drivers|shifts|report|fleet|classes|nav|rule)\.[a-z]", await window.Page.InnerTextAsync("body"));
        }
        window.AssertClean();
    }

    /// <summary>A shift that still runs, with one trip from the mill to the harbour done in it.</summary>
    private async Task WorkAsync(Driver driver, Vehicle vehicle)
    {
        var clock = world.Services.GetRequiredService<ShiftClock>();
        var self = Dispatch.Orders.Driver(driver.Name, driver.Id);
        await clock.StartOwnAsync(vehicle.Id, self, default, TimeProvider.System.GetUtcNow().AddHours(-2));
        var trip = await world.TripAsync(vehicle);
        var progress = world.Services.GetRequiredService<TripProgress>();
        for (var to = TripState.Accepted; to <= TripState.Completed; to++) await progress.AdvanceAsync(trip, to, self);
    }

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Shifts_FitTheScreen_AlsoWithThePanelOfANewOne(int width, int height)
    {
        var (driver, _) = await world.DriverAsync($"wide-{width}");
        await using var window = await ChiefAsync($"chief-wide-{width}");
        await window.Page.SetViewportSizeAsync(width, height);
        await window.GoToAsync("/shifts");
        await window.Page.Locator("table.week").WaitForAsync();
        Assert.Equal(0, await BeyondAsync("main#main"));

        await window.GoToAsync($"/shifts?line={driver.Id.Value}");

        await window.Page.Locator("aside.panel select").First.WaitForAsync();
        Assert.Equal(0, await BeyondAsync("aside.panel"));

        Task<int> BeyondAsync(string element) => window.Page.Locator(element).EvaluateAsync<int>("e => e.scrollWidth - e.clientWidth");
    }

    [Fact]
    public async Task Lists_BesideThePanel_ShowTheDriverOfNowAndTheLastDay()
    {
        var (driver, vehicle) = await world.DriverAsync("beside");
        await WorkAsync(driver, vehicle);
        await using var window = await ChiefAsync("chief-beside");
        foreach (var page in new[] { $"/vehicles?vehicle={vehicle.Id.Value}", $"/drivers?driver={driver.Id.Value}", $"/shifts?line={driver.Id.Value}" })
        {
            await window.GoToAsync(page);
            await window.Page.Locator("aside.panel").WaitForAsync();
            await window.ShootAsync($"beside-{page.Split('/', '?')[1]}");
            Assert.Equal((page, 0), (page, await window.Page.Locator(".page > .scroll-x").EvaluateAsync<int>("e => e.scrollWidth - e.clientWidth")));
        }
    }

    [Fact]
    public async Task ImportedCars_StandBehindTheirChip_AndASourceIsArchivedAtOnceAndBroughtBack()
    {
        var (_, cab) = await world.DriverAsync("past");
        await using (var db = world.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test")))
        {
            (await db.FindAsync<Vehicle>(cab.Id))!.MarkSource("cabs of last June");
            await db.SaveChangesAsync();
        }
        await using var window = await ChiefAsync("chief-past");
        var link = window.Page.Locator("table.rows").GetByRole(AriaRole.Link, new() { Name = cab.Plate, Exact = true });
        await window.GoToAsync("/vehicles");
        await Expect(link).ToHaveCountAsync(0);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Imported" }).ClickAsync();
        await Expect(link).ToBeVisibleAsync();
        await window.Page.Locator(".bulk select").SelectOptionAsync("cabs of last June");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Archive all of this source" }).ClickAsync();

        await Expect(link).ToHaveCountAsync(0);
        Assert.Contains("imported=true&source=cabs", window.Page.Url.Replace("%20", " "), StringComparison.OrdinalIgnoreCase);
        await window.Page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(link).ToBeVisibleAsync();
        window.AssertClean();
    }
}
