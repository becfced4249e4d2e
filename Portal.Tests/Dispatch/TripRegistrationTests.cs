using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class TripRegistrationTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    [Fact]
    public async Task Register_NumbersAndEstimatesTheTrip()
    {
        var first = await yard.TripAsync();
        var second = await yard.TripAsync();

        var stored = await yard.LoadAsync(second.Id);
        Assert.True(second.Number > first.Number);
        Assert.InRange(stored.PlannedKm!.Value, Mill.DistanceTo(Harbour) / 1000, 2 * Mill.DistanceTo(Harbour) / 1000);
        Assert.True(stored.PlannedSeconds > 60);
    }

    [Fact]
    public async Task Register_WhenSentTwice_IsOneTrip()
    {
        var id = TripId.New();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => yard.Registration.RegisterAsync(id, Simple(), yard.Branch, yard.Ida)));

        Assert.Single(answers.Distinct());
        Assert.Single((await yard.LoadAsync(id)).Events);
    }

    [Fact]
    public async Task Register_WhenRefused_DrawsNoNumber()
    {
        var before = (await yard.TripAsync()).Number;
        Assert.Equal("dispatch.window-reversed", (await RefusalOfAsync(() => yard.TripAsync(Simple(Now) with { PickupUntil = Now.AddMinutes(-1) }))).Code);
        Assert.Equal(before + 1, (await yard.TripAsync()).Number);
    }

    [Fact]
    public async Task Edit_ToMoreThanTheHoldingCarTakes_IsRefused()
    {
        var (car, _, _) = await yard.CarAsync(seats: 4);
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, car.Id, yard.Ida);

        Assert.Equal("dispatch.seats-missing", (await RefusalOfAsync(() => yard.Registration.EditAsync(trip.Id, Simple(passengers: 50), yard.Ida))).Code);
        Assert.Equal("dispatch.shift-ends-before-pickup", (await RefusalOfAsync(() => yard.Registration.EditAsync(trip.Id, Simple(Now.AddHours(20)), yard.Ida))).Code);
        Assert.Equal((1, Now), ((await yard.LoadAsync(trip.Id)).Passengers, (await yard.LoadAsync(trip.Id)).PickupFrom));
        await yard.Registration.EditAsync(trip.Id, Simple(passengers: 4), yard.Ida);
        Assert.Equal(4, (await yard.LoadAsync(trip.Id)).Passengers);
    }

    [Fact]
    public async Task Edit_OfWhatTheCarHasNoPartIn_PassesWhateverStoodAgainstItBefore()
    {
        var (car, _, _) = await yard.CarAsync(seats: 4);
        var trip = await yard.TripAsync(Simple(passengers: 4));
        await yard.Assignment.AssignAsync(trip.Id, car.Id, yard.Ida);
        await using (var db = yard.Open()) await db.Database.ExecuteSqlAsync($"update fleet.vehicle set seats = 2 where id = {car.Id.Value}");

        await yard.Registration.EditAsync(trip.Id, Simple(passengers: 4) with { CallerPhone = "+000 555 0199" }, yard.Ida);
        Assert.Equal("+000 555 0199", (await yard.LoadAsync(trip.Id)).CallerPhone);
    }

    [Fact]
    public async Task Register_UnderAnothersId_IsRefused()
    {
        var trip = await yard.TripAsync();
        Assert.Equal("dispatch.trip-id-taken", (await RefusalOfAsync(() => yard.Registration.RegisterAsync(trip.Id, Simple(), yard.Branch, yard.Tom))).Code);
    }

    [Fact]
    public async Task Register_WhenCustomerIsUnknown_IsRefused()
    {
        var order = Simple() with { Customer = PartnerId.New() };
        Assert.Equal("dispatch.customer-unknown", (await RefusalOfAsync(() => yard.TripAsync(order))).Code);
    }

    [Fact]
    public async Task Register_ByADriver_IsRefused()
    {
        var driver = Driver("Rolf", Domain.Fleet.DriverId.New());
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => yard.Registration.RegisterAsync(TripId.New(), Simple(), yard.Branch, driver))).Code);
    }

    [Theory]
    [InlineData("Robert'); drop table dispatch.trip; --")]
    [InlineData("<script>alert(1)</script>")]
    public async Task Register_KeepsHostileTextAsText(string caller)
    {
        var trip = await yard.TripAsync(Simple() with { CallerName = caller });
        Assert.Equal(caller, (await yard.LoadAsync(trip.Id)).CallerName);
    }

    [Fact]
    public async Task Edit_ChangesTheOrderAndItsEstimate()
    {
        var trip = await yard.TripAsync();
        var before = await yard.LoadAsync(trip.Id);

        await yard.Registration.EditAsync(trip.Id, Simple() with { Dropoff = TripStop.At("Far Gate", new(50.9, 31.2)), Note = "two bags" }, yard.Ida, trip.Version);

        var after = await yard.LoadAsync(trip.Id);
        Assert.Equal(("two bags", "Far Gate"), (after.Note, after.Dropoff.Address));
        Assert.True(after.PlannedKm > 2 * before.PlannedKm);
    }

    [Fact]
    public async Task Edit_WhenAnotherChangedIt_IsRefusedWithHisName()
    {
        var trip = await yard.TripAsync();
        await yard.Registration.EditAsync(trip.Id, Simple() with { Note = "gate code 7" }, yard.Tom, trip.Version);

        var refusal = await RefusalOfAsync(() => yard.Registration.EditAsync(trip.Id, Simple() with { Note = "other" }, yard.Ida, trip.Version));

        Assert.Equal(("dispatch.changed-meanwhile", "Tom Field"), (refusal.Code, refusal.Args[1]));
        Assert.Equal("gate code 7", (await yard.LoadAsync(trip.Id)).Note);
    }

    [Theory]
    [InlineData(-13, "dispatch.pickup-past")]
    [InlineData(-24 * 365 * 27, "dispatch.pickup-past")]
    [InlineData(24 * 401, "dispatch.pickup-too-far")]
    public async Task Register_WithAPickupOfAnotherTime_IsRefused(int hours, string code) =>
        Assert.Equal(code, (await RefusalOfAsync(() => yard.TripAsync(Simple(yard.Clock.GetUtcNow().AddHours(hours))))).Code);

    [Fact]
    public async Task Register_OfAReenactment_MayLieInThePast()
    {
        var past = Simple(yard.Clock.GetUtcNow().AddDays(-90));
        var trip = await yard.Registration.RegisterAsync(TripId.New(), past, yard.Branch, yard.Ida, source: "played again");
        Assert.Equal(past.PickupFrom, (await yard.LoadAsync(trip.Id)).PickupFrom);
    }

    [Fact]
    public async Task Edit_ThatMovesThePickupFarBack_IsRefused()
    {
        var trip = await yard.TripAsync();
        var moved = Simple(yard.Clock.GetUtcNow().AddDays(-30));
        Assert.Equal("dispatch.pickup-past", (await RefusalOfAsync(() => yard.Registration.EditAsync(trip.Id, moved, yard.Ida, trip.Version))).Code);
    }
}
