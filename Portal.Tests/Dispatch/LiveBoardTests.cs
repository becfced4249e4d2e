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

public sealed class LiveBoardTests(DispatchYard yard) : IClassFixture<DispatchYard>, IAsyncLifetime
{
    private IHostedService feed = null!;

    public async Task InitializeAsync()
    {
        feed = yard.Services.GetServices<IHostedService>().Single();
        await feed.StartAsync(CancellationToken.None);
        await Wait.UntilAsync(() => yard.Board.Current.Revision > 0, "the first reading of the board");
    }

    public Task DisposeAsync() => feed.StopAsync(CancellationToken.None);

    private static async Task<BoardTrip> SeenAsync(BoardWatch watch, TripId id, Func<BoardTrip, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var board in watch.ReadAsync(limit.Token))
            if (board.Find(id) is { } trip && until(trip)) return trip;
        throw new InvalidOperationException("the watch ended");
    }

    [Fact]
    public async Task Watch_SeesAnothersMove()
    {
        var (vehicle, driver, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        using var watch = yard.Board.Watch(yard.Tom);

        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);

        var seen = await SeenAsync(watch, trip.Id, t => t.State == TripState.Assigned);
        Assert.Equal((vehicle.Plate, driver.Name), (seen.Plate, seen.DriverName));
    }

    [Fact]
    public async Task Watch_WhenReaderIsSlow_GetsTheNewestOnly()
    {
        using var watch = yard.Board.Watch(yard.Tom);
        var last = TripId.New();
        for (var i = 0; i < 5; i++) last = (await yard.TripAsync()).Id;
        await Wait.UntilAsync(() => yard.Board.Current.Find(last) is not null, "the last trip on the board");
        var newest = yard.Board.Current.Revision;

        await foreach (var board in watch.ReadAsync(CancellationToken.None))
        {
            Assert.True(board.Revision >= newest);
            break;
        }
    }

    [Fact]
    public void Watch_WithoutTheRight_IsRefused() =>
        Assert.Equal("identity.not-allowed", RefusalOf(() => yard.Board.Watch(Person("Visitor"))));

    [Fact]
    public async Task SeenBy_ADispatcherOfAnotherBranch_IsEmpty()
    {
        var trip = await yard.TripAsync();
        await Wait.UntilAsync(() => yard.Board.Current.Find(trip.Id) is not null, "the trip on the board");

        var seen = yard.Board.Current.SeenBy(yard.Tom with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() });

        Assert.Empty(seen.Trips);
        Assert.Empty(seen.Vehicles);
    }

    [Fact]
    public async Task Board_ListsVehiclesWhoseShiftIsOpen()
    {
        var (working, _, _) = await yard.CarAsync();
        var (resting, _, _) = await yard.CarAsync(atWork: false);

        await Wait.UntilAsync(() => yard.Board.Current.Vehicles.Any(v => v.Id == working.Id), "the working vehicle");
        Assert.DoesNotContain(yard.Board.Current.Vehicles, v => v.Id == resting.Id);
    }

    [Fact]
    public async Task Board_HearsOfABreakAlone()
    {
        var (vehicle, _, shift) = await yard.CarAsync();
        var clock = ActivatorUtilities.CreateInstance<ShiftClock>(yard.Services);
        await Wait.UntilAsync(() => OnBreak() == false, "the working vehicle");

        await clock.StartBreakAsync(shift.Id, yard.Ida, default);
        await Wait.UntilAsync(() => OnBreak() == true, "the break on the board");

        await clock.EndBreakAsync(shift.Id, yard.Ida, default);
        await Wait.UntilAsync(() => OnBreak() == false, "the end of the break on the board");

        bool? OnBreak() => yard.Board.Current.Vehicles.FirstOrDefault(v => v.Id == vehicle.Id)?.OnBreak;
    }

    [Fact]
    public async Task Board_ComputesTheEtaOfAHeldTripFromTheLivePosition()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);
        await Wait.UntilAsync(() => yard.Board.Current.Find(trip.Id)?.Vehicle == vehicle.Id, "the assignment on the board");
        yard.Fleet.Accept(new PositionReading { Vehicle = vehicle.Id, Device = DeviceId.New(), Time = yard.Clock.GetUtcNow(), Received = yard.Clock.GetUtcNow(), Point = Harbour });

        await Wait.UntilAsync(() => yard.Board.Current.Find(trip.Id)?.Eta is not null, "the ETA on the board");
        var way = yard.Services.GetRequiredService<Roads>().Estimator.Estimate(Harbour, Mill, yard.Clock.GetUtcNow());
        Assert.Equal(yard.Clock.GetUtcNow().AddSeconds(way.Seconds), yard.Board.Current.Find(trip.Id)!.Eta!.Value, TimeSpan.FromMilliseconds(1));
        // nothing is learned yet, so the range is the one believed beforehand
        var seen = yard.Board.Current.Find(trip.Id)!;
        Assert.Equal(0.35 * (seen.Eta!.Value - yard.Clock.GetUtcNow()).TotalSeconds, seen.EtaRange.Later.TotalSeconds, 1.0);
    }

    [Theory]
    [InlineData(TripState.Requested, -1, null, Punctuality.Late)]
    [InlineData(TripState.Assigned, 20, 25, Punctuality.AtRisk)]
    [InlineData(TripState.Requested, 5, null, Punctuality.Soon)]
    [InlineData(TripState.Requested, 30, null, Punctuality.Fine)]
    [InlineData(TripState.Arrived, -1, null, Punctuality.Fine)]
    public void Judge_FollowsThePromise(TripState state, int promiseInMinutes, int? etaInMinutes, Punctuality expected)
    {
        var trip = new BoardTrip
        {
            Id = TripId.New(), Number = 1, Version = 1, Branch = yard.Branch, Who = "x", CallerName = "x", From = "a", To = "b",
            PickupFrom = Now, PickupUntil = Now.AddMinutes(promiseInMinutes), Passengers = 1, Seats = 1, PayloadKg = 0, HasNote = false,
            State = state, RequestedAt = Now, Eta = etaInMinutes is { } m ? Now.AddMinutes(m) : null,
        };
        Assert.Equal(expected, trip.Judge(Now, TimeSpan.FromMinutes(10)));
    }
}
