using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public sealed class AutomaticAssignmentTests : IAsyncLifetime
{
    // each test counts all waiting trips, so each has a company of its own
    private readonly DispatchYard yard = new();
    private IHostedService feed = null!;

    private AutomaticAssignment Automatic => yard.Services.GetRequiredService<AutomaticAssignment>();
    private CandidateQuery Candidates => yard.Services.GetRequiredService<CandidateQuery>();

    public async Task InitializeAsync()
    {
        await yard.InitializeAsync();
        feed = yard.Services.GetServices<IHostedService>().Single();
        await feed.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await feed.StopAsync(CancellationToken.None);
        await yard.DisposeAsync();
    }

    private async Task<Vehicle> CarAtAsync(GeoPoint point, int seats = 4, BranchId? branch = null)
    {
        var (vehicle, _, _) = await yard.CarAsync(seats: seats, branch: branch);
        return await StandsAtAsync(vehicle, point);
    }

    private async Task<Vehicle> StandsAtAsync(Vehicle vehicle, GeoPoint point)
    {
        yard.Fleet.Accept(new PositionReading { Vehicle = vehicle.Id, Time = yard.Clock.GetUtcNow(), Received = yard.Clock.GetUtcNow(), Point = point });
        await Wait.UntilAsync(() => yard.Board.Current.Vehicles.Any(v => v.Id == vehicle.Id), "the car on the board");
        return vehicle;
    }

    private static GeoPoint East(double km) => new(Mill.Latitude, Mill.Longitude + km / 71);

    [Fact]
    public async Task Run_GivesEachTripTheCarThatMakesTheSumLeast()
    {
        // the nearest car of the first trip is the only near one of the second: a greedy choice would waste it
        var near = await CarAtAsync(East(1));
        var far = await CarAtAsync(East(-3));
        var first = await yard.TripAsync(Simple() with { Pickup = TripStop.At("Mill", East(0)) });
        var second = await yard.TripAsync(Simple() with { Pickup = TripStop.At("East gate", East(2)) });

        var outcome = await Automatic.RunAsync(null, yard.Ida);

        Assert.Equal((2, 0, 0), (outcome.Assigned.Count, outcome.Refused.Count, outcome.Unserved.Count));
        Assert.Equal(far.Id, (await yard.LoadAsync(first.Id)).Vehicle);
        Assert.Equal(near.Id, (await yard.LoadAsync(second.Id)).Vehicle);
    }

    [Fact]
    public async Task Run_WhenNoCarFits_LeavesTheTripWaiting()
    {
        await CarAtAsync(East(1), seats: 2);
        var trip = await yard.TripAsync(Simple(passengers: 4));

        var outcome = await Automatic.RunAsync(null, yard.Ida);

        Assert.Empty(outcome.Assigned);
        Assert.Equal(UnservedReason.NoneFits, Assert.Single(outcome.Unserved).Why);
        Assert.Equal(TripState.Requested, (await yard.LoadAsync(trip.Id)).State);
    }

    [Fact]
    public async Task Run_OfChosenTrips_LeavesTheOthers()
    {
        await CarAtAsync(East(1));
        await CarAtAsync(East(2));
        var chosen = await yard.TripAsync();
        var other = await yard.TripAsync();

        var outcome = await Automatic.RunAsync([chosen.Id], yard.Ida);

        Assert.Equal(chosen.Id, Assert.Single(outcome.Assigned).Id);
        Assert.Equal(TripState.Requested, (await yard.LoadAsync(other.Id)).State);
    }

    [Fact]
    public async Task Run_LeavesTripsOfTomorrow()
    {
        await CarAtAsync(East(1));
        await yard.TripAsync(Simple(yard.Clock.GetUtcNow().AddDays(1)));
        Assert.Empty((await Automatic.RunAsync(null, yard.Ida)).Assigned);
    }

    [Fact]
    public async Task Run_WithoutTheRight_IsRefused() =>
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => Automatic.RunAsync(null, Person("Visitor", Permissions.BoardRead)))).Code);

    [Fact]
    public async Task ForTrip_RanksByArrivalAndNamesWhyOthersCannot()
    {
        var far = await CarAtAsync(East(6));
        var near = await CarAtAsync(East(1));
        var small = await CarAtAsync(East(0.5), seats: 1);
        var trip = await yard.TripAsync(Simple(passengers: 3));

        var ranked = await Candidates.ForTripAsync(trip.Id, 9, yard.Ida);

        Assert.Equal([near.Id, far.Id, small.Id], ranked.Select(c => c.Ranked.Vehicle.Vehicle));
        Assert.Equal([RankingCode.TooFewSeats], ranked[2].Ranked.Reasons.Select(r => r.Code));
        Assert.StartsWith("Driver of", ranked[0].DriverName);
    }

    [Fact]
    public async Task ForTrip_CountsABusyCarFromWhereAndWhenItWillBeFree()
    {
        var busy = await CarAtAsync(East(0));
        var free = await CarAtAsync(East(4));
        var held = await yard.TripAsync(Simple() with { Dropoff = TripStop.At("Far", East(30)) });
        await yard.Assignment.AssignAsync(held.Id, busy.Id, yard.Ida);
        await Wait.UntilAsync(() => yard.Board.Current.Find(held.Id)?.Vehicle == busy.Id, "the assignment on the board");
        var trip = await yard.TripAsync();

        var ranked = await Candidates.ForTripAsync(trip.Id, 9, yard.Ida);

        Assert.Equal(free.Id, ranked[0].Ranked.Vehicle.Vehicle);
    }

    [Fact]
    public async Task ForTrip_ACarThatHoldsOneForLater_IsFreeUntilThen()
    {
        var near = await CarAtAsync(East(0.5));
        await CarAtAsync(East(4));
        var later = await yard.TripAsync(Simple(yard.Clock.GetUtcNow().AddHours(3)));
        await yard.Assignment.AssignAsync(later.Id, near.Id, yard.Ida);
        await Wait.UntilAsync(() => yard.Board.Current.Find(later.Id)?.Vehicle == near.Id, "the assignment on the board");
        var trip = await yard.TripAsync();

        var best = (await Candidates.ForTripAsync(trip.Id, 9, yard.Ida))[0].Ranked;

        Assert.Equal(near.Id, best.Vehicle.Vehicle);
        Assert.Equal([RankingCode.Arrives, RankingCode.BeforeNext], best.Reasons.Take(2).Select(r => r.Code));
        Assert.True(best.Arrival < yard.Clock.GetUtcNow().AddMinutes(15));

        await Automatic.RunAsync([trip.Id], yard.Ida);
        Assert.Equal(near.Id, (await yard.LoadAsync(trip.Id)).Vehicle);
    }

    [Fact]
    public async Task ForTrip_ThatACarHolds_DoesNotCountItAgainstThatCar()
    {
        var car = await CarAtAsync(East(0.5));
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, car.Id, yard.Ida);
        await Wait.UntilAsync(() => yard.Board.Current.Find(trip.Id)?.Vehicle == car.Id, "the assignment on the board");

        Assert.Equal(RankingCode.Arrives, (await Candidates.ForTripAsync(trip.Id, 9, yard.Ida)).Single().Ranked.Reasons[0].Code);
    }

    [Fact]
    public async Task CarsOfAnotherBranch_AreNeitherProposedNorGiven_ToWhoIsOfOne()
    {
        var foreign = await CarAtAsync(East(0.1), branch: await yard.OtherBranchAsync());
        var own = await CarAtAsync(East(3));
        var trip = await yard.TripAsync();
        var ofOne = yard.Tom with { Scope = ActorScope.Branch, BranchId = yard.Branch.Value };

        Assert.Equal([own.Id], (await Candidates.ForTripAsync(trip.Id, 9, ofOne)).Select(c => c.Ranked.Vehicle.Vehicle));
        Assert.Equal([foreign.Id, own.Id], (await Candidates.ForTripAsync(trip.Id, 9, yard.Ida)).Select(c => c.Ranked.Vehicle.Vehicle));
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, foreign.Id, ofOne))).Code);
        await Automatic.RunAsync(null, ofOne);
        Assert.Equal(own.Id, (await yard.LoadAsync(trip.Id)).Vehicle);
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => yard.Assignment.ReassignAsync(trip.Id, foreign.Id, ofOne))).Code);
        await yard.Assignment.ReassignAsync(trip.Id, foreign.Id, yard.Ida);
    }

    [Fact]
    public async Task Run_NeverCallsADriverFromHisBreak_ButAPersonMay()
    {
        var (vehicle, _, shift) = await yard.CarAsync();
        await StandsAtAsync(vehicle, East(0.5));
        await ActivatorUtilities.CreateInstance<ShiftClock>(yard.Services).StartBreakAsync(shift.Id, yard.Ida, default);
        await Wait.UntilAsync(() => yard.Board.Current.Vehicles.Any(v => v.OnBreak), "the break on the board");
        var now = await yard.TripAsync();
        var later = await yard.TripAsync(Simple(yard.Clock.GetUtcNow().AddHours(2)));

        var outcome = await Automatic.RunAsync([now.Id], yard.Ida);

        Assert.Equal(UnservedReason.OnBreak, Assert.Single(outcome.Unserved).Why);
        Assert.Equal(RankingCode.OnBreak, (await Candidates.ForTripAsync(now.Id, 9, yard.Ida)).Single().Ranked.Reasons[0].Code);
        Assert.Single((await Automatic.RunAsync([later.Id], yard.Ida)).Assigned);
        await yard.Assignment.AssignAsync(now.Id, vehicle.Id, yard.Ida);
    }

    [Fact]
    public async Task Near_OffTheGlobe_IsRefused() =>
        Assert.Equal("geo.off-globe", (await RefusalOfAsync(() => Candidates.NearAsync(new(91, 0), 9, yard.Ida))).Code);
}
