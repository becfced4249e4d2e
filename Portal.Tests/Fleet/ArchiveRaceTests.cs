using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>A car or driver leaves the fleet while a shift begins: one of both is refused, so no open shift, and no trip, is left on who is gone.</summary>
public sealed class ArchiveRaceTests(FleetOffice office) : IClassFixture<FleetOffice>
{
    private VehicleRegistry Vehicles => office.Services.GetRequiredService<VehicleRegistry>();
    private DriverRegistry Drivers => office.Services.GetRequiredService<DriverRegistry>();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Archive_WhileAShiftIsBeingStarted_WaitsForIt_AndIsRefused(bool ofTheVehicle)
    {
        var (vehicle, driver, shift) = await PlannedAsync();
        await using var db = office.Open();
        await using var starting = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"select from fleet.vehicle where id = {vehicle.Value} for share");
        await db.Database.ExecuteSqlAsync($"select from fleet.driver where id = {driver.Value} for share");

        var archive = ofTheVehicle ? Vehicles.ArchiveAsync([vehicle], office.Chief, default) : Drivers.ArchiveAsync([driver], office.Chief, default);
        await Wait.UntilAsync(AnybodyWaitsAsync, "the archiving to wait");
        (await db.Set<Shift>().SingleAsync(s => s.Id == shift)).Start(office.Now);
        await db.SaveChangesAsync();
        await starting.CommitAsync();

        Assert.Equal(ofTheVehicle ? "fleet.vehicle-in-use" : "fleet.driver-in-use", (await Assert.ThrowsAsync<RuleBrokenException>(() => archive)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WhileArchivingIsBeingWritten_WaitsForIt_AndIsRefused(bool ofTheVehicle)
    {
        var (vehicle, driver, shift) = await PlannedAsync();
        await using var db = office.Open();
        await using var archiving = await db.Database.BeginTransactionAsync();
        if (ofTheVehicle) (await db.Set<Vehicle>().SingleAsync(v => v.Id == vehicle)).Archive();
        else (await db.Set<Driver>().SingleAsync(d => d.Id == driver)).Archive();
        await db.SaveChangesAsync();

        var start = office.Shifts.StartAsync(shift, office.Chief, default);
        await Wait.UntilAsync(AnybodyWaitsAsync, "the start of the shift to wait");
        await archiving.CommitAsync();

        Assert.Equal(ofTheVehicle ? "fleet.vehicle-archived" : "fleet.driver-archived", (await Assert.ThrowsAsync<RuleBrokenException>(() => start)).Code);
    }

    private async Task<(VehicleId Vehicle, DriverId Driver, ShiftId Shift)> PlannedAsync()
    {
        var (vehicle, (driver, _)) = (await office.VehicleAsync(), await office.DriverAsync());
        return (vehicle.Id, driver.Id, await office.Planning.PlanAsync(driver.Id, vehicle.Id, new(office.Now, office.Now.AddHours(8)), office.Chief, default));
    }

    private async Task<bool> AnybodyWaitsAsync()
    {
        await using var db = office.Open();
        return await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").SingleAsync() > 0;
    }
}
