using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Dispatch;

namespace Portal.Tests.Fleet;

public sealed class ShiftClockTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private static async Task<RuleBrokenException> RefusalOf(Func<Task> job) => await Assert.ThrowsAsync<RuleBrokenException>(job);

    [Fact]
    public async Task StartOwn_WithAPlan_StartsThePlannedShiftOnItsVehicle()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();
        var planned = await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(office.Now.AddHours(-1), office.Now.AddHours(7)), office.Dispatcher, default);

        var started = await office.Shifts.StartOwnAsync(null, self, default);

        Assert.Equal(planned, started);
        var shift = await office.LoadAsync(started);
        Assert.True(shift.IsOpen);
        Assert.Equal(vehicle.Id, shift.Vehicle);
    }

    [Fact]
    public async Task StartOwn_WithoutAPlan_TakesTheUsualVehicleForEightHours()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync(usual: vehicle.Id);

        var shift = await office.LoadAsync(await office.Shifts.StartOwnAsync(null, self, default));

        Assert.Equal((vehicle.Id, TimeSpan.FromHours(8)), (shift.Vehicle, shift.PlannedTo - shift.PlannedFrom));
    }

    [Fact]
    public async Task StartOwn_WithNoVehicleAtAll_IsRefused()
    {
        var (_, self) = await office.DriverAsync();

        Assert.Equal("fleet.shift-needs-vehicle", (await RefusalOf(() => office.Shifts.StartOwnAsync(null, self, default))).Code);
    }

    [Fact]
    public async Task StartOwn_OnATakenVehicle_SaysWhoHasIt()
    {
        var vehicle = await office.VehicleAsync();
        var (holder, first) = await office.DriverAsync();
        var (_, second) = await office.DriverAsync();
        await office.Shifts.StartOwnAsync(vehicle.Id, first, default);

        var refusal = await RefusalOf(() => office.Shifts.StartOwnAsync(vehicle.Id, second, default));

        Assert.Equal("fleet.vehicle-on-shift", refusal.Code);
        Assert.Equal([vehicle.Plate, holder.Name], refusal.Args);
    }

    [Fact]
    public async Task StartOwn_Twice_SaysOnWhichVehicleHeIs()
    {
        var (vehicle, other) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (driver, self) = await office.DriverAsync();
        await office.Shifts.StartOwnAsync(vehicle.Id, self, default);

        var refusal = await RefusalOf(() => office.Shifts.StartOwnAsync(other.Id, self, default));

        Assert.Equal("fleet.driver-on-shift", refusal.Code);
        Assert.Equal([driver.Name, vehicle.Plate], refusal.Args);
    }

    [Fact]
    public async Task Start_ByTenDispatchersAtOnce_StartsOnce()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, _) = await office.DriverAsync();
        var shift = await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(office.Now, office.Now.AddHours(8)), office.Dispatcher, default);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                await office.Shifts.StartAsync(shift, office.Dispatcher, default);
                return "";
            }
            catch (RuleBrokenException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Single(outcomes, "");
        Assert.All(outcomes, code => Assert.Contains(code, new[] { "", "fleet.shift-already-started", "shared.changed-by" }));
    }

    [Fact]
    public async Task End_WithHeldTrips_IsRefusedWithTheirNumbers()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var trip = await office.TripAsync(driver.Id, vehicle.Id, TripState.OnBoard);

        var refusal = await RefusalOf(() => office.Shifts.EndAsync(shift, self, default));

        Assert.Equal("fleet.shift-has-trips", refusal.Code);
        Assert.Equal([1, $"#{trip.Number}"], refusal.Args);
        Assert.True((await office.LoadAsync(shift)).IsOpen);
    }

    [Fact]
    public async Task End_WithATripOfTomorrow_GoesThrough()
    {
        var vehicle = await office.VehicleAsync();
        var (driver, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        await office.TripAsync(driver.Id, vehicle.Id, TripState.Assigned, office.Now.AddHours(20));

        await office.Shifts.EndAsync(shift, self, default);

        Assert.NotNull((await office.LoadAsync(shift)).EndedAt);
    }

    [Fact]
    public async Task Clock_OfAPhoneThatWasOffline_IsTakenWithinWhatIsKnown()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();
        var start = office.Now.AddMinutes(-90);

        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default, start);
        await office.Shifts.StartBreakAsync(shift, self, default, start.AddMinutes(-5));
        await office.Shifts.EndBreakAsync(shift, self, default, office.Now.AddHours(3));

        var saved = await office.LoadAsync(shift);
        Assert.Equal(start, saved.StartedAt);
        Assert.Equal((start, office.Now), (saved.Breaks[0].From, saved.Breaks[0].To));
    }

    [Fact]
    public async Task StartOwn_BackdatedIntoTheShiftBefore_BeginsAtItsEnd()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();
        var first = await office.Shifts.StartOwnAsync(vehicle.Id, self, default, office.Now.AddHours(-3));
        await office.Shifts.EndAsync(first, self, default, office.Now.AddHours(-1));

        var second = await office.LoadAsync(await office.Shifts.StartOwnAsync(vehicle.Id, self, default, office.Now.AddHours(-2)));

        Assert.Equal(office.Now.AddHours(-1), second.StartedAt);
    }

    [Fact]
    public async Task Shift_OfAnother_DoesNotExistForADriver()
    {
        var vehicle = await office.VehicleAsync();
        var (_, first) = await office.DriverAsync();
        var (_, second) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, first, default);

        Assert.Equal("fleet.shift-unknown", (await RefusalOf(() => office.Shifts.EndAsync(shift, second, default))).Code);
        Assert.Equal("fleet.shift-unknown", (await RefusalOf(() => office.Shifts.StartBreakAsync(shift, second, default))).Code);
        Assert.True((await office.LoadAsync(shift)).IsOpen);
    }

    [Fact]
    public async Task Shift_OfAnotherBranch_IsOutOfReachOfABranchDispatcher()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var elsewhere = office.Dispatcher with { Scope = ActorScope.Branch, BranchId = Guid.CreateVersion7() };

        Assert.Equal("identity.out-of-reach", (await RefusalOf(() => office.Shifts.EndAsync(shift, elsewhere, default))).Code);
    }

    [Fact]
    public async Task ChangeVehicle_UnderTrips_IsRefused_AndGoesWhenFree()
    {
        var (vehicle, other) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (driver, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var trip = await office.TripAsync(driver.Id, vehicle.Id);

        Assert.Equal("fleet.shift-vehicle-has-trips", (await RefusalOf(() => office.Shifts.ChangeVehicleAsync(shift, other.Id, self, default))).Code);
        await using (var db = office.Open())
        {
            (await db.Set<Trip>().Include(t => t.Events).SingleAsync(t => t.Id == trip.Id)).Release(null, office.Now, office.Dispatcher);
            await db.SaveChangesAsync();
        }
        await office.Shifts.ChangeVehicleAsync(shift, other.Id, self, default);

        Assert.Equal(other.Id, (await office.LoadAsync(shift)).Vehicle);
    }

    [Fact]
    public async Task Clock_LeavesAnAuditRowUnderWhoDidIt()
    {
        var vehicle = await office.VehicleAsync();
        var (_, self) = await office.DriverAsync();

        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);

        await using var db = office.Open();
        Assert.Equal(self.Name, await db.Set<AuditRow>().Where(r => r.ObjectId == shift.Value).Select(r => r.UserName).SingleAsync());
    }

    [Fact]
    public async Task ChangeVehicle_OverAVersionThatIsNoMore_IsRefused()
    {
        var (vehicle, other) = (await office.VehicleAsync(), await office.VehicleAsync());
        var (_, self) = await office.DriverAsync();
        var shift = await office.Shifts.StartOwnAsync(vehicle.Id, self, default);
        var seen = (await office.LoadAsync(shift)).Version;
        await office.Planning.ReplanAsync(shift, new(office.Now, office.Now.AddHours(5)), vehicle.Id, seen, office.Chief, default);

        Assert.Equal("shared.changed-by", (await RefusalOf(() => office.Planning.ReplanAsync(shift, new(office.Now, office.Now.AddHours(8)), other.Id, seen, office.Dispatcher, default))).Code);
    }
}
