using System.Collections.Immutable;
using System.Globalization;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Dispatch;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public class TableLookTests
{
    private static BoardTrip Trip(long number, string who = "x", string? plate = null, TripState state = TripState.Requested, double? km = null, DateTimeOffset? until = null, DateTimeOffset? eta = null) => new()
    {
        Id = TripId.New(), Number = number, Version = 1, Branch = BranchId.New(), Who = who, CallerName = who, From = "a", To = "b", PickupFrom = Now.AddMinutes(number), PickupUntil = until ?? Now.AddHours(5),
        Passengers = 1, Seats = 1, PayloadKg = 0, HasNote = false, State = state, Vehicle = plate is null ? null : VehicleId.New(), Plate = plate, RequestedAt = Now, PlannedKm = km, Eta = eta,
    };

    private static long[] Sorted(TableLook look, params ImmutableArray<BoardTrip> trips) =>
        [.. look.Sort(trips, new BoardSnapshot(1, Now, trips, [], TimeSpan.FromMinutes(15)), whole: true).Select(t => t.Number)];

    private static TableLook By(TableColumn column, bool descending = false) => new(column, descending, []);

    [Fact]
    public void Sort_ByWords_FollowsTheReadersLanguage()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("uk");
            Assert.Equal([3, 2, 4, 1], Sorted(By(TableColumn.Who), Trip(1, "Ялинка"), Trip(2, "Іва"), Trip(3, "гай"), Trip(4, "Куток")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void TripBefore_IsTheLastThatTheCarDoesFirst()
    {
        var car = VehicleId.New();
        BoardTrip Of(long number, TripState state = TripState.Assigned) => Trip(number, state: state) with { Vehicle = car };
        ImmutableArray<BoardTrip> trips = [Trip(4), Of(2), Of(3), Of(9, TripState.OnBoard), Of(7), Trip(1, plate: "B 2", state: TripState.Assigned)];
        var state = new BoardState();
        state.Take(new BoardSnapshot(1, Now, trips, [], TimeSpan.FromMinutes(15)));

        Assert.Equal(3, state.TripBefore(trips[0], car)!.Number);
        Assert.Equal(9, state.TripBefore(trips[1], car)!.Number);
        Assert.Null(state.TripBefore(trips[0], VehicleId.New()));
    }

    [Fact]
    public void Sort_RowsThatSayNothing_ComeLastEitherWay_AndEqualOnesByPickup()
    {
        ImmutableArray<BoardTrip> trips = [Trip(1), Trip(2, plate: "B 2"), Trip(3), Trip(4, plate: "A 1"), Trip(5, plate: "B 2")];
        Assert.Equal([4, 2, 5, 1, 3], Sorted(By(TableColumn.Vehicle), trips));
        Assert.Equal([2, 5, 4, 1, 3], Sorted(By(TableColumn.Vehicle, descending: true), trips));
    }

    [Fact]
    public void Sort_ByLateness_HasTheLatestFirstOnTheFirstPress()
    {
        var look = TableLook.Usual.Pressed(TableColumn.Late);
        Assert.Equal([3, 2, 4, 1], Sorted(look,
            Trip(1), Trip(2, until: Now.AddMinutes(10), eta: Now.AddMinutes(20), state: TripState.Assigned), Trip(3, until: Now.AddMinutes(-30)), Trip(4, until: Now.AddMinutes(5))));
    }

    [Fact]
    public void Sort_ByNumbersAndStates_IsNotByTheirWords()
    {
        Assert.Equal([2, 10, 9], Sorted(By(TableColumn.Km), Trip(10, km: 12), Trip(9), Trip(2, km: 9)));
        Assert.Equal([9, 10, 2], Sorted(By(TableColumn.State), Trip(10, state: TripState.Assigned), Trip(9), Trip(2, state: TripState.OnBoard)));
        Assert.Equal([10, 9, 2], Sorted(By(TableColumn.Number, descending: true), Trip(2), Trip(9), Trip(10)));
    }

    [Fact]
    public void Pressed_Again_TurnsRound() =>
        Assert.Equal([false, true, false], new[] { By(TableColumn.Km, true).Pressed(TableColumn.Who), By(TableColumn.Km).Pressed(TableColumn.Km), By(TableColumn.Km, true).Pressed(TableColumn.Km) }.Select(l => l.Descending));

    [Theory]
    [InlineData("who", true, "km,eta")]
    [InlineData(null, false, null)]
    public void Parse_OfWhatQueryWrites_IsTheSame(string? sort, bool descending, string? hide)
    {
        var look = TableLook.Parse(sort, descending, hide);
        var query = look.Query().ToDictionary();
        Assert.Equal(sort, query["sort"]);
        Assert.Equal(hide is null ? null : "eta,km", query["hide"]);
        Assert.Equal(look.Hidden.ToArray(), TableLook.Parse(query["sort"] as string, query["desc"] is true, query["hide"] as string).Hidden.ToArray());
    }

    [Fact]
    public void Parse_OfWhatCannotBeRead_IsAsUsual_AndTheNumberStays()
    {
        var look = TableLook.Parse("77", false, "number,nothing,,km,km");
        Assert.Equal(TableColumn.Pickup, look.By);
        Assert.Equal([TableColumn.Km], look.Hidden.ToArray());
        Assert.Empty(look.Showing(TableColumn.Km, shown: true).Hidden);
    }
}
