using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class TripAssignmentTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    [Fact]
    public async Task Assign_GivesTheTripToTheDriverOfTheOpenShift()
    {
        var (vehicle, driver, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();

        var standing = await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida, trip.Version);

        var stored = await yard.LoadAsync(trip.Id);
        Assert.Equal((TripState.Assigned, (VehicleId?)vehicle.Id, (DriverId?)driver.Id), (stored.State, stored.Vehicle, stored.Driver));
        Assert.Equal(stored.Version, standing.Version);
        Assert.Equal([TripAction.Registered, TripAction.Assigned], stored.Events.OrderBy(e => e.Ordinal).Select(e => e.Action));
    }

    [Fact]
    public async Task Assign_WhenDriverOffShift_IsRefused()
    {
        var (vehicle, _, _) = await yard.CarAsync(atWork: false);
        var trip = await yard.TripAsync();

        var refusal = await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida));

        Assert.Equal("dispatch.driver-off-shift", refusal.Code);
        Assert.Equal(trip.Version, (await yard.LoadAsync(trip.Id)).Version);
    }

    [Fact]
    public async Task Assign_WhenTooFewSeats_IsRefusedWithBothNumbers()
    {
        var (vehicle, _, _) = await yard.CarAsync(seats: 2);
        var trip = await yard.TripAsync(Simple(passengers: 3));

        var refusal = await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida));

        Assert.Equal("dispatch.seats-missing", refusal.Code);
        Assert.Equal([vehicle.Plate, 3, 2], refusal.Args);
    }

    [Fact]
    public async Task Assign_WithoutTheRight_IsRefusedAndLeavesTheRow()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();

        var refusal = await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, vehicle.Id, Person("Visitor", Permissions.BoardRead)));

        Assert.Equal("identity.not-allowed", refusal.Code);
        Assert.Equal(trip.Version, (await yard.LoadAsync(trip.Id)).Version);
    }

    [Fact]
    public async Task Assign_WhenTheTripIsOfAnotherBranch_IsRefused()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        var stranger = Dispatcher("Eve Stone") with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() };

        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, vehicle.Id, stranger))).Code);
    }

    [Fact]
    public async Task Assign_WhenAnotherWasFaster_TellsWhoDidWhatAndWhen()
    {
        var (first, _, _) = await yard.CarAsync();
        var (second, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, first.Id, yard.Tom, trip.Version);

        var refusal = await RefusalOfAsync(() => yard.Assignment.AssignAsync(trip.Id, second.Id, yard.Ida, trip.Version));

        Assert.Equal("dispatch.changed-meanwhile", refusal.Code);
        Assert.Equal([trip.Number, "Tom Field", TripAction.Assigned, yard.Clock.GetUtcNow()], refusal.Args);
        Assert.Equal(first.Id, (await yard.LoadAsync(trip.Id)).Vehicle);
    }

    [Fact]
    public async Task Assign_WhenManyPressAtOnce_OneWinsAndTheOthersLearnIt()
    {
        var cars = new List<Vehicle>();
        for (var i = 0; i < 8; i++) cars.Add((await yard.CarAsync()).Vehicle);
        var trip = await yard.TripAsync();

        var outcomes = await Task.WhenAll(cars.Select(async (car, i) =>
        {
            try
            {
                await yard.Assignment.AssignAsync(trip.Id, car.Id, Dispatcher($"Dispatcher {i}"), trip.Version);
                return (Won: true, Refusal: (RuleBrokenException?)null, Car: car.Id);
            }
            catch (RuleBrokenException refusal)
            {
                return (Won: false, Refusal: refusal, Car: car.Id);
            }
        }));

        var winner = Assert.Single(outcomes, o => o.Won);
        Assert.All(outcomes.Where(o => !o.Won), o => Assert.Equal("dispatch.changed-meanwhile", o.Refusal!.Code));
        var stored = await yard.LoadAsync(trip.Id);
        Assert.Equal(winner.Car, stored.Vehicle);
        Assert.Equal(2, stored.Events.Count);
    }

    [Fact]
    public async Task Reassign_MovesAHeldTrip()
    {
        var (first, _, _) = await yard.CarAsync();
        var (second, driver, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, first.Id, yard.Ida);

        await yard.Assignment.ReassignAsync(trip.Id, second.Id, yard.Ida);

        var stored = await yard.LoadAsync(trip.Id);
        Assert.Equal((second.Id, driver.Id), (stored.Vehicle!.Value, stored.Driver!.Value));
    }

    [Fact]
    public async Task Undo_TakesOnesOwnActionBack_ButNotAnothers()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Tom);

        Assert.Equal("dispatch.changed-meanwhile", (await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Ida))).Code);
        await yard.Assignment.UndoAsync(trip.Id, yard.Tom);

        var stored = await yard.LoadAsync(trip.Id);
        Assert.Equal((TripState.Requested, (VehicleId?)null), (stored.State, stored.Vehicle));
    }

    /// <summary>Whoever takes back one action after another comes to the one that is another's: the refusal names that, and not what he took back himself.</summary>
    [Fact]
    public async Task Undo_BeyondOnesOwnActions_NamesWhoseActionStands()
    {
        var (vehicle, driver, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Tom);
        await yard.Progress.AdvanceAsync(trip.Id, TripState.Accepted, Driver("Rolf", driver.Id));
        await yard.Assignment.ReleaseAsync(trip.Id, null, yard.Tom);
        await yard.Assignment.UndoAsync(trip.Id, yard.Tom);

        var refusal = await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Tom));

        Assert.Equal(("Rolf", TripAction.Accepted), (refusal.Args[1], refusal.Args[2]));
    }

    [Fact]
    public async Task Undo_OfARelease_WhenTheDriverHasGoneHome_IsRefused()
    {
        var (trip, _) = await ReleasedAsync();

        Assert.Equal("dispatch.driver-off-shift", (await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Ida))).Code);
        Assert.Equal((TripState.Requested, (VehicleId?)null), ((await yard.LoadAsync(trip.Id)).State, (await yard.LoadAsync(trip.Id)).Vehicle));
    }

    [Fact]
    public async Task Undo_OfARelease_WhenAnotherDriverHasTheCar_IsRefused()
    {
        var (trip, vehicle) = await ReleasedAsync();
        var (_, second, own) = await yard.CarAsync();
        await EndAsync(own);
        var next = new Shift(ShiftId.New(), second.Id, vehicle.Id, yard.Branch, new(yard.Clock.GetUtcNow().AddHours(-1), yard.Clock.GetUtcNow().AddHours(8)));
        next.Start(yard.Clock.GetUtcNow());
        await yard.SaveAsync(next);

        Assert.Equal("dispatch.driver-off-shift", (await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Ida))).Code);
    }

    [Fact]
    public async Task Undo_OfACancelling_GivesTheTripBack_OnlyWhileItsDriverWorks()
    {
        var (vehicle, _, shift) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);
        await yard.Progress.CancelAsync(trip.Id, "called off", yard.Ida);
        await yard.Assignment.UndoAsync(trip.Id, yard.Ida);
        Assert.Equal(TripState.Assigned, (await yard.LoadAsync(trip.Id)).State);

        await yard.Progress.CancelAsync(trip.Id, "called off again", yard.Ida);
        await EndAsync(shift);
        Assert.Equal("dispatch.driver-off-shift", (await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Ida))).Code);
        Assert.Equal(TripState.Cancelled, (await yard.LoadAsync(trip.Id)).State);
    }

    /// <summary>A trip that was given to a car and taken back, whose driver has gone home since.</summary>
    private async Task<(TripStanding Trip, Vehicle Vehicle)> ReleasedAsync()
    {
        var (vehicle, _, shift) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);
        await yard.Assignment.ReleaseAsync(trip.Id, null, yard.Ida);
        await EndAsync(shift);
        return (trip, vehicle);
    }

    private async Task EndAsync(Shift shift)
    {
        await using var db = yard.Open();
        (await db.Set<Shift>().SingleAsync(s => s.Id == shift.Id)).End(yard.Clock.GetUtcNow());
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task Assign_IsAuditedUnderTheDispatcher()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Tom);

        await using var db = yard.Open();
        var row = await db.Set<AuditRow>().Where(r => r.ObjectId == trip.Id.Value).OrderByDescending(r => r.Id).FirstAsync();
        Assert.Equal(("Tom Field", "changed"), (row.UserName, row.Action));
        Assert.Contains("\"Requested\"", row.Before);
        Assert.Contains("\"Assigned\"", row.After);
    }

    [Fact]
    public async Task Undo_OfANamedAction_TakesBackThatActionAndNoOther()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        var given = await yard.Assignment.AssignAsync(trip.Id, vehicle.Id, yard.Ida);
        var released = await yard.Assignment.ReleaseAsync(trip.Id, null, yard.Ida);

        var refusal = await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, yard.Ida, given.Action));
        Assert.Equal("dispatch.not-the-last", refusal.Code);
        Assert.Equal(TripAction.Released, refusal.Args[1]);

        await yard.Assignment.UndoAsync(trip.Id, yard.Ida, released.Action);
        Assert.Equal(TripState.Assigned, (await yard.LoadAsync(trip.Id)).State);
        await yard.Assignment.UndoAsync(trip.Id, yard.Ida, given.Action);
        Assert.Equal(TripState.Requested, (await yard.LoadAsync(trip.Id)).State);
    }

    [Fact]
    public async Task Trip_HeldByACarOfAnotherBranch_IsNotTakenFromItByWhoReachesOnlyHisOwn()
    {
        var (there, _, _) = await yard.CarAsync(branch: await yard.OtherBranchAsync());
        var (here, _, _) = await yard.CarAsync();
        var trip = await yard.TripAsync();
        var given = await yard.Assignment.AssignAsync(trip.Id, there.Id, yard.Ida);
        // the same person, since her rights end at the trip's branch
        var local = yard.Ida with { Scope = ActorScope.Branch, BranchId = yard.Branch.Value };

        foreach (var job in new Func<Task>[]
        {
            () => yard.Assignment.ReleaseAsync(trip.Id, null, local), () => yard.Assignment.UndoAsync(trip.Id, local), () => yard.Assignment.ReassignAsync(trip.Id, here.Id, local),
            () => yard.Registration.EditAsync(trip.Id, Simple(passengers: 2), local),
        })
            Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(job)).Code);

        Assert.Equal(given.Version, (await yard.LoadAsync(trip.Id)).Version);
        await yard.Assignment.UndoAsync(trip.Id, yard.Ida);
    }

    [Fact]
    public async Task Undo_ThatWouldGiveTheTripBackToACarOfAnotherBranch_IsRefused()
    {
        var (there, _, _) = await yard.CarAsync(branch: await yard.OtherBranchAsync());
        var trip = await yard.TripAsync();
        await yard.Assignment.AssignAsync(trip.Id, there.Id, yard.Ida);
        await yard.Assignment.ReleaseAsync(trip.Id, null, yard.Ida);
        var local = yard.Ida with { Scope = ActorScope.Branch, BranchId = yard.Branch.Value };

        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => yard.Assignment.UndoAsync(trip.Id, local))).Code);
        Assert.Equal(TripState.Requested, (await yard.LoadAsync(trip.Id)).State);
    }

    [Fact]
    public async Task Assign_OfARealTripToAReenactedCar_OrTheOtherWayRound_IsRefused()
    {
        var (real, _, _) = await yard.CarAsync();
        var (played, _, shift) = await yard.CarAsync();
        await yard.PlayAsync(shift.Id);
        var order = await yard.TripAsync();
        var ghost = await yard.Registration.RegisterAsync(TripId.New(), Simple(yard.Clock.GetUtcNow()), yard.Branch, yard.Ida, source: $"{Reenacted.SourcePrefix} of a day");

        Assert.Equal("dispatch.reenacted", (await RefusalOfAsync(() => yard.Assignment.AssignAsync(order.Id, played.Id, yard.Ida))).Code);
        Assert.Equal("dispatch.reenacted", (await RefusalOfAsync(() => yard.Assignment.AssignAsync(ghost.Id, real.Id, yard.Ida))).Code);
        await yard.Assignment.AssignAsync(ghost.Id, played.Id, yard.Ida);
    }
}
