using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales;

/// <summary>Deals that a process runs, and deals of whom who leaves.</summary>
public sealed class DealProcessTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private async Task<(DealId Deal, InstanceId Process, Actor Seller)> RunAsync(string name)
    {
        await office.Library.PublishShippedAsync(default);
        var seller = await office.SellerAsync(name);
        var deal = await office.OpenAsync(seller, $"Deal of {name}", 100);
        return (deal, await office.Runner.StartAsync("Sale", new(ObjectKind.Deal, deal.Value), ContextValue.Empty, seller), seller);
    }

    private async Task<string> StandsAsync(DealId deal)
    {
        var card = await office.CardAsync(deal);
        return (await office.Pipelines.ListAsync(default)).SelectMany(p => p.Stages).Single(s => s.Id == card.Deal.Stage).Key;
    }

    private Task NeedAsync(InstanceId process, Actor by, bool worthwhile = true) =>
        office.CompleteAsync(process, "need", by, ("need", Value.Of("Chairs")), ("madeToOrder", Value.False), ("worthwhile", Value.Of(worthwhile)));

    [Fact]
    public async Task Deal_FollowsItsProcess_AndTakesItsAmount()
    {
        var (deal, process, seller) = await RunAsync("Ada Follow");
        Assert.Equal("need", await StandsAsync(deal));
        await NeedAsync(process, seller);
        Assert.Equal("offer", await StandsAsync(deal));
        await office.CompleteAsync(process, "offer", seller, ("amount", Value.Of(7_500)), ("discount", Value.Of(0)), ("deliveryDays", Value.Of(10)));

        var card = await office.CardAsync(deal);
        Assert.Equal(("approval", 7_500m, 40m), (await StandsAsync(deal), card.Deal.Amount, card.Deal.Probability));
        var stages = (await office.Pipelines.ListAsync(default)).SelectMany(p => p.Stages).ToList();
        Assert.Equal(["need", "offer", "approval"], card.Stays.Skip(1).Select(s => stages.Single(x => x.Id == s.Stage).Key));
        Assert.NotNull(card.Deal.Task);
        Assert.Equal("sales.stage-by-process", await RefusedAsync(() => office.Desk.MoveAsync(deal, office.Own.Stages[0].Id, card.Deal.Version, seller, default)));
        Assert.Equal("sales.stage-by-process", await RefusedAsync(() => office.Desk.WinAsync(deal, card.Deal.Version, seller, default)));
    }

    [Fact]
    public async Task Process_ThatLoses_CarriesItsReasonOver()
    {
        var (deal, process, seller) = await RunAsync("Bea Lose");
        await NeedAsync(process, seller, worthwhile: false);
        Assert.Equal("need", await StandsAsync(deal));
        await office.CompleteAsync(process, "why", seller, ("lostReason", Value.Of("not-ours")), ("lostNote", Value.Of("No oak")));

        var card = await office.CardAsync(deal);
        var reason = (await office.Pipelines.LossReasonsAsync(default)).Single(r => r.Id == card.Deal.LossReason!.Value.Value);
        Assert.Equal((DealState.Lost, "not-ours", "No oak"), (card.Deal.State, reason.Key, card.LossNote));
    }

    [Fact]
    public async Task Lose_ByHand_WithdrawsTheProcessInTheSameTransaction()
    {
        var (deal, process, seller) = await RunAsync("Cid Hand");
        var (card, reasons) = (await office.CardAsync(deal), await office.Pipelines.LossReasonsAsync(default));

        Assert.Equal("sales.reason-unknown", await RefusedAsync(() => office.Desk.LoseAsync(deal, LossReasonId.New(), null, card.Deal.Version, seller, default)));
        Assert.Equal(InstanceStatus.Running, (await office.InstanceAsync(process)).Status);
        await office.Desk.LoseAsync(deal, new(reasons[0].Id), null, card.Deal.Version, seller, default);

        Assert.Equal((InstanceStatus.Cancelled, DealState.Lost), ((await office.InstanceAsync(process)).Status, (await office.CardAsync(deal)).Deal.State));
        Assert.Empty(await office.TasksAsync(process));
    }

    [Fact]
    public async Task Process_AboutSomethingElse_LeavesDealsAlone()
    {
        await office.Library.PublishShippedAsync(default);
        var seller = await office.SellerAsync("Dee Other");
        var client = await office.Partners.AddAsync(new(Unique("Client"), PartnerKinds.Client), seller, default);
        var process = await office.Runner.StartAsync("Sale", new(ObjectKind.Partner, client.Value), ContextValue.Empty, seller);
        await NeedAsync(process, seller, worthwhile: false);
        await office.CompleteAsync(process, "why", seller, ("lostReason", Value.Of("price")));
        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(process)).Status);
    }

    [Fact]
    public async Task Process_OfADealBeyondReach_IsNotSeen()
    {
        var (_, process, _) = await RunAsync("Eve Reach");
        var other = await office.SellerAsync("Fay Reach", ActorScope.Own);
        var head = await office.SellerAsync("Gus Reach", role: "sales-head");
        var instances = office.Services.GetRequiredService<InstanceQuery>();
        Assert.NotNull(await instances.FindAsync(process, head));
        // the first task is offered to every seller, so he takes part; of a deal of his own reach he would see all
        Assert.Null(await office.Cards.FindAsync(new((await office.InstanceAsync(process)).BusinessId!.Value), other, default));
    }

    [Fact]
    public async Task Handover_TakesOpenDealsAlong_WithTeamAndTimeline()
    {
        var (leaver, heir, head) = (await office.SellerAsync("Hab Leaver"), await office.SellerAsync("Ida Heir"), await office.SellerAsync("Jon Head", role: "director"));
        var client = await office.Partners.AddAsync(new(Unique("Kept"), PartnerKinds.Client), leaver, default);
        var open = await office.OpenAsync(leaver, "Open one", 10, client);
        var won = await office.OpenAsync(leaver, "Won one");
        await office.Desk.WinAsync(won, (await office.CardAsync(won)).Deal.Version, leaver, default);
        await office.Team.JoinAsync(open, heir.UserId, "drawings", leaver, default);
        var handover = office.Services.GetRequiredService<Handover>();

        Assert.Equal(1, (await handover.HeldAsync(leaver.UserId, head))[HeldKind.Deal]);
        Assert.Equal("Open one", Assert.Single((await handover.ItemsAsync(leaver.UserId, HeldKind.Deal, "open", new(0, 10), head)).Rows).Title);
        var report = await handover.RunAsync(new(leaver.UserId, [new(HeldKind.Deal, [heir.UserId])]), head);

        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        var card = await office.CardAsync(open, heir with { Scope = ActorScope.Own });
        Assert.Equal((heir.UserId, 0), (card.Deal.ManagerId!.Value, card.Members.Count));
        Assert.Null(await office.Cards.FindAsync(open, leaver with { Scope = ActorScope.Own }, default));
        Assert.Equal(leaver.UserId, (await office.CardAsync(won)).Deal.ManagerId);
        var told = await office.Services.GetRequiredService<TimelineQuery>().ListAsync(client, new(), null, 50, head, default);
        Assert.Contains(told.Rows, r => r.What == "deal.handed");
    }

    [Fact]
    public async Task Handover_OfADealKeepsHistoryTasksProcessAndFiles()
    {
        var (deal, process, leaver) = await RunAsync("Noa Keeper");
        var (heir, head) = (await office.SellerAsync("Oda Keeper"), await office.SellerAsync("Pia Keeper", role: "director"));
        await NeedAsync(process, leaver);
        var about = new ObjectRef(ObjectKind.Deal, deal.Value);
        var (files, remarks) = (office.Services.GetRequiredService<Attachments>(), office.Services.GetRequiredService<Remarks>());
        await files.AttachAsync(about, "plan.txt", new MemoryStream("Ground floor"u8.ToArray()), leaver);
        await files.AttachAsync(about, "price.txt", new MemoryStream("Only we know"u8.ToArray()), leaver, confidential: true);
        await remarks.AddAsync(about, "They like oak", leaver);
        await office.Services.GetRequiredService<AssignmentDesk>().GiveAsync(AssignmentId.New(), new AssignmentOrder { Title = "Measure the hall", Performer = leaver.UserId, About = about }, head);
        var before = await office.CardAsync(deal);
        var task = (await office.TaskAsync(process, "offer")).Id;

        var report = await office.Services.GetRequiredService<Handover>().RunAsync(new(leaver.UserId, [.. new[] { HeldKind.Deal, HeldKind.Task, HeldKind.Process, HeldKind.Assignment }.Select(kind => new HandoverShare(kind, [heir.UserId]))]), head);

        Assert.Equal(0, report.Stayed);
        var own = heir with { Scope = ActorScope.Own };
        var card = await office.CardAsync(deal, own);
        Assert.Equal(before.Stays, card.Stays);
        Assert.Equal((before.Deal.Stage, before.Deal.Number, heir.UserId), (card.Deal.Stage, card.Deal.Number, card.Deal.ManagerId!.Value));
        Assert.Equal(["plan.txt", "price.txt"], (await files.OfAsync(about, own)).Select(f => f.Name).Order());
        Assert.Equal("They like oak", Assert.Single(await remarks.OfAsync(about, own)).Text);
        Assert.Equal((heir.UserId, heir.UserId), ((await office.InstanceAsync(process)).Owner, (await office.TaskAsync(process, "offer")).Assignee));
        Assert.Equal(task, (await office.TaskAsync(process, "offer")).Id);
        await using (var db = office.Open()) Assert.Equal(heir.UserId, (await db.Set<Assignment>().SingleAsync(a => a.AboutId == deal.Value)).Performer);
        // what he gave up is not his to look into any more
        Assert.Null(await office.Cards.FindAsync(deal, leaver with { Scope = ActorScope.Own }, default));
        await office.CompleteAsync(process, "offer", own, ("amount", Value.Of(900)), ("discount", Value.Of(0)), ("deliveryDays", Value.Of(5)));
        Assert.Equal(900, (await office.CardAsync(deal)).Deal.Amount);
    }

    [Fact]
    public async Task Hand_OfOneDeal_TakesItsProcessAndItsTasksAlong_AndWhoMayNotHaveATaskLeavesItToThePool()
    {
        var (deal, process, first) = await RunAsync("Rae Hander");
        var (second, head) = (await office.SellerAsync("Sid Hander"), await office.SellerAsync("Tia Hander", role: "sales-head"));
        await NeedAsync(process, first);
        async Task<uint> VersionAsync() => (await office.CardAsync(deal)).Deal.Version;
        async Task<(Guid?, Guid?, Guid?)> HeldAsync() => ((await office.InstanceAsync(process)).Owner, await office.TaskAsync(process, "offer") is var task ? task.Assignee : null, task.HandedFrom);
        Assert.Equal((first.UserId, first.UserId, null), await HeldAsync());

        await office.Desk.HandAsync(deal, second.UserId, await VersionAsync(), head, default);
        Assert.Equal((second.UserId, second.UserId, first.UserId), await HeldAsync());

        await office.Desk.ChangeAsync(deal, new("Given back", Manager: first.UserId), await VersionAsync(), head, default);
        Assert.Equal((first.UserId, first.UserId, second.UserId), await HeldAsync());
        Assert.Equal(2, await office.ValueAsync<long>("select count(*) from core.audit where object_kind = 'ProcessInstance' and object_id = $1 and jsonb_exists(after, 'Owner')", process.Value));

        // a task that was never offered to the head is not his because he takes the deal over
        await office.Desk.HandAsync(deal, head.UserId, await VersionAsync(), head, default);
        Assert.Equal((head.UserId, null, first.UserId), await HeldAsync());
    }

    [Fact]
    public async Task Archive_OfADealThatAProcessRuns_IsRefused_UntilItHasEnded()
    {
        var (deal, process, seller) = await RunAsync("Una Archive");
        Assert.Equal("sales.process-runs", await RefusedAsync(async () => await office.Desk.ArchiveAsync(deal, (await office.CardAsync(deal)).Deal.Version, seller, default)));
        await office.Desk.LoseAsync(deal, new((await office.Pipelines.LossReasonsAsync(default))[0].Id), null, (await office.CardAsync(deal)).Deal.Version, seller, default);

        await office.Desk.ArchiveAsync(deal, (await office.CardAsync(deal)).Deal.Version, seller, default);

        Assert.Equal((InstanceStatus.Cancelled, true), ((await office.InstanceAsync(process)).Status, (await office.CardAsync(deal)).Deal.Archived));
    }

    [Fact]
    public async Task Action_OnADealThatSomebodyIsChanging_WaitsAndKeepsBothChanges()
    {
        var (deal, process, seller) = await RunAsync("Vic Meets");
        await NeedAsync(process, seller);
        await using var db = office.Open();
        await using var other = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"update sales.deal set next_step = 'Call' where id = {deal.Value}");
        var acting = office.CompleteAsync(process, "offer", seller, ("amount", Value.Of(7_500)), ("discount", Value.Of(0)), ("deliveryDays", Value.Of(10)));
        await office.SomebodyWaitsAsync();
        await other.CommitAsync();
        await acting;

        Assert.Equal((7_500m, "Call"), (await office.CardAsync(deal)).Deal is var both ? (both.Amount, both.NextStep) : default);
    }

    [Fact]
    public async Task Bulk_MovesWhatMay_TellsWhatNot_AndIsTakenBack()
    {
        var seller = await office.SellerAsync("Kim Bulk");
        var bulk = office.Services.GetRequiredService<DealBulk>();
        var (a, b) = (await office.OpenAsync(seller, "One"), await office.OpenAsync(seller, "Two"));
        await office.Desk.WinAsync(b, (await office.CardAsync(b)).Deal.Version, seller, default);

        var outcome = await bulk.MoveAsync([a, b], office.Own.Stages[2].Id, seller, default);

        Assert.Equal((1, "sales.deal-closed"), (outcome.Changed, Assert.Single(outcome.Refused).Code));
        Assert.Equal(office.Own.Stages[2].Id, (await office.CardAsync(a)).Deal.Stage);
        Assert.Equal(1, (await bulk.UndoAsync(outcome, seller, default)).Changed);
        Assert.Equal(office.Own.Stages[0].Id, (await office.CardAsync(a)).Deal.Stage);
    }

    [Fact]
    public async Task Margin_IsThereOnlyForWhoMayKnowCost()
    {
        var (seller, head) = (await office.SellerAsync("Lou Margin"), await office.SellerAsync("Meg Margin", role: "sales-head"));
        var deal = await office.OpenAsync(seller, "Margin");
        await office.Desk.EarnAsync(deal, new(250, 100), (await office.CardAsync(deal)).Deal.Version, head, default);

        Assert.Equal(new DealMargin(250, 100), (await office.CardAsync(deal, head)).Margin);
        Assert.Null((await office.CardAsync(deal, seller)).Margin);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Desk.EarnAsync(deal, new(1, 1), 0, seller, default)));
    }
}
