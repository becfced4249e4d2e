using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class ProcessRunnerTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    /// <summary>A user task for a role, with a yes/no field, and a second one where the answer is yes.</summary>
    internal static readonly string TwoTasks = $"""
        <startEvent id="begin"/>
        <userTask id="ask"><extensionElements>
          <portal:assignment candidateRoles="sales"/>
          <portal:form><portal:field key="agreed" label="Agreed?" type="boolean" required="true"/></portal:form>
        </extensionElements></userTask>
        <exclusiveGateway id="gate" default="gate-no"/>
        <userTask id="sign"><extensionElements><portal:assignment candidateRoles="legal"/></extensionElements></userTask>
        <endEvent id="yes"/><endEvent id="no"/>
        {Bpmn.Flows("begin-ask; ask-gate; gate-sign[agreed]; gate-no; sign-yes")}
        """;

    private ProcessRunner Runner => office.Runner;

    private async Task<InstanceId> StartAsync(string key, Actor actor, params (string, Value)[] variables) =>
        await Runner.StartAsync(key, null, ContextValue.Of(variables), actor);

    /// <summary>Sixteen at once or one after the other: each has its own outcome.</summary>
    [Fact]
    public async Task CompleteEach_DoesWhatItMay_AndTellsWhatWasRefused()
    {
        await office.PublishAsync("each", """<startEvent id="s"/><userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask>""" + Bpmn.Flows("s-t"));
        var (ann, bob) = (await office.AddAsync("Ann", "sales"), await office.AddAsync("Bob", "sales"));
        var ids = new List<InstanceId>();
        for (var i = 0; i < 40; i++) ids.Add(await office.Runner.StartAsync("each", null, ContextValue.Empty, ann));
        var tasks = new List<ProcessTaskId>();
        foreach (var id in ids) tasks.Add((await office.TaskAsync(id, "t")).Id);
        await office.Runner.CompleteAsync(tasks[3], ContextValue.Empty, bob);
        await office.Services.GetRequiredService<TaskDesk>().ClaimAsync(tasks[7], bob);

        var refused = await office.Runner.CompleteEachAsync(tasks, ann);

        Assert.Equal([(tasks[3], "process.task-closed-by"), (tasks[7], "process.task-not-yours")], refused.OrderBy(r => tasks.IndexOf(r.Key)).Select(r => (r.Key, r.Value.Code)));
        Assert.Equal(39L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'each' and status = 'Completed'"));
    }

    [Fact]
    public async Task Start_GivesTheFirstTask_AndCompleting_GivesTheNext()
    {
        await office.PublishAsync("twoTasks", TwoTasks);
        var (seller, lawyer) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Lex", "legal"));

        var id = await Runner.StartAsync("twoTasks", new(ObjectKind.Partner, Guid.CreateVersion7()), ContextValue.Empty, seller);
        await office.CompleteAsync(id, "ask", seller, ("agreed", Value.True));
        var sign = await office.TaskAsync(id, "sign");
        await office.CompleteAsync(id, "sign", lawyer);

        Assert.Equal(["legal"], sign.CandidateRoles);
        Assert.Equal(ObjectKind.Partner, sign.BusinessKind);
        var ended = await office.InstanceAsync(id);
        Assert.Equal((InstanceStatus.Completed, 3), (ended.Status, (int)ended.Revision));
        Assert.NotNull(ended.EndedAt);
        Assert.Empty(await office.TasksAsync(id));
        await using var db = office.Open();
        var history = await db.Set<HistoryRow>().Where(h => h.Instance == id).OrderBy(h => h.Ordinal).ToListAsync();
        Assert.Equal(HistoryKind.Started, history[0].Kind);
        Assert.Equal(HistoryKind.Ended, history[^1].Kind);
        Assert.Contains(history, h => h is { Kind: HistoryKind.Left, Node: "sign", ByName: "Lex" });
        Assert.Equal(1, await db.Set<AuditRow>().CountAsync(a => a.ObjectId == sign.Id.Value && a.UserName == "Lex"));
    }

    [Fact]
    public async Task Start_AMapNeverPublished_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => StartAsync("nowhere", office.Analyst));

        Assert.Equal("map.not-published", refusal.Code);
    }

    [Fact]
    public async Task Start_WithoutTheRight_IsRefused_AndNothingIsWritten()
    {
        await office.PublishAsync("notMine", TwoTasks);
        var outsider = ProcessOffice.Person(Guid.CreateVersion7(), "Out", StandardRoles.Driver);

        await Assert.ThrowsAsync<RuleBrokenException>(() => StartAsync("notMine", outsider));

        Assert.Equal(0, await office.ValueAsync<long>("select count(*) from process.instance where key = 'notMine'"));
    }

    [Fact]
    public async Task Complete_ByAnotherRole_IsRefused()
    {
        await office.PublishAsync("roles", TwoTasks);
        var id = await StartAsync("roles", office.Analyst);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(async () => await office.CompleteAsync(id, "ask", await office.AddAsync("Lex", "legal"), ("agreed", Value.True)));

        Assert.Equal("process.task-not-yours", refusal.Code);
        Assert.NotNull(await office.TaskAsync(id, "ask"));
    }

    [Fact]
    public async Task Complete_AClosedTask_SaysWhoClosedItAndWhen()
    {
        await office.PublishAsync("closed", TwoTasks);
        var (first, second) = (await office.AddAsync("Flo", "sales"), await office.AddAsync("Sid", "sales"));
        var task = await office.TaskAsync(await StartAsync("closed", first), "ask");
        await Runner.CompleteAsync(task.Id, ContextValue.Of(("agreed", Value.False)), first);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => Runner.CompleteAsync(task.Id, ContextValue.Of(("agreed", Value.True)), second));

        Assert.Equal("process.task-closed-by", refusal.Code);
        Assert.Equal(["Flo", office.Clock.GetUtcNow()], refusal.Args);
    }

    [Theory]
    [InlineData("agreed", "yes", "process.field-type")]
    [InlineData("other", "x", "process.field-unknown")]
    public async Task Complete_WithAValueThatDoesNotFit_IsRefusedByName_AndTheInstanceIsUnharmed(string field, string value, string code)
    {
        var key = $"bad-{field}";
        await office.PublishAsync(key, TwoTasks);
        var seller = await office.AddAsync("Sal", "sales");
        var id = await StartAsync(key, seller);
        var before = await office.InstanceAsync(id);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(id, "ask", seller, (field, Value.Of(value))));

        Assert.Equal((code, "ask"), (refusal.Code, refusal.Args[0]));
        Assert.Equivalent(before, await office.InstanceAsync(id));
        await office.CompleteAsync(id, "ask", seller, ("agreed", Value.True));
    }

    [Fact]
    public async Task Complete_WithHugeValues_IsRefused_AndTheInstanceIsUnharmed()
    {
        await office.PublishAsync("huge", $"""<startEvent id="s"/><userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/>{Bpmn.Fields("x:longText")}</extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""");
        var seller = await office.AddAsync("Sal", "sales");
        var id = await StartAsync("huge", seller);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(id, "t", seller, ("x", Value.Of(new string('x', 1_000_001)))));

        Assert.Equal("process.variables-too-large", refusal.Code);
        await office.CompleteAsync(id, "t", seller);
    }

    [Fact]
    public async Task Commands_UnderOneKey_HaveOneEffectAndOneAnswer()
    {
        await office.PublishAsync("once", TwoTasks);
        var seller = await office.AddAsync("Sal", "sales");
        var log = office.Services.GetRequiredService<CommandLog>();
        Task<CommandAnswer> SendAsync(string key, string name, Func<Actor, Task> job) => log.OnceAsync(new(key, name), seller, job, r => r.Code, default);
        Task<CommandAnswer> BeginAsync() => SendAsync("start-1", "start", by => Runner.StartAsync("once", null, ContextValue.Empty, by));

        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => BeginAsync()));
        var id = new InstanceId(Guid.Parse(starts[0].Result!));
        var task = await office.TaskAsync(id, "ask");
        var completions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            SendAsync("done-1", "complete", by => Runner.CompleteAsync(task.Id, ContextValue.Of(("agreed", Value.True)), by))));
        await office.CompleteAsync(id, "sign", await office.AddAsync("Lex", "legal"));

        Assert.Equal(1, await office.ValueAsync<long>("select count(*) from process.instance where key = 'once'"));
        Assert.All(starts, answer => Assert.Equal(starts[0], answer));
        Assert.All(completions, answer => Assert.Equal(new CommandAnswer(), answer));
        Assert.Equal(completions[0], await SendAsync("done-1", "complete", by => Runner.CompleteAsync(task.Id, ContextValue.Of(("agreed", Value.True)), by)));
        Assert.Equal(starts[0], await BeginAsync());
    }

    [Fact]
    public async Task Instances_StayOnTheirVersion_AndNewOnesTakeTheNewest()
    {
        await office.PublishAsync("versions", TwoTasks);
        var seller = await office.AddAsync("Sal", "sales");
        var old = await StartAsync("versions", seller);
        await office.PublishAsync("versions", TwoTasks.Replace("id=\"sign\"", "id=\"sign\" name=\"Sign it\""));
        var young = await StartAsync("versions", seller);

        foreach (var id in new[] { old, young }) await office.CompleteAsync(id, "ask", seller, ("agreed", Value.True));

        Assert.Contains("\"sign\"", (await office.TaskAsync(old, "sign")).Title);
        Assert.Contains("Sign it", (await office.TaskAsync(young, "sign")).Title);
    }

    [Fact]
    public async Task Call_RunsTheNewestChild_WhoseEndLetsTheCallerGoOn()
    {
        await office.PublishAsync("child", $"""<startEvent id="s"/><userTask id="inner"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-inner; inner-e")}""");
        await office.PublishAsync("caller", $"""<startEvent id="s"/><callActivity id="call" calledElement="child"/><userTask id="after"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-call; call-after; after-e")}""");
        var seller = await office.AddAsync("Sal", "sales");
        var caller = await StartAsync("caller", seller);
        var child = new InstanceId(await office.ValueAsync<Guid>("select id from process.instance where parent = $1", caller.Value));

        await office.CompleteAsync(child, "inner", seller);

        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(child)).Status);
        Assert.NotNull(await office.TaskAsync(caller, "after"));
    }

    [Fact]
    public async Task Live_TasksAndInstances_AreToldAfterTheCommit()
    {
        await office.PublishAsync("live", TwoTasks);
        var seller = await office.AddAsync("Sal", "sales");
        using var stop = new CancellationTokenSource();
        var told = new List<LiveChange>();
        var watch = office.Services.GetRequiredService<LiveChanges>().Watch(c => c.Object.Kind is ObjectKind.ProcessTask or ObjectKind.ProcessInstance, stop.Token);

        var id = await StartAsync("live", seller);
        var task = await office.TaskAsync(id, "ask");
        await foreach (var change in watch)
        {
            told.Add(change);
            if (told.Count == 2) break;
        }

        Assert.Equal(new HashSet<ObjectRef> { new(ObjectKind.ProcessInstance, id.Value), new(ObjectKind.ProcessTask, task.Id.Value) }, told.Select(t => t.Object).ToHashSet());
        Assert.All(told, t => Assert.Equal("Sal", t.ByName));
    }
}
