using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work.Handovers;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

/// <summary>Who may not do a task because he did another, whose a task is from the start, and how processes about one object are told apart.</summary>
public sealed class FourEyesTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private static readonly string CheckAndConfirm = $"""
        <extensionElements><portal:assignment title="=if need = null then null else need + &quot; · &quot; + string(amount)"/></extensionElements>
        <startEvent id="s"/>
        <userTask id="check"><extensionElements><portal:assignment candidateRoles="quality" toOwner="true"/></extensionElements></userTask>
        <userTask id="confirm"><extensionElements><portal:assignment candidateRoles="quality,quality-head" notBy="check"/></extensionElements></userTask>
        <endEvent id="e"/>{Bpmn.Flows("s-check; check-confirm; confirm-e")}
        """;

    private TaskDesk Desk => office.Services.GetRequiredService<TaskDesk>();

    private async Task<TaskRow> ConfirmAsync(string key, Actor checker)
    {
        await office.PublishAsync(key, CheckAndConfirm);
        var id = await office.Runner.StartAsync(key, null, ContextValue.Empty, checker);
        await office.CompleteAsync(id, "check", checker);
        return await office.TaskAsync(id, "confirm");
    }

    private async Task<IReadOnlyList<ProcessTaskId>> OfferedAsync(string key, Actor actor) =>
        [.. (await office.Services.GetRequiredService<TaskListQuery>().PageAsync(new() { Map = key, Share = TaskShare.Offered }, new(0, 10), actor)).Rows.Select(r => r.Id)];

    private static async Task FourEyesAsync(Func<Task> job) => Assert.Equal("process.four-eyes", (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code);

    [Fact]
    public async Task Confirm_ByWhoChecked_IsNeitherOfferedNorTakenNorDoneNorDelegated()
    {
        var (quin, head) = (await office.AddAsync("Quin", "quality", "quality-head"), await office.AddAsync("Hed", "quality-head"));
        var task = await ConfirmAsync("f-four", quin);

        Assert.Empty(await OfferedAsync("f-four", quin));
        Assert.Equal([task.Id], await OfferedAsync("f-four", head));
        Assert.False((await office.Services.GetRequiredService<TaskQuery>().FindAsync(task.Id, quin))!.MayWork);
        await FourEyesAsync(() => Desk.ClaimAsync(task.Id, quin));
        await FourEyesAsync(() => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, quin));
        await FourEyesAsync(() => Desk.AssignAsync(task.Id, quin.UserId, head));
        await Desk.ClaimAsync(task.Id, head);
        await using (var db = office.Open())
            await FourEyesAsync(() => HandoverAllotment.OfAsync(db, HandoverPlan.Everything(head.UserId, quin.UserId), ActivatorUtilities.CreateInstance<UserRights>(office.Services), head, default));

        await office.Runner.CompleteAsync(task.Id, ContextValue.Empty, head);
    }

    [Fact]
    public async Task Confirm_OfWhoStandsInForTheChecker_IsHisOwnRightOnly()
    {
        var (quin, mate) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "legal"));
        var task = await ConfirmAsync("f-stand", quin);
        var now = office.Clock.GetUtcNow();
        await Desk.SubstituteAsync(quin.UserId, mate.UserId, now, now.AddDays(1), quin);

        Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, mate))).Code);
    }

    private static readonly string SentBack = $"""
        <startEvent id="s"/><userTask id="offer"><extensionElements><portal:assignment candidateRoles="quality"/></extensionElements></userTask>
        <userTask id="approve"><extensionElements><portal:assignment candidateRoles="quality-head" notBy="offer,approve"/>{Bpmn.Fields("again:boolean! level:text")}</extensionElements></userTask>
        <exclusiveGateway id="x" default="x-level"/><exclusiveGateway id="level" default="level-e"/><endEvent id="e"/>
        {Bpmn.Flows("s-offer; offer-approve; approve-x; x-offer [again = true]; x-level; level-approve [level = null]; level-e")}
        """;

    [Fact]
    public async Task Approval_ThatWasSentBack_IsAgainOfWhoRefused_ButNoHandSignsTwiceInARound()
    {
        await office.PublishAsync("f-back", SentBack);
        var (maker, head, director) = (await office.AddAsync("Mia", "quality", "quality-head"), await office.AddAsync("Hed", "quality-head"), await office.AddAsync("Dir", "quality-head"));
        var id = await office.Runner.StartAsync("f-back", null, ContextValue.Empty, maker);
        await office.CompleteAsync(id, "offer", maker);
        await FourEyesAsync(() => office.CompleteAsync(id, "approve", maker, ("again", Value.Of(true))));
        await office.CompleteAsync(id, "approve", head, ("again", Value.Of(true)));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.CompleteAsync(id, "offer", maker);

        await FourEyesAsync(() => office.CompleteAsync(id, "approve", maker, ("again", Value.Of(false))));
        await office.CompleteAsync(id, "approve", head, ("again", Value.Of(false)));
        await FourEyesAsync(() => office.CompleteAsync(id, "approve", head, ("again", Value.Of(false))));
        await office.CompleteAsync(id, "approve", director, ("again", Value.Of(false)), ("level", Value.Of("last")));
    }

    private const string Anybody = """<extensionElements><portal:assignment candidateRoles="quality"{0}/></extensionElements>""";

    private static string Task(string id, string notBy = "") => $"""<userTask id="{id}">{string.Format(null, Anybody, notBy == "" ? "" : $" notBy=\"{notBy}\"")}</userTask>""";

    private static readonly string SideBySide = $"""
        <startEvent id="s"/><parallelGateway id="fork"/>{Task("a")}{Task("b", "a")}<parallelGateway id="join"/><endEvent id="e"/>
        {Bpmn.Flows("s-fork; fork-a; fork-b; a-join; b-join; join-e")}
        """;

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task TwoTasks_OpenSideBySide_AreNotDoneByOneHand(string first, string second)
    {
        await office.PublishAsync($"f-side-{first}", SideBySide);
        var (quin, mate) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "quality"));
        var id = await office.Runner.StartAsync($"f-side-{first}", null, ContextValue.Empty, quin);
        await Desk.ClaimAsync((await office.TaskAsync(id, second)).Id, quin);

        await office.CompleteAsync(id, first, quin);

        var left = await office.TaskAsync(id, second);
        Assert.Equal((null, quin.UserId), (left.Assignee, left.HandedFrom));
        await FourEyesAsync(() => office.CompleteAsync(id, second, quin));
        await FourEyesAsync(() => Desk.ClaimAsync(left.Id, quin));
        Assert.Empty(await OfferedAsync($"f-side-{first}", quin));
        await office.CompleteAsync(id, second, mate);
    }

    [Fact]
    public async Task Approval_SideBySide_TakesAsManyHandsAsItAsks()
    {
        await office.PublishAsync("f-three", $"""
            <startEvent id="s"/><userTask id="vote"><extensionElements><portal:assignment candidateRoles="quality" notBy="vote"/></extensionElements>
            <multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask><endEvent id="e"/>{Bpmn.Flows("s-vote; vote-e")}
            """);
        var hands = new[] { await office.AddAsync("Una", "quality"), await office.AddAsync("Duo", "quality"), await office.AddAsync("Tri", "quality") };
        var id = await office.Runner.StartAsync("f-three", null, ContextValue.Empty, hands[0]);

        foreach (var hand in hands)
        {
            await office.Runner.CompleteAsync((await office.TasksAsync(id))[0].Id, ContextValue.Empty, hand);
            if (await office.TasksAsync(id) is [var next, ..]) await FourEyesAsync(() => office.Runner.CompleteAsync(next.Id, ContextValue.Empty, hand));
        }

        Assert.Equal(Portal.Workflows.Engine.InstanceStatus.Completed, (await office.InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task TaskOfALoop_IsOfWhoDidTheNextOne_AsBefore()
    {
        await office.PublishAsync("f-loop", $"""<startEvent id="s"/>{Task("a")}{Task("b", "a")}<endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-e")}""");
        var (quin, mate) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "quality"));
        var id = await office.Runner.StartAsync("f-loop", null, ContextValue.Empty, quin);
        await office.CompleteAsync(id, "a", quin);
        await office.Runner.SendBackAsync((await office.TaskAsync(id, "b")).Id, "a", "look again", mate);

        await office.CompleteAsync(id, "a", mate);

        await FourEyesAsync(() => office.CompleteAsync(id, "b", mate));
        await FourEyesAsync(() => office.CompleteAsync(id, "b", quin));
    }

    [Fact]
    public async Task ComputedAssignee_WhomFourEyesBar_IsNotGivenTheTask()
    {
        await office.PublishAsync("f-computed", $"""
            <startEvent id="s"/>{Task("a")}<userTask id="b"><extensionElements><portal:assignment assignee="=who" candidateRoles="quality" notBy="a"/></extensionElements></userTask><endEvent id="e"/>
            {Bpmn.Flows("s-a; a-b; b-e")}
            """);
        var (quin, mate) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "quality"));
        var id = await office.Runner.StartAsync("f-computed", null, ContextValue.Of(("who", Value.Of(quin.UserId.ToString()))), quin);

        await office.CompleteAsync(id, "a", quin);

        Assert.Null((await office.TaskAsync(id, "b")).Assignee);
        await office.CompleteAsync(id, "b", mate);
    }

    [Fact]
    public async Task Signer_WhomFourEyesBar_IsNeitherOfferedNorAdded()
    {
        await office.PublishAsync("f-signer", $"""
            <startEvent id="s"/>{Task("a")}<userTask id="sign"><extensionElements><portal:assignment candidateRoles="=approver" notBy="a,sign"/></extensionElements>
            <multiInstanceLoopCharacteristics isSequential="true"><extensionElements><portal:loop collection="[&quot;quality&quot;]" item="approver"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
            <endEvent id="e"/>{Bpmn.Flows("s-a; a-sign; sign-e")}
            """);
        var (quin, mate, third) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "quality"), await office.AddAsync("Tri", "quality"));
        var id = await office.Runner.StartAsync("f-signer", null, ContextValue.Empty, quin);
        await office.CompleteAsync(id, "a", quin);
        var task = (await office.TaskAsync(id, "sign")).Id;
        await Desk.ClaimAsync(task, mate);

        foreach (var barred in new[] { quin, mate }) await FourEyesAsync(() => office.Runner.AddSignerAsync(task, barred.UserId.ToString(), mate));
        await office.Runner.AddSignerAsync(task, third.UserId.ToString(), mate);
        await FourEyesAsync(() => office.Runner.AddSignerAsync(task, third.UserId.ToString(), mate));

        var colleagues = ActivatorUtilities.CreateInstance<Portal.Infrastructure.Work.ColleagueQuery>(office.Services);
        var offered = (await colleagues.FindForAsync(task, "", isSigner: true, mate)).Select(c => c.Id).ToList();
        Assert.Contains(third.UserId, offered);
        Assert.DoesNotContain(quin.UserId, offered);
    }

    [Fact]
    public async Task Migration_KeepsFourEyes_OverRenamedStepsAndForOpenTasks()
    {
        await office.PublishAsync("f-moved", $"""<startEvent id="s"/>{Task("a")}{Task("b")}<endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-e")}""");
        var (quin, mate) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Mate", "quality"));
        var id = await office.Runner.StartAsync("f-moved", null, ContextValue.Empty, quin);
        await office.CompleteAsync(id, "a", quin);
        await Desk.ClaimAsync((await office.TaskAsync(id, "b")).Id, quin);
        await office.PublishAsync("f-moved", $"""<startEvent id="s"/>{Task("a2")}{Task("b", "a2")}<endEvent id="e"/>{Bpmn.Flows("s-a2; a2-b; b-e")}""");
        var versions = await office.Library.VersionsAsync("f-moved", office.Analyst, default);
        var migration = office.Services.GetRequiredService<InstanceMigration>();
        var plan = await migration.SuggestAsync(versions[1].Id, versions[0].Id, office.Analyst);

        var tried = await migration.DryRunAsync(versions[1].Id, versions[0].Id, plan, null, office.Analyst);
        Assert.Equal("process.migration-four-eyes", Assert.Single(Assert.Single(tried.Refused).Findings).Code);
        var moved = await migration.ApplyAsync(versions[1].Id, versions[0].Id, new(new Dictionary<string, string>(plan.Nodes) { ["a"] = "a2" }), null, office.Analyst);

        Assert.Equal((1, 0), (moved.Moved, moved.Refused.Count));
        Assert.Null((await office.TaskAsync(id, "b")).Assignee);
        await FourEyesAsync(() => office.CompleteAsync(id, "b", quin));
        await office.CompleteAsync(id, "b", mate);
    }

    [Fact]
    public async Task FirstTask_IsOfWhoStarted_WhereHeHoldsTheRole_ElseOfThePool()
    {
        await office.PublishAsync("f-own", CheckAndConfirm);
        var (quin, seller) = (await office.AddAsync("Quin", "quality"), await office.AddAsync("Sal", "sales"));

        var own = await office.TaskAsync(await office.Runner.StartAsync("f-own", null, ContextValue.Empty, quin), "check");
        var pooled = await office.TaskAsync(await office.Runner.StartAsync("f-own", null, ContextValue.Empty, seller), "check");

        Assert.Equal((quin.UserId, (Guid?)null), (own.Assignee, pooled.Assignee));
    }

    [Fact]
    public async Task Title_FollowsTheDataOfTheProcess_InEveryList()
    {
        await office.PublishAsync("f-title", CheckAndConfirm);
        var quin = await office.AddAsync("Quin", "quality");
        var id = await office.Runner.StartAsync("f-title", null, ContextValue.Of(("need", Value.Of("Twelve\nshelves")), ("amount", Value.Of(900))), quin);
        Assert.Equal("Twelve shelves · 900", (await office.InstanceAsync(id)).Title);

        await office.Runner.EditVariablesAsync(id, ContextValue.Of(("amount", Value.Of(1_000))), [], (await office.StateAsync(id)).Variables, "agreed higher", office.Analyst);

        var task = Assert.Single((await office.Services.GetRequiredService<TaskListQuery>().PageAsync(new() { Map = "f-title", Text = "1000" }, new(0, 10), quin)).Rows);
        Assert.Equal("Twelve shelves · 1000", task.AboutTitle);
        Assert.Equal("Twelve shelves · 1000", Assert.Single((await office.Services.GetRequiredService<InstanceListQuery>().PageAsync(new() { Map = "f-title" }, new(0, 10), quin)).Rows).Called);
    }
}
