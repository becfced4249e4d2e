using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Tests.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Work;

/// <summary>A task past its deadline in the inbox of whom the map tells.</summary>
public sealed class EscalatedWorkTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private TaskDesk Desk => office.Services.GetRequiredService<TaskDesk>();

    private async Task<ProcessTaskId> LateAsync(string key, string to, Actor by)
    {
        await office.PublishAsync(key, $"""
            <startEvent id="s"/><userTask id="t" name="Call back"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT4H" escalateTo="{to}"/></extensionElements></userTask>{Bpmn.Flows("s-t")}
            """);
        var id = await office.Runner.StartAsync(key, null, ContextValue.Empty, by);
        await office.AdvanceAsync(TimeSpan.FromHours(5));
        return (await office.TaskAsync(id, "t")).Id;
    }

    private async Task<bool> SeesProcessAsync(ProcessTaskId task, Actor actor)
    {
        var process = await office.ValueAsync<Guid>("select instance from process.task where id = $1", task.Value);
        return await office.Services.GetRequiredService<InstanceQuery>().FindAsync(new(process), actor) is not null;
    }

    private async Task<bool> IsToldAsync(ProcessTaskId task, Actor actor)
    {
        var work = ActivatorUtilities.CreateInstance<MyWorkQuery>(office.Services);
        var page = await work.PageAsync(WorkGroup.Escalated, null, new(0, 50), actor);
        Assert.Equal(page.Total, (await work.CountsAsync(actor))[WorkGroup.Escalated]);
        return page.Rows.Any(r => r.Object.Id == task.Value);
    }

    [Fact]
    public async Task Escalated_ToARole_StandsInItsInboxUntilItIsDone()
    {
        var (sal, legal, other) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Lex", "legal"), await office.AddAsync("Olga", "quality"));
        await office.PublishAsync("e-early", """<startEvent id="s"/><userTask id="t"><extensionElements><portal:schedule due="P9D" escalateTo="legal"/></extensionElements></userTask>""" + Bpmn.Flows("s-t"));
        var early = (await office.TaskAsync(await office.Runner.StartAsync("e-early", null, ContextValue.Empty, sal), "t")).Id;

        var task = await LateAsync("e-role", "legal", sal);

        Assert.Equal((true, false, false, false), (await IsToldAsync(task, legal), await IsToldAsync(task, other), await IsToldAsync(task, sal), await IsToldAsync(early, legal)));
        await office.Runner.CompleteAsync(task, ContextValue.Empty, sal);
        Assert.False(await IsToldAsync(task, legal));
    }

    [Fact]
    public async Task Escalated_ToAPerson_IsPassedOnByHim_ButNotDone()
    {
        var (sal, ann, boss) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Ann", "sales"), await office.AddAsync("Boss", "legal"));
        boss = boss with { Permissions = new[] { Permissions.TasksWork }.ToFrozenSet() };
        var task = await LateAsync("e-person", boss.UserId.ToString().ToUpperInvariant(), sal);
        var shown = await office.Services.GetRequiredService<TaskQuery>().FindAsync(task, boss);

        Assert.True(await IsToldAsync(task, boss));
        Assert.Equal((false, true), (shown!.MayWork, shown.MayPassOn));
        foreach (var forbidden in new Func<Task>[] { () => office.Runner.CompleteAsync(task, ContextValue.Empty, boss), () => Desk.ClaimAsync(task, boss), () => Desk.AssignAsync(task, boss.UserId, boss) })
            Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(forbidden)).Code);
        await Desk.AssignAsync(task, ann.UserId, boss);

        Assert.Equal((ann.UserId, boss.UserId), ((await office.TasksAsync((await office.Services.GetRequiredService<TaskQuery>().FindAsync(task, ann))!.Task.Instance)).Select(t => (t.Assignee, t.HandedFrom)).Single()));
        Assert.True(await IsToldAsync(task, boss));
    }

    [Fact]
    public async Task Escalated_ToAUserName_ShowsHimTheProcess()
    {
        var (sal, boss, other) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Boss", "legal"), await office.AddAsync("Olga", "legal"));
        var name = await office.ValueAsync<string>("select user_name from identity.portal_user where id = $1", boss.UserId);
        var task = await LateAsync("e-named", name, sal);

        Assert.Equal((true, false), (await SeesProcessAsync(task, boss), await SeesProcessAsync(task, other)));
    }

    [Fact]
    public async Task Escalated_ToSomebodyElse_IsNotCalledEscalatedToAHead()
    {
        var (sal, legal, head) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Lex", "legal"), await office.AddAsync("Hana", "quality-head"));
        var task = await LateAsync("e-head", "legal", sal);
        var tasks = office.Services.GetRequiredService<TaskQuery>();

        var (told, oversees) = ((await tasks.FindAsync(task, legal))!, (await tasks.FindAsync(task, head))!);

        Assert.Equal((true, true, true, false), (told.MayPassOn, oversees.MayPassOn, told.IsEscalatedToMe, oversees.IsEscalatedToMe));
    }

    [Fact]
    public async Task Escalated_IsSeenByASubstitute_WithForWhom()
    {
        var (sal, legal, deputy) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Lex", "legal"), await office.AddAsync("Dee", "quality"));
        var task = await LateAsync("e-away", "legal", sal);
        await Desk.SubstituteAsync(legal.UserId, deputy.UserId, office.Clock.GetUtcNow(), office.Clock.GetUtcNow().AddDays(1), legal);

        var page = await ActivatorUtilities.CreateInstance<MyWorkQuery>(office.Services).PageAsync(WorkGroup.Escalated, null, new(0, 50), deputy);

        Assert.Equal("Lex", page.Rows.Single(r => r.Object.Id == task.Value).For);
    }
}
