using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Database;
using Microsoft.Extensions.DependencyInjection;

namespace Portal.Tests.Fleet;

public sealed class ShiftPlanningTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private static readonly DateOnly Monday = new(2026, 3, 9);

    private static DateTimeOffset At(int day, double hour) => new DateTimeOffset(2026, 3, day, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

    private static async Task<RuleBrokenException> RefusalOf(Func<Task> job) => await Assert.ThrowsAsync<RuleBrokenException>(job);

    [Fact]
    public async Task Plan_WithoutDriverOrVehicle_AsksForThem()
    {
        var (vehicle, (driver, _)) = (await office.VehicleAsync(), await office.DriverAsync());
        var hours = new Period(office.Now, office.Now.AddHours(8));

        Assert.Equal("fleet.shift-needs-driver", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Planning.PlanAsync(default, vehicle.Id, hours, office.Chief, default))).Code);
        Assert.Equal("fleet.shift-needs-vehicle", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Planning.PlanAsync(driver.Id, default, hours, office.Chief, default))).Code);
    }

    [Theory]
    [InlineData(1900, "fleet.shift-past")]
    [InlineData(2199, "fleet.shift-too-far")]
    public async Task Plan_AndReplan_ACenturyAway_AreRefused(int year, string code)
    {
        var (vehicle, (driver, _)) = (await office.VehicleAsync(), await office.DriverAsync());
        var begin = new DateTimeOffset(year, 12, 31, 8, 0, 0, TimeSpan.Zero);
        var away = new Period(begin, begin.AddHours(8));

        Assert.Equal(code, (await RefusalOf(() => office.Planning.PlanAsync(driver.Id, vehicle.Id, away, office.Dispatcher, default))).Code);
        var shift = await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(office.Now.AddDays(2), office.Now.AddDays(2).AddHours(8)), office.Dispatcher, default);
        await using var db = office.Open();
        var version = (await db.Set<Shift>().FindAsync(shift))!.Version;
        Assert.Equal(code, (await RefusalOf(() => office.Planning.ReplanAsync(shift, away, vehicle.Id, version, office.Dispatcher, default))).Code);
    }

    [Fact]
    public async Task Plan_OverAnotherOfTheSameDriver_IsRefused()
    {
        var (a, b) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (driver, _) = await office.DriverAsync();
        await office.Planning.PlanAsync(driver.Id, a.Id, new(At(9, 8), At(9, 16)), office.Dispatcher, default);

        var refusal = await RefusalOf(() => office.Planning.PlanAsync(driver.Id, b.Id, new(At(9, 15), At(9, 20)), office.Dispatcher, default));

        Assert.Equal("fleet.driver-planned", refusal.Code);
    }

    [Fact]
    public async Task Plan_OverAnotherOfTheSameVehicle_SaysWhoseItIs()
    {
        var vehicle = await office.VehicleAsync();
        var ((first, _), (second, _)) = (await office.DriverAsync(), await office.DriverAsync());
        await office.Planning.PlanAsync(first.Id, vehicle.Id, new(At(9, 8), At(9, 16)), office.Dispatcher, default);

        var refusal = await RefusalOf(() => office.Planning.PlanAsync(second.Id, vehicle.Id, new(At(9, 12), At(9, 20)), office.Dispatcher, default));

        Assert.Equal("fleet.vehicle-planned", refusal.Code);
        Assert.Equal([vehicle.Plate, first.Name], refusal.Args);
    }

    [Fact]
    public async Task Plan_TheSameTwiceAtOnce_PlansOnce()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(At(10, 8), At(10, 16)), office.Dispatcher, default);
                return true;
            }
            catch (RuleBrokenException)
            {
                return false;
            }
        }));

        Assert.Single(outcomes, true);
    }

    [Fact]
    public async Task FillWeek_PlansEachDay_AndLeavesTheTakenOnesOut()
    {
        var (a, b) = (await office.VehicleAsync(), await office.VehicleAsync());
        var ((free, _), (taken, _), (afoot, _)) = (await office.DriverAsync(usual: a.Id), await office.DriverAsync(usual: b.Id), await office.DriverAsync());
        await office.Planning.PlanAsync(taken.Id, b.Id, new(At(10, 6), At(10, 10)), office.Dispatcher, default);
        var week = new WeekPattern(Monday, [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday], new(8, 0), new(16, 0), [free.Id, taken.Id, afoot.Id]);

        var filled = await office.Planning.FillWeekAsync(week, office.Dispatcher, default);
        var again = await office.Planning.FillWeekAsync(week, office.Dispatcher, default);

        Assert.Equal(5, filled.Planned.Count);
        Assert.Equal(new[] { taken.Name, afoot.Name }.Order(), filled.LeftOut.Order());
        Assert.Empty(again.Planned);
    }

    [Fact]
    public async Task Withdraw_TakesPlannedShiftsBack_ButNotStartedOnes()
    {
        var (a, b) = (await office.VehicleAsync(), await office.VehicleAsync());
        var ((one, self), (two, _)) = (await office.DriverAsync(), await office.DriverAsync());
        var started = await office.Shifts.StartOwnAsync(a.Id, self, default);
        var planned = await office.Planning.PlanAsync(two.Id, b.Id, new(At(11, 8), At(11, 16)), office.Dispatcher, default);

        Assert.Equal(1, await office.Planning.WithdrawAsync([started, planned], office.Dispatcher, default));

        Assert.True((await office.LoadAsync(started)).IsOpen);
        await using var db = office.Open();
        Assert.Null(await db.Set<Shift>().FindAsync(planned));
    }

    [Fact]
    public async Task Replan_OfARunningShift_TakesItsCarAndItsHoursTogether()
    {
        var (vehicle, other) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (driver, self) = await office.DriverAsync();
        var id = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var seen = await office.LoadAsync(id);
        var hours = new Period(seen.PlannedFrom, seen.PlannedTo.AddHours(1));

        await office.Planning.ReplanAsync(id, hours, other.Id, seen.Version, office.Dispatcher, default);

        var changed = await office.LoadAsync(id);
        Assert.Equal((other.Id, hours.To, true), (changed.Vehicle, changed.PlannedTo, changed.IsOpen));
        await office.TripAsync(driver.Id, other.Id);
        var refusal = await RefusalOf(() => office.Planning.ReplanAsync(id, hours, vehicle.Id, changed.Version, office.Dispatcher, default));
        Assert.Equal("fleet.shift-vehicle-has-trips", refusal.Code);
    }

    [Fact]
    public async Task Replan_OfARunningShiftOnToACarThatIsPlanned_IsRefused_AndTheDriversNextShiftIsNoHindrance()
    {
        var (vehicle, other, free) = (await office.VehicleAsync(), await office.VehicleAsync(), await office.VehicleAsync());
        var ((driver, self), (next, _)) = (await office.DriverAsync(), await office.DriverAsync());
        var id = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var seen = await office.LoadAsync(id);
        var hours = new Period(seen.PlannedFrom, seen.PlannedTo);
        await office.Planning.PlanAsync(next.Id, other.Id, new(office.Now.AddHours(5), office.Now.AddHours(12)), office.Dispatcher, default);
        await office.SaveAsync(new Shift(ShiftId.New(), driver.Id, vehicle.Id, office.Branch, new(office.Now.AddHours(6), office.Now.AddHours(14))));

        var refusal = await RefusalOf(() => office.Planning.ReplanAsync(id, hours, other.Id, seen.Version, office.Dispatcher, default));
        Assert.Equal("fleet.vehicle-planned", refusal.Code);

        await office.Planning.ReplanAsync(id, hours, free.Id, seen.Version, office.Dispatcher, default);
        Assert.Equal(free.Id, (await office.LoadAsync(id)).Vehicle);
    }

    [Fact]
    public async Task Replan_OfAPlanSomebodyElseMoved_SaysWho()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        var id = await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(At(12, 8), At(12, 16)), office.Dispatcher, default);
        var seen = (await office.LoadAsync(id)).Version;
        await office.Planning.ReplanAsync(id, new(At(12, 9), At(12, 17)), vehicle.Id, seen, office.Chief, default);

        var refusal = await RefusalOf(() => office.Planning.ReplanAsync(id, new(At(12, 10), At(12, 18)), vehicle.Id, seen, office.Dispatcher, default));

        Assert.Equal("shared.changed-by", refusal.Code);
        Assert.Equal([office.Chief.Name], refusal.Args);
        Assert.Equal(At(12, 9), (await office.LoadAsync(id)).PlannedFrom);
    }

    [Fact]
    public async Task Plan_ByADriver_IsRefused()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();

        Assert.Equal("identity.not-allowed", (await RefusalOf(() => office.Planning.PlanAsync(driver.Id, vehicle.Id, new(At(9, 8), At(9, 16)), self, default))).Code);
    }

    [Fact]
    public async Task Week_ShowsPlannedAndRunningShiftsOfItsLines()
    {
        var vehicle = await office.VehicleAsync("W 777");
        var (driver, self) = await office.DriverAsync("Wanda Weekplan");
        var planned = await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(office.Now.AddDays(1), office.Now.AddDays(1).AddHours(8)), office.Dispatcher, default);
        var running = await office.Shifts.StartOwnAsync(vehicle.Id, self, default, office.Now.AddHours(-2));
        var week = new Period(office.Now.AddDays(-3), office.Now.AddDays(4));
        var query = office.Services.GetRequiredService<ShiftWeekQuery>();

        var perDriver = await query.ReadAsync(false, "weekplan", week, Slice.All, office.Dispatcher, default);
        var perVehicle = await query.ReadAsync(true, "W 777", week, Slice.All, office.Dispatcher, default);

        Assert.Equal(driver.Id.Value, Assert.Single(perDriver.Lines).Id);
        Assert.Equal([running, planned], perDriver.Shifts.Select(s => s.Id));
        Assert.Equal(TimeSpan.FromHours(2), perDriver.Shifts[0].Worked);
        Assert.Equal(perDriver.Shifts.Select(s => s.Id), perVehicle.Shifts.Select(s => s.Id));
    }
}
