using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Tests.Fleet;

public class TravelTimeEstimatorTests
{
    private static readonly LocalPlane Plane = new(new GeoPoint(10, 20));
    private static readonly DateTimeOffset Monday8 = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint A = Plane.Unproject(0, 0), B = Plane.Unproject(3000, 0), Far = Plane.Unproject(0, 20_000);

    private static readonly RoadGraph Road = new([new StreetSegment { Name = "Long Road", Line = [A, B], Class = RoadClass.Avenue }]);

    private static TravelTimeEstimator Estimator(TravelExperience? experience = null) => new(Road, experience ?? TravelExperience.None, TimeZoneInfo.Utc);

    /// <summary>Drives of 3 km by road in one hour that took so much of their estimate.</summary>
    private static IEnumerable<PastDrive> Drives(int hourOfWeek, params double[] ratios) =>
        Enumerable.Range(0, 100).SelectMany(_ => ratios).Select(ratio => new PastDrive(true, hourOfWeek, 3000, 300, 300 * ratio));

    [Fact]
    public void Estimate_WithBothEndsOnStreets_GoesByRoad()
    {
        var estimate = Estimator().Estimate(A, B, Monday8);
        Assert.True(estimate.ByRoad);
        Assert.Equal(3000 / (42 / 3.6), estimate.Seconds, 0.5);
    }

    [Fact]
    public void Estimate_WithOneEndOffTheStreets_GoesByGreatCircle()
    {
        var estimate = Estimator().Estimate(A, Far, Monday8);
        Assert.False(estimate.ByRoad);
        Assert.Equal(26_000, estimate.Metres, 60.0);
        Assert.Equal(8000 / (28 / 3.6) + 18_000 / (65 / 3.6), estimate.Seconds, 5.0);
    }

    [Fact]
    public void SecondsTo_EqualsTheSingleEstimates()
    {
        var estimator = Estimator(TravelExperience.Learn(Drives(32, 1.5)));
        var origins = new[] { A, Plane.Unproject(500, 20), Far };
        var many = estimator.SecondsTo(B, origins, Monday8, TimeSpan.FromHours(2));
        for (var i = 0; i < origins.Length; i++)
            Assert.Equal(estimator.Estimate(origins[i], B, Monday8).Seconds, many[i], many[i] * 0.05);
    }

    [Fact]
    public void SecondsTo_BeyondReach_IsInfinite() =>
        Assert.Equal([double.PositiveInfinity], Estimator().SecondsTo(B, [Far], Monday8, TimeSpan.FromMinutes(5)));

    [Fact]
    public void Learn_FromSlowMondays_SlowsThatHourMoreThanOthers()
    {
        var experience = TravelExperience.Learn([.. Drives(32, 2.0), .. Drives(40, 1.0)]);
        Assert.InRange(experience.Factor(true, 32, 3000), 1.8, 2.0);
        Assert.InRange(experience.Factor(true, 40, 3000), 1.0, 1.2);
        Assert.InRange(experience.Factor(true, 50, 3000), 1.4, 1.6);
        Assert.Equal(1, experience.Factor(false, 32, 3000));
        Assert.Equal(1, experience.Factor(true, 32, 30_000));
    }

    [Fact]
    public void Learn_FromAFewOddTrips_HardlyMoves() =>
        Assert.InRange(TravelExperience.Learn([new PastDrive(true, 32, 3000, 300, 900)]).Factor(true, 32, 3000), 1.0, 1.25);

    [Fact]
    public void Learn_WithStopsCountedIn_LeavesThemOut() =>
        Assert.Equal(1, TravelExperience.Learn([new PastDrive(true, 32, 3000, 300, 9000)]).Factor(true, 32, 3000));

    [Fact]
    public void Spread_IsTheRangeOfPastErrorAtThatDistance()
    {
        var ratios = Enumerable.Range(50, 101).Select(percent => percent / 100.0).ToArray();
        var (p10, p90) = TravelExperience.Learn(Drives(32, ratios)).Spread(3000);
        Assert.Equal(0.6, p10, 0.02);
        Assert.Equal(1.4, p90, 0.02);
    }
}
