using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class TripTests
{
    private static readonly Actor Ida = Dispatcher("Ida Marsh");
    private static readonly VehicleId CarA = VehicleId.New(), CarB = VehicleId.New();
    private static readonly DriverId Rolf = DriverId.New(), Lena = DriverId.New();

    private static Trip Waiting() => Trip.Register(TripId.New(), 7, BranchId.New(), Simple(), Now, Ida);

    private static Trip Given()
    {
        var trip = Waiting();
        trip.Assign(CarA, Rolf, Now.AddMinutes(1), Ida);
        return trip;
    }

    [Fact]
    public void Advance_WhenStepIsSkipped_IsRefused() =>
        Assert.Equal("dispatch.wrong-step", RefusalOf(() => Given().Advance(TripState.Arrived, Now, Ida)));

    [Fact]
    public void Assign_WhenUnderWay_IsRefused()
    {
        var trip = Given();
        trip.Advance(TripState.Accepted, Now, Ida);
        trip.Advance(TripState.OnTheWay, Now, Ida);
        Assert.Equal("dispatch.trip-under-way", RefusalOf(() => trip.Assign(CarB, Lena, Now, Ida)));
    }

    [Fact]
    public void Revert_AfterRelease_RestoresVehicleAndMoments()
    {
        var trip = Given();
        trip.Advance(TripState.Accepted, Now.AddMinutes(2), Ida);
        trip.Release("wrong car", Now.AddMinutes(3), Ida);
        trip.Revert(Now.AddMinutes(4), Ida);
        Assert.Equal((TripState.Accepted, (VehicleId?)CarA, (DriverId?)Rolf), (trip.State, trip.Vehicle, trip.Driver));
        Assert.Equal((Now.AddMinutes(1), Now.AddMinutes(2)), (trip.AssignedAt!.Value, trip.AcceptedAt!.Value));
    }

    [Fact]
    public void Revert_Twice_TakesTwoActionsBack()
    {
        var trip = Given();
        trip.Assign(CarB, Lena, Now.AddMinutes(2), Ida);
        trip.Revert(Now.AddMinutes(3), Ida);
        Assert.Equal(CarA, trip.Vehicle);
        trip.Revert(Now.AddMinutes(3), Ida);
        Assert.Equal((TripState.Requested, (VehicleId?)null), (trip.State, trip.Vehicle));
        Assert.Equal("dispatch.nothing-to-undo", RefusalOf(() => trip.Revert(Now, Ida)));
    }

    [Fact]
    public void Revert_WhenAllHappenedInOneMoment_StillKnowsTheOrder()
    {
        var trip = Waiting();
        trip.Assign(CarA, Rolf, Now, Ida);
        trip.Assign(CarB, Lena, Now, Ida);
        trip.Revert(Now, Ida);
        Assert.Equal(CarA, trip.Vehicle);
    }

    [Fact]
    public void Cancel_WhenOnBoard_IsRefusedAndNothingChanges()
    {
        var trip = Given();
        foreach (var step in new[] { TripState.Accepted, TripState.OnTheWay, TripState.Arrived, TripState.OnBoard }) trip.Advance(step, Now, Ida);
        Assert.Equal("dispatch.trip-on-board", RefusalOf(() => trip.Cancel("changed his mind", Now, Ida)));
        Assert.Equal(TripState.OnBoard, trip.State);
    }

    [Fact]
    public void Register_WhenNothingRides_IsRefused() =>
        Assert.Equal("dispatch.nothing-to-carry", RefusalOf(() => Trip.Register(TripId.New(), 1, BranchId.New(), Simple(passengers: 0), Now, Ida)));

    [Fact]
    public void Revert_AfterAnyAllowedAction_LeavesTheTripAsItWas()
    {
        // whatever was done before, an action and its reversal together change nothing
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), choices =>
        {
            var trip = Waiting();
            var minute = 0;
            foreach (var choice in choices.Take(12))
            {
                var before = Standing(trip);
                if (!Try(trip, choice, Now.AddMinutes(++minute))) continue;
                trip.Revert(Now.AddMinutes(++minute), Ida);
                if (Standing(trip) != before) return false;
                Try(trip, choice, Now.AddMinutes(++minute));
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    private static bool Try(Trip trip, byte choice, DateTimeOffset at)
    {
        try
        {
            switch (choice % 8)
            {
                case 0: trip.Assign(CarA, Rolf, at, Ida); break;
                case 1: trip.Assign(CarB, Lena, at, Ida); break;
                case 2: trip.Release("other", at, Ida); break;
                case 3: trip.Cancel("called off", at, Ida); break;
                case 4: trip.MarkNoShow("nobody there", at, Ida); break;
                default: trip.Advance(trip.State + 1, at, Ida); break;
            }
            return true;
        }
        catch (RuleBrokenException)
        {
            return false;
        }
    }

    private static string Standing(Trip t) =>
        (t.State, t.Vehicle, t.Driver, t.Reason, (t.AssignedAt, t.AcceptedAt, t.DepartedAt, t.ArrivedAt, t.BoardedAt, t.EndedAt)).ToString()!;

    [Fact]
    public void AddNote_StandsInTheHistory_AndUndoPassesItOver()
    {
        var trip = Trip.Register(TripId.New(), 1, Domain.Identity.BranchId.New(), Simple(), Now, Dispatcher("Ida Marsh"));
        trip.Assign(Domain.Fleet.VehicleId.New(), Domain.Fleet.DriverId.New(), Now, Dispatcher("Ida Marsh"));

        trip.AddNote("road closed, five minutes more", Now.AddMinutes(1), Dispatcher("Ida Marsh"));

        Assert.Equal((TripAction.Noted, "road closed, five minutes more"), (trip.Events[^1].Action, trip.Events[^1].Reason));
        Assert.Equal(TripAction.Assigned, trip.LastStanding.Action);
        trip.Revert(Now.AddMinutes(2), Dispatcher("Ida Marsh"));
        Assert.Equal(TripState.Requested, trip.State);
    }

    [Fact]
    public void AddNote_OnceItHasEnded_IsRefused()
    {
        var trip = Trip.Register(TripId.New(), 1, Domain.Identity.BranchId.New(), Simple(), Now, Dispatcher("Ida Marsh"));
        trip.Cancel("taken twice", Now, Dispatcher("Ida Marsh"));
        Assert.Equal("dispatch.trip-ended", RefusalOf(() => trip.AddNote("late", Now, Dispatcher("Ida Marsh"))));
    }
}
