using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Tests.Fleet;

public class JumpFilterTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly GeoPoint Depot = new(50.0, 30.0);
    private static readonly GeoPoint FarAway = new(50.0, 58.0);

    [Fact]
    public void IsJump_WhenTwoThousandKilometresInAMinute_IsTrue()
    {
        var filter = new JumpFilter();
        Assert.False(filter.IsJump(Start, Depot));
        Assert.True(filter.IsJump(Start.AddMinutes(1), FarAway));
        Assert.False(filter.IsJump(Start.AddMinutes(2), Depot));
    }

    [Theory]
    [InlineData(4.9, false)]
    [InlineData(5.1, true)]
    public void IsJump_AtThreeHundredKilometresPerHour_IsTheBoundary(double kilometresInAMinute, bool jump)
    {
        var filter = new JumpFilter();
        filter.IsJump(Start, Depot);
        var north = Depot with { Latitude = Depot.Latitude + kilometresInAMinute * 1000 / GeoPoint.EarthRadiusM * 180 / Math.PI };
        Assert.Equal(jump, filter.IsJump(Start.AddMinutes(1), north));
    }

    [Fact]
    public void IsJump_WhenALateReadingLiesBehind_JudgesBackwardsInTime()
    {
        var filter = new JumpFilter();
        filter.IsJump(Start, Depot);
        Assert.False(filter.IsJump(Start.AddMinutes(-10), new GeoPoint(50.1, 30.0)));
        Assert.True(filter.IsJump(Start.AddMinutes(-9), FarAway));
    }

    [Fact]
    public void IsJump_WhenFivePointsInARowAgree_MovesTheBelief()
    {
        var filter = new JumpFilter();
        filter.IsJump(Start, FarAway);
        for (var i = 1; i < JumpFilter.Believe; i++) Assert.True(filter.IsJump(Start.AddSeconds(i * 10), Depot));
        Assert.False(filter.IsJump(Start.AddSeconds(50), Depot));
        Assert.False(filter.IsJump(Start.AddSeconds(60), Depot));
    }

    [Fact]
    public void IsJump_WhenOneSuspectReadingIsResent_IsNotBelievedByRepetition()
    {
        var filter = new JumpFilter();
        filter.IsJump(Start, Depot);
        for (var i = 0; i < 20; i++) Assert.True(filter.IsJump(Start.AddMinutes(1), FarAway));
    }

    [Fact]
    public void IsJump_WithinOneSecond_ToleratesTheNoiseOfTheReceiver()
    {
        var filter = new JumpFilter();
        filter.IsJump(Start, Depot);
        Assert.False(filter.IsJump(Start.AddMilliseconds(100), new GeoPoint(50.0003, 30.0)));
    }
}
