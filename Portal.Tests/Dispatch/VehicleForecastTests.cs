using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class VehicleForecastTests
{
    private static readonly TimeSpan Boarding = TimeSpan.FromMinutes(2), Leg = TimeSpan.FromMinutes(10), Carry = TimeSpan.FromMinutes(20);

    private static HeldTrip Held(TripState state, DateTimeOffset from) => new(TripId.New(), state, Mill, Harbour, from, from.AddMinutes(15), Carry);

    private static VehicleForecast Of(GeoPoint? position, params HeldTrip[] trips) => VehicleForecast.Of(Now, position, trips, (_, _) => Leg, Boarding);

    [Fact]
    public void Of_WhenWindowIsOpen_DrivesAtOnce()
    {
        var eta = Of(Harbour, Held(TripState.Assigned, Now)).Etas.Single();
        Assert.Equal((Now + Leg, Now + Leg + Boarding + Carry), (eta.Pickup, eta.Dropoff));
    }

    [Fact]
    public void Of_WhenEarlyAtPickup_WaitsForTheWindow()
    {
        var eta = Of(Harbour, Held(TripState.Assigned, Now.AddHours(1))).Etas.Single();
        Assert.Equal(Now.AddHours(1) + Boarding + Carry, eta.Dropoff);
    }

    [Fact]
    public void Of_WhenOneIsOnBoard_TheNextBeginsAtItsDropoff()
    {
        var later = Held(TripState.Assigned, Now.AddMinutes(-30));
        var riding = Held(TripState.OnBoard, Now);
        var forecast = Of(Mill, later, riding);
        Assert.Equal([riding.Id, later.Id], forecast.Etas.Select(e => e.Id));
        Assert.Equal(Now + Leg + Leg, forecast.Etas[1].Pickup);
        Assert.Equal((Now + Leg + Leg + Boarding + Carry, (GeoPoint?)Harbour), (forecast.FreeAt, forecast.FreeWhere));
    }

    [Fact]
    public void Of_WhenPlaceIsUnknown_PromisesNoPickup()
    {
        var eta = Of(null, Held(TripState.OnTheWay, Now)).Etas.Single();
        Assert.Null(eta.Pickup);
    }

    [Fact]
    public void Of_WhenNothingIsHeld_IsFreeNowWhereItStands() =>
        Assert.Equal((Now, (GeoPoint?)Mill), (Of(Mill).FreeAt, Of(Mill).FreeWhere));

    [Fact]
    public void Of_AfterSeveralWays_TheRangeOfPastErrorGrowsAsIndependentErrorsDo()
    {
        var way = new LegTime(Leg, new(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(4)));
        var riding = Held(TripState.OnBoard, Now);
        var next = Held(TripState.Assigned, Now.AddMinutes(-30));

        var etas = VehicleForecast.Of(Now, Mill, [riding, next], (_, _) => way, Boarding).Etas;

        Assert.Equal((way.Range, 4), (etas[0].Range, etas[0].Range.Minutes));
        Assert.Equal(TimeSpan.FromMinutes(4 * Math.Sqrt(2)).TotalSeconds, etas[1].Range.Later.TotalSeconds, 0.001);
    }

    [Fact]
    public void Minutes_OfANarrowRange_SayNothing() =>
        Assert.Null(new EtaRange(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(119)).Minutes);
}
