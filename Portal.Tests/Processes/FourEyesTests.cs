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
            await FourEyesAsync(() => HandoverDeal.OfAsync(db, HandoverPlan.Everything(head.UserId, quin.UserId), ActivatorUtilities.CreateInstance<UserRights>(office.Services), head, default));

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
