using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using static Portal.Tests.Dispatch.SampleFleet;

namespace Portal.Tests.Dispatch;

public class VehicleGapTests
{
    private static readonly TimeSpan Boarding = Settings.Boarding;

    private static HeldTrip Held(TripState state, DateTimeOffset from, GeoPoint pickup, GeoPoint dropoff) => new(TripId.New(), state, pickup, dropoff, from, from.AddMinutes(15), Ride(pickup, dropoff));

    private static TimeSpan Ride(GeoPoint from, GeoPoint to) => TimeSpan.FromSeconds(from.DistanceTo(to) / 10);

    private static IReadOnlyList<TripEta> Forecast(VehicleCandidate car, IEnumerable<HeldTrip> trips) =>
        VehicleForecast.Of(Now, car.Position, trips, (a, b) => Ride(a, b), Boarding).Etas;

    /// <summary>What the board makes of a row: from the pickup as it is expected to the drop-off.</summary>
    private static Period Occupies(HeldTrip trip, TripEta eta) =>
        new(trip.State < TripState.Arrived && eta.Pickup > trip.PickupFrom ? eta.Pickup.Value : trip.PickupFrom, eta.Dropoff!.Value);

    private static VehicleCandidate Holding(VehicleCandidate car, params HeldTrip[] trips)
    {
        var etas = Forecast(car, trips).ToDictionary(e => e.Id);
        return car.Holding(trips.Select(t => (t, Occupies(t, etas[t.Id]))), Now);
    }

    private static VehicleCandidate Placed(TripDemand trip, VehicleCandidate car) =>
        car.For(trip, Now, Boarding, from => from.DistanceTo(trip.Pickup) / 10, next => trip.Dropoff.DistanceTo(next) / 10);

    [Fact]
    public void For_AnOrderForNow_WhenTheCarHoldsOneForLater_GoesBeforeIt()
    {
        var car = Holding(Car("A", 600), Held(TripState.Assigned, Now.AddHours(3), At(0, 0), At(6000, 0)));

        var ranked = Ranking([car]).Judge(Trip(), Placed(Trip(), car), 60);

        Assert.Equal(Now.AddMinutes(1), ranked.Arrival);
        Assert.Equal([RankingCode.Arrives, RankingCode.BeforeNext], ranked.Reasons.Take(2).Select(r => r.Code));
        Assert.Equal(Now.AddHours(3), ranked.Reasons[1].Args[0]);
    }

    [Theory]
    [InlineData(25, 25)] // one minute there, two to get in, twenty of riding, two to the next pickup
    [InlineData(40, 40)]
    [InlineData(10, 25)] // it is driven first all the same, and the next waits
    public void For_AnOrderBeforeTheNext_SaysWhenTheCarStandsThere(int nextIn, int standsIn)
    {
        var next = Now.AddMinutes(nextIn);
        var car = Car("A", 600) with { Gaps = [new(null, null, At(13_200, 0), next, next, next.AddMinutes(5))], FreeAt = Now.AddHours(2), FreeWhere = At(0, 0) };
        var trip = Trip() with { Dropoff = At(12_000, 0) };

        var placed = Placed(trip, car);

        Assert.Null(placed.FreeAt);
        Assert.Equal(Now.AddMinutes(standsIn), placed.NextAt!.Value, TimeSpan.FromSeconds(1));
        var ranked = Ranking([car]).Judge(trip, placed, 60);
        Assert.Equal(nextIn == standsIn ? RankingCode.BeforeNext : RankingCode.DelaysNext, ranked.Reasons[1].Code);
        // fifteen minutes that the next caller waits, ten of them beyond the promise
        Assert.Equal(nextIn == standsIn ? 0 : 15 * Settings.Waiting + 10 * Settings.Lateness, ranked.Cost - Settings.Approach - Settings.Waiting, 3);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(20, false)]
    public void For_AnOrderThatDelaysTheNextByAQuarterOfAnHour_IsRefusedWhereTheShiftEndsBeforeThat(int spare, bool refused)
    {
        var next = Now.AddMinutes(10);
        var free = Now.AddHours(2);
        var car = Car("A", 600) with { Gaps = [new(null, null, At(13_200, 0), next, next, next.AddMinutes(5))], FreeAt = free, FreeWhere = At(0, 0), ShiftEnd = free.AddMinutes(spare) };
        var trip = Trip() with { Dropoff = At(12_000, 0) };

        var ranked = Ranking([car]).Judge(trip, Placed(trip, car), 60);

        Assert.Equal(refused, ranked.Refused);
        Assert.Equal(refused, ranked.Reasons[0].Code == RankingCode.ShiftTooShort);
    }

    [Fact]
    public void For_WhenTheNextIsOrderedForAnEarlierMoment_GoesAfterIt()
    {
        // late as it is, the vehicle does it first: the order of driving is by the window's begin
        var car = Car("A") with { Gaps = [new(null, null, At(0, 0), Now.AddMinutes(-20), Now.AddHours(1), Now)], FreeAt = Now.AddHours(2), FreeWhere = At(0, 0) };
        Assert.Equal(Now.AddHours(2), Placed(Trip(), car).FreeAt);
    }

    [Fact]
    public void For_BetweenTwoHeld_SetsOutFromWhereTheFirstEnds()
    {
        var riding = Held(TripState.OnBoard, Now.AddMinutes(-10), At(0, 0), At(3000, 0));
        var car = Holding(Car("A"), riding, Held(TripState.Accepted, Now.AddHours(2), At(3000, 0), At(0, 0)));

        var placed = Placed(Trip(), car);

        Assert.Equal(Now.AddMinutes(5), placed.FreeAt!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal(At(3000, 0), placed.SetsOutFrom);
    }

    [Fact]
    public void For_WhenEitherPickupIsOutOfReach_IsRefused()
    {
        var car = Holding(Car("A"), Held(TripState.Assigned, Now.AddHours(3), At(0, 0), At(600, 0)));
        foreach (var placed in new[] { car.For(Trip(), Now, Boarding, _ => double.PositiveInfinity, _ => 0), car.For(Trip(), Now, Boarding, _ => 0, _ => double.PositiveInfinity) })
            Assert.Equal(RankingCode.OutOfReach, Ranking([car]).Judge(Trip(), placed, 0).Reasons.Single().Code);
    }

    [Fact]
    public void For_AnyOrder_PromisesWhatTheBoardForecastsOnceItIsGiven()
    {
        var seeds = Gen.Choose(0, 1_000_000).ToArbitrary();
        var filled = 0;
        Prop.ForAll(seeds, seed =>
        {
            var random = new System.Random(seed);
            GeoPoint Anywhere() => At(random.Next(0, 9000), random.Next(0, 9000));
            HeldTrip[] held = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Held(
                i == 0 && random.Next(2) == 0 ? TripState.OnTheWay : TripState.Assigned, Now.AddMinutes(random.Next(-20, 240)), Anywhere(), Anywhere()))];
            var car = Holding(Car("A", random.Next(0, 9000)), held);
            var trip = Trip(random.Next(0, 9000), random.Next(0, 9000)) with { PickupFrom = Now.AddMinutes(random.Next(0, 240) + 0.5), Dropoff = Anywhere() };
            trip = trip with { Ride = Ride(trip.Pickup, trip.Dropoff) };

            var placed = Placed(trip, car);
            var before = Forecast(car, held).ToDictionary(e => e.Id);
            var after = Forecast(car, [.. held, new(trip.Id, TripState.Assigned, trip.Pickup, trip.Dropoff, trip.PickupFrom, trip.PickupUntil, trip.Ride)]).ToDictionary(e => e.Id);
            DateTimeOffset Stands(HeldTrip one, Dictionary<TripId, TripEta> etas) => Occupies(one, etas[one.Id]).From;

            if ((after[trip.Id].Pickup!.Value - ((placed.FreeAt ?? Now) + Ride(placed.SetsOutFrom!.Value, trip.Pickup))).Duration() > TimeSpan.FromSeconds(1)) return false;
            if (placed.Gap is not { } gap) return held.All(t => Stands(t, after) == Stands(t, before));
            filled++;
            var next = held.First(t => t.PickupFrom == gap.NextOrderedFor && !t.State.IsUnderWay());
            var delayed = placed.NextAt > gap.NextAt;
            return (Stands(next, after) - placed.NextAt!.Value).Duration() < TimeSpan.FromSeconds(1) && (delayed || held.All(t => (Stands(t, after) - Stands(t, before)).Duration() < TimeSpan.FromSeconds(1)));
        }).QuickCheckThrowOnFailure();
        Assert.True(filled > 10, $"only {filled} of the cases had a gap");
    }

    [Fact]
    public void Plan_SparesTheCallerWhoWaitsNext_WhereAnotherCarIsNotMuchFarther()
    {
        var near = Holding(Car("NEAR", 600), Held(TripState.Assigned, Now.AddMinutes(10), At(0, 0), At(6000, 0)));
        var far = Car("FAR", 3_000);
        VehicleCandidate[] fleet = [near, far];

        Assert.Equal("FAR", DispatchPlan.Make([Trip()], fleet, Ranking(fleet), Settings, Travel).Planned.Single().Choice.Vehicle.Plate);
    }

    [Fact]
    public void Plan_GivesAnOrderForNow_ToTheCarWithOneForLater()
    {
        var near = Holding(Car("NEAR", 600), Held(TripState.Assigned, Now.AddHours(3), At(0, 0), At(6000, 0)));
        var far = Car("FAR", 12_000);
        VehicleCandidate[] fleet = [far, near];

        var planned = DispatchPlan.Make([Trip()], fleet, Ranking(fleet), Settings, Travel).Planned.Single();

        Assert.Equal("NEAR", planned.Choice.Vehicle.Plate);
        Assert.Equal(Now.AddMinutes(1), planned.Choice.Arrival!.Value, TimeSpan.FromSeconds(1));
    }
}
