using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;
using Portal.Workflows.Expressions;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

/// <summary>Who stands in for somebody sees and does what that one may, under his own name and "for" the absent.</summary>
public sealed class StandingInTests(MailOffice office) : IClassFixture<MailOffice>, IAsyncLifetime
{
    private Actor giver = null!, absent = null!, helper = null!;

    private MyWorkQuery Work => office.Services.GetRequiredService<MyWorkQuery>();
    private AssignmentQuery Reading => office.Services.GetRequiredService<AssignmentQuery>();

    public async Task InitializeAsync()
    {
        (giver, absent, helper) = (await office.AddAsync("Gwen", "sales"), await office.AddAsync("Awa", "sales"), await office.AddAsync("Hel", "quality"));
        var now = office.Clock.GetUtcNow();
        await office.Tasks.SubstituteAsync(absent.UserId, helper.UserId, now, now.AddDays(7), absent);
    }

    public async Task DisposeAsync() => await office.ValueAsync<long>("with closed as (update process.task set closed_at = created_at returning 1) select count(*) from closed");

    private async Task<AssignmentId> GiveAsync(Actor from, Actor to)
    {
        var id = AssignmentId.New();
        await office.Assignments.GiveAsync(id, new AssignmentOrder { Title = "Read the lease", Performer = to.UserId }, from);
        return id;
    }

    private async Task<List<(Guid Id, string? For)>> ListAsync(WorkGroup group) =>
        [.. (await Work.PageAsync(group, null, new Slice(0, 50), helper)).Rows.Select(r => (r.Object.Id, r.For))];

    private async Task<string?> AuditedForAsync(Guid about)
    {
        await using var db = office.Open();
        var last = await db.Set<AuditRow>().Where(r => r.ObjectId == about && r.UserId == helper.UserId).OrderByDescending(r => r.Id).FirstAsync();
        return System.Text.Json.JsonDocument.Parse(last.After!).RootElement.TryGetProperty("ActsFor", out var name) ? name.GetString() : null;
    }

    [Fact]
    public async Task List_ShowsTheWorkOfTheAbsent_AndForWhom()
    {
        var (his, own) = (await GiveAsync(giver, absent), await GiveAsync(giver, helper));
        var given = await GiveAsync(absent, giver);
        var (task, offered) = (await office.StartAsync("given", giver, absent), await office.StartAsync("offered", giver));

        Assert.Equal(new HashSet<(Guid, string?)> { (his.Value, "Awa"), (own.Value, null), (task.Id.Value, "Awa") }, (await ListAsync(WorkGroup.Mine)).ToHashSet());
        Assert.Equal([(given.Value, "Awa")], await ListAsync(WorkGroup.Given));
        Assert.Equal([(offered.Id.Value, "Awa")], await ListAsync(WorkGroup.Offered));
        Assert.Equal((3, 1, 1), ((await Work.CountsAsync(helper))[WorkGroup.Mine], (await Work.CountsAsync(helper))[WorkGroup.Given], (await Work.CountsAsync(helper))[WorkGroup.Offered]));
    }

    [Fact]
    public async Task Assignment_OfTheAbsent_IsDoneForHim_AndHistoryAndAuditSaySo()
    {
        var id = await GiveAsync(giver, absent);

        await office.Assignments.AcceptAsync(id, helper);
        await office.Assignments.ReportAsync(id, "Nothing unusual", helper);

        var read = (await Reading.FindAsync(id, giver))!.Assignment;
        Assert.Equal(AssignmentState.Reported, read.State);
        Assert.Equal([("Gwen", null), ("Hel", "Awa"), ("Hel", "Awa")], read.Events.OrderBy(e => e.Ordinal).Select(e => (e.ByName, e.ForName)));
        Assert.Equal("Awa", await AuditedForAsync(id.Value));
    }

    [Fact]
    public async Task Result_ForAnAbsentGiver_IsAcceptedForHim()
    {
        var id = await GiveAsync(absent, giver);
        await office.Assignments.ReportAsync(id, "Done", giver);
        Assert.Contains((id.Value, "Awa"), await ListAsync(WorkGroup.Mine));

        await office.Assignments.ApproveAsync(id, helper);

        var read = (await Reading.FindAsync(id, giver))!.Assignment;
        Assert.Equal((AssignmentState.Done, "Awa"), (read.State, read.Events.MaxBy(e => e.Ordinal)!.ForName));
    }

    [Fact]
    public async Task Own_Assignment_IsDoneForNobodyElse()
    {
        var id = await GiveAsync(absent, helper);

        await office.Assignments.AcceptAsync(id, helper);

        Assert.Null((await Reading.FindAsync(id, helper))!.Assignment.Events.MaxBy(e => e.Ordinal)!.ForName);
        Assert.Null(await AuditedForAsync(id.Value));
    }

    [Fact]
    public async Task Task_OfTheAbsent_IsCompletedAndClaimed_AndTheAuditSaysForWhom()
    {
        var (his, offered) = (await office.StartAsync("given", giver, absent), await office.StartAsync("offered", giver));

        await office.Tasks.ClaimAsync(offered.Id, helper);
        await office.Runner.CompleteAsync(his.Id, ContextValue.Empty, helper);

        Assert.Equal(("Awa", "Awa"), (await AuditedForAsync(offered.Id.Value), await AuditedForAsync(his.Id.Value)));
    }

    [Fact]
    public async Task Offered_WithoutAForm_AreTakenAndCompletedTogether_EachByItself()
    {
        var tasks = new List<ProcessTaskId>();
        for (var i = 0; i < 3; i++) tasks.Add((await office.StartAsync("offered", giver)).Id);
        var shown = (await Work.PageAsync(WorkGroup.Offered, null, new Slice(0, 50), helper)).Rows;
        await office.Tasks.ClaimAsync(tasks[0], await office.AddAsync("Ann", "sales"));

        var refused = await office.Runner.CompleteEachAsync([.. shown.Where(item => item.IsPlain).Select(item => item.Task!.Value)], helper);

        Assert.Equal(tasks.ToHashSet(), shown.Select(item => item.Task!.Value).ToHashSet());
        Assert.Equal([(tasks[0], "process.task-not-yours")], refused.Select(r => (r.Key, r.Value.Code)));
        Assert.Equal("Awa", await AuditedForAsync(tasks[1].Value));
    }

    [Fact]
    public async Task After_ItHasEnded_NothingOfTheAbsentIsLeft()
    {
        var id = await GiveAsync(giver, absent);
        office.Clock.Advance(TimeSpan.FromDays(7));

        Assert.Empty(await ListAsync(WorkGroup.Mine));
        Assert.Null(await Reading.FindAsync(id, helper));
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => office.Assignments.AcceptAsync(id, helper))).Code);
    }
}
