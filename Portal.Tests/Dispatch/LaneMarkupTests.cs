using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Dispatch;
using Portal.Web.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class LaneMarkupTests
{
    private static readonly Portal.Domain.Shared.Actor Ida = Dispatcher("Ida Marsh");
    private static readonly BoardVehicle Car = new(VehicleId.New(), "CAR 01", "Car", BranchId.New(), 4, 400, DriverId.New(), "Rolf", Now.AddHours(5), false);

    private static readonly LocalTime Clock = LocalTime.For(Ida, TimeProvider.System);
    private static readonly Texts Words = new(new TextCatalog(typeof(Texts).Assembly), Clock);

    private static BoardTrip Trip(string from) => new()
    {
        Id = TripId.New(), Number = 7, Version = 1, Branch = Car.Branch, Who = "x", CallerName = "x", From = from, To = "b", PickupFrom = Now, PickupUntil = Now.AddMinutes(15),
        Passengers = 1, Seats = 1, PayloadKg = 0, HasNote = false, State = TripState.Assigned, Vehicle = Car.Id, Plate = Car.Plate, RequestedAt = Now,
    };

    private static string Draw(BoardTrip trip, TripId? selected = null) =>
        LaneMarkup.Of(new BoardSnapshot(1, Now, [trip], [Car], TimeSpan.Zero)).Draw(Car, selected, Words, Clock).Value;

    [Fact]
    public void Draw_KeepsHostileTextAsText()
    {
        var html = Draw(Trip("\"><script>alert(1)</script>"));
        Assert.DoesNotContain("<script", html);
        Assert.Contains("&quot;&gt;&lt;script", html);
    }

    [Fact]
    public void Draw_MarksTheSelectedTripOnly()
    {
        var trip = Trip("a");
        Assert.Contains("chosen", Draw(trip, trip.Id));
        Assert.DoesNotContain("chosen", Draw(trip, TripId.New()));
    }

    [Fact]
    public void Draw_LeavesOutWhatLiesBeyondTheLane() =>
        Assert.DoesNotContain("data-trip", Draw(Trip("a") with { PickupFrom = Now.AddDays(1), PickupUntil = Now.AddDays(1) }));

    [Fact]
    public void Row_KeepsHostileTextAsText()
    {
        var trip = Trip("<img src=x onerror=alert(1)>");
        var row = RowMarkup.Of(new BoardSnapshot(1, Now, [trip], [Car], TimeSpan.Zero)).Draw(trip, Words, Clock).Inside.Value;
        Assert.DoesNotContain("<img", row);
        Assert.Contains("&lt;img src=x", row);
    }

    [Fact]
    public void Reenacted_CarsAndTrips_BearTheirSign()
    {
        var played = Car with { IsReenacted = true };
        var trip = Trip("a") with { IsReenacted = true };
        var board = new BoardSnapshot(1, Now, [trip], [played], TimeSpan.Zero);

        Assert.Contains("<b>↻ CAR 01</b>", LaneMarkup.Of(board).Draw(played, null, Words, Clock).Value);
        Assert.Contains("↻ re-enacted", RowMarkup.Of(board).Draw(trip, Words, Clock).Inside.Value);
        Assert.Equal("↻ CAR 01", BoardMap.Of(board).Roster[played.Id].Name);
        Assert.Equal(1, board.Figures.Reenacted);
        Assert.DoesNotContain("↻", Draw(Trip("a")));
    }
}
