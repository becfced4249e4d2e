using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public class StreetDirectoryTests
{
    private static readonly LocalPlane Plane = new(new GeoPoint(-30, -10));

    private static StreetDirectory Street(HouseNumbers left, HouseNumbers right) => new(new RoadGraph(
        [new StreetSegment { Name = "Heron Street", Line = [Plane.Unproject(0, 0), Plane.Unproject(100, 0)], Left = left, Right = right, District = "Old Town" }]));

    [Fact]
    public void Find_ANumberInTheRange_StandsOnItsSideInProportion()
    {
        var address = Street(new(1, 21), new(2, 22)).Find("heron street", 11)!;
        var (x, y) = Plane.Project(address.Point);
        Assert.Equal(50, x, 0.1);
        Assert.Equal(9, y, 0.1);
        Assert.True(address.Exact);
        Assert.Equal("Heron Street, 11", address.ToString());
        Assert.Equal("Old Town", address.District);
    }

    [Fact]
    public void Find_WhenNumbersFall_CountsBackwards() =>
        Assert.Equal(75, Plane.Project(Street(new(21, 1), default).Find("Heron Street", 6 - 1)!.Point).X, 6.0);

    [Fact]
    public void Find_BeyondTheRange_IsTheNearestAndNotExact()
    {
        var address = Street(new(1, 21), new(2, 22)).Find("Heron Street", 99)!;
        Assert.False(address.Exact);
        Assert.Equal(100, Plane.Project(address.Point).X, 0.1);
    }

    [Fact]
    public void Find_AnUnknownStreet_IsNone() => Assert.Null(Street(new(1, 21), default).Find("Otter Street", 1));

    [Fact]
    public void Nearest_FindsEveryHouseAgain()
    {
        var directory = Street(new(1, 41), new(42, 2));
        for (var number = 1; number <= 42; number++)
        {
            var house = directory.Find("Heron Street", number)!;
            Assert.Equal(number, directory.Nearest(house.Point)!.Number);
        }
    }

    [Fact]
    public void Nearest_FarFromStreets_IsNone() => Assert.Null(Street(default, default).Nearest(Plane.Unproject(0, 900)));

    [SharedDataFact(SanFrancisco.File)]
    public void Find_InSanFrancisco_AgreesWithTheStreet()
    {
        var directory = new StreetDirectory(new RoadGraph(SanFrancisco.Streets()));
        var house = directory.Find("SAINT GERMAIN AVE", 61)!;
        Assert.True(house.Exact);
        Assert.True(house.Point.DistanceTo(new GeoPoint(37.7575, -122.4494)) < 60);
        Assert.Equal("SAINT GERMAIN AVE", directory.Nearest(house.Point)!.Street);
    }
}
