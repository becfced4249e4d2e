using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Funnel;

namespace Portal.Tests.Sales.Funnel;

/// <summary>The figures of the funnel as they are defined.</summary>
public sealed class FunnelTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2026, 3, 1);

    /// <summary>A deal that went through these stages and stands on the last.</summary>
    internal static FunnelDeal Went(DealState state, decimal amount, params int[] stages) => new(state, stages[^1], amount, 50, Day, Now.AddDays(-2))
    {
        ClosedOn = state == DealState.Open ? null : Day.AddDays(10),
        Stays = [.. stages.Select((stage, i) => new StageStay(stage, Now.AddDays(-10 + i), i < stages.Length - 1 || state != DealState.Open ? Now.AddDays(-9 + i) : null))],
    };

    [Fact]
    public void Conversion_OfTenDeals_IsThatOfTheDefinition()
    {
        // 10 entered, 7 qualified (one of them jumped straight to the offer), 4 offers, 1 won
        FunnelDeal[] deals =
        [
            Went(DealState.Won, 100, 1, 2, 3), Went(DealState.Lost, 100, 1, 3), Went(DealState.Lost, 100, 1, 2, 3), Went(DealState.Open, 100, 1, 2, 3),
            Went(DealState.Lost, 100, 1, 2), Went(DealState.Lost, 100, 1, 2), Went(DealState.Open, 100, 1, 2),
            Went(DealState.Lost, 100, 1), Went(DealState.Lost, 100, 1), Went(DealState.Open, 100, 1),
        ];

        var steps = Conversion.Steps(Conversion.Reached(deals, 3), 3);

        Assert.Equal([10, 7, 4, 1], steps.Select(s => s.Reached));
        Assert.Equal([1m, 7 / 10m, 4 / 7m, 1 / 4m], steps.Select(s => s.FromPrevious));
        Assert.Equal(0.1m, steps[^1].FromFirst);
        Assert.Equal([1, 1, 1, 0], steps.Select(s => s.Open));
    }

    [Fact]
    public void Conversion_OfAStageEnteredTwice_CountsItOnce()
    {
        var steps = Conversion.Steps(Conversion.Reached([Went(DealState.Open, 10, 1, 2, 1, 2, 1)], 3), 3);

        Assert.Equal([1, 1, 0, 0], steps.Select(s => s.Reached));
    }

    [Fact]
    public void Conversion_WithoutDeals_IsNull()
    {
        var steps = Conversion.Steps(Conversion.Reached([Went(DealState.Won, 10, 1) with { Excluded = true }], 2), 2);

        Assert.All(steps, step => Assert.Equal((0, null, null), (step.Reached, step.FromPrevious, step.FromFirst)));
        Assert.Null(Conversion.WinRate(0, 0));
    }

    [Fact]
    public void WinRate_IsOfDecidedDealsOnly() => Assert.Equal(0.6315m, Math.Round(Conversion.WinRate(4238, 2473)!.Value, 4));

    [Fact]
    public void Slice_TellsCountAmountWeightAndAge()
    {
        var slice = StageSlice.Of([Went(DealState.Open, 100, 1), Went(DealState.Open, 300, 1) with { Probability = 10, StageSince = Now.AddDays(-4) }, Went(DealState.Won, 900, 1), Went(DealState.Open, 50, 2) with { Excluded = true }], 2, Now);

        Assert.Equal([new(1, 2, 400, 80, TimeSpan.FromDays(3)), new StageSlice(2, 0, 0, 0, null)], slice);
    }

    [Fact]
    public void WorstStage_IsTheOneAfterWhichMostMoneyWasLost()
    {
        FunnelDeal[] deals = [Went(DealState.Lost, 100, 1), Went(DealState.Lost, 100, 1), Went(DealState.Lost, 250, 1, 2, 1), Went(DealState.Lost, 999, 1) with { ClosedOn = Day.AddDays(-1) }];

        var lost = Losses.Of(deals, 3, Day, Day.AddDays(30));

        Assert.Equal([new(1, 2, 200), new(2, 1, 250), new DropOff(3, 0, 0)], Losses.DropOffs(lost, 3));
        Assert.Equal(2, Losses.Worst(Losses.DropOffs(lost, 3))!.Position);
        Assert.Null(Losses.Worst(Losses.DropOffs([], 3)));
    }

    [Fact]
    public void Reasons_AreToldDearestFirst_WithTheirStages()
    {
        var (price, time) = (Guid.NewGuid(), Guid.NewGuid());
        var lost = Losses.Of([Went(DealState.Lost, 10, 1) with { LossReason = price }, Went(DealState.Lost, 20, 1, 2) with { LossReason = price }, Went(DealState.Lost, 25, 1) with { LossReason = time }], 2, Day, Day.AddDays(30));

        var reasons = Losses.ByReason(lost, 2);

        Assert.Equal([(price, 2, 30m), (time, 1, 25m)], reasons.Select(r => (r.Reason!.Value, r.Count, r.Amount)));
        Assert.Equal([1, 1], reasons[0].Stages.Select(s => s.Count));
    }

    [Fact]
    public void Speed_IsMedianAndNinthTenth_OfStaysThatEnded()
    {
        var deals = Enumerable.Range(1, 10).Select(hours => new FunnelDeal(DealState.Open, 2, 0, 0, Day, Now)
        {
            Stays = [new(1, Now.AddHours(-hours).AddMinutes(-20), Now), new(2, Now, null)],
        });

        var speed = StageSpeed.Of(StageSpeed.Count(deals, Now.AddDays(-1), Now.AddDays(1)));

        Assert.Equal([new(1, 10, TimeSpan.FromHours(5), TimeSpan.FromHours(9))], speed);
    }

    [Theory]
    [InlineData(100, 80, 0.75)]
    [InlineData(80, 100, 0.8)]
    [InlineData(100, 100, 1)]
    [InlineData(300, 100, -1)]
    public void Accuracy_IsOneLessTheErrorInFacts(double forecast, double fact, double accuracy) => Assert.Equal((decimal)accuracy, Forecast.Accuracy((decimal)forecast, (decimal)fact));

    [Fact]
    public void Accuracy_OfAMonthThatBroughtNothing_IsNull() => Assert.Null(Forecast.Accuracy(100, 0));

    [Fact]
    public void Forecast_IsWeightedByExpectedClose()
    {
        var expected = Forecast.Of([Went(DealState.Open, 100, 1) with { ExpectedClose = new(2026, 4, 30) }, Went(DealState.Open, 200, 1) with { ExpectedClose = new(2026, 4, 1), Probability = 25 }, Went(DealState.Open, 7, 1)]);

        Assert.Equal([new(new(2026, 4, 1), 2, 300, 100), new ExpectedMonth(null, 1, 7, 3.5m)], expected);
    }

    [Fact]
    public void Slices_OfAnyDeals_SumToTheWhole() => Prop.ForAll(Deals, deals =>
    {
        var (slice, open) = (StageSlice.Of(deals, 4, Now), deals.Where(d => d.State == DealState.Open && !d.Excluded).ToList());
        return slice.Sum(s => s.Count) == open.Count && slice.Sum(s => s.Amount) == open.Sum(d => d.Amount) && slice.Sum(s => s.Weighted) == open.Sum(d => d.Amount * d.Probability / 100);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Conversion_OfAnyDeals_NeverRises_AndAddsUp() => Prop.ForAll(Deals, deals =>
    {
        var (reached, counted) = (Conversion.Reached(deals, 4), deals.Where(d => !d.Excluded).ToList());
        var steps = Conversion.Steps(reached, 4);
        return steps[0].Reached == counted.Count && steps.Zip(steps.Skip(1)).All(s => s.Second.Reached <= s.First.Reached && s.Second.Amount <= s.First.Amount && s.Second.FromPrevious is null or <= 1)
            && steps[^1].Reached == counted.Count(d => d.State == DealState.Won) && steps.Sum(s => s.Open) == counted.Count(d => d.State == DealState.Open);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Conversion_OfAnyDealThatCameBack_IsThatOfOneThatDidNot() => Prop.ForAll(Deals, deals =>
        Conversion.Reached(deals, 4).SequenceEqual(Conversion.Reached(deals.Select(d => d with { Stays = [.. d.Stays, .. d.Stays] }), 4))).QuickCheckThrowOnFailure();

    [Fact]
    public void DropOffs_OfAnyDeals_SumToWhatWasLost() => Prop.ForAll(Deals, deals =>
    {
        var lost = Losses.Of(deals, 4, Day, Day.AddDays(365));
        return Losses.DropOffs(lost, 4).Sum(d => d.Amount) == deals.Where(d => d.State == DealState.Lost && !d.Excluded).Sum(d => d.Amount) && Losses.ByReason(lost, 4).Sum(r => r.Count) == lost.Sum(l => l.Count);
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<FunnelDeal[]> Deals => (
        from state in Gen.Elements(DealState.Open, DealState.Won, DealState.Lost)
        from amount in Gen.Choose(0, 100_000)
        from stages in Gen.NonEmptyListOf(Gen.Choose(1, 4))
        from probability in Gen.Choose(0, 100)
        from excluded in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select Went(state, amount / 100m, [.. stages]) with { Probability = probability, Excluded = excluded }).ArrayOf().ToArbitrary();
}
