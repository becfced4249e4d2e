using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Dispatch;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class JobTests(JobTests.Office office) : IClassFixture<JobTests.Office>
{
    /// <summary>An office with an action that fails until it is mended, and one that counts.</summary>
    public sealed class Office : ProcessOffice
    {
        public HashSet<string> Broken { get; } = [];
        public List<Guid> Called { get; } = [];

        protected override void Furnish(IServiceCollection services)
        {
            services.AddSingleton(new ProcessAction("test.outside.call", true, [], (call, _) => Run(call)));
            services.AddSingleton(new ProcessAction("test.inside.call", false, [], (call, _) => Run(call)));
            services.AddSingleton(new EngineLimits(NodeSteps: 50, Continuations: 3));
        }

        private Task<ContextValue> Run(ActionCallContext call)
        {
            lock (Called) Called.Add(call.Key);
            var what = call.Inputs["what"].ToString()!;
            if (what == "refuse") throw new ProcessErrorException("no-stock", "There is none left.");
            return Broken.Contains(what) ? throw new TimeoutException("The line is dead.") : Task.FromResult(ContextValue.Of(("answer", Value.Of("done"))));
        }
    }

    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/></extensionElements>""";

    private async Task<InstanceId> StartAsync(string key, params (string, Value)[] variables) => await office.Runner.StartAsync(key, null, ContextValue.Of(variables), office.Analyst);

    private static string Calling(string name, bool external, string what, string retry = "") => $"""
        <startEvent id="s"/>
        <serviceTask id="call"><extensionElements><portal:action name="{name}" external="{(external ? "true" : "false")}"><portal:input name="what" value="{what}"/></portal:action>{retry}</extensionElements></serviceTask>
        <boundaryEvent id="caught" attachedToRef="call"><errorEventDefinition errorRef="none"/></boundaryEvent>
        <userTask id="after">{Sales}</userTask><userTask id="mend">{Sales}</userTask><endEvent id="e"/>
        {Bpmn.Flows("s-call; call-after; after-e; caught-mend; mend-e")}
        """;

    private const string Errors = """<error id="none" errorCode="no-stock"/>""";

    [Fact]
    public async Task Timer_FiresWhenItsTimeHasCome_AndNotBefore()
    {
        await office.PublishAsync("j-timer", $"""<startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-wait; wait-after; after-e")}""");
        var id = await StartAsync("j-timer");

        await office.AdvanceAsync(TimeSpan.FromMinutes(119));
        Assert.Empty(await office.TasksAsync(id));
        await office.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.job where instance = $1", id.Value));
    }

    [Fact]
    public async Task Deadline_ThatPasses_EscalatesOnce()
    {
        await office.PublishAsync("j-late", $"""<startEvent id="s"/><userTask id="t"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT8H" escalateTo="sales-head"/></extensionElements></userTask><endEvent id="e"/>{Bpmn.Flows("s-t; t-e")}""");
        var id = await StartAsync("j-late");

        await office.AdvanceAsync(TimeSpan.FromHours(8));
        await office.AdvanceAsync(TimeSpan.FromHours(8));

        var task = await office.TaskAsync(id, "t");
        Assert.Equal(task.Due, task.EscalatedAt);
        Assert.Equal("sales-head", task.EscalateTo);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Action_ThatAnswers_LetsTheProcessGoOn(bool external)
    {
        var key = $"j-answer-{external}";
        await office.PublishAsync(key, Calling(external ? "test.outside.call" : "test.inside.call", external, "work"), Errors);
        var id = await StartAsync(key);
        if (external) Assert.Empty(await office.TasksAsync(id));
        await office.WorkAsync();

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal(Value.Of("done"), (await office.StateAsync(id)).Variables["answer"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Action_WithABusinessError_IsCaughtByTheMap(bool external)
    {
        var key = $"j-error-{external}";
        await office.PublishAsync(key, Calling(external ? "test.outside.call" : "test.inside.call", external, "refuse"), Errors);
        var id = await StartAsync(key);
        await office.WorkAsync();

        Assert.NotNull(await office.TaskAsync(id, "mend"));
    }

    [Fact]
    public async Task Action_ThatFails_IsTriedAgainUnderTheSameKey_ThenBecomesAnIncident_AndIsRetriedByHand()
    {
        office.Broken.Add("flaky");
        await office.PublishAsync("j-flaky", Calling("test.outside.call", true, "flaky", """<portal:retry cycle="R3/PT5M"/>"""), Errors);
        var before = office.Called.Count;
        var id = await StartAsync("j-flaky");
        await office.WorkAsync();
        for (var i = 0; i < 5; i++) await office.AdvanceAsync(TimeSpan.FromMinutes(7));

        Assert.Equal(3, office.Called.Count - before);
        Assert.Single(office.Called.Skip(before).Distinct());
        var incident = Assert.Single((await office.StateAsync(id)).Waits, w => w.Kind == WaitKind.Incident);
        Assert.Equal("The line is dead.", await office.ValueAsync<string>("select message from process.incident where id = $1", incident.Id));
        office.Broken.Remove("flaky");
        await office.Runner.RetryAsync(id, new(incident.Id), "mended", office.Analyst);
        await office.WorkAsync();

        Assert.NotNull(await office.TaskAsync(id, "after"));
        Assert.Equal("Ada Chart", await office.ValueAsync<string>("select resolved_by_name from process.incident where id = $1", incident.Id));
    }

    [Fact]
    public async Task Action_InsideTheTransaction_ThatFails_LeavesNothing()
    {
        office.Broken.Add("inner");
        await office.PublishAsync("j-inner", Calling("test.inside.call", false, "inner"), Errors);

        await Assert.ThrowsAsync<TimeoutException>(() => StartAsync("j-inner"));

        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'j-inner'"));
    }

    [Fact]
    public async Task AsyncNode_ThatCannotBeComputed_BecomesAnIncident_AndGoesOnAfterItsDataIsMended()
    {
        await office.PublishAsync("j-async", $"""<startEvent id="s"/><scriptTask id="sum" name="Sum up" portal:async="true" scriptFormat="feel"><script>{"{ total: price * 2 }"}</script></scriptTask><userTask id="after">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-sum; sum-after; after-e")}""");
        var id = await StartAsync("j-async", ("price", Value.Of("much")));
        await office.WorkAsync();
        for (var i = 0; i < 5; i++) await office.AdvanceAsync(TimeSpan.FromHours(2));

        var incident = Assert.Single((await office.StateAsync(id)).Waits, w => w.Kind == WaitKind.Incident);
        await office.Runner.EditVariablesAsync(id, ContextValue.Of(("price", Value.Of(4))), [], (await office.StateAsync(id)).Variables, "the price was missing", office.Analyst);
        await office.Runner.RetryAsync(id, new(incident.Id), "mended", office.Analyst);
        await office.WorkAsync();

        Assert.Equal(Value.Of(8), (await office.StateAsync(id)).Variables["total"]);
    }

    [Fact]
    public async Task Loop_WithoutEnd_GoesOnByJobs_ThenBecomesAnIncident()
    {
        await office.PublishAsync("j-loop", $"""<startEvent id="s"/><exclusiveGateway id="a" default="a-b"/><manualTask id="b" name="Round and round"/><endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-a; a-e[done = true]")}""");
        var id = await StartAsync("j-loop");

        await office.WorkAsync();

        var incident = Assert.Single((await office.StateAsync(id)).Waits);
        Assert.Equal((WaitKind.Incident, WaitKind.Continuation), (incident.Kind, incident.Of));
        await office.Runner.EditVariablesAsync(id, ContextValue.Of(("done", Value.True)), [], (await office.StateAsync(id)).Variables, "it is done", office.Analyst);
        await office.Runner.RetryAsync(id, new(incident.Id), "mended", office.Analyst);
        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(id)).Status);
    }

    [Fact]
    public async Task Loop_OfActions_IsRefusedByName()
    {
        await office.PublishAsync("j-circle", $"""<startEvent id="s"/><exclusiveGateway id="a"/><serviceTask id="call"><extensionElements><portal:action name="test.inside.call"/></extensionElements></serviceTask>{Bpmn.Flows("s-a; a-call; call-a")}""");

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => StartAsync("j-circle"));

        Assert.Equal("process.endless-loop", refusal.Code);
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'j-circle'"));
    }

    [Fact]
    public async Task StartTimer_StartsOneInstanceAtATime_OfTheNewestVersion()
    {
        var body = $"""<startEvent id="tick"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent><userTask id="t">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("tick-t; t-e")}""";
        await office.PublishAsync("j-cycle", body);
        await office.PublishAsync("j-cycle", body.Replace("id=\"t\"", "id=\"t\" name=\"Newer\""));

        for (var i = 0; i < 3; i++) await office.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(3L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'j-cycle'"));
        Assert.Equal(3L, await office.ValueAsync<long>("select count(*) from process.task where key = 'j-cycle' and title ->> 'default' = 'Newer'"));
        Assert.Equal(1L, await office.ValueAsync<long>("select count(*) from process.job j join process.definition d on d.id = j.definition where d.key = 'j-cycle'"));
    }
}
