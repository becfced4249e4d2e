using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class AssignmentRulesTests
{
    private static readonly VehicleClassId Van = VehicleClassId.New();
    private static readonly BranchId Branch = BranchId.New();

    private static Vehicle Vehicle()
    {
        var vehicle = new Vehicle(VehicleId.New(), "AB 1234", "Model", Van, Branch, new(3, 800, 6));
        vehicle.Equip(["tail-lift"]);
        return vehicle;
    }

    private static Shift Shift(Vehicle vehicle, bool started = true)
    {
        var shift = new Shift(ShiftId.New(), DriverId.New(), vehicle.Id, Branch, new(Now.AddHours(-1), Now.AddHours(7)));
        if (started) shift.Start(Now.AddHours(-1));
        return shift;
    }

    private static string? Against(TripOrder order, Action<Vehicle>? change = null, Func<Vehicle, Shift?>? shift = null, DateTimeOffset? now = null)
    {
        var vehicle = Vehicle();
        change?.Invoke(vehicle);
        var trip = Trip.Register(TripId.New(), 1, Branch, order, Now, Dispatcher("Ida"));
        return AssignmentRules.Against(trip, vehicle, shift is null ? Shift(vehicle) : shift(vehicle), now ?? Now)?.Code;
    }

    [Fact]
    public void Against_WhenAllFits_IsNull() => Assert.Null(Against(Simple()));

    [Fact]
    public void Against_WhenShiftNotStarted_NamesTheDriver() =>
        Assert.Equal("dispatch.driver-off-shift", Against(Simple(), shift: v => Shift(v, started: false)));

    [Fact]
    public void Against_WhenNobodyDrives_NamesTheDriver() => Assert.Equal("dispatch.driver-off-shift", Against(Simple(), shift: _ => null));

    [Fact]
    public void Against_WhenShiftHasRunOut_NamesIt() => Assert.Equal("dispatch.shift-expired", Against(Simple(), now: Now.AddHours(8)));

    [Fact]
    public void Against_WhenPickupIsAfterShiftEnd_NamesIt() => Assert.Equal("dispatch.shift-ends-before-pickup", Against(Simple(Now.AddHours(9))));

    [Fact]
    public void Against_WhenArchived_NamesIt() => Assert.Equal("dispatch.vehicle-archived", Against(Simple(), v => v.Archive()));

    [Fact]
    public void Against_WhenMorePeopleThanSeats_NamesSeats() => Assert.Equal("dispatch.seats-missing", Against(Simple(passengers: 4)));

    [Theory]
    [InlineData(900, 0, null, "dispatch.payload-missing")]
    [InlineData(0, 7, null, "dispatch.volume-missing")]
    [InlineData(0, 0, "child-seat", "dispatch.equipment-missing")]
    [InlineData(800, 6, "tail-lift", null)]
    public void Against_WhenNeedIsNotMet_NamesIt(int payload, int volume, string? equipment, string? code) =>
        Assert.Equal(code, Against(Simple() with { Needs = new TripNeeds { PayloadKg = payload, VolumeM3 = volume, Equipment = equipment is null ? [] : [equipment] } }));

    [Fact]
    public void Against_WhenAnotherClassIsAsked_NamesIt() =>
        Assert.Equal("dispatch.class-missing", Against(Simple() with { Needs = new TripNeeds { Class = VehicleClassId.New() } }));
}
