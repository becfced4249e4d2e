using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;

namespace Portal.Tests.Sales.Plans;

/// <summary>Plan and fact as they are defined.</summary>
public sealed class PlanFactTests
{
    private static readonly PipelineId Pipeline = PipelineId.New();
    private static readonly DateOnly March = new(2026, 3, 1);

    private static SalesPlan Plan(decimal amount, DateOnly since) => new(SalesPlanId.New(), March, Pipeline, null, amount, since);

    [Fact]
    public void Figures_OnDayElevenOfTwentyTwo_AreThoseOfTheDefinition()
    {
        var figures = PlanFact.Of(1_000_000, 450_000, 11, 22);

        Assert.Equal((0.45m, -550_000m, 500_000m, -50_000m, 900_000m), (figures.Execution!.Value, figures.Deviation, figures.Expected, figures.FromExpected, figures.RunRate!.Value));
    }

    [Fact]
    public void Figures_WithoutAPlan_HaveNoExecution_ButADeviation()
    {
        var figures = PlanFact.Of(0, 5, 1, 20);

        Assert.Equal((null, 5m), (figures.Execution, figures.Deviation));
    }

    [Fact]
    public void Figures_BeforeTheFirstWorkingDay_HaveNoRunRate() => Assert.Equal((0m, null), (PlanFact.Of(100, 0, 0, 20).Expected, PlanFact.Of(100, 0, 0, 20).RunRate));

    [Fact]
    public void Total_AddsAmounts_AndAveragesNoPercents()
    {
        var total = PlanFact.Total([PlanFact.Of(100, 100, 10, 20), PlanFact.Of(900, 0, 10, 20)]);

        Assert.Equal((0.1m, 500m, 200m), (total.Execution!.Value, total.Expected, total.RunRate!.Value));
    }

    [Fact]
    public void Total_OfAnyParts_IsTheSumOfTheirAmounts() => Prop.ForAll(
        (from plan in Gen.Choose(0, 1000) from fact in Gen.Choose(0, 1000) from elapsed in Gen.Choose(0, 22) select PlanFact.Of(plan, fact, elapsed, 22)).ArrayOf().ToArbitrary(),
        parts => PlanFact.Total(parts) is var total && total.Plan == parts.Sum(p => p.Plan) && total.Deviation == parts.Sum(p => p.Deviation) && total.FromExpected == parts.Sum(p => p.FromExpected)
            && total.Execution == (total.Plan == 0 ? null : parts.Sum(p => p.Fact) / total.Plan)).QuickCheckThrowOnFailure();

    [Fact]
    public void Over_AYear_GoesAtOnePace()
    {
        var year = PlanFact.Over([PlanFact.Of(100, 100, 20, 20), PlanFact.Of(100, 20, 10, 20), PlanFact.Of(100, 0, 0, 20)], 30, 60);

        Assert.Equal((300m, 120m, 150m, 240m), (year.Plan, year.Fact, year.Expected, year.RunRate!.Value));
    }

    [Fact]
    public void WorkingDays_AreMondayToFriday_ButForTheCalendar()
    {
        // March 2026 begins on a Sunday; the 9th is a holiday, Saturday the 14th is worked
        var days = new WorkingDays(new Dictionary<DateOnly, bool> { [new(2026, 3, 9)] = false, [new(2026, 3, 14)] = true });

        Assert.Equal((22, 11), (new WorkingDays(new Dictionary<DateOnly, bool>()).OfMonth(March, March.AddYears(1)).All, days.OfMonth(March, new(2026, 3, 16)).Elapsed));
        Assert.Equal((0, 22), days.OfMonth(March, new(2026, 2, 28)));
        Assert.Equal((22, 22), days.OfMonth(March, new(2026, 5, 1)));
    }

    [Fact]
    public void Versions_OfHistory_AreThoseThenInForce()
    {
        SalesPlan[] versions = [Plan(100, new(2026, 2, 10)), Plan(200, new(2026, 3, 15)), Plan(999, new(2026, 4, 20))];

        Assert.Equal([100m, 100m, 200m, 200m], new DateOnly[] { new(2026, 1, 1), new(2026, 3, 14), new(2026, 3, 31), new(2027, 1, 1) }.Select(day => SalesPlan.InForce(versions, day)!.Amount));
    }

    [Fact]
    public void Versions_TheFirstOne_CountsFromTheBeginning_WheneverItWasWritten() => Assert.Equal(50, SalesPlan.InForce([Plan(50, new(2026, 6, 1)), Plan(70, new(2026, 6, 2))], new(2026, 7, 1))!.Amount);

    [Theory]
    [InlineData(-1)]
    [InlineData(1e15)]
    public void Plan_BeyondBounds_IsRefused(double amount) => Assert.Equal("number.out-of-range", Assert.Throws<RuleBrokenException>(() => Plan((decimal)amount, March)).Code);
}
