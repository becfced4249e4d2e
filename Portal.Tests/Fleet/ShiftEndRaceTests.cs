using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>A driver goes home while a dispatcher gives him a trip: one of both is refused, never neither.</summary>
public sealed class ShiftEndRaceTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    private ShiftClock Shifts => new(Factory, yard.Clock);

    private IDbContextFactory<Infrastructure.Database.PortalDb> Factory =>
        (IDbContextFactory<Infrastructure.Database.PortalDb>)yard.Services.GetService(typeof(IDbContextFactory<Infrastructure.Database.PortalDb>))!;

    [Fact]
    public async Task End_WhileAnAssignmentIsBeingWritten_WaitsForIt_AndIsRefused()
    {
        var (vehicle, driver, shift) = await yard.CarAsync();
        var standing = await yard.TripAsync();
        await using var db = yard.Open();
        await using var assignment = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"select 1 from fleet.shift where id = {shift.Id.Value} for share");

        var end = Shifts.EndAsync(shift.Id, yard.Ida, default);
        await Wait.UntilAsync(AnybodyWaitsAsync, "the end of the shift to wait");
        (await db.Set<Trip>().Include(t => t.Events).SingleAsync(t => t.Id == standing.Id)).Assign(vehicle.Id, driver.Id, yard.Clock.GetUtcNow(), yard.Ida);
        await db.SaveChangesAsync();
        await assignment.CommitAsync();

        Assert.Equal("fleet.shift-has-trips", (await Assert.ThrowsAsync<RuleBrokenException>(() => end)).Code);
    }

    [Fact]
    public async Task ChangeVehicle_WhileAnAssignmentIsBeingWritten_WaitsForIt_AndIsRefused()
    {
        var (vehicle, driver, shift) = await yard.CarAsync();
        var (other, _, _) = await yard.CarAsync();
        var standing = await yard.TripAsync();
        await using var db = yard.Open();
        await using var assignment = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"select 1 from fleet.shift where id = {shift.Id.Value} for share");

        var change = Shifts.ChangeVehicleAsync(shift.Id, other.Id, Actor.System("test"), default);
        await Wait.UntilAsync(AnybodyWaitsAsync, "the change of vehicle to wait");
        (await db.Set<Trip>().Include(t => t.Events).SingleAsync(t => t.Id == standing.Id)).Assign(vehicle.Id, driver.Id, yard.Clock.GetUtcNow(), yard.Ida);
        await db.SaveChangesAsync();
        await assignment.CommitAsync();

        Assert.Equal("fleet.shift-vehicle-has-trips", (await Assert.ThrowsAsync<RuleBrokenException>(() => change)).Code);
    }

    [Fact]
    public async Task Assign_WhileTheShiftIsBeingEnded_WaitsForIt_AndIsRefused()
    {
        var (vehicle, _, shift) = await yard.CarAsync();
        var standing = await yard.TripAsync();
        await using var db = yard.Open();
        await using var ending = await db.Database.BeginTransactionAsync();
        (await db.Set<Shift>().SingleAsync(s => s.Id == shift.Id)).End(yard.Clock.GetUtcNow());
        await db.SaveChangesAsync();

        var assign = yard.Assignment.AssignAsync(standing.Id, vehicle.Id, yard.Ida);
        await Wait.UntilAsync(AnybodyWaitsAsync, "the assignment to wait");
        await ending.CommitAsync();

        Assert.Equal("dispatch.driver-off-shift", (await Assert.ThrowsAsync<RuleBrokenException>(() => assign)).Code);
        Assert.Equal(TripState.Requested, (await yard.LoadAsync(standing.Id)).State);
    }

    private async Task<bool> AnybodyWaitsAsync()
    {
        await using var db = yard.Open();
        return await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'").SingleAsync() > 0;
    }
}
