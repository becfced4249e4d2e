using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;

namespace Portal.Tests.Fleet;

public sealed class FleetRegistryTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private VehicleRegistry Vehicles => office.Services.GetRequiredService<VehicleRegistry>();
    private DriverRegistry Drivers => office.Services.GetRequiredService<DriverRegistry>();
    private VehicleListQuery VehicleList => office.Services.GetRequiredService<VehicleListQuery>();
    private DriverListQuery DriverList => office.Services.GetRequiredService<DriverListQuery>();

    private static async Task<RuleBrokenException> RefusalOf(Func<Task> job) => await Assert.ThrowsAsync<RuleBrokenException>(job);

    private VehicleDetails Details(string plate, int seats = 4) => new(plate, "Model", office.Car, office.Branch, new(seats, 400, 1.5m), ["tail-lift"], null);

    [Fact]
    public async Task AddVehicle_WithAPlateInUse_IsRefused_UntilThatOneIsArchived()
    {
        var first = await Vehicles.AddAsync(Details("AA 100"), office.Chief, default);

        Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.AddAsync(Details("AA 100"), office.Chief, default))).Code);
        await Vehicles.ArchiveAsync([first], office.Chief, default);
        await Vehicles.AddAsync(Details("AA 100"), office.Chief, default);

        Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.RestoreAsync([first], office.Chief, default))).Code);
    }

    [Fact]
    public async Task Plate_IsComparedWithoutCaseBlanksHyphensAndInvisibleMarks()
    {
        await Vehicles.AddAsync(Details("ab227-dm"), office.Chief, default);
        foreach (var same in (string[])["AB227DM", "AB 227 DM", "ab\u2011227\u2013dm", "AB\u202E227\u200BDM"])
            Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.AddAsync(Details(same), office.Chief, default))).Code);

        var imported = new Vehicle(VehicleId.New(), "AB-227 DM", "Cab", office.Car, office.Branch, new(4, 400, 1));
        imported.MarkSource("elsewhere");
        await office.SaveAsync(imported);
        Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.AdoptAsync([imported.Id], office.Chief, default))).Code);
    }

    /// <summary>The migration runs over a base where two vehicles of ours already have one plate.</summary>
    [Fact]
    public async Task Plates_EqualBeforeTheyWereComparedSo_LiveOn_UntilOneIsWrittenAnew()
    {
        var (first, second) = (await Vehicles.AddAsync(Details("TW 1"), office.Chief, default), await Vehicles.AddAsync(Details("TW 2"), office.Chief, default));
        await using (var stream = typeof(PortalDb).Assembly.GetManifestResourceStream(typeof(PortalDb).Assembly.GetManifestResourceNames().Single(name => name.EndsWith("0165_plate_keys.sql", StringComparison.Ordinal)))!)
        using (var script = new StreamReader(stream))
            await office.ExecuteAsOwnerAsync($"drop index fleet.vehicle_plate_key; alter table fleet.vehicle drop plate_key; update fleet.vehicle set plate = 'tw-1' where id = '{second.Value}'; {await script.ReadToEndAsync()}");

        var seen = (await VehicleList.FindAsync(second, office.Chief, default))!;
        await Vehicles.ChangeAsync(second, Details("tw-1", seats: 7), seen.Version, office.Chief, default);
        seen = (await VehicleList.FindAsync(second, office.Chief, default))!;
        Assert.Equal(("tw-1", 7), (seen.Plate, seen.Seats));
        Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.ChangeAsync(second, Details("Tw-1"), seen.Version, office.Chief, default))).Code);
        Assert.Equal("fleet.plate-taken", (await RefusalOf(() => Vehicles.AddAsync(Details("TW1"), office.Chief, default))).Code);
        await Vehicles.ArchiveAsync([first, second], office.Chief, default);
    }

    [Fact]
    public async Task Volume_FinerThanItIsKept_IsRefused()
    {
        var refusal = await RefusalOf(() => Vehicles.AddAsync(Details("FINE 1") with { Capacity = new(4, 400, 0.12345m) }, office.Chief, default));
        Assert.Equal(("number.decimals", "vehicle.volume"), (refusal.Code, refusal.Args[0]));
        await Vehicles.AddAsync(Details("FINE 1") with { Capacity = new(4, 400, 0.1230m) }, office.Chief, default);
    }

    [Fact]
    public async Task TakeOn_UnderATakenUserName_TakesNobodyOn()
    {
        var (_, password) = await Drivers.TakeOnAsync(new("Una Mill", null, null, office.Branch, null, null), "una", "en", office.Chief, default);
        Assert.NotNull(password);

        Assert.Equal("identity.user-name-taken", (await RefusalOf(() => Drivers.TakeOnAsync(new("Second Una", null, null, office.Branch, null, null), "UNA", "en", office.Chief, default))).Code);

        await using var db = office.Open();
        Assert.False(await db.Set<Driver>().AnyAsync(d => d.Name == "Second Una"));
        Assert.False(await db.Set<Person>().AnyAsync(p => p.Name == "Second Una"));
    }

    [Fact]
    public async Task ChangeVehicle_ThatSomebodyElseChanged_SaysWho()
    {
        var id = await Vehicles.AddAsync(Details("AA 200"), office.Chief, default);
        var seen = (await VehicleList.FindAsync(id, office.Chief, default))!.Version;
        var other = office.Chief with { UserId = Guid.CreateVersion7(), Name = "Otto Bloom" };
        await Vehicles.ChangeAsync(id, Details("AA 200", seats: 6), seen, other, default);

        var refusal = await RefusalOf(() => Vehicles.ChangeAsync(id, Details("AA 200", seats: 8), seen, office.Chief, default));

        Assert.Equal("shared.changed-by", refusal.Code);
        Assert.Equal(["Otto Bloom"], refusal.Args);
        Assert.Equal(6, (await VehicleList.FindAsync(id, office.Chief, default))!.Seats);
    }

    [Fact]
    public async Task ChangeDriver_ToAnotherBranch_TakesHimAndTheEmployeeThere_ButNotWhileHeHoldsATrip()
    {
        var there = new Branch(BranchId.New(), office.Company, "Other yard", "UTC");
        await office.SaveAsync(there);
        var (vehicle, (driver, _)) = (await office.VehicleAsync(), await office.DriverAsync("Mover Hale"));
        var seen = (await DriverList.FindAsync(driver.Id, office.Chief, default))!;
        var moved = new DriverDetails(seen.Name, seen.Phone, seen.JobTitle, there.Id, seen.LicenceCategories, null);
        await Drivers.ChangeAsync(driver.Id, moved, seen.Version, office.Chief, default);

        seen = (await DriverList.FindAsync(driver.Id, office.Chief, default))!;
        await using (var db = office.Open())
            Assert.Equal((there.Id, there.Id), (seen.BranchId, await db.Set<Employee>().Where(e => e.Id == driver.Employee).Select(e => e.Branch).SingleAsync()));
        await office.TripAsync(driver.Id, vehicle.Id);
        Assert.Equal("fleet.driver-in-use", (await RefusalOf(() => Drivers.ChangeAsync(driver.Id, moved with { Branch = office.Branch }, seen.Version, office.Chief, default))).Code);
    }

    /// <summary>A past cab with its driver, as an import creates them.</summary>
    private async Task<(VehicleId Vehicle, DriverId Driver, Actor Self)> CabAsync(string plate, string source)
    {
        var vehicle = new Vehicle(VehicleId.New(), plate, source, office.Car, office.Branch, new(4, 400, 1));
        vehicle.MarkSource(source);
        await office.SaveAsync(vehicle);
        var (driver, self) = await office.DriverAsync(plate, vehicle.Id);
        await using var db = office.Open();
        (await db.Set<Driver>().SingleAsync(d => d.Id == driver.Id)).MarkSource(source);
        await db.SaveChangesAsync();
        return (vehicle.Id, driver.Id, self);
    }

    [Fact]
    public async Task Imported_AreKeptOutOfTodaysChoices_UntilTheyAreAdopted()
    {
        var (own, (_, self)) = (await office.VehicleAsync(), await office.DriverAsync());
        var (cab, past, _) = await CabAsync("past 1", "past week");
        var today = office.Services.GetRequiredService<DriverDayQuery>();
        var week = new Period(office.Now, office.Now.AddDays(7));

        Assert.Equal((false, true), await OfferedAsync(imported: false));
        Assert.Equal((true, false), await OfferedAsync(imported: true));
        Assert.Equal((false, false, false), await PlannedAsync());
        Assert.Empty((await VehicleList.ListAsync(new(Imported: true, Source: "another"), default, false, Slice.All, office.Chief, default)).Rows);

        await Vehicles.AdoptAsync([cab], office.Chief, default);
        await Drivers.AdoptAsync([past], office.Chief, default);

        Assert.Equal((true, true), await OfferedAsync(imported: false));
        Assert.Equal((true, true, true), await PlannedAsync());

        async Task<(bool Cab, bool Own)> OfferedAsync(bool imported)
        {
            var listed = (await VehicleList.ListAsync(new(Imported: imported), default, false, Slice.All, office.Chief, default)).Rows.Select(v => v.Id).ToHashSet();
            return (listed.Contains(cab), listed.Contains(own.Id));
        }

        async Task<(bool Vehicle, bool Driver, bool Choice)> PlannedAsync()
        {
            var plan = office.Services.GetRequiredService<ShiftWeekQuery>();
            var (vehicles, drivers) = (await plan.ReadAsync(true, "past 1", week, Slice.All, office.Chief, default), await plan.ReadAsync(false, "past 1", week, Slice.All, office.Chief, default));
            return (vehicles.Total == 1, drivers.Total == 1, (await today.VehiclesAsync(self, default)).Any(v => v.Id == cab.Value));
        }
    }

    [Fact]
    public async Task ImportedDriver_MayTakeTheCarHeUsuallyDrives_AndIsSeenInTheWeekOfHisShift()
    {
        var (cab, driver, self) = await CabAsync("past 2", "past month");
        await office.Shifts.StartOwnAsync(cab, self, default);

        Assert.Contains(await office.Services.GetRequiredService<DriverDayQuery>().VehiclesAsync(self, default), v => v.Id == cab.Value);
        var plan = await office.Services.GetRequiredService<ShiftWeekQuery>().ReadAsync(false, "past 2", new(office.Now.AddDays(-1), office.Now.AddDays(6)), Slice.All, office.Chief, default);
        Assert.Equal([driver.Value], plan.Lines.Select(l => l.Id));
    }

    [Fact]
    public async Task ArchiveSource_TakesAllOfIt_ButWhatIsAtWork()
    {
        var idle = await CabAsync("past 3", "past year");
        var busy = await CabAsync("past 4", "past year");
        var other = await CabAsync("past 5", "past decade");
        await office.Shifts.StartOwnAsync(busy.Vehicle, busy.Self, default);
        var sources = office.Services.GetRequiredService<FleetSources>();
        Assert.Contains(new FleetSource("past year", 2, 2), await sources.ListAsync(office.Chief, default));

        var archived = await sources.ArchiveAsync("past year", office.Chief, default);

        Assert.Equal([idle.Vehicle], archived.Vehicles);
        Assert.Equal([idle.Driver], archived.Drivers);
        Assert.Equal(2, archived.AtWork);
        Assert.True((await VehicleList.FindAsync(idle.Vehicle, office.Chief, default))!.Archived);
        Assert.False((await VehicleList.FindAsync(busy.Vehicle, office.Chief, default))!.Archived);
        Assert.False((await DriverList.FindAsync(other.Driver, office.Chief, default))!.Archived);
        Assert.Equal("identity.not-allowed", (await RefusalOf(() => sources.ArchiveAsync("past year", office.Dispatcher, default))).Code);
    }

    [Fact]
    public async Task ArchiveVehicles_WithOneOnShift_ArchivesNone()
    {
        var (idle, busy) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (_, self) = await office.DriverAsync();
        await office.Shifts.StartOwnAsync(busy.Id, self, default);

        var refusal = await RefusalOf(() => Vehicles.ArchiveAsync([idle.Id, busy.Id], office.Chief, default));

        Assert.Equal("fleet.vehicle-in-use", refusal.Code);
        Assert.Equal([busy.Plate], refusal.Args);
        Assert.False((await VehicleList.FindAsync(idle.Id, office.Chief, default))!.Archived);
    }

    [Fact]
    public async Task ChangeVehicle_ByADispatcher_IsRefused_AndNothingIsWritten()
    {
        var id = await Vehicles.AddAsync(Details("AA 300"), office.Chief, default);
        var seen = await VehicleList.FindAsync(id, office.Chief, default);

        Assert.Equal("identity.not-allowed", (await RefusalOf(() => Vehicles.ChangeAsync(id, Details("ZZ 1"), seen!.Version, office.Dispatcher, default))).Code);

        Assert.Equivalent(seen, await VehicleList.FindAsync(id, office.Chief, default));
    }

    [Fact]
    public async Task Vehicles_AreFilteredSortedAndPagedInOneList()
    {
        foreach (var (plate, seats) in new[] { ("PG_1", 3), ("PG_2", 9), ("PG_3", 5), ("PGX4", 7) }) await Vehicles.AddAsync(Details(plate, seats), office.Chief, default);

        var page = await VehicleList.ListAsync(new("PG_"), VehicleSort.Seats, descending: true, new(1, 1), office.Chief, default);

        Assert.Equal(3, page.Total);
        Assert.Equal("PG_3", Assert.Single(page.Rows).Plate);
    }

    [Fact]
    public async Task Vehicles_OfAnotherBranch_AreNotListedForABranchActor()
    {
        var elsewhere = new Branch(BranchId.New(), office.Company, "Hill", "UTC");
        await office.SaveAsync(elsewhere);
        var foreign = await office.VehicleAsync(branch: elsewhere.Id);
        var local = office.Chief with { Scope = ActorScope.Branch, BranchId = office.Branch.Value };

        var rows = (await VehicleList.ListAsync(new(), VehicleSort.Plate, false, Slice.All, local, default)).Rows;

        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, r => r.Id == foreign.Id);
        Assert.Null(await VehicleList.FindAsync(foreign.Id, local, default));
        Assert.Equal("identity.out-of-reach", (await RefusalOf(() => Vehicles.ArchiveAsync([foreign.Id], local, default))).Code);
    }

    [Fact]
    public async Task Vehicles_OfAnotherBranch_AreNeitherOnTheMapNorPlayedNorFoundForABranchActor()
    {
        var elsewhere = new Branch(BranchId.New(), office.Company, "Valley", "UTC");
        await office.SaveAsync(elsewhere);
        var (own, foreign) = (await office.VehicleAsync("BRA 1"), await office.VehicleAsync("BRA 2", elsewhere.Id));
        var local = office.Chief with { Scope = ActorScope.Branch, BranchId = office.Branch.Value };
        var data = office.Services.GetRequiredService<NpgsqlDataSource>();
        await using (var fill = data.CreateCommand("""
            select fleet.make_position_day('2026-03-02');
            insert into fleet.position (vehicle, time, received, latitude, longitude, flags) select v, '2026-03-02 08:00Z', now(), 47, 28, 0 from unnest(array['OWN', 'FOREIGN']::uuid[]) v
            """.Replace("OWN", own.Id.Value.ToString()).Replace("FOREIGN", foreign.Id.Value.ToString())))
            await fill.ExecuteNonQueryAsync();
        var morning = new Period(new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        var playback = new PlaybackQuery(data);

        var roster = await new FleetRosterQuery(data).AllAsync(local, default);
        var played = (await playback.TracksAsync(morning, [], local, default)).Select(t => t.Vehicle.Id).ToList();
        var found = await office.Services.GetRequiredService<SearchQuery>().FindAsync("BRA", local, default);

        Assert.True(roster.ContainsKey(own.Id));
        Assert.False(roster.ContainsKey(foreign.Id));
        var scope = LiveScope.Fleet(local, GeoBounds.World, roster.Keys);
        Assert.Equal((true, false), (scope.Allows(own.Id), scope.Allows(foreign.Id)));
        Assert.Equal([own.Id], played);
        Assert.Equal((1, 0), ((await playback.DayAsync(own.Id, morning, local, default)).Fixes, (await playback.DayAsync(foreign.Id, morning, local, default)).Fixes));
        Assert.Equal([own.Id.Value], found.Select(f => f.ObjectId));
        Assert.Equal(2, (await office.Services.GetRequiredService<SearchQuery>().FindAsync("BRA", office.Chief, default)).Count);
    }

    [Fact]
    public async Task TakeOn_MakesPersonEmployeeAndDriver()
    {
        var (id, _) = await Drivers.TakeOnAsync(new("Nora Field", "+000 555 0177", "Courier", office.Branch, "B", null), null, "en", office.Chief, default);

        await using var db = office.Open();
        var driver = await db.Set<Driver>().SingleAsync(d => d.Id == id);
        var employee = await db.Set<Employee>().SingleAsync(e => e.Id == driver.Employee);
        var person = await db.Set<Person>().SingleAsync(p => p.Id == employee.Person);
        Assert.Equal(("Nora Field", "Courier", "Nora Field", "+000 555 0177"), (driver.Name, employee.JobTitle, person.Name, person.Phone));
    }

    [Fact]
    public async Task OpenAccount_GivesTheDriverASignInThatDrives()
    {
        var (id, _) = await Drivers.TakeOnAsync(new("Ivo Lane", null, null, office.Branch, null, null), null, "en", office.Chief, default);

        var password = await Drivers.OpenAccountAsync(id, "ivo", "ro", office.Chief, default);

        Assert.NotEmpty(password);
        var user = await FindUserAsync("ivo");
        var actor = await office.Services.GetRequiredService<UserRights>().FindAsync(user);
        Assert.Equal((id.Value, true, "ro"), (actor!.DriverId!.Value, actor.Can(Permissions.DriveOwn), actor.Culture));
        Assert.Equal("fleet.driver-has-user", (await RefusalOf(() => Drivers.OpenAccountAsync(id, "ivo2", "en", office.Chief, default))).Code);
    }

    [Fact]
    public async Task OpenAccount_ByTwoAtOnce_OpensOne()
    {
        var (id, _) = await Drivers.TakeOnAsync(new("Twin Lane", null, null, office.Branch, null, null), null, "en", office.Chief, default);

        var codes = await Task.WhenAll(Enumerable.Range(0, 6).Select(async n =>
        {
            try
            {
                await Drivers.OpenAccountAsync(id, $"twin{n}", "en", office.Chief, default);
                return null;
            }
            catch (RuleBrokenException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Equal([null, "fleet.driver-has-user"], codes.Distinct().Order());
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<PortalUser>().CountAsync(u => u.UserName!.StartsWith("twin")));
    }

    [Fact]
    public async Task Adding_ToAnArchivedBranch_IsRefused()
    {
        var closed = new Branch(BranchId.New(), office.Company, "Closed yard", "UTC");
        closed.Archive();
        await office.SaveAsync(closed);

        Assert.Equal("identity.branch-unknown", (await RefusalOf(() => Vehicles.AddAsync(Details("CL 1") with { Branch = closed.Id }, office.Chief, default))).Code);
        Assert.Equal("identity.branch-unknown", (await RefusalOf(() => Drivers.TakeOnAsync(new("Late Comer", null, null, closed.Id, null, null), null, "en", office.Chief, default))).Code);
    }

    [Theory]
    [InlineData("not a phone", "phone.letters")]
    [InlineData("12", "phone.too-short")]
    public async Task Driver_UnderWhatIsNoPhone_IsRefused(string phone, string code)
    {
        Assert.Equal(code, (await RefusalOf(() => Drivers.TakeOnAsync(new("Mute Lane", phone, null, office.Branch, null, null), null, "en", office.Chief, default))).Code);

        var (id, _) = await Drivers.TakeOnAsync(new("Mute Lane", "+44 20 7946 0018", null, office.Branch, null, null), null, "en", office.Chief, default);
        var seen = (await DriverList.FindAsync(id, office.Chief, default))!.Version;
        Assert.Equal(code, (await RefusalOf(() => Drivers.ChangeAsync(id, new("Mute Lane", phone, null, office.Branch, null, null), seen, office.Chief, default))).Code);
    }

    [Fact]
    public async Task ArchivedDriver_DrivesNoMore()
    {
        var (id, _) = await Drivers.TakeOnAsync(new("Gus Hill", null, null, office.Branch, null, null), null, "en", office.Chief, default);
        await Drivers.OpenAccountAsync(id, "gus", "en", office.Chief, default);

        await Drivers.ArchiveAsync([id], office.Chief, default);

        Assert.Null((await office.Services.GetRequiredService<UserRights>().FindAsync(await FindUserAsync("gus")))!.DriverId);
    }

    [Fact]
    public async Task ArchiveDriver_WhoHoldsATrip_IsRefused()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        await office.TripAsync(driver.Id, vehicle.Id, TripState.Accepted);

        Assert.Equal("fleet.driver-in-use", (await RefusalOf(() => Drivers.ArchiveAsync([driver.Id], office.Chief, default))).Code);
    }

    [Fact]
    public async Task Drivers_AreFoundByNameAndPhone_WithWhatTheyDriveNow()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync("Xenia Rare");
        await office.Shifts.StartOwnAsync(vehicle.Id, self, default);

        var row = Assert.Single((await DriverList.ListAsync(new("xenia", OnShift: true), DriverSort.OnVehicle, true, Slice.All, office.Dispatcher, default)).Rows);

        Assert.Equal((driver.Id, vehicle.Plate), (row.Id, row.OnVehicle));
    }

    [Fact]
    public async Task Class_WithANameInUse_IsRefused()
    {
        var classes = office.Services.GetRequiredService<VehicleClassRegistry>();
        var id = await classes.AddAsync("Business car", VehicleBody.Car, office.Chief, default);

        Assert.Equal("fleet.class-name-taken", (await RefusalOf(() => classes.AddAsync("business CAR", VehicleBody.Van, office.Chief, default))).Code);
        await classes.ArchiveAsync(id, office.Chief, default);

        Assert.DoesNotContain(await classes.ListAsync(false, office.Chief, default), c => c.Id == id);
    }

    private async Task<Guid> FindUserAsync(string name)
    {
        await using var db = office.Open();
        return await db.Set<PortalUser>().Where(u => u.UserName == name).Select(u => u.Id).SingleAsync();
    }
}
