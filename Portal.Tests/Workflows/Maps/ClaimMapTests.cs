using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Maps;

/// <summary>Claims run by the shipped Claim map.</summary>
public sealed class ClaimMapTests
{
    private static readonly ProcessMap Claim = ShippedMaps.Claim.ToMap().Process;

    private readonly PaperRunner runner = new(Claim);

    // what was asked of the claim, in order
    private readonly List<(string Action, ContextValue Inputs)> done = [];

    /// <summary>The claim does what it is told, and says nothing.</summary>
    public ClaimMapTests()
    {
        foreach (var action in new[] { "examine", "find", "decide", "inform", "confirm", "close" })
            runner.Actions[$"claims.claim.{action}"] = inputs =>
            {
                done.Add((action, inputs));
                return ContextValue.Empty;
            };
    }

    private string Last => runner.History.Last(h => h.Kind == HistoryKind.Entered).Node!;

    private InstanceState ToDecision(int claimed)
    {
        var claim = runner.Start("Claim", "fromSale");
        runner.Complete("register", ("complaint", Value.Of("Scratched")), ("kind", Value.Of("quality")), ("claimed", Value.Of(claimed)));
        runner.Complete("check", ("justified", Value.True), ("findings", Value.Of("Seen on photos")));
        Assert.Equal(["Find the cause", "Tell the client the dates"], runner.Open);
        runner.Complete("tell");
        runner.Complete("cause", ("causeText", Value.Of("No padding")), ("responsible", Value.Of("warehouse")));
        return claim;
    }

    private void Decide(string decision) => runner.Complete("decide", ("decision", Value.Of(decision)), ("allowed", decision == "refund" ? Value.Of(80) : Value.Null), ("answer", Value.Of("We make it good")));

    private void Finish()
    {
        runner.Complete("prevent", ("measure", Value.Of("Padding in every box")), ("measureBy", new DateValue(new DateOnly(2026, 4, 1))));
        runner.Complete("report", ("cost", Value.Of(80)), ("report", Value.Of("Packing changed")), ("clientResult", Value.Of("kept")));
        Assert.Equal("closed", Last);
        Assert.True(runner.AllEnded);
        runner.Replay();
    }

    [Theory]
    [InlineData(500, "quality quality-head")]
    [InlineData(501, "quality-head director")]
    [InlineData(20_000, "director")]
    public void Decision_IsTakenAtTheLevelOfTheAmount_ByOtherHandsThanTheFindings(int claimed, string roles)
    {
        ToDecision(claimed);
        Assert.Equal(roles.Split(' '), runner.Tasks.Single().Task.CandidateRoles);
        Assert.Equal(["check", "cause"], runner.Tasks.Single().Task.NotBy);
    }

    [Fact]
    public void Money_AboveTheLevelOfWhoDecides_GoesOnToTheNext()
    {
        ToDecision(0);
        void Allow(int amount) => runner.Complete("decide", ("decision", Value.Of("refund")), ("allowed", Value.Of(amount)), ("answer", Value.Of("The money comes")));
        Assert.Equal("process.field-min", Assert.Throws<RuleBrokenException>(() => Allow(-1)).Code);

        Allow(501);
        Assert.Equal(["quality-head", "director"], runner.Tasks.Single().Task.CandidateRoles);
        Assert.Equal(Value.Of(501), runner.Tasks.Single().Task.Values["allowed"]);
        Allow(99_999);
        Assert.Equal(["director"], runner.Tasks.Single().Task.CandidateRoles);
        Allow(99_999);

        Assert.Equal(["Return the money"], runner.Open);
        runner.Replay();
    }

    [Fact]
    public void Claim_OfLessThanNothing_IsRefused() =>
        Assert.Equal("process.field-min", Assert.Throws<RuleBrokenException>(() => ToDecision(-100)).Code);

    [Theory]
    [InlineData("replace", "ship")]
    [InlineData("repair", "repair ship")]
    [InlineData("refund", "refund")]
    public void Claim_IsMadeGood_Confirmed_AndReported(string decision, string work)
    {
        ToDecision(100);
        Decide(decision);
        foreach (var task in work.Split(' ')) runner.Complete(task, task == "ship" ? [("waybill", Value.Of("W-1"))] : []);
        Assert.Equal(["Ask the client"], runner.Open);
        runner.Message("claims.customer.confirmed", ("satisfied", Value.True));
        Finish();
    }

    [Fact]
    public void RegisteredClaim_IsCheckedAtOnce_AndTellsTheClaimEachStep()
    {
        runner.Start("Claim", "claimFiled", ("claim", Value.Of("2026-0007")), ("complaint", Value.Of("Scratched")), ("kind", Value.Of("damage")), ("claimed", Value.Of(48)), ("expects", Value.Null));
        Assert.Equal(["Check the claim"], runner.Open);
        runner.Complete("check", ("justified", Value.True), ("findings", Value.Of("Seen on photos")));
        runner.Complete("tell");
        runner.Complete("cause", ("causeText", Value.Of("No padding")), ("responsible", Value.Of("delivery")));
        Assert.Equal(["quality", "quality-head"], runner.Tasks.Single().Task.CandidateRoles);
        Decide("replace");
        runner.Complete("ship", ("waybill", Value.Of("W-1")));
        runner.Message("claims.customer.confirmed", ("satisfied", Value.True));
        Finish();
        Assert.Equal(["examine", "find", "decide", "inform", "confirm", "close"], done.Select(d => d.Action));
        Assert.Equal((Value.Of("delivery"), Value.Of("We make it good"), Value.Of("kept")), (done[1].Inputs["step"], done[3].Inputs["words"], done[5].Inputs["result"]));
    }

    [Fact]
    public void Money_IsReturnedOnlyWithAnAmount()
    {
        ToDecision(100);
        Assert.Equal("process.field-missing", Assert.Throws<RuleBrokenException>(() => runner.Complete("decide", ("decision", Value.Of("refund")), ("answer", Value.Of("The money comes")))).Code);
        Assert.Equal(["Decide on the claim"], runner.Open);
    }

    [Fact]
    public void Customer_WithoutAReadableAnswer_IsAskedAgain()
    {
        var claim = ToDecision(100);
        Decide("refund");
        runner.Complete("refund");
        runner.Send(claim.Id, new SkipNode(runner.Instances[claim.Id].Tokens.Single().Id, runner.Instances[claim.Id].Tokens.Single().Node, "nobody asked"));
        Assert.Equal(["Ask the client"], runner.Open);
    }

    [Fact]
    public void Customer_IsAskedFromTheFirstDay_AndUnsatisfied_ReopensTheDecision()
    {
        ToDecision(100);
        Decide("refund");
        runner.Complete("refund");
        runner.Complete("ask", ("satisfied", Value.False), ("customerWords", Value.Of("Too little")));
        Assert.Equal(["Decide on the claim"], runner.Open);
        Decide("replace");
        runner.Complete("ship", ("waybill", Value.Of("W-2")));
        runner.Message("claims.customer.confirmed", ("satisfied", Value.True));
        Finish();
    }

    [Fact]
    public void Claim_Unjustified_IsRefusedOnlyByTwo()
    {
        runner.Start("Claim");
        runner.Complete("register", ("complaint", Value.Of("Wrong colour")), ("kind", Value.Of("quality")), ("claimed", Value.Of(10)));
        runner.Complete("check", ("justified", Value.False), ("findings", Value.Of("As ordered")));
        Assert.Equal(["check"], runner.Tasks.Single().Task.NotBy);
        runner.Complete("review", ("refusalConfirmed", Value.True));
        runner.Complete("explain", ("refusalReason", Value.Of("The colour ordered was delivered")), ("clientResult", Value.Of("lost")));
        Assert.Equal(["examine", "decide", "inform", "close"], done.Select(d => d.Action));
        Assert.Equal((Value.Of("refuse"), Value.Of("lost")), (done[1].Inputs["decision"], done[3].Inputs["result"]));
        Assert.Equal("refused", Last);
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void Refund_Late_TellsWhoeverListens()
    {
        ToDecision(100);
        Decide("refund");
        runner.Advance(TimeSpan.FromDays(5));
        Assert.Equal("claims.refund.late", runner.Said.OfType<BroadcastSignal>().Single().Name);
        Assert.Equal(["Return the money"], runner.Open);
    }
}
