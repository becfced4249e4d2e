using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Tests.Fleet;

public sealed class ShiftTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset At(double hour) => Day.AddHours(hour);

    private static Shift Planned(double from = 8, double to = 16) =>
        new(ShiftId.New(), DriverId.New(), VehicleId.New(), BranchId.New(), new(At(from), At(to)));

    private static Shift Started(double at)
    {
        var shift = Planned();
        shift.Start(At(at));
        return shift;
    }

    private static string RefusalOf(Action action) => Assert.Throws<RuleBrokenException>(action).Code;

    [Fact]
    public void Worked_IsShiftTimeMinusBreaks()
    {
        var shift = Started(8);
        shift.StartBreak(At(12));
        shift.EndBreak(At(12.5));
        shift.StartBreak(At(15));
        shift.EndBreak(At(15.25));
        shift.End(At(16.5));

        Assert.Equal(TimeSpan.FromHours(7.75), shift.WorkedUntil(At(40)));
    }

    [Fact]
    public void Worked_DuringAnOpenBreak_StandsStill()
    {
        var shift = Started(8);
        shift.StartBreak(At(12));

        Assert.Equal(TimeSpan.FromHours(4), shift.WorkedUntil(At(12)));
        Assert.Equal(TimeSpan.FromHours(4), shift.WorkedUntil(At(13)));
    }

    [Fact]
    public void Worked_BeforeTheStart_IsNothing() => Assert.Equal(TimeSpan.Zero, Planned().WorkedUntil(At(12)));

    [Fact]
    public void End_DuringABreak_EndsTheBreakToo()
    {
        var shift = Started(8);
        shift.StartBreak(At(15));

        shift.End(At(16));

        Assert.Equal(At(16), Assert.Single(shift.Breaks).To);
        Assert.Equal(TimeSpan.FromHours(7), shift.WorkedUntil(At(24)));
    }

    [Fact]
    public void EndBreak_BeforeItBegan_IsRefused()
    {
        var shift = Started(8);
        shift.StartBreak(At(12));

        Assert.Equal("fleet.shift-time-reversed", RefusalOf(() => shift.EndBreak(At(11))));
        Assert.True(shift.OnBreak);
    }

    [Fact]
    public void End_BeforeTheLastBreakEnded_IsRefused()
    {
        var shift = Started(8);
        shift.StartBreak(At(12));
        shift.EndBreak(At(13));

        Assert.Equal("fleet.shift-time-reversed", RefusalOf(() => shift.End(At(12.5))));
    }

    [Fact]
    public void Start_Twice_IsRefused() => Assert.Equal("fleet.shift-already-started", RefusalOf(() => Started(8).Start(At(9))));

    [Fact]
    public void StartBreak_Twice_IsRefused()
    {
        var shift = Started(8);
        shift.StartBreak(At(9));

        Assert.Equal("fleet.break-already-started", RefusalOf(() => shift.StartBreak(At(10))));
    }

    [Fact]
    public void Shift_LongerThanADay_IsRefused() => Assert.Equal("fleet.shift-length", RefusalOf(() => Planned(0, 25)));

    [Fact]
    public void WorkedWithin_OverAnySplit_AddsUpToTheWhole()
    {
        var cases =
            from minutes in Gen.Choose(0, 120).ListOf(9)
            from split in Gen.Choose(-60, 1400)
            from ended in Gen.Elements(true, false)
            select (Minutes: minutes, Split: split, Ended: ended);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            // marks rise: start, then break borders in pairs (the last may stay open), then perhaps the end
            var mark = 480;
            var shift = Planned();
            shift.Start(Day.AddMinutes(mark));
            foreach (var (minutes, i) in c.Minutes.Take(c.Ended ? 8 : 7).Select((m, i) => (m, i)))
            {
                mark += minutes;
                if (i % 2 == 0) shift.StartBreak(Day.AddMinutes(mark));
                else shift.EndBreak(Day.AddMinutes(mark));
            }
            mark += c.Minutes[8];
            var now = Day.AddMinutes(mark);
            if (c.Ended) shift.End(now);
            var border = Day.AddMinutes(480 + c.Split);
            var first = shift.WorkedWithin(new(DateTimeOffset.MinValue, border), now);
            var second = shift.WorkedWithin(new(border, DateTimeOffset.MaxValue), now);
            return first >= TimeSpan.Zero && second >= TimeSpan.Zero && first + second == shift.WorkedUntil(now);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void WeekPattern_OverNightAndClockChange_KeepsTheClockOnTheWall()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Chisinau");
        var pattern = new Portal.Infrastructure.Fleet.WeekPattern(new(2026, 3, 23), [DayOfWeek.Saturday], new(20, 0), new(6, 0), []);

        var night = pattern.On(new(2026, 3, 28), zone);

        Assert.Equal(new DateTimeOffset(2026, 3, 28, 18, 0, 0, TimeSpan.Zero), night.From);
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 3, 0, 0, TimeSpan.Zero), night.To);
    }
}
