using Portal.Domain.Shared;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Maps;

/// <summary>Deals run by the shipped Sale map.</summary>
public sealed class SaleMapTests
{
    private static readonly ProcessMap Sale = ShippedMaps.Sale.ToMap().Process;

    private readonly PaperRunner runner = new(Sale);
    private readonly InstanceState deal;

    public SaleMapTests()
    {
        foreach (var action in new[] { "sales.deal.set-amount", "sales.deal.win", "sales.deal.lose" })
            runner.Actions[action] = inputs =>
            {
                called.Add((action, inputs));
                return ContextValue.Empty;
            };
        // the deal's offer, where it has one, says other figures than its seller
        runner.Actions["sales.offer.figures"] = inputs =>
        {
            called.Add(("sales.offer.figures", inputs));
            return offered ?? ContextValue.Of(("amount", inputs["amount"]), ("discount", inputs["discount"]));
        };
        runner.Actions["sales.offer.send"] = inputs =>
        {
            called.Add(("sales.offer.send", inputs));
            return ContextValue.Of(("offer", Value.Of(sent)), ("sentTo", Value.Of(sent is null ? null : "Mira Vale")));
        };
        deal = runner.Start("Sale");
    }

    private readonly List<(string Action, ContextValue Inputs)> called = [];
    private string? sent;
    private ContextValue? offered;

    private static Value No => Value.False;
    private static Value Yes => Value.True;
    private string? Stage => Standing.StageOf(Sale, runner.Instances[deal.Id])?.Key;
    private string Last => runner.History.Last(h => h.Kind == HistoryKind.Entered).Node!;

    private void Need(bool custom = false, bool worthwhile = true) => runner.Complete("need",
        ("need", Value.Of("Two hundred chairs")), ("madeToOrder", Value.Of(custom)), ("worthwhile", Value.Of(worthwhile)));

    private void Offer(int amount, int discount) => runner.Complete("offer",
        ("amount", Value.Of(amount)), ("discount", Value.Of(discount)), ("deliveryDays", Value.Of(14)));

    private void Approve(bool approved = true) => runner.Complete("approve", ("approved", Value.Of(approved)), ("comment", approved ? Value.Null : Value.Of("Too cheap")));

    private void ToTalks(string? offer = "2026-0007")
    {
        sent = offer;
        Need();
        Offer(5_000, 0);
        runner.Complete("checkSupply");
        Approve();
    }

    private void Register() => runner.Complete("pay", ("paidAmount", Value.Of(2_500)), ("paidOn", new DateValue(new DateOnly(2026, 3, 10))));

    private void ToPrepayment()
    {
        ToTalks(null);
        runner.Complete("negotiate", ("answer", Value.Of("accepted")));
        runner.Complete("draft", ("contractNumber", Value.Of("C-17")));
        runner.Complete("sign", ("signed", Yes));
        runner.Complete("invoice", ("invoiceNumber", Value.Of("I-40")), ("invoiceAmount", Value.Of(2_500)));
    }

    private void FromStockToEnd(Value complaint)
    {
        runner.Complete("stock", ("inStock", Yes));
        runner.Complete("reserve");
        runner.Complete("ship", ("waybill", Value.Of("W-9")), ("shippedOn", new DateValue(new DateOnly(2026, 3, 20))));
        runner.Complete("receipt", ("complaint", complaint), ("complaintText", Value.Of("Two chairs scratched")));
        runner.Complete("balance");
        runner.Complete("close");
    }

    [Fact]
    public void Deal_FromNeedToClosing_GoesThroughTheFunnel()
    {
        Assert.Equal("need", Stage);
        Need();
        Assert.Equal("offer", Stage);
        Offer(5_000, 0);
        Assert.Equal(["Check prices and terms of supply", "Stop the offer if the client withdraws"], runner.Open.Order());
        Assert.Equal("approval", Stage);
        runner.Complete("checkSupply");
        Approve();
        Assert.Equal("negotiation", Stage);
        runner.Complete("negotiate", ("answer", Value.Of("accepted")));
        Assert.Equal("contract", Stage);
        runner.Complete("draft", ("contractNumber", Value.Of("C-17")));
        runner.Complete("sign", ("signed", Yes));
        Assert.Equal("prepayment", Stage);
        runner.Complete("invoice", ("invoiceNumber", Value.Of("I-40")), ("invoiceAmount", Value.Of(2_500)));
        Assert.Equal(["Register the prepayment"], runner.Open);
        Register();
        Assert.Equal("fulfilment", Stage);
        FromStockToEnd(No);
        Assert.Equal("won", Last);
        Assert.Equal(["sales.offer.figures", "sales.offer.send", "sales.deal.win"], called.Select(c => c.Action));
        Assert.Equal(Value.Of(5_000), called[0].Inputs["amount"]);
        Assert.True(runner.AllEnded);
        Assert.Empty(runner.Jobs);
        runner.Replay();
    }

    [Fact]
    public void Deal_LargeCustomAndDiscounted_IsCheckedByThree_AndApprovedByThree()
    {
        Need(custom: true);
        runner.Complete("solution", ("solution", Value.Of("Oak, bent")), ("makingDays", Value.Of(20)));
        Offer(60_000, 15);
        foreach (var check in new[] { "checkMaking", "checkSupply", "checkDates" })
        {
            Assert.DoesNotContain(runner.Tasks, t => t.Task.Node == "approve");
            runner.Complete(check);
        }
        foreach (var role in new[] { "sales-head", "director", "finance-head" })
        {
            Assert.Equal([role], runner.Tasks.Single(t => t.Task.Node == "approve").Task.CandidateRoles);
            Approve();
        }
        Assert.Equal(["Agree terms with the client"], runner.Open);
    }

    [Fact]
    public void Deal_RefusedByAnApprover_GoesBackToTheOffer()
    {
        Need();
        Offer(60_000, 15);
        runner.Complete("checkSupply");
        runner.Complete("checkDates");
        Approve(false);
        Assert.Equal(["Prepare the offer"], runner.Open);
        Offer(60_000, 5);
        Assert.Equal(["checkDates", "checkSupply", "stop"], runner.Tasks.Select(t => t.Task.Node).Order());
    }

    [Fact]
    public void Deal_RefusedForGood_IsLost()
    {
        Need();
        Offer(5_000, 0);
        runner.Complete("checkSupply");
        runner.Complete("approve", ("approved", No), ("comment", Value.Of("Never for this client")), ("finalNo", Yes));
        Assert.Equal(["Record why the deal was lost"], runner.Open);
        runner.Complete("why", ("lostReason", Value.Of("management")));
        Assert.Equal("lost", Last);
        runner.Replay();
    }

    [Fact]
    public void Client_WithdrawsDuringTheOffer_TheDealIsLost()
    {
        Need();
        runner.Complete("offer", ("next", Value.Of("withdrawn")));
        Assert.Equal(["Record why the deal was lost"], runner.Open);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Client_WithdrawsDuringTheApproval_EverythingOfItEnds(bool checkedAlready)
    {
        Need();
        Offer(60_000, 15);
        if (checkedAlready) foreach (var check in new[] { "checkSupply", "checkDates" }) runner.Complete(check);
        runner.Complete("stop", ("withdrawnWhy", Value.Of("Bought elsewhere")));
        Assert.Equal(["Record why the deal was lost"], runner.Open);
        runner.Complete("why", ("lostReason", Value.Of("withdrew")));
        Assert.True(runner.AllEnded);
        runner.Replay();
    }

    [Fact]
    public void Offer_ForApproval_NeedsItsDeliveryTime()
    {
        Need();
        Refused("process.field-missing", () => runner.Complete("offer", ("next", Value.Of("approval")), ("amount", Value.Of(3))));
        Assert.Equal(["Prepare the offer"], runner.Open);
    }

    [Fact]
    public void Approval_JudgesTheFiguresOfTheOffer_NotWhatItsSellerTyped_AndThatVersionIsSent()
    {
        Need();
        offered = ContextValue.Of(("amount", Value.Of(60_000)), ("discount", Value.Of(12)), ("offer", Value.Of("2026-0009")), ("version", Value.Of(2)));
        Offer(100, 0);
        runner.Complete("checkSupply");
        runner.Complete("checkDates");
        foreach (var role in new[] { "sales-head", "director", "finance-head" })
        {
            var asked = runner.Tasks.Single(t => t.Task.Node == "approve").Task;
            Assert.Equal([role], asked.CandidateRoles);
            Assert.Equal((Value.Of(60_000), Value.Of(12), Value.Of("2026-0009"), Value.Of(2)), (asked.Values["amount"], asked.Values["discount"], asked.Values["offer"], asked.Values["offerVersion"]));
            Approve();
        }
        var order = called.Single(c => c.Action == "sales.offer.send").Inputs;
        Assert.Equal((Value.Of("2026-0009"), Value.Of(2)), (order["offer"], order["version"]));
    }

    // nobody asks his way through the house for what somebody has written down already
    [Theory]
    [InlineData("checkMaking", "need", "solution", "makingDays", "wantedDate", "deliveryDays")]
    [InlineData("checkDates", "need", "solution", "makingDays", "wantedDate", "deliveryDays")]
    [InlineData("approve", "offer", "need", "solution", "makingDays", "budget", "amount", "discount", "deliveryDays")]
    [InlineData("draft", "offer", "need", "solution", "amount", "deliveryDays")]
    [InlineData("stock", "need", "solution", "deliveryDays")]
    [InlineData("plan", "need", "solution", "makingDays", "deliveryDays")]
    [InlineData("make", "need", "solution", "readyDate")]
    [InlineData("ship", "need", "contractNumber", "deliveryDays")]
    [InlineData("balance", "contractNumber", "amount", "invoiceAmount", "paidAmount")]
    public void Task_ShowsWhatItsPerformerDecidesBy(string node, params string[] shown) =>
        Assert.Empty(shown.Except(Sale.Node(node).Work.Form.Where(f => f.IsReadOnly).Select(f => f.Key)));

    [Fact]
    public void Approval_ShowsWhatIsDecidedOn_AndTheOfferWhyItCameBack()
    {
        Need();
        Assert.Equal(Value.Null, runner.Tasks.Single().Task.Values["approvalRemarks"]);
        Offer(60_000, 5);
        runner.Complete("checkSupply", ("supplyRemarks", Value.Of("Oak is dear in May")));
        runner.Complete("checkDates");

        var asked = runner.Tasks.Single(t => t.Task.Node == "approve").Task;
        Assert.Equal((Value.Of(60_000), Value.Of(5), Value.Of(14), Value.Of("Oak is dear in May")), (asked.Values["amount"], asked.Values["discount"], asked.Values["deliveryDays"], asked.Values["supplyRemarks"]));
        Assert.Equal(["approved", "comment", "finalNo"], asked.Form.Where(f => !f.IsReadOnly).Select(f => f.Key));
        runner.Complete("approve", ("approved", No), ("comment", Value.Of("Too little margin")));

        Assert.Equal(Value.Of("Too little margin"), runner.Tasks.Single().Task.Values["approvalRemarks"]);
    }

    [Fact]
    public void Deal_NotTakenOn_OrRefused_IsLostWithItsReason()
    {
        Need(worthwhile: false);
        Assert.Equal(("lost", "why"), (Stage, runner.Tasks.Single().Task.Node));
        runner.Complete("why", ("lostReason", Value.Of("not-ours")), ("lostNote", Value.Of("No oak")));
        Assert.Equal(("sales.deal.lose", Value.Of("not-ours"), Value.Of("No oak")), called.Select(c => (c.Action, c.Inputs["reason"], c.Inputs["note"])).Single());
        Assert.Equal("lost", Last);
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void Client_SilentForDays_IsCalledAgain_AndNoAnswerIsNoRefusal()
    {
        ToTalks();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            runner.Advance(TimeSpan.FromDays(3));
            Assert.Equal(["Call the client again"], runner.Open);
            runner.Complete("remind", ("answer", Value.Of("none")));
            Assert.Equal(["Agree terms with the client"], runner.Open);
        }
        runner.Advance(TimeSpan.FromDays(3));
        runner.Complete("remind", ("answer", Value.Of("changes")), ("wishes", Value.Of("Cheaper")));
        Assert.Equal(["Prepare the offer"], runner.Open);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Client_AcceptsByLink_TheDealGoesOnWithWhatWasAgreed(int daysSilent)
    {
        ToTalks();
        runner.Advance(TimeSpan.FromDays(daysSilent));
        var asked = runner.Tasks.Single().Task;
        Assert.Equal((Value.Of("2026-0007"), Value.Of("Mira Vale")), (asked.Values["offer"], asked.Values["sentTo"]));

        runner.Message("sales.offer.accepted", ("offer", Value.Of("2026-0007")), ("amount", Value.Of(5_400)), ("gross", Value.Of(6_480)), ("currency", Value.Of("EUR")), ("by", Value.Of("Mira Vale")));

        Assert.Equal(("contract", "draft"), (Stage, runner.Tasks.Single().Task.Node));
        Assert.Equal(("sales.deal.set-amount", Value.Of(5_400), Value.Of("EUR")), (called[^1].Action, called[^1].Inputs["amount"], called[^1].Inputs["currency"]));
        Assert.Equal((Value.Of(5_400), Value.Of("2026-0007")), (runner.Tasks.Single().Task.Values["amount"], runner.Tasks.Single().Task.Values["offer"]));
        Assert.Empty(runner.Subscriptions);
        Assert.DoesNotContain(runner.Jobs, j => j.Job.Kind == WaitKind.Timer);
        runner.Replay();
    }

    private void RefuseByLink() => runner.Message("sales.offer.refused", ("offer", Value.Of("2026-0007")), ("by", Value.Of("Mira Vale")), ("reason", Value.Of("Too dear")));

    [Fact]
    public void Client_RefusesByLink_IsTalkedTo_AndTheDealIsLostWithHisWords()
    {
        ToTalks();
        RefuseByLink();
        var refusal = runner.Tasks.Single().Task;
        Assert.Equal(("negotiation", "refusal", Value.Of("Too dear"), Value.Of("Mira Vale")), (Stage, refusal.Node, refusal.Values["reason"], refusal.Values["by"]));
        runner.Complete("refusal", ("answer", Value.Of("none")));
        Assert.Equal(["Agree terms with the client"], runner.Open);
        Assert.Single(called, c => c.Action == "sales.offer.send");
        RefuseByLink();
        runner.Complete("refusal", ("answer", Value.Of("refused")));
        Assert.Equal(("why", Value.Of("Too dear")), (runner.Tasks.Single().Task.Node, runner.Tasks.Single().Task.Values["lostNote"]));
        Assert.Empty(runner.Subscriptions);
        runner.Replay();
    }

    [Fact]
    public void Client_RefusesByLink_AndGetsAnotherOffer_AfterApproval()
    {
        ToTalks();
        RefuseByLink();
        Refused("process.field-missing", () => runner.Complete("refusal", ("answer", Value.Of("changes"))));
        runner.Complete("refusal", ("answer", Value.Of("changes")), ("wishes", Value.Of("Cheaper")));
        runner.Complete("offer", ("amount", Value.Of(4_500)), ("discount", Value.Of(5)), ("deliveryDays", Value.Of(14)), ("letter", Value.Of("As we said")));
        runner.Complete("checkSupply");
        Approve();
        Assert.Equal(Value.Of("As we said"), called.Last(c => c.Action == "sales.offer.send").Inputs["text"]);
        runner.Complete("negotiate", ("answer", Value.Of("refused")));
        Assert.Equal(Value.Null, runner.Tasks.Single().Task.Values["lostNote"]);
    }

    [Fact]
    public void Payment_Told_CompletesTheTaskInItsPlace()
    {
        ToPrepayment();
        runner.Message("orders.payment.received", ("paidAmount", Value.Of(2_500)));
        Assert.Equal(("fulfilment", "stock"), (Stage, runner.Tasks.Single().Task.Node));
        Assert.DoesNotContain(runner.Jobs, j => j.Job.Kind == WaitKind.Timer);
        runner.Replay();
    }

    private static void Refused(string code, Action job) => Assert.Equal(code, Assert.Throws<RuleBrokenException>(job).Code);

    [Fact]
    public void Payment_ShortOfTheInvoice_AsksBeforeTheDealGoesOn()
    {
        ToPrepayment();
        runner.Complete("pay", ("paidAmount", Value.Of(100)), ("paidOn", new DateValue(new DateOnly(2026, 3, 10))));
        Assert.Equal(["Decide on the short payment"], runner.Open);
        Refused("process.field-missing", () => runner.Complete("short", ("shortPayment", Value.Of("go"))));
        runner.Complete("short", ("shortPayment", Value.Of("wait")), ("promisedDate", new DateValue(DateOnly.FromDateTime(runner.Now.UtcDateTime).AddDays(4))));
        Assert.Equal(["Register the prepayment"], runner.Open);
        runner.Message("orders.payment.received");
        Assert.Equal(["Decide on the short payment"], runner.Open);
        runner.Complete("short", ("shortPayment", Value.Of("go")), ("shortWhy", Value.Of("An old client")));
        Assert.Equal(["Check the stock"], runner.Open);
        runner.Replay();
    }

    [Fact]
    public void Answers_ThatLeadBack_SayWhy_AndFiguresKeepToTheirBounds()
    {
        Need();
        Refused("process.field-max", () => Offer(5_000, 101));
        Refused("process.field-min", () => Offer(-1, 0));
        Offer(5_000, 0);
        runner.Complete("checkSupply");
        Refused("process.field-missing", () => runner.Complete("approve", ("approved", No)));
        runner.Complete("approve", ("approved", Yes), ("finalNo", Yes));
        Assert.Equal(["Agree terms with the client"], runner.Open);
        Refused("process.field-missing", () => runner.Complete("negotiate", ("answer", Value.Of("changes"))));
    }

    [Fact]
    public void Complaint_WithoutWords_IsRefused()
    {
        ToPrepayment();
        Register();
        runner.Complete("stock", ("inStock", Yes));
        runner.Complete("reserve");
        runner.Complete("ship", ("waybill", Value.Of("W-9")), ("shippedOn", new DateValue(new DateOnly(2026, 3, 20))));
        Refused("process.field-missing", () => runner.Complete("receipt", ("complaint", Yes)));
    }

    [Fact]
    public void Approval_OfEveryLevel_IsSignedByAnotherHand() =>
        Assert.Equal(["offer", "approve"], Sale.Node("approve").Work.NotBy);

    [Fact]
    public void Payment_Late_IsWaitedForToThePromisedDay_OrTheDealIsLost()
    {
        ToPrepayment();
        runner.Advance(TimeSpan.FromDays(10));
        Assert.Equal(["Settle the late payment"], runner.Open);
        Assert.Equal("process.field-missing", Assert.Throws<RuleBrokenException>(() => runner.Complete("settle", ("latePayment", Value.Of("wait")))).Code);
        var promised = DateOnly.FromDateTime(runner.Now.UtcDateTime).AddDays(4);
        runner.Complete("settle", ("latePayment", Value.Of("wait")), ("promisedDate", new DateValue(promised)));
        Assert.Equal(["Register the prepayment"], runner.Open);
        runner.Advance(TimeSpan.FromDays(3));
        Assert.Equal(["Register the prepayment"], runner.Open);
        runner.Advance(TimeSpan.FromDays(2));
        runner.Complete("settle", ("latePayment", Value.Of("lost")));
        Assert.Empty(runner.Subscriptions);
        Assert.Equal(["Record why the deal was lost"], runner.Open);
    }

    [Fact]
    public void Payment_FoundWhileSettling_GoesOn()
    {
        ToPrepayment();
        runner.Advance(TimeSpan.FromDays(10));
        runner.Complete("settle", ("latePayment", Value.Of("paid")), ("paidAmount", Value.Of(2_500)), ("paidOn", new DateValue(new DateOnly(2026, 3, 12))));
        Assert.Equal(["Check the stock"], runner.Open);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Production_BehindItsDate_WarnsTheClient_UntilTheGoodsAreMade(bool warned)
    {
        ToPrepayment();
        Register();
        runner.Complete("stock", ("inStock", No));
        runner.Complete("plan", ("readyDate", new DateValue(DateOnly.FromDateTime(runner.Now.Date.AddDays(7)))));
        Assert.Equal(new DateTimeOffset(runner.Now.Date.AddDays(8).AddSeconds(-1), TimeSpan.Zero), runner.Tasks.Single().Task.Due);
        runner.Advance(TimeSpan.FromDays(7));
        Assert.Equal(["Make the goods"], runner.Open);
        runner.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["Make the goods", "Tell the client the new date"], runner.Open);
        Assert.Equal(["sales"], runner.Tasks.Single(t => t.Task.Node == "warn").Task.CandidateRoles);
        if (warned) runner.Complete("warn");
        runner.Complete("make");
        Assert.Equal(["Ship the goods"], runner.Open);
        runner.Replay();
    }

    [Fact]
    public void Complaint_OpensAClaim()
    {
        ToPrepayment();
        Register();
        FromStockToEnd(Yes);
        var message = runner.Said.OfType<SendMessage>().Single();
        Assert.Equal(("claims.claim.registered", Value.Of("Two chairs scratched")), (message.Name, message.Payload["complaint"]));
        Assert.Contains(StartTriggers.Of(ShippedMaps.Claim.ToMap().Process, runner.Now), t => t.Message == message.Name);
    }

    [Fact]
    public void Planning_TellsEveryServiceItsTasksFromTheStart()
    {
        var planned = Planning.Tasks(Sale, ContextValue.Empty, runner.Now);
        Assert.Equal(Sale.Nodes.Values.OfType<UserTask>().Count(), planned.Count);
        Assert.Equal(("need", 1m), (planned[0].Node, planned[0].Share));
        Assert.All(planned, task => Assert.True(task.Share <= 1 && task.Start >= runner.Now));
        Assert.Equal(["finance", "finance-head", "legal", "production", "project-manager", "sales", "sales-head", "supply", "technologist", "warehouse"],
            planned.SelectMany(t => t.Roles).Distinct().Order(StringComparer.Ordinal));
    }
}
