using Portal.Web.Dispatch;

namespace Portal.Tests.Dispatch;

public class RedrawPaceTests
{
    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Fact]
    public void After_AChangeBetweenTicksOfTheBoard_HoldsNobodyBack()
    {
        var pace = new RedrawPace();
        // a change, the board's own clock, and the next change on its heels
        foreach (var at in new[] { 5000, 5120, 5125, 5250, 5370 }) Assert.Equal(TimeSpan.Zero, pace.After(Ms(at)));
    }

    [Fact]
    public void After_ABurst_IsDrawnOnceInTheInterval()
    {
        var pace = new RedrawPace();
        var now = Ms(7000);
        var drawn = 0;
        for (; now < Ms(8000); drawn++) now += pace.After(now) + Ms(2);
        Assert.InRange(drawn, 10, 12);
        Assert.Equal(TimeSpan.Zero, pace.After(now + Ms(1000)));
    }
}
