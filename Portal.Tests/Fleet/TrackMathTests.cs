using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Tests.Fleet;

public class TrackMathTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static TrackPoint At(double seconds, double metresNorth) =>
        new(Start.AddSeconds(seconds), new GeoPoint(double.RadiansToDegrees(metresNorth / GeoPoint.EarthRadiusM), 0));

    [Fact]
    public void SpeedKmh_IsTheMeanOfTheLeg() => Assert.Equal(36, TrackMath.SpeedKmh(At(0, 0), At(60, 600))!.Value, 0.01);

    [Theory]
    [InlineData(0.5)]
    [InlineData(301)]
    public void SpeedKmh_OfALegTooShortOrTooLong_IsUnknown(double seconds) => Assert.Null(TrackMath.SpeedKmh(At(0, 0), At(seconds, 600)));

    [Fact]
    public void HeadingDeg_PointsAlongTheLeg()
    {
        Assert.Equal(0, TrackMath.HeadingDeg(At(0, 0), At(60, 600))!.Value, 0.01);
        Assert.Equal(180, TrackMath.HeadingDeg(At(0, 600), At(60, 0))!.Value, 0.01);
    }

    [Fact]
    public void HeadingDeg_OfALegWithinTheNoise_IsUnknown() => Assert.Null(TrackMath.HeadingDeg(At(0, 0), At(60, 9)));

    [Fact]
    public void Kilometres_AddUpTheLegs() => Assert.Equal(1.4, TrackMath.Kilometres([At(0, 0), At(60, 1000), At(120, 600)]), 1e-6);

    [Fact]
    public void Kilometres_OfNothing_AreNought() => Assert.Equal(0, TrackMath.Kilometres([]));
}
