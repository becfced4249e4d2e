using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Tests.Fleet;

public class WorkedTimeTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly Period WholeDay = Hours(0, 24);

    private static Period Hours(double from, double to) => new(Day.AddHours(from), Day.AddHours(to));

    [Fact]
    public void Within_TakesBreaksOffTheShift() =>
        Assert.Equal(TimeSpan.FromHours(7.5), WorkedTime.Within(WholeDay, Hours(8, 16.5), [Hours(12, 13)]));

    [Fact]
    public void Within_OverlappingBreaks_CountOnce() =>
        Assert.Equal(TimeSpan.FromHours(6), WorkedTime.Within(WholeDay, Hours(8, 16), [Hours(12, 13.5), Hours(12.5, 14), Hours(13, 13.25)]));

    [Fact]
    public void Within_ABreakOutsideTheShift_TakesNothing() =>
        Assert.Equal(TimeSpan.FromHours(8), WorkedTime.Within(WholeDay, Hours(8, 16), [Hours(6, 7), Hours(16, 17)]));

    [Fact]
    public void Within_WindowsSideBySide_AddUpToTheWhole()
    {
        var shifts =
            from start in Gen.Choose(0, 2000)
            from length in Gen.Choose(1, 2000)
            from breaks in (from s in Gen.Choose(0, 4000) from l in Gen.Choose(0, 300) select Hours(s / 60.0, (s + l) / 60.0)).ListOf()
            select (Shift: Hours(start / 60.0, (start + length) / 60.0), Breaks: breaks);
        Prop.ForAll(shifts.ToArbitrary(), s =>
        {
            var whole = WorkedTime.Within(s.Shift, s.Shift, s.Breaks);
            var days = Enumerable.Range(0, 6).Select(day => WorkedTime.Within(Hours(24 * day, 24 * (day + 1)), s.Shift, s.Breaks));
            return whole >= TimeSpan.Zero && whole <= s.Shift.Length && days.Aggregate(TimeSpan.Zero, (a, b) => a + b) == whole;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Evenness_OfEqualWork_IsNought_AndOfUnequal_IsItsVariation()
    {
        Assert.Equal(0, Evenness.Of([(5, 28), (5, 20)]));
        Assert.Equal(0.5, Evenness.Of([(50, 28), (150, 28)])!.Value, 1e-9);
        Assert.Equal(0, Evenness.Of([(50, 28), (150, 13)]));
        Assert.Null(Evenness.Of([(50, 13)]));
        Assert.Null(Evenness.Of([(0, 28)]));
    }
}
