using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class AlterationTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/></extensionElements>""";
    private static readonly string ThreeTasks = $"""<startEvent id="s"/><userTask id="a">{Sales}</userTask><userTask id="b">{Sales}</userTask><userTask id="c">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-c; c-e")}""";

    private async Task<(InstanceId Id, Actor Seller)> AtBAsync(string key)
    {
        await office.PublishAsync(key, ThreeTasks);
        var seller = await office.AddAsync("Sal", "sales");
        var id = await office.Runner.StartAsync(key, null, ContextValue.Empty, seller);
        await office.CompleteAsync(id, "a", seller);
        return (id, seller);
    }

    [Fact]
    public async Task SendBack_ByThePerformer_GivesTheEarlierTaskAgain_AndIsAudited()
    {
        var (id, seller) = await AtBAsync("a-back");
        var task = await office.TaskAsync(id, "b");
        var details = await office.Services.GetRequiredService<TaskQuery>().FindAsync(task.Id, seller);

        await office.Runner.SendBackAsync(task.Id, Assert.Single(details!.BackTo).Id, "the price is missing", seller);

        Assert.Equal("a", Assert.Single(await office.TasksAsync(id)).Node);
        await using var db = office.Open();
        Assert.Contains("the price is missing", (await db.Set<AuditRow>().SingleAsync(r => r.ObjectId == task.Id.Value && r.UserName == "Sal")).After);
    }

    [Fact]
    public async Task SendBack_ToANodeNeverVisited_IsRefused()
    {
        var (id, seller) = await AtBAsync("a-ahead");

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(async () => await office.Runner.SendBackAsync((await office.TaskAsync(id, "b")).Id, "c", "why not", seller));

        Assert.Equal("process.not-visited", refusal.Code);
    }

    [Fact]
    public async Task SkipAndMove_NeedTheRight_AndMoveTheToken()
    {
        var (id, seller) = await AtBAsync("a-skip");
        var token = (await office.StateAsync(id)).Tokens.Single().Id;

        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.SkipAsync(id, token, "b", "in a hurry", seller))).Code);
        await office.Runner.SkipAsync(id, token, "b", "done by phone", office.Analyst);
        Assert.NotNull(await office.TaskAsync(id, "c"));
        await office.Runner.MoveTokenAsync(id, token, "c", "a", "start over", office.Analyst);

        Assert.Equal("a", Assert.Single(await office.TasksAsync(id)).Node);
    }

    [Fact]
    public async Task Skip_OfAStepSomebodyHasDoneMeanwhile_IsRefused_AndTheNextStepStays()
    {
        var (id, seller) = await AtBAsync("a-stale");
        var token = (await office.StateAsync(id)).Tokens.Single().Id;
        await office.CompleteAsync(id, "b", seller);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.SkipAsync(id, token, "b", "agreed by phone", office.Analyst));

        Assert.Equal(("process.token-elsewhere", "b", "c"), (refusal.Code, refusal.Args[0], refusal.Args[1]));
        Assert.Equal("c", Assert.Single(await office.TasksAsync(id)).Node);
    }

    [Fact]
    public async Task EditVariables_NeedsAReason_AndIsAuditedWithWhatWasThereBefore()
    {
        await office.PublishAsync("a-edit", ThreeTasks);
        var id = await office.Runner.StartAsync("a-edit", null, ContextValue.Of(("price", Value.Of(10)), ("note", Value.Of("kept"))), office.Analyst);
        var seen = (await office.StateAsync(id)).Variables;

        Assert.Equal("text.required", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.EditVariablesAsync(id, ContextValue.Of(("price", Value.Of(9))), [], seen, " ", office.Analyst))).Code);
        await office.Runner.EditVariablesAsync(id, ContextValue.Of(("price", Value.Of(9))), [], seen, "agreed lower", office.Analyst);
        var stale = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.EditVariablesAsync(id, ContextValue.Of(("price", Value.Of(8))), [], seen, "lower still", office.Analyst));

        Assert.Equal(("process.variable-changed", "9"), (stale.Code, stale.Args[1]));
        await using var db = office.Open();
        var row = await db.Set<AuditRow>().SingleAsync(r => r.ObjectId == id.Value && r.Action == "changed");
        Assert.Equal(("""{"variables": {"price": 10}}""", """{"reason": "agreed lower", "variables": {"price": 9}}"""), (row.Before, row.After));
    }

    [Fact]
    public async Task Head_AltersNothing_AndSendsBackOnlyWhatIsOfferedToHim()
    {
        var (id, _) = await AtBAsync("a-head");
        var (head, task) = (await office.AddAsync("Hed", "sales-head"), await office.TaskAsync(id, "b"));
        var token = (await office.StateAsync(id)).Tokens.Single().Id;

        foreach (var alteration in new Func<Task>[]
        {
            () => office.Runner.SkipAsync(id, token, "b", "in a hurry", head), () => office.Runner.EditVariablesAsync(id, ContextValue.Of(("approved", Value.Of(true))), [], ContextValue.Empty, "in a hurry", head),
        })
            Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(alteration)).Code);
        foreach (var onTask in new Func<Task>[] { () => office.Runner.SendBackAsync(task.Id, "a", "once more", head), () => office.Runner.AddSignerAsync(task.Id, "nobody", head) })
            Assert.Equal("process.task-not-yours", (await Assert.ThrowsAsync<RuleBrokenException>(onTask)).Code);
    }

    [Fact]
    public async Task Cancel_WithdrawsWhatItCalled_AndAChildAloneIsRefused()
    {
        await office.PublishAsync("a-child", ThreeTasks);
        await office.PublishAsync("a-caller", $"""<startEvent id="s"/><callActivity id="call" calledElement="a-child"/><endEvent id="e"/>{Bpmn.Flows("s-call; call-e")}""");
        var caller = await office.Runner.StartAsync("a-caller", null, ContextValue.Empty, office.Analyst);
        var child = new InstanceId(await office.ValueAsync<Guid>("select id from process.instance where parent = $1", caller.Value));

        Assert.Equal("process.called", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.CancelAsync(child, "not wanted", office.Analyst))).Code);
        await office.Runner.CancelAsync(caller, "the client left", office.Analyst);

        Assert.Equal([InstanceStatus.Cancelled, InstanceStatus.Cancelled], [(await office.InstanceAsync(caller)).Status, (await office.InstanceAsync(child)).Status]);
        Assert.Equal("the client left", (await office.InstanceAsync(caller)).EndNote);
        Assert.Empty(await office.TasksAsync(child));
    }

    [Fact]
    public async Task AddSigner_ToAnApprovalByAll_LetsHimDecideToo()
    {
        var (ann, bob, cid) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Bob", "sales"), await office.AddAsync("Cid", "sales"));
        await office.PublishAsync("a-sign", $"""
            <startEvent id="s"/>
            <userTask id="sign"><extensionElements><portal:assignment assignee="=who"/></extensionElements>
              <multiInstanceLoopCharacteristics><extensionElements><portal:loop collection="signers" item="who"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
            <endEvent id="e"/>{Bpmn.Flows("s-sign; sign-e")}
            """);
        var id = await office.Runner.StartAsync("a-sign", null, ContextValue.Of(("signers", Value.List([Value.Of(ann.UserId.ToString()), Value.Of(bob.UserId.ToString())]))), ann);
        var mine = (await office.TasksAsync(id)).Single(t => t.Assignee == ann.UserId);

        await office.Runner.AddSignerAsync(mine.Id, cid.UserId.ToString(), ann);

        Assert.Equal(new HashSet<Guid?> { ann.UserId, bob.UserId, cid.UserId }, (await office.TasksAsync(id)).Select(t => t.Assignee).ToHashSet());
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.AddSignerAsync(mine.Id, "nobody.such", ann));
        Assert.Equal("process.user-unknown", refusal.Code);
        foreach (var (who, task) in new[] { ann, bob, cid }.Zip((await office.TasksAsync(id)).OrderBy(t => t.Assignee == ann.UserId ? 0 : t.Assignee == bob.UserId ? 1 : 2)))
            await office.Runner.CompleteAsync(task.Id, ContextValue.Empty, who);
        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task AddSigner_ToAnApprovalByRoles_OffersTheTaskToThePerson()
    {
        var (ann, cid) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Cid", "quality"));
        await office.PublishAsync("a-roles", $"""
            <startEvent id="s"/>
            <userTask id="sign"><extensionElements><portal:assignment candidateRoles="=who"/></extensionElements>
              <multiInstanceLoopCharacteristics><extensionElements><portal:loop collection="signers" item="who"/></extensionElements></multiInstanceLoopCharacteristics></userTask>
            <endEvent id="e"/>{Bpmn.Flows("s-sign; sign-e")}
            """);
        var id = await office.Runner.StartAsync("a-roles", null, ContextValue.Of(("signers", Value.List([Value.Of("sales")]))), ann);
        var first = Assert.Single(await office.TasksAsync(id));

        await office.Runner.AddSignerAsync(first.Id, cid.UserId.ToString(), ann);

        var added = (await office.TasksAsync(id)).Single(t => t.Id != first.Id);
        Assert.Equal([cid.UserId], added.CandidateUsers);
        Assert.Empty(added.CandidateRoles);
        await office.Runner.CompleteAsync(added.Id, ContextValue.Empty, cid);
        await office.Runner.CompleteAsync(first.Id, ContextValue.Empty, ann);
        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(id)).Status);
    }
}
