using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

/// <summary>Two at once on one instance. Both are held before its lock by a third connection, so that they really meet.</summary>
public sealed class RaceTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/></extensionElements>""";
    private static readonly string OneTask = $"""<startEvent id="s"/><userTask id="t">{Sales}</userTask><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-after; after-e")}""";

    private async Task<InstanceId> StartAsync(string key, string body, string beside = "", ObjectRef? about = null)
    {
        await office.PublishAsync(key, body, beside);
        return await office.Runner.StartAsync(key, about, ContextValue.Empty, office.Analyst);
    }

    /// <summary>Holds an instance until both wait for it, then lets go; what became of each.</summary>
    private async Task<string[]> MeetAsync(InstanceId instance, params Func<Task>[] commands)
    {
        await using var holder = await office.Data.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("select 1 from process.instance where id = $1 for update", holder) { Parameters = { new() { Value = instance.Value } } })
            await hold.ExecuteNonQueryAsync();
        var running = new List<Task<string>>();
        foreach (var command in commands)
        {
            running.Add(Task.Run(async () =>
            {
                try
                {
                    await command();
                    return "done";
                }
                catch (RuleBrokenException refusal)
                {
                    return refusal.Code;
                }
            }));
            await office.SomebodyWaitsAsync(running.Count);
        }
        await transaction.CommitAsync();
        return await Task.WhenAll(running);
    }

    [Fact]
    public async Task TwoCompletions_OfOneTask_OneWinsAndTheOtherLearnsWho()
    {
        var id = await StartAsync("r-two", OneTask);
        var task = await office.TaskAsync(id, "t");
        var (first, second) = (await office.AddAsync("Flo", "sales"), await office.AddAsync("Sid", "sales"));

        var ended = await MeetAsync(id,
            () => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, first),
            () => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, second));

        Assert.Equal(["done", "process.task-closed-by"], ended.Order());
        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(3L, (await office.InstanceAsync(id)).Revision + 1);
    }

    [Fact]
    public async Task TwoArrivals_AtOneJoin_BothCountAndItFiresOnce()
    {
        var id = await StartAsync("r-join", $"""
            <startEvent id="s"/><parallelGateway id="fork"/><userTask id="a">{Sales}</userTask><userTask id="b">{Sales}</userTask><parallelGateway id="join"/><userTask id="after">{Sales}</userTask><endEvent id="e"/>
            {Bpmn.Flows("s-fork; fork-a; fork-b; a-join; b-join; join-after; after-e")}
            """);
        var (a, b) = (await office.TaskAsync(id, "a"), await office.TaskAsync(id, "b"));
        var seller = await office.AddAsync("Flo", "sales");

        var ended = await MeetAsync(id,
            () => office.Runner.CompleteAsync(a.Id, ContextValue.Empty, seller),
            () => office.Runner.CompleteAsync(b.Id, ContextValue.Empty, seller));

        Assert.Equal(["done", "done"], ended);
        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Single((await office.StateAsync(id)).Tokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_AgainstTimer_OneWins(bool messageFirst)
    {
        var about = new ObjectRef(ObjectKind.Partner, Guid.CreateVersion7());
        var id = await StartAsync($"r-event-{messageFirst}", $"""
            <startEvent id="s"/><eventBasedGateway id="which"/>
            <intermediateCatchEvent id="told"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
            <intermediateCatchEvent id="late"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
            <userTask id="answer">{Sales}</userTask><userTask id="remind">{Sales}</userTask><endEvent id="e"/>
            {Bpmn.Flows("s-which; which-told; which-late; told-answer; late-remind; answer-e; remind-e")}
            """, """<message id="m" name="r-told"/>""", about);
        office.Clock.Advance(TimeSpan.FromHours(1));
        Func<Task> message = () => office.Runner.CorrelateAsync(new($"r-told-{messageFirst}", "r-told", OutboxKinds.KeyOf(about), ContextValue.Empty), Actor.System("test"));
        Func<Task> timer = () => office.Services.GetRequiredService<JobWorker>().RunDueAsync(default);

        await MeetAsync(id, messageFirst ? [message, timer] : [timer, message]);

        var node = Assert.Single(await office.TasksAsync(id)).Node;
        Assert.Equal(messageFirst ? "answer" : "remind", node);
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.job where instance = $1", id.Value));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.subscription where instance = $1", id.Value));
        // the message that came too late is kept for whoever waits next
        Assert.Equal(messageFirst ? 0L : 1L, await office.ValueAsync<long>("select count(*) from process.message where id = $1 and delivered_at is null", $"r-told-{messageFirst}"));
    }

    /// <summary>The first worker stalls beyond its lease, a second takes the job over, then both go on.</summary>
    [Fact]
    public async Task TwoWorkers_OnOneJob_OneHasTheEffect()
    {
        var id = await StartAsync("r-job", $"""<startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-wait; wait-after; after-e")}""");
        await using var other = office.NewNode();
        office.Clock.Advance(TimeSpan.FromHours(1));

        var taken = new List<int>();
        var ended = await MeetAsync(id,
            async () => taken.Add(await office.Services.GetRequiredService<JobWorker>().RunDueAsync(default)),
            async () =>
            {
                office.Clock.Advance(TimeSpan.FromSeconds(61));
                taken.Add(await other.GetRequiredService<JobWorker>().RunDueAsync(default));
            });

        Assert.Equal(["done", "done"], ended);
        Assert.Equal([1, 1], taken);
        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(2L, (await office.InstanceAsync(id)).Revision);
    }

    [Fact]
    public async Task TwoWorkers_SideBySide_TakeDifferentJobs()
    {
        await office.PublishAsync("r-many", $"""<startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>{Bpmn.Flows("s-wait; wait-e")}""");
        for (var i = 0; i < 100; i++) await office.Runner.StartAsync("r-many", null, ContextValue.Empty, office.Analyst);
        await using var other = office.NewNode();
        office.Clock.Advance(TimeSpan.FromHours(1));

        static async Task AllAsync(ServiceProvider node)
        {
            while (await node.GetRequiredService<JobWorker>().RunDueAsync(default) > 0) { }
        }
        await Task.WhenAll(AllAsync(office.Services), AllAsync(other));

        Assert.Equal(100L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'r-many' and status = 'Completed' and revision = 2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_AgainstComplete_TheSecondIsRefused(bool cancelFirst)
    {
        var id = await StartAsync($"r-cancel-{cancelFirst}", OneTask);
        var task = await office.TaskAsync(id, "t");
        var seller = await office.AddAsync("Flo", "sales");
        Func<Task> cancel = () => office.Runner.CancelAsync(id, "no longer wanted", office.Analyst);
        Func<Task> complete = () => office.Runner.CompleteAsync(task.Id, ContextValue.Empty, seller);

        var ended = await MeetAsync(id, cancelFirst ? [cancel, complete] : [complete, cancel]);

        Assert.Equal("done", ended[0]);
        Assert.Equal(cancelFirst ? "process.task-withdrawn" : "done", ended[1]);
        Assert.Equal(InstanceStatus.Cancelled, (await office.InstanceAsync(id)).Status);
        Assert.Empty(await office.TasksAsync(id));
    }

    [Fact]
    public async Task Claim_AgainstClaim_OneHasTheTask()
    {
        var task = await office.TaskAsync(await StartAsync("r-claim", OneTask), "t");
        var people = new List<Actor>();
        for (var i = 0; i < 6; i++) people.Add(await office.AddAsync($"P{i}", "sales"));
        var desk = office.Services.GetRequiredService<TaskDesk>();

        var ended = await Task.WhenAll(people.Select(async who =>
        {
            try
            {
                await desk.ClaimAsync(task.Id, who);
                return "done";
            }
            catch (RuleBrokenException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Single(ended, e => e == "done");
        Assert.All(ended.Where(e => e != "done"), e => Assert.Equal("process.task-taken", e));
    }

    /// <summary>A caller and its child, each moved at the same time: locks are taken from the caller down, so nobody waits in a circle.</summary>
    [Fact]
    public async Task CallerAndChild_AtTheSameTime_BothGetThrough()
    {
        await office.PublishAsync("r-child", $"""<startEvent id="s"/><userTask id="inner">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-inner; inner-e")}""");
        await office.PublishAsync("r-caller", $"""
            <startEvent id="s"/><callActivity id="call" calledElement="r-child"/><boundaryEvent id="late" attachedToRef="call"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            <endEvent id="e"/><endEvent id="over"/>{Bpmn.Flows("s-call; call-e; late-over")}
            """);
        var seller = await office.AddAsync("Flo", "sales");
        var children = new List<ProcessTaskId>();
        for (var i = 0; i < 20; i++)
        {
            var caller = await office.Runner.StartAsync("r-caller", null, ContextValue.Empty, office.Analyst);
            children.Add(new(await office.ValueAsync<Guid>("select t.id from process.task t join process.instance i on i.id = t.instance where i.parent = $1", caller.Value)));
        }
        office.Clock.Advance(TimeSpan.FromHours(1));

        await Task.WhenAll(
            Task.Run(async () => { while (await office.Services.GetRequiredService<JobWorker>().RunDueAsync(default) > 0) { } }),
            Task.WhenAll(children.Select(async task =>
            {
                try { await office.Runner.CompleteAsync(task, ContextValue.Empty, seller); }
                catch (RuleBrokenException refusal) { Assert.Equal("process.task-withdrawn", refusal.Code); }
            })));

        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.instance where key in ('r-child', 'r-caller') and status = 'Running'"));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.task where key = 'r-child' and closed_at is null"));
    }
}
