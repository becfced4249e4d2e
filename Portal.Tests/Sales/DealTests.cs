using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Shared;

namespace Portal.Tests.Sales;

/// <summary>How a deal goes its way, without anything around it.</summary>
public sealed class DealTests
{
    private static readonly DateTimeOffset Begun = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 3, 2);
    private static readonly PipelineId Ours = PipelineId.New();
    private static readonly Stage[] Stages = [.. new[] { 10m, 40, 80 }.Select((chance, i) => new Stage(StageId.New(), Ours, $"s{i}", $"Stage {i}", i + 1, chance, null))];

    private static Deal Opened() => new(DealId.New(), 17, "Two hundred chairs", Stages[0], null, Today, Begun);

    private static string Refused(Action job) => Assert.Throws<RuleBrokenException>(job).Code;

    [Fact]
    public void Move_SkipsAndComesBack_AndEachStayIsARow()
    {
        var deal = Opened();
        deal.MoveTo(Stages[2], Begun.AddDays(1));
        deal.MoveTo(Stages[0], Begun.AddDays(3));

        Assert.Equal([(1, 1, 1.0), (2, 3, 2.0)], deal.Stages.Take(2).Select(s => (s.Seq, s.Position, (s.LeftAt!.Value - s.EnteredAt).TotalDays)));
        Assert.Equal((3, Stages[0].Id, (DateTimeOffset?)null), (deal.Stages[2].Seq, deal.Stages[2].Stage, deal.Stages[2].LeftAt));
        Assert.Equal((Stages[0].Id, Begun.AddDays(3), 10m), (deal.Stage, deal.StageSince, deal.Probability));
    }

    [Fact]
    public void Move_ToWhereItStands_IsNoNewStay()
    {
        var deal = Opened();
        deal.MoveTo(Stages[0], Begun.AddDays(1));
        Assert.Equal(Begun, Assert.Single(deal.Stages).EnteredAt);
    }

    [Fact]
    public void Win_EndsTheStay_AndNothingMovesIt()
    {
        var deal = Opened();
        deal.Plan("Call", Today.AddDays(2));
        deal.Win(Today.AddDays(1), Begun.AddDays(1));

        Assert.Equal((DealState.Won, Today.AddDays(1), 100m, null), (deal.State, deal.ClosedOn!.Value, deal.Probability, deal.NextStepOn));
        Assert.Equal(Begun.AddDays(1), deal.Stages[^1].LeftAt);
        Assert.Equal("sales.deal-closed", Refused(() => deal.MoveTo(Stages[1], Begun)));
        Assert.Equal("sales.deal-closed", Refused(() => deal.Lose(LossReasonId.New(), null, Today, Begun)));
        Assert.Equal("sales.deal-closed", Refused(() => deal.Plan("Call", Today)));
    }

    [Fact]
    public void Reopen_OfALostOne_ForgetsTheReason_AndIsANewStay()
    {
        var deal = Opened();
        deal.Expect(25, Stages[0]);
        deal.Lose(LossReasonId.New(), "Too dear", Today, Begun.AddDays(1));
        Assert.Equal((0m, "Too dear"), (deal.Probability, deal.LossNote));

        deal.Reopen(Stages[1], Begun.AddDays(5));

        Assert.Equal((DealState.Open, null, null, null, 40m, 2), (deal.State, deal.ClosedOn, deal.LossReason, deal.LossNote, deal.Probability, deal.Stages.Count));
        Assert.Equal("sales.deal-open", Refused(() => deal.Reopen(Stages[1], Begun)));
    }

    [Fact]
    public void Close_BeforeItWasOpened_IsRefused() => Assert.Equal("sales.closed-before-opened", Refused(() => Opened().Win(Today.AddDays(-1), Begun)));

    [Fact]
    public void Probability_SetByHand_OutlastsStages_UntilItIsTakenBack()
    {
        var deal = Opened();
        deal.Value(1_000, "EUR", 1);
        deal.Expect(65, Stages[0]);
        deal.MoveTo(Stages[1], Begun);
        Assert.Equal((65m, 650m), (deal.Probability, deal.Weighted));
        deal.Expect(null, Stages[1]);
        Assert.Equal(40, deal.Probability);
    }

    [Theory]
    [InlineData("-1", "1")]
    [InlineData("1000000000000", "1")]
    [InlineData("10", "0")]
    [InlineData("999999999", "99999")]
    public void Value_ThatIsNone_IsRefused_AndLeavesNothingHalf(string amount, string rate)
    {
        var deal = Opened();
        deal.Value(50, "EUR", 1);
        Assert.Equal("number.out-of-range", Refused(() => deal.Value(decimal.Parse(amount), "EUR", decimal.Parse(rate))));
    }

    [Fact]
    public void Value_InAnotherCurrency_CountsInTheCompanysOwn_RoundedAwayFromZero()
    {
        var deal = Opened();
        deal.Value(100.10m, "uah", 0.0213m);
        Assert.Equal(("UAH", 2.13m), (deal.Currency, deal.AmountBase));
        Assert.Equal("sales.currency-unreadable", Refused(() => deal.Value(1, "€", 1)));
    }

    [Fact]
    public void Source_IsFixedAtTheFirstContact()
    {
        var (deal, source) = (Opened(), LeadSourceId.New());
        deal.Attribute(source);
        deal.Attribute(source);
        Assert.Equal("sales.source-fixed", Refused(() => deal.Attribute(LeadSourceId.New())));
        Assert.Equal("sales.source-fixed", Refused(() => deal.Attribute(null)));
        Assert.Equal(source, deal.Source);
    }

    [Fact]
    public void Handover_KeepsTheTeam_AndTakesTheNewManagerOutOfIt()
    {
        var (deal, first, second, third) = (Opened(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        deal.HandTo(first, null);
        Assert.Equal("sales.manager-is-in", Refused(() => deal.Join(first, null)));
        deal.Join(second, "technology");
        deal.Join(third, "law");
        deal.HandTo(second, null);

        Assert.Equal([third], deal.Members.Select(m => m.User));
        Assert.Equal(new[] { second, third }.Order(), deal.People.Order());
    }

    [Fact]
    public void Team_HasAnEnd()
    {
        var deal = Opened();
        for (var i = 0; i < Deal.MostPeople; i++) deal.Join(Guid.NewGuid(), null);
        Assert.Equal("sales.too-many-people", Refused(() => deal.Join(Guid.NewGuid(), null)));
    }

    [Fact]
    public void Competitor_IsAPartnerOrAName()
    {
        Assert.Equal("text.required", Refused(() => new DealCompetitor(Guid.NewGuid(), DealId.New(), null, " ", null, null, CompetitorOutcome.Open)));
        Assert.Null(new DealCompetitor(Guid.NewGuid(), DealId.New(), PartnerId.New(), "Named twice", 12, null, CompetitorOutcome.Open).Name);
    }

    /// <summary>However a deal goes, its stays follow one another without a gap, one is open while it is, and it stands where the last one says.</summary>
    [Fact]
    public void History_OfAnyWay_IsOneLineOfTime() => Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
    {
        var (deal, now) = (Opened(), Begun);
        foreach (var step in steps)
        {
            now = now.AddHours(1 + Math.Abs(step % 5));
            var stage = Stages[Math.Abs(step % Stages.Length)];
            if (deal.State != DealState.Open) deal.Reopen(stage, now);
            else if (step % 7 == 0) deal.Win(Today.AddYears(1), now);
            else deal.MoveTo(stage, now);
        }
        var stays = deal.Stages;
        Assert.Equal(Enumerable.Range(1, stays.Count), stays.Select(s => s.Seq));
        Assert.All(stays.Zip(stays.Skip(1)), pair => Assert.True(pair.First.LeftAt <= pair.Second.EnteredAt));
        Assert.Equal(deal.State == DealState.Open ? 1 : 0, stays.Count(s => s.LeftAt is null));
        Assert.Equal((deal.Stage, deal.StageSince), (stays[^1].Stage, stays[^1].EnteredAt));
    }).QuickCheckThrowOnFailure();
}
