using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Dispatch;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class HeldOrderTests
{
    private static readonly BoardTrip[] Trips = [.. Enumerable.Range(1, 4).Select(n => new BoardTrip
    {
        Id = TripId.New(), Number = n, Version = 1, Branch = BranchId.New(), Who = "x", CallerName = "x", From = "a", To = "b",
        PickupFrom = Now.AddMinutes(n), PickupUntil = Now.AddMinutes(n + 15), Passengers = 1, Seats = 1, PayloadKg = 0, HasNote = false, State = TripState.Requested, RequestedAt = Now,
    })];

    [Fact]
    public void Take_WhileHeld_KeepsPlacesShowsGhostsAndAppendsNewRows()
    {
        var list = new HeldOrder();
        list.Take([Trips[1], Trips[2]], held: false, _ => null);
        var gone = Trips[1] with { State = TripState.Assigned };

        list.Take([Trips[0], Trips[2], Trips[3]], held: true, id => id == gone.Id ? gone : Trips.FirstOrDefault(t => t.Id == id));

        Assert.Equal([gone, Trips[2], Trips[0], Trips[3]], list.Rows.AsEnumerable());
        Assert.Equal(3, list.Count);
    }

    [Fact]
    public void Take_Released_TakesItsOwnOrderAgain()
    {
        var list = new HeldOrder();
        list.Take([Trips[2]], held: false, _ => null);
        list.Take([Trips[0], Trips[2]], held: true, id => Trips.First(t => t.Id == id));
        list.Take([Trips[0], Trips[2]], held: false, _ => null);
        Assert.Equal([Trips[0], Trips[2]], list.Rows.AsEnumerable());
    }

    [Theory]
    [InlineData("state=Robert'); drop table--", 0)]
    [InlineData("state=Requested,OnBoard,Nonsense", 2)]
    public void Parse_TakesKnownStatesOnly(string query, int known) =>
        Assert.Equal(known, BoardFilter.Parse(query.Split('=')[1], null, null, null, null, false).States.Count);
}
