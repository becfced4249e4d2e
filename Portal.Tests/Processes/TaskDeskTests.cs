using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class TaskDeskTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private static readonly string OneTask = $"""
        <startEvent id="s"/><userTask id="t" name="Call back"><extensionElements>
          <portal:instruction>Be kind.</portal:instruction><portal:assignment candidateRoles="sales"/><portal:schedule due="PT4H" priority="=urgency"/>
          <portal:form><portal:field key="note" label="Note" type="longText" default="=hint"/></portal:form>
        </extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}
        """;

    private TaskDesk Desk => office.Services.GetRequiredService<TaskDesk>();
    private TaskListQuery List => office.Services.GetRequiredService<TaskListQuery>();

    private async Task<TaskRow> TaskAsync(string key, int urgency = 50)
    {
        if (await office.Library.ReadAsync(key, 1, office.Analyst, default) is null) await office.PublishAsync(key, OneTask);
        var id = await office.Runner.StartAsync(key, null, ContextValue.Of(("urgency", Value.Of(urgency)), ("hint", Value.Of("last time: May"))), office.Analyst);
        return await office.TaskAsync(id, "t");
    }

    private async Task<List<ProcessTaskId>> ListAsync(string key, Actor actor, TaskShare share = TaskShare.Both) =>
        [.. (await List.PageAsync(new TaskFilter { Map = key, Share = share }, new(0, 50), actor)).Rows.Select(r => r.Id)];

    [Fact]
    public async Task Claim_TakesTheTaskFromTheOthersLists()
    {
        var task = await TaskAsync("d-claim");
        var (ann, bob) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Bob", "sales"));

        await Desk.ClaimAsync(task.Id, ann);

        Assert.Equal([task.Id], await ListAsync("d-claim", ann, TaskShare.Mine));
        Assert.Empty(await ListAsync("d-claim", bob));
        Assert.Equal("Ann", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.ClaimAsync(task.Id, bob))).Args[0]);
        Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, bob))).Code);
        await Desk.ReleaseAsync(task.Id, ann);
        Assert.Equal([task.Id], await ListAsync("d-claim", bob, TaskShare.Offered));
    }

    [Fact]
    public async Task Head_PassesATaskOn_ButDoesOnlyWhatIsOfferedToHim()
    {
        var task = await TaskAsync("d-head");
        var (head, ann) = (await office.AddAsync("Hana", "warehouse-head"), await office.AddAsync("Ann", "sales"));

        foreach (var forbidden in new Func<Task>[]
        {
            () => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, head), () => Desk.ClaimAsync(task.Id, head), () => Desk.AssignAsync(task.Id, head.UserId, head),
        })
            Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(forbidden)).Code);

        await Desk.AssignAsync(task.Id, ann.UserId, head);
        Assert.Equal([task.Id], await ListAsync("d-head", ann, TaskShare.Mine));
        Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.ClaimAsync(task.Id, head))).Code);
        await office.Runner.CompleteAsync(task.Id, ContextValue.Empty, ann);
    }

    [Fact]
    public async Task Assign_ToSomebodyWhoDoesNotWorkOnTasks_IsRefused()
    {
        var task = await TaskAsync("d-driver");
        var (ann, driver) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Dora", "driver"));

        Assert.Equal("process.performer-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.AssignAsync(task.Id, driver.UserId, ann))).Code);
        Assert.Equal([task.Id], await ListAsync("d-driver", ann, TaskShare.Offered));
    }

    [Fact]
    public async Task List_PutsTheImportantFirst_ThenTheNearestDeadline()
    {
        var (low, first) = (await TaskAsync("d-order", 10), await TaskAsync("d-order", 90));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await TaskAsync("d-order", 90);
        var seller = await office.AddAsync("Ann", "sales");

        Assert.Equal([first.Id, second.Id, low.Id], await ListAsync("d-order", seller));
        var page = await List.PageAsync(new TaskFilter { Map = "d-order" }, new(1, 1), seller);
        Assert.Equal((3, second.Id), (page.Total, page.Rows[0].Id));
        office.Clock.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(30));
        var late = await List.PageAsync(new TaskFilter { Map = "d-order", LateOnly = true }, new(0, 10), seller);
        Assert.Equal([first.Id, low.Id], late.Rows.Select(r => r.Id));
        Assert.All(late.Rows, r => Assert.True(r.IsLate));
        Assert.Equal(["Call back"], (await List.PageAsync(new TaskFilter { Map = "d-order", Text = "CALL" }, new(0, 1), seller)).Rows.Select(r => r.Title.Default));
    }

    [Fact]
    public async Task List_OfEverybody_NeedsTheRight()
    {
        var task = await TaskAsync("d-all");

        await Assert.ThrowsAsync<RuleBrokenException>(async () => await ListAsync("d-all", await office.AddAsync("Ann", "sales"), TaskShare.All));
        Assert.Equal([task.Id], await ListAsync("d-all", await office.AddAsync("Hed", "sales-head"), TaskShare.All));
        Assert.Empty(await ListAsync("d-all", await office.AddAsync("Lex", "legal")));
    }

    [Fact]
    public async Task Substitute_SeesAndDoesTheTasks_AsLongAsItLasts()
    {
        var task = await TaskAsync("d-sub");
        var (away, helper) = (await office.AddAsync("Awa", "sales"), await office.AddAsync("Hel", "legal"));
        await Desk.ClaimAsync(task.Id, away);
        var other = await TaskAsync("d-sub");
        var now = office.Clock.GetUtcNow();

        Assert.Empty(await ListAsync("d-sub", helper));
        await Desk.SubstituteAsync(away.UserId, helper.UserId, now, now.AddDays(7), away);
        Assert.Equal(2, (await ListAsync("d-sub", helper)).Count);
        await office.Runner.CompleteAsync(task.Id, ContextValue.Empty, helper);
        office.Clock.Advance(TimeSpan.FromDays(7));

        Assert.Empty(await ListAsync("d-sub", helper));
        Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CompleteAsync(other.Id, ContextValue.Empty, helper))).Code);
        Assert.Equal("Hel", await office.ValueAsync<string>("select closed_by_name from process.task where id = $1", task.Id.Value));
    }

    [Theory]
    [InlineData(1, 2026)]
    [InlineData(2026, 9999)]
    public async Task Substitute_InAYearThatNobodyMeans_IsRefused(int from, int to)
    {
        var (away, helper) = (await office.AddAsync("Awa", "sales"), await office.AddAsync("Hel", "legal"));
        var (starts, ends) = (new DateTimeOffset(from, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(to, 12, 31, 0, 0, 0, TimeSpan.Zero));

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.SubstituteAsync(away.UserId, helper.UserId, starts, ends, away));

        Assert.Equal("shared.year", refusal.Code);
    }

    [Fact]
    public async Task Assign_ToSomebodyWhoIsNotThere_IsRefused()
    {
        var task = await TaskAsync("d-assign");
        var (ann, bob) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Bob", "legal"));

        Assert.Equal("process.performer-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.AssignAsync(task.Id, Guid.CreateVersion7(), ann))).Code);
        await Desk.AssignAsync(task.Id, bob.UserId, ann);

        Assert.Equal([task.Id], await ListAsync("d-assign", bob, TaskShare.Mine));
    }

    [Fact]
    public async Task Details_HoldInstructionFormAndWhatIsGiven()
    {
        var task = await TaskAsync("d-details");
        var seller = await office.AddAsync("Ann", "sales");
        var query = office.Services.GetRequiredService<TaskQuery>();

        var details = await query.FindAsync(task.Id, seller);

        Assert.Equal("Be kind.", details!.Instruction!.Default);
        Assert.Equal("note", Assert.Single(details.Form).Key);
        Assert.Equal(Value.Of("last time: May"), details.Given["note"]);
        Assert.True(details.MayWork);
        Assert.Contains(details.History, h => h.Node == "t");
        Assert.False((await query.FindAsync(task.Id, await office.AddAsync("Hana", "quality-head")))!.MayWork);
        Assert.Null(await query.FindAsync(task.Id, await office.AddAsync("Lex", "legal")));
        await office.Runner.CompleteAsync(task.Id, ContextValue.Of(("note", Value.Of("done"))), seller);
        Assert.False((await query.FindAsync(task.Id, seller))!.MayWork);
    }
}
