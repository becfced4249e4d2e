using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using static Portal.Tests.Dispatch.SampleFleet;

namespace Portal.Tests.Dispatch;

public class VehicleGapTests
{
    private static readonly TimeSpan Boarding = Settings.Boarding;

    private static HeldTrip Held(TripState state, DateTimeOffset from, GeoPoint pickup, GeoPoint dropoff) => new(TripId.New(), state, pickup, dropoff, from, Ride(pickup, dropoff));

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
    [InlineData(25 * 60, true)] // one minute there, two to get in, twenty of riding, two to the next pickup
    [InlineData(25 * 60 - 1, false)]
    public void For_GoesBeforeTheNext_OnlyWhereTheCarIsThereInTime(int nextIn, bool fits)
    {
        var car = Car("A", 600) with { Gaps = [new(null, null, At(13_200, 0), Now.AddSeconds(nextIn), Now.AddSeconds(nextIn))], FreeAt = Now.AddHours(2), FreeWhere = At(0, 0) };
        var trip = Trip() with { Dropoff = At(12_000, 0) };

        var placed = Placed(trip, car);

        Assert.Equal(fits ? null : Now.AddHours(2), placed.FreeAt);
    }

    [Fact]
    public void For_WhenTheNextIsOrderedForAnEarlierMoment_GoesAfterIt()
    {
        // late as it is, the vehicle does it first: the order of driving is by the window's begin
        var car = Car("A") with { Gaps = [new(null, null, At(0, 0), Now.AddMinutes(-20), Now.AddHours(1))], FreeAt = Now.AddHours(2), FreeWhere = At(0, 0) };
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
    public void For_OutOfReach_GoesAfterAll()
    {
        var car = Holding(Car("A"), Held(TripState.Assigned, Now.AddHours(3), At(0, 0), At(600, 0)));
        Assert.NotNull(car.For(Trip(), Now, Boarding, _ => double.PositiveInfinity, _ => 0).FreeAt);
        Assert.NotNull(car.For(Trip(), Now, Boarding, _ => 0, _ => double.PositiveInfinity).FreeAt);
    }

    [Fact]
    public void For_IntoTheGapOfItsTime_ChangesNothingForTheTripsHeld()
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
            var trip = Trip(random.Next(0, 9000), random.Next(0, 9000)) with { PickupFrom = Now.AddMinutes(random.Next(0, 240)), Dropoff = Anywhere() };
            trip = trip with { Ride = Ride(trip.Pickup, trip.Dropoff) };

            var placed = Placed(trip, car);
            // one that does not fit before those ordered for later is done after them; who drives by the window's begin must be told so
            if (placed.NextAt is not { } nextAt || nextAt != car.Gaps.First(g => g.NextOrderedFor > trip.PickupFrom).NextAt) return true;

            filled++;
            var before = Forecast(car, held).ToDictionary(e => e.Id);
            var after = Forecast(car, [.. held, new(trip.Id, TripState.Assigned, trip.Pickup, trip.Dropoff, trip.PickupFrom, trip.Ride)]).ToDictionary(e => e.Id);
            var arrival = (placed.FreeAt ?? Now) + Ride(placed.SetsOutFrom!.Value, trip.Pickup);
            return (after[trip.Id].Pickup!.Value - arrival).Duration() < TimeSpan.FromSeconds(1)
                && held.All(t => (Occupies(t, after[t.Id]).From - Occupies(t, before[t.Id]).From).Duration() < TimeSpan.FromSeconds(1));
        }).QuickCheckThrowOnFailure();
        Assert.True(filled > 10, $"only {filled} of the cases had a gap");
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
