using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class TripProgressTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    private async Task<(TripId Trip, Driver Driver)> GivenAsync()
    {
        var (vehicle, driver, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);
        return (trip.Id, driver);
    }

    [Fact]
    public async Task Advance_ByTheDriverHimself_GoesToTheEnd()
    {
        var (trip, driver) = await GivenAsync();
        var rolf = Driver("Rolf", driver.Id);

        for (var step = TripState.Accepted; step <= TripState.Completed; step++) await yard.Progress.AdvanceAsync(trip, step, rolf);

        var stored = await yard.LoadAsync(trip);
        Assert.Equal(TripState.Completed, stored.State);
        Assert.Equal(7, stored.Events.Count);
    }

    [Fact]
    public async Task Advance_ByAnotherDriver_IsRefused()
    {
        var (trip, _) = await GivenAsync();
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => yard.Progress.AdvanceAsync(trip, TripState.Accepted, Driver("Other", DriverId.New())))).Code);
    }

    [Fact]
    public async Task Advance_WhenPressedManyTimesAtOnce_HappensOnce()
    {
        var (trip, driver) = await GivenAsync();
        var rolf = Driver("Rolf", driver.Id);

        var done = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            try
            {
                await yard.Progress.AdvanceAsync(trip, TripState.Accepted, rolf);
                return true;
            }
            catch (Domain.Shared.RuleBrokenException)
            {
                return false;
            }
        }));

        Assert.Single(done, true);
        Assert.Equal(TripState.Accepted, (await yard.LoadAsync(trip)).State);
    }

    [Fact]
    public async Task Advance_FromAPhoneThatWasOffline_KeepsTheOrderOfMoments()
    {
        var (trip, driver) = await GivenAsync();
        var rolf = Driver("Rolf", driver.Id);
        yard.Clock.Advance(TimeSpan.FromMinutes(10));

        await yard.Progress.AdvanceAsync(trip, TripState.Accepted, rolf, at: Now.AddDays(-1));
        await yard.Progress.AdvanceAsync(trip, TripState.OnTheWay, rolf, at: Now.AddYears(1));

        var stored = await yard.LoadAsync(trip);
        Assert.Equal((stored.AssignedAt, yard.Clock.GetUtcNow()), (stored.AcceptedAt, stored.DepartedAt!.Value));
    }

    [Fact]
    public async Task Cancel_ByADriver_IsRefused()
    {
        var (trip, driver) = await GivenAsync();
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => yard.Progress.CancelAsync(trip, "tired", Driver("Rolf", driver.Id)))).Code);
    }

    [Fact]
    public async Task Cancel_WithoutAReason_IsRefused()
    {
        var (trip, _) = await GivenAsync();
        Assert.Equal("text.required", (await RefusalOfAsync(() => yard.Progress.CancelAsync(trip, " ", yard.Ida))).Code);
    }

    [Fact]
    public async Task NoShow_NeedsTheArrival()
    {
        var (trip, driver) = await GivenAsync();
        var rolf = Driver("Rolf", driver.Id);
        Assert.Equal("dispatch.no-show-needs-arrival", (await RefusalOfAsync(() => yard.Progress.MarkNoShowAsync(trip, "nobody", rolf))).Code);

        for (var step = TripState.Accepted; step <= TripState.Arrived; step++) await yard.Progress.AdvanceAsync(trip, step, rolf);
        await yard.Progress.MarkNoShowAsync(trip, "nobody came", rolf);

        var stored = await yard.LoadAsync(trip);
        Assert.Equal((TripState.NoShow, "nobody came"), (stored.State, stored.Reason));
    }
}
