using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;

namespace Portal.Tests.Dispatch;

public sealed class FleetCandidatesTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    // the yard's clock stands at nine in the morning, UTC
    private DateTimeOffset Midnight => yard.Clock.GetUtcNow().AddHours(-9);

    // one that has read nothing yet: what others read is kept for half a minute of a clock that stands still
    private Task<WorkingFleet> FleetAsync() => ActivatorUtilities.CreateInstance<FleetCandidates>(yard.Services).ReadAsync(new(), yard.Ida, default);

    private async Task<VehicleCandidate> ReadAsync(VehicleId vehicle) => (await FleetAsync()).Vehicles.Single(v => v.Vehicle == vehicle);

    private async Task WorkedAsync((Vehicle Vehicle, Driver Driver, Shift) car, DateTimeOffset from, DateTimeOffset to, DateTimeOffset? breakFrom = null, BranchId? branch = null)
    {
        var shift = new Shift(ShiftId.New(), car.Driver.Id, car.Vehicle.Id, branch ?? yard.Branch, new(from, to));
        shift.Start(from);
        if (breakFrom is { } rest)
        {
            shift.StartBreak(rest);
            shift.EndBreak(rest.AddHours(1));
        }
        shift.End(to);
        await yard.SaveAsync(shift);
    }

    [Fact]
    public async Task HoursToday_OfAShiftThatEndedThisMorning_AreThePartSinceMidnight()
    {
        var car = await yard.CarAsync();
        await WorkedAsync(car, Midnight.AddHours(-2), Midnight.AddHours(6), breakFrom: Midnight.AddMinutes(-30));

        var candidate = await ReadAsync(car.Vehicle.Id);

        // six hours less the half of the break that fell into today, and the hour of the shift he is in
        Assert.Equal((TimeSpan.FromHours(6.5), TimeSpan.FromHours(8)), (candidate.HoursToday, candidate.Hours28));
        Assert.Equal(TimeSpan.FromHours(5.5), candidate.AllowedLeft);
    }

    [Fact]
    public async Task HoursToday_OfWhoWorksThroughMidnight_BeginWithHisShift()
    {
        var (vehicle, driver, _) = await yard.CarAsync(atWork: false);
        var night = new Shift(ShiftId.New(), driver.Id, vehicle.Id, yard.Branch, new(Midnight.AddHours(-3), Midnight.AddHours(12)));
        night.Start(Midnight.AddHours(-3));
        await yard.SaveAsync(night);

        Assert.Equal((TimeSpan.FromHours(12), TimeSpan.Zero), ((await ReadAsync(vehicle.Id)).HoursToday, (await ReadAsync(vehicle.Id)).AllowedLeft));
    }

    [Fact]
    public async Task DaysAvailable_AreThoseOfTheBranchsCalendar()
    {
        var far = await yard.OtherBranchAsync("Pacific/Auckland");
        var car = await yard.CarAsync(branch: far);
        // an hour before and an hour after midnight in Auckland, on one day of UTC
        var midnight = Midnight.AddDays(-5).AddHours(11);
        await WorkedAsync(car, midnight.AddHours(-2), midnight.AddHours(-1), branch: far);
        await WorkedAsync(car, midnight.AddHours(1), midnight.AddHours(2), branch: far);

        Assert.Equal(3, (await ReadAsync(car.Vehicle.Id)).DaysAvailable);
    }

    [Fact]
    public async Task Means_LeaveOutCarsThatAreReenacted()
    {
        var car = await yard.CarAsync();
        await WorkedAsync(car, Midnight.AddHours(1), Midnight.AddHours(5));
        var before = (await FleetAsync()).Means;
        var (played, _, shift) = await yard.CarAsync();
        await using var mark = yard.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("update fleet.shift set source = $2 where id = $1");
        mark.Parameters.Add(new() { Value = shift.Id.Value });
        mark.Parameters.Add(new() { Value = Reenacted.SourcePrefix });
        await mark.ExecuteNonQueryAsync();

        var after = await FleetAsync();

        Assert.Contains(after.Vehicles, v => v.Vehicle == played.Id);
        Assert.Equal(before, after.Means);
    }
}
