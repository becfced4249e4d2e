using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients.Calendar;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Entries of a day that overlap stand side by side.</summary>
public sealed class DayLanesTests
{
    [Fact]
    public void Arrange_OfThreeThatOverlapInTurn_SharesTheWidth() =>
        Assert.Equal([new(0, 2), new(1, 2), new(0, 2), new(0, 1)], DayLanes.Arrange([(540, 600), (570, 660), (600, 630), (700, 730)]));

    [Fact]
    public void Arrange_LaysNothingOverAnything_InAsFewLanesAsNeeded() =>
        Prop.ForAll(Days().ToArbitrary(), day =>
        {
            var lanes = DayLanes.Arrange(day);
            for (var i = 0; i < day.Length; i++)
            {
                if (lanes[i].Lane < 0 || lanes[i].Lane >= lanes[i].Of) return false;
                for (var j = 0; j < i; j++)
                    if (day[i].From < day[j].Until && day[j].From < day[i].Until && (lanes[i].Lane == lanes[j].Lane || lanes[i].Of != lanes[j].Of)) return false;
            }
            // some lane is shared by as many as there are lanes
            return Enumerable.Range(0, day.Length).All(i => lanes[i].Of <= day.Max(at => day.Count(other => other.From <= at.From && at.From < other.Until)));
        }).QuickCheckThrowOnFailure();

    private static Gen<(int From, int Until)[]> Days() =>
        (from start in Gen.Choose(0, 95) from length in Gen.Choose(1, 20) select (start * 15, Math.Min(1440, (start + length) * 15))).ListOf().Select(list => list.ToArray());
}
