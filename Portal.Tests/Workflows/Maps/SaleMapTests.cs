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

    public SaleMapTests() => deal = runner.Start("Sale");

    private static Value No => Value.False;
    private static Value Yes => Value.True;
    private string? Stage => Standing.StageOf(Sale, runner.Instances[deal.Id])?.Key;
    private string Last => runner.History.Last(h => h.Kind == HistoryKind.Entered).Node!;

    private void Need(bool custom = false, bool worthwhile = true) => runner.Complete("need",
        ("need", Value.Of("Two hundred chairs")), ("madeToOrder", Value.Of(custom)), ("worthwhile", Value.Of(worthwhile)));

    private void Offer(int amount, int discount) => runner.Complete("offer",
        ("amount", Value.Of(amount)), ("discount", Value.Of(discount)), ("deliveryDays", Value.Of(14)));

    private void Approve(bool approved = true) => runner.Complete("approve", ("approved", Value.Of(approved)));

    private void ToPrepayment()
    {
        Need();
        Offer(5_000, 0);
        runner.Complete("checkSupply");
        Approve();
        runner.Complete("negotiate", ("answer", Value.Of("accepted")));
        runner.Complete("draft", ("contractNumber", Value.Of("C-17")));
        runner.Complete("sign", ("signed", Yes));
        runner.Complete("invoice", ("invoiceNumber", Value.Of("I-40")));
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
        Assert.Equal(["Check prices and terms of supply"], runner.Open);
        Assert.Equal("approval", Stage);
        runner.Complete("checkSupply");
        Approve();
        Assert.Equal("negotiation", Stage);
        runner.Complete("negotiate", ("answer", Value.Of("accepted")));
        Assert.Equal("contract", Stage);
        runner.Complete("draft", ("contractNumber", Value.Of("C-17")));
        runner.Complete("sign", ("signed", Yes));
        Assert.Equal("prepayment", Stage);
        runner.Complete("invoice", ("invoiceNumber", Value.Of("I-40")));
        runner.Message("orders.payment.received");
        Assert.Equal("fulfilment", Stage);
        FromStockToEnd(No);
        Assert.Equal("won", Last);
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
            Assert.Equal([role], runner.Tasks.Single().Task.CandidateRoles);
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
        Assert.Equal(2, runner.Tasks.Count);
    }

    [Fact]
    public void Approval_ShowsWhatIsDecidedOn_AndTheOfferWhyItCameBack()
    {
        Need();
        Assert.Equal(Value.Null, runner.Tasks.Single().Task.Values["approvalRemarks"]);
        Offer(60_000, 5);
        runner.Complete("checkSupply", ("supplyRemarks", Value.Of("Oak is dear in May")));
        runner.Complete("checkDates");

        var asked = runner.Tasks.Single().Task;
        Assert.Equal((Value.Of(60_000), Value.Of(5), Value.Of(14), Value.Of("Oak is dear in May")), (asked.Values["amount"], asked.Values["discount"], asked.Values["deliveryDays"], asked.Values["supplyRemarks"]));
        Assert.Equal(["approved", "comment"], asked.Form.Where(f => !f.IsReadOnly).Select(f => f.Key));
        runner.Complete("approve", ("approved", No), ("comment", Value.Of("Too little margin")));

        Assert.Equal(Value.Of("Too little margin"), runner.Tasks.Single().Task.Values["approvalRemarks"]);
    }

    [Fact]
    public void Deal_NotTakenOn_OrRefused_IsLostWithItsReason()
    {
        Need(worthwhile: false);
        Assert.Equal(("lost", "why"), (Stage, runner.Tasks.Single().Task.Node));
        runner.Complete("why", ("lostReason", Value.Of("not-ours")));
        Assert.Equal("lost", Last);
        Assert.True(runner.AllEnded);
    }

    [Fact]
    public void Client_SilentForDays_IsCalledThreeTimesAtMost()
    {
        Need();
        Offer(5_000, 0);
        runner.Complete("checkSupply");
        Approve();
        for (var i = 0; i < 5; i++) runner.Advance(TimeSpan.FromDays(3));
        Assert.Equal(3, runner.Tasks.Count(t => t.Task.Node == "remind"));
        runner.Complete("negotiate", ("answer", Value.Of("changes")));
        Assert.Contains("Prepare the offer", runner.Open);
    }

    [Fact]
    public void Payment_Late_IsWaitedForOrTheDealIsLost()
    {
        ToPrepayment();
        runner.Advance(TimeSpan.FromDays(10));
        runner.Complete("settle", ("waitLonger", Yes));
        Assert.Equal(2, runner.Subscriptions.Count + runner.Jobs.Count(j => j.Job.Kind == WaitKind.Timer));
        runner.Advance(TimeSpan.FromDays(10));
        runner.Complete("settle", ("waitLonger", No));
        Assert.Empty(runner.Subscriptions);
        Assert.Equal(["Record why the deal was lost"], runner.Open);
    }

    [Fact]
    public void Production_BehindItsDate_WarnsTheClientWithoutStopping()
    {
        ToPrepayment();
        runner.Message("orders.payment.received");
        runner.Complete("stock", ("inStock", No));
        runner.Complete("plan", ("readyDate", new DateValue(DateOnly.FromDateTime(runner.Now.Date.AddDays(7)))));
        Assert.Equal(new DateTimeOffset(runner.Now.Date.AddDays(7), TimeSpan.Zero), runner.Tasks.Single().Task.Due);
        runner.Advance(TimeSpan.FromDays(7));
        Assert.Equal(["Make the goods", "Tell the client the new date"], runner.Open);
        runner.Complete("make");
        runner.Complete("warn");
        Assert.Equal(["Ship the goods"], runner.Open);
    }

    [Fact]
    public void Complaint_OpensAClaim()
    {
        ToPrepayment();
        runner.Message("orders.payment.received");
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
        Assert.Equal(["finance", "legal", "production", "project-manager", "sales", "supply", "technologist", "warehouse"],
            planned.SelectMany(t => t.Roles).Distinct().Order(StringComparer.Ordinal));
    }
}
