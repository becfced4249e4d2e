using Portal.Domain.Shared;
using Portal.Web.Fleet;

namespace Portal.Tests.Fleet;

public class MapViewTests
{
    private static readonly GeoPoint Town = new(47.02, 28.83);

    [Fact]
    public void Gathered_LeavesOutWhatIsFarAway()
    {
        GeoPoint[] near = [Town, new(47.05, 28.87), new(47.0, 28.8)];
        Assert.Equal(near, MapView.Gathered([near[0], new(37.77, -122.42), near[1], new(37.78, -122.41), near[2]]));
    }

    [Fact]
    public void Gathered_OfNothing_IsNothing() => Assert.Empty(MapView.Gathered([]));
}
