using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;
using Portal.Tests.Processes;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

/// <summary>What somebody who looks after the work of others may lead to whom: within his branch, and never to himself.</summary>
public sealed class BranchWallTests(MailOffice office) : IClassFixture<MailOffice>, IAsyncLifetime
{
    private Actor seller = null!, colleague = null!, head = null!, here = null!, there = null!, stranger = null!;

    private SubstitutionQuery Substitutions => office.Services.GetRequiredService<SubstitutionQuery>();
    private Handover Handover => office.Services.GetRequiredService<Handover>();

    public async Task InitializeAsync()
    {
        var north = BranchId.New();
        await using var db = office.Open();
        db.Add(new Branch(north, await db.Set<Company>().Select(c => c.Id).SingleAsync(), $"North {north.Value}", "UTC"));
        await db.SaveChangesAsync();
        (seller, colleague, head) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Col", "sales"), await office.AddAsync("Hed", "sales-head"));
        here = (await office.AddAsync("Hera", "sales-head")) with { Scope = ActorScope.Branch, BranchId = office.Branch.Value };
        there = (await office.ReaderAsync("Nora", "sales-head", branch: north)) with { Scope = ActorScope.Branch, BranchId = north.Value };
        stranger = await office.ReaderAsync("Stan", "sales", branch: north);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private Task<SubstitutionId> SubstituteAsync(Actor absent, Actor substitute, Actor by) =>
        office.Tasks.SubstituteAsync(absent.UserId, substitute.UserId, office.Clock.GetUtcNow(), office.Clock.GetUtcNow().AddDays(1), by);

    [Fact]
    public async Task Task_OfAnotherBranch_IsNeitherShownToAHeadNorPassedOnByHim()
    {
        var task = await office.StartAsync("offered", seller);
        var tasks = office.Services.GetRequiredService<TaskQuery>();

        Assert.Null(await tasks.FindAsync(task.Id, there));
        Assert.Equal("process.task-not-yours", (await RefusalOfAsync(() => office.Tasks.AssignAsync(task.Id, colleague.UserId, there))).Code);

        Assert.True((await tasks.FindAsync(task.Id, here))!.MayPassOn);
        await office.Tasks.AssignAsync(task.Id, colleague.UserId, here);
    }

    [Fact]
    public async Task Task_IsGivenOnlyWithinReach()
    {
        var task = await office.StartAsync("offered", seller);
        var colleagues = office.Services.GetRequiredService<ColleagueQuery>();

        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => office.Tasks.AssignAsync(task.Id, stranger.UserId, here))).Code);
        var offered = (await colleagues.FindForAsync(task.Id, "", isSigner: false, here)).Select(c => c.Id).ToList();

        Assert.Contains(colleague.UserId, offered);
        Assert.DoesNotContain(stranger.UserId, offered);
    }

    [Fact]
    public async Task Process_OfATaskEscalatedToARole_IsShownInItsBranchOnly()
    {
        var task = await office.StartAsync("late", seller);
        await office.AdvanceAsync(TimeSpan.FromHours(9));
        var instances = office.Services.GetRequiredService<InstanceQuery>();

        Assert.NotNull((await office.TaskAsync(task.Instance, "t")).EscalatedAt);
        Assert.Equal((true, false), (await instances.FindAsync(task.Instance, here) is not null, await instances.FindAsync(task.Instance, there) is not null));
    }

    [Fact]
    public async Task Substitution_AcrossBranches_IsNeitherAgreedNorEndedNorListed()
    {
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => SubstituteAsync(seller, colleague, there))).Code);
        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => SubstituteAsync(seller, stranger, here))).Code);
        var agreed = await SubstituteAsync(seller, colleague, here);

        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => office.Tasks.EndSubstitutionAsync(agreed, there))).Code);
        Assert.Equal((true, false), ((await Substitutions.ListAsync(here)).Any(s => s.Id == agreed), (await Substitutions.ListAsync(there)).Any(s => s.Id == agreed)));
        await office.Tasks.EndSubstitutionAsync(agreed, here);
    }

    [Fact]
    public async Task Head_LeadsNobodysWorkToHimself()
    {
        var given = await office.StartAsync("given", seller, colleague);

        Assert.Equal("process.work-to-oneself", (await RefusalOfAsync(() => SubstituteAsync(colleague, head, head))).Code);
        Assert.Equal("process.work-to-oneself", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(colleague.UserId, head.UserId), head))).Code);
        Assert.Equal(colleague.UserId, (await office.TaskAsync(given.Instance, "t")).Assignee);

        // another head, and the absent himself, may
        await SubstituteAsync(colleague, head, here);
        await SubstituteAsync(seller, head, seller);
    }

    [Fact]
    public async Task Handover_OfRunningProcessesAlone_CountsAuditsAndMovesThem()
    {
        var process = (await office.StartAsync("offered", seller)).Instance;

        var held = await Handover.HeldAsync(seller.UserId, head);
        Assert.Equal((1, 1), (held.Total, held[HeldKind.Process]));
        Assert.Equal(1, (await Handover.RunAsync(HandoverPlan.Everything(seller.UserId, colleague.UserId), head)).Moved);

        Assert.Equal(colleague.UserId, (await office.InstanceAsync(process)).Owner);
        Assert.Equal(0, (await Handover.HeldAsync(seller.UserId, head)).Total);
        await using var db = office.Open();
        var line = await db.Set<AuditRow>().SingleAsync(r => r.ObjectId == process.Value && r.UserName == "Hed");
        Assert.Contains(colleague.UserId.ToString(), line.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handover_ToWhoMayNotWorkOnTasks_IsRefusedBeforeAnythingMoves()
    {
        var driver = await office.AddAsync("Dora", "driver");
        var given = await office.StartAsync("given", seller, colleague);
        var asked = AssignmentId.New();
        await office.Assignments.GiveAsync(asked, new() { Title = "Count the crates", Performer = colleague.UserId }, head);

        Assert.Equal("process.performer-unknown", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(colleague.UserId, driver.UserId), head))).Code);

        await using var db = office.Open();
        Assert.Equal((colleague.UserId, colleague.UserId), ((await db.Set<Assignment>().SingleAsync(a => a.Id == asked)).Performer, (await office.TaskAsync(given.Instance, "t")).Assignee));
        Assert.DoesNotContain(driver.UserId, (await Handover.HeirsAsync(colleague.UserId, head)).Where(h => h.May(HeldKind.Task)).Select(h => h.Id));
        Assert.Contains(seller.UserId, (await Handover.HeirsAsync(colleague.UserId, head)).Select(h => h.Id));

        await Handover.RunAsync(HandoverPlan.Everything(colleague.UserId, seller.UserId), head);
        Assert.Equal(seller.UserId, (await office.TaskAsync(given.Instance, "t")).Assignee);
    }

    [Fact]
    public async Task Handover_OfAssignmentsAlone_IsForAnybodyOfStaff()
    {
        var driver = await office.AddAsync("Dora", "driver");
        await office.Assignments.GiveAsync(AssignmentId.New(), new() { Title = "Count the crates", Performer = colleague.UserId }, head);

        Assert.Contains(driver.UserId, (await Handover.HeirsAsync(colleague.UserId, head)).Where(h => h.May(HeldKind.Assignment)).Select(h => h.Id));
        Assert.Equal(1, (await Handover.RunAsync(HandoverPlan.Everything(colleague.UserId, driver.UserId), head)).Moved);
    }

    [Fact]
    public async Task Handover_OutOfTheReachOfWhoLeadsIt_IsRefusedAndNotOffered()
    {
        await office.StartAsync("given", seller, colleague);

        Assert.Equal("identity.out-of-reach", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(colleague.UserId, stranger.UserId), here))).Code);
        var heirs = (await Handover.HeirsAsync(colleague.UserId, here)).Select(h => h.Id).ToList();
        Assert.DoesNotContain(stranger.UserId, heirs);
        Assert.DoesNotContain(here.UserId, (await Handover.HeirsAsync(colleague.UserId, here)).Where(h => h.May(HeldKind.Task)).Select(h => h.Id));
        Assert.Contains(seller.UserId, heirs);
    }
}
