using Microsoft.AspNetCore.Components;
using Portal.Web.Dispatch;
using Portal.Web.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shell;

namespace Portal.Tests.Shell;

public class QueryAddressTests
{
    [Theory]
    [InlineData("trip=abc", "trip")]
    [InlineData("trip=abc&late=perhaps&q=x", "late,trip")]
    [InlineData("TRIP=1", "trip")]
    [InlineData("trip=0198c1f0-0000-7000-8000-000000000001&late=true&q=%20&view=nonsense", "")]
    [InlineData("trip=&unknown=5", "")]
    public void Unreadable_OfTheBoard_NamesWhatItCannotTake(string query, string names) => Assert.Equal(names, Names(typeof(TripBoardPage), query));

    [Theory]
    [InlineData("page=99999999999", "page")]
    [InlineData("page=-1&archived=yes", "Archived")]
    [InlineData("page=3&archived=true&vehicle=", "")]
    public void Unreadable_OfVehicles_NamesNumbersBeyondTheirType(string query, string names) => Assert.Equal(names, Names(typeof(VehiclesPage), query));

    [Theory]
    [InlineData(typeof(ShiftsPage), "week=9999-12-31&day=2026-03-02", "Week")]
    [InlineData(typeof(ShiftsPage), "week=0001-01-01", "Week")]
    [InlineData(typeof(DriverReportPage), "from=0001-01-01&to=9999-12-31", "From,To")]
    [InlineData(typeof(PlaybackPage), "day=9999-12-31&from=08:00", "Day")]
    [InlineData(typeof(AuditPage), "day=yesterday", "Day")]
    [InlineData(typeof(TripsPage), "from=2026-02-30&to=2026-03-01", "from")]
    [InlineData(typeof(TripsPage), "from=&to=2199-12-31", "")]
    public void Unreadable_OfADayOfNoCalendar_NamesIt(Type page, string query, string names) => Assert.Equal(names, Names(page, query));

    [Fact]
    public void Unreadable_OfEveryPage_CanBeAsked()
    {
        var pages = typeof(TripBoardPage).Assembly.GetTypes().Where(t => t.IsDefined(typeof(RouteAttribute), false)).ToList();
        Assert.True(pages.Count > 20);
        foreach (var page in pages) Assert.Empty(QueryAddress.Unreadable(page, "http://localhost/x?q=1&text=2"));
    }

    private static string Names(Type page, string query) => string.Join(',', QueryAddress.Unreadable(page, $"http://localhost/x?{query}").Order(StringComparer.OrdinalIgnoreCase));
}
