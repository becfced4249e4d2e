using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;

namespace Portal.Tests.Claims;

/// <summary>What a claim is, without a database.</summary>
public sealed class ClaimRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly Actor Quality = Actor.System("quality") with { UserId = Guid.CreateVersion7(), Name = "Quinn" };
    private static readonly ClaimCauseId Cause = ClaimCauseId.New();

    private static Claim New(DateTimeOffset? received = null) => new(
        ClaimId.New(), CompanyId.New(), new(2026, 1), new(ClaimChannel.Call, received ?? Now, new(2026, 3, 2), "EUR", null, null), new(PartnerId.New()), new(ClaimKind.Damage, " Two panels are scratched ", Claimed: 120.004m),
        new(Now.AddHours(4), Now.AddHours(30)), Quality, Now);

    private static Claim Decided(ClaimDecision decision = ClaimDecision.Refund)
    {
        var claim = New();
        claim.Find(new(Cause, null, "Seen on photos"), Quality, Now);
        claim.Decide(new(decision, 80, null, true, "As agreed"), Quality, Now);
        return claim;
    }

    private static void Refused(string code, Action act) => Assert.Equal(code, Assert.Throws<RuleBrokenException>(act).Code);

    [Fact]
    public void Claim_HasItsNumberAndDeadlineFromTheBeginning()
    {
        var claim = New();
        Assert.Equal(("2026-0001", ClaimState.Registered, "Two panels are scratched", 120m, Now.AddHours(4)), (claim.Number.ToString(), claim.State, claim.Text, claim.Claimed, claim.Due));
        Refused("claims.ahead", () => New(Now.AddMinutes(1)));
    }

    [Fact]
    public void Examine_ByAPerson_MakesItHis_AndTheDecisionTheDeadline()
    {
        var claim = New();
        claim.Examine(Actor.System("map"), Now);
        Assert.Null(claim.Manager);
        Assert.Equal((ClaimState.Examining, Now, claim.DecideBy), (claim.State, claim.ReactedAt, claim.Due));
    }

    [Fact]
    public void Waiting_IsNobodysDeadline_AndEndsWithTheAnswer()
    {
        var claim = New();
        Refused("claims.not-waiting", () => claim.Resume(Now));
        claim.AskClient(Now);
        Assert.Null(claim.Due);
        claim.Resume(Now.AddDays(9));
        Assert.Equal((ClaimState.Examining, Now.AddDays(9)), (claim.State, claim.Due));
    }

    [Theory]
    [InlineData(ClaimDecision.Refund, null, "claims.no-amount")]
    [InlineData(ClaimDecision.Refund, 0, "claims.no-amount")]
    [InlineData(ClaimDecision.Refuse, 5, "text.required")]
    public void Decide_WithoutWhatItNeeds_IsRefused(ClaimDecision decision, int? allowed, string code)
    {
        var claim = New();
        Refused(decision == ClaimDecision.Refuse ? code : "claims.no-cause", () => claim.Decide(new(decision, allowed, null, false, null), Quality, Now));
        claim.Find(new(Cause, null, null), Quality, Now);
        Refused(code, () => claim.Decide(new(decision, allowed, null, false, null), Quality, Now));
        Assert.Null(claim.Decision);
    }

    [Fact]
    public void Refused_GetsNothing_AndGivesNothingBack()
    {
        var claim = New();
        claim.Decide(new(ClaimDecision.Refuse, 50, 12, true, "Used beyond its load"), Quality, Now);
        Assert.Equal((null, 12m, false), (claim.Allowed, claim.Cost, claim.TakesBack));
    }

    [Fact]
    public void Client_WhoIsNotContent_HasItDecidedAnew_WithinANewTime()
    {
        var claim = Decided();
        Refused("claims.not-decided", () => New().Inform("x", Now));
        claim.Inform("The money is on its way", Now);
        Refused("claims.informed", () => claim.Decide(new(ClaimDecision.Replace, null, null, false, null), Quality, Now));
        claim.Confirm(false, "Too little", Now.AddDays(4), Now);
        Assert.Equal((ClaimState.Examining, Now.AddDays(4), false), (claim.State, claim.Due, claim.Satisfied));
        claim.Decide(new(ClaimDecision.Replace, null, null, false, null), Quality, Now);
        claim.Inform("New ones go out", Now);
        claim.Confirm(true, null, Now, Now);
        Refused("claims.confirmed", () => claim.Confirm(false, null, Now, Now));
        claim.Close(ClaimResult.Kept, 95, "Corner boards", Quality, Now);
        Assert.Equal((ClaimState.Closed, ClaimResult.Kept, 95m), (claim.State, claim.Result, claim.Cost));
    }

    [Fact]
    public void Closed_ChangesNothingButWhatBecameOfTheClient()
    {
        var claim = Decided();
        Refused("claims.not-closed", () => claim.Mark(ClaimResult.Returned));
        claim.Close(ClaimResult.Lost, null, null, Quality, Now);
        foreach (var act in new Action[] { () => claim.Examine(Quality, Now), () => claim.Find(new(Cause, null, null), Quality, Now), () => claim.Withdraw("x", Quality, Now), () => claim.Give(null) }) Refused("claims.closed", act);
        claim.Mark(ClaimResult.Returned);
        Assert.Equal(ClaimResult.Returned, claim.Result);
    }

    [Fact]
    public void Remembered_ThatWasClosedBeforeItCame_IsMarked_NotLost()
    {
        var (amiss, right) = (New(), New());
        amiss.Remember(new(Cause, null, null), Now.AddDays(-1), null, Quality);
        right.Remember(new(Cause, null, null), Now, null, Quality);
        Assert.Equal((ClaimState.Closed, true, false), (amiss.State, amiss.ClosedBeforeOpened, right.ClosedBeforeOpened));
    }

    [Fact]
    public void Cause_StandsNowhereBelowItself_AndNotDeeperThanFive()
    {
        var ids = Enumerable.Range(0, 6).Select(_ => ClaimCauseId.New()).ToArray();
        var tree = Enumerable.Range(0, 5).ToDictionary(i => ids[i], i => i == 0 ? (ClaimCauseId?)null : ids[i - 1]);
        var top = new ClaimCause(ids[0], null, "top", "Top", 1);
        Refused("claims.cause-circle", () => top.Move(ids[4], tree));
        Refused("claims.cause-circle", () => top.Move(ids[0], tree));
        tree[ids[5]] = null;
        Refused("claims.cause-deep", () => new ClaimCause(ids[5], null, "other", "Other", 2).Move(ids[4], tree));
        Assert.Equal(5, ClaimCause.Branch(ids[0], tree).Count);
        Assert.Equal([ids[2], ids[1], ids[0]], ClaimCause.Chain(ids[2], tree));
    }

    [Fact]
    public void Pareto_OfKnownNumbers_AddsUpToTheWhole()
    {
        var rows = Pareto.Of<string>([new("a", 2, 90m), new("b", 5, 10m), new("c", 3, 0m)]);
        Assert.Equal([("b", 0.5m, 0.5m), ("c", 0.3m, 0.8m), ("a", 0.2m, 1m)], rows.Select(r => (r.Key, r.Share!.Value, r.UpTo!.Value)).ToList());
        Assert.Equal(["a", "b", "c"], Pareto.Of<string>([new("a", 2, 90m), new("b", 5, 10m), new("c", 3, 0m)], byCost: true).Select(r => r.Key).ToList());
        Assert.Null(Pareto.Of<string>([new("a", 1, 0m)], byCost: true)[0].Share);
    }

    [Fact]
    public void Pareto_NeverRises_AndEndsAtTheWhole() => Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), counts =>
    {
        var rows = Pareto.Of(counts.Select((c, i) => new ParetoGroup<int>(i, c.Get, 0)));
        return rows.Count == counts.Length && rows.Zip(rows.Skip(1)).All(p => p.First.Count >= p.Second.Count && p.First.UpTo <= p.Second.UpTo) && (rows.Count == 0 || Math.Round(rows[^1].UpTo!.Value, 12) == 1m);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2026-03-06T16:00Z", 4, "2026-03-09T11:00Z")]
    [InlineData("2026-03-07T12:00Z", 1, "2026-03-09T10:00Z")]
    [InlineData("2026-03-09T07:00Z", 9, "2026-03-09T18:00Z")]
    public void WorkingTime_PassesOverNightsAndWeekends_AndCountsBackTheSame(string from, int hours, string due)
    {
        var work = new WorkingTime(new(new Dictionary<DateOnly, bool>()), 9, 18, TimeZoneInfo.Utc);
        Assert.Equal(DateTimeOffset.Parse(due), work.After(DateTimeOffset.Parse(from), TimeSpan.FromHours(hours)));
        Assert.Equal(TimeSpan.FromHours(hours), work.Between(DateTimeOffset.Parse(from), DateTimeOffset.Parse(due)));
        Assert.Equal(TimeSpan.Zero, work.Between(DateTimeOffset.Parse(due), DateTimeOffset.Parse(from)));
    }
}
