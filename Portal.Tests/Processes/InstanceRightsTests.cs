using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

/// <summary>Who sees which processes, and whose they are.</summary>
public sealed class InstanceRightsTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private const string Two = """
        <startEvent id="s"/><userTask id="sell" name="Sell"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements></userTask>
        <userTask id="pack" name="Pack"><extensionElements><portal:assignment candidateRoles="warehouse"/></extensionElements></userTask>
        """;

    private InstanceListQuery List => office.Services.GetRequiredService<InstanceListQuery>();
    private InstanceQuery One => office.Services.GetRequiredService<InstanceQuery>();

    private async Task<bool> SeesAsync(InstanceId id, Actor actor, string map)
    {
        var listed = (await List.PageAsync(new() { Map = map, Status = null }, new(0, 50), actor)).Rows.Any(r => r.Id == id);
        Assert.Equal(listed, await One.FindAsync(id, actor) is not null);
        return listed;
    }

    [Fact]
    public async Task Performer_SeesOnlyWhatHeTakesPartIn_AndAHeadSeesAll()
    {
        await office.PublishAsync("seen", Two + Bpmn.Flows("s-sell; sell-pack"));
        var (sal, other, store, lawyer, head) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Olga", "sales"), await office.AddAsync("Stan", "warehouse"), await office.AddAsync("Lena", "legal"), await office.AddAsync("Hana", "quality-head"));
        var about = new ObjectRef(ObjectKind.Partner, Guid.CreateVersion7());
        var id = await office.Runner.StartAsync("seen", about, ContextValue.Empty, sal);
        var sell = await office.TaskAsync(id, "sell");

        // started, offered; neither; all
        Assert.Equal((true, true, false, false, true), (await SeesAsync(id, sal, "seen"), await SeesAsync(id, other, "seen"), await SeesAsync(id, store, "seen"), await SeesAsync(id, lawyer, "seen"), await SeesAsync(id, head, "seen")));
        await office.CompleteAsync(id, "sell", other);

        // owns it, has done a task of it, is offered one now; neither
        Assert.Equal((true, true, true, false), (await SeesAsync(id, sal, "seen"), await SeesAsync(id, other, "seen"), await SeesAsync(id, store, "seen"), await SeesAsync(id, lawyer, "seen")));
        Assert.Equal((1, 0), ((await One.AboutAsync(about, store)).Count, (await One.AboutAsync(about, lawyer)).Count));
        var tasks = office.Services.GetRequiredService<TaskQuery>();
        Assert.Equal((true, false), (await tasks.FindAsync(sell.Id, store) is not null, await tasks.FindAsync(sell.Id, lawyer) is not null));
    }

    [Fact]
    public async Task WhoeverReadsTheObject_SeesItsProcesses_WithinHisBranch()
    {
        await office.PublishAsync("about", Two + Bpmn.Flows("s-sell; sell-pack"));
        var sal = (await office.AddAsync("Sal", "sales")) with { BranchId = office.Branch.Value };
        var dispatcher = await office.AddAsync("Dora", "legal");
        dispatcher = dispatcher with { Permissions = dispatcher.Permissions.Append(Permissions.BoardRead).ToFrozenSet() };
        var (trip, bare) = (await office.Runner.StartAsync("about", new(ObjectKind.Trip, Guid.CreateVersion7()), ContextValue.Empty, sal), await office.Runner.StartAsync("about", null, ContextValue.Empty, sal));

        Assert.Equal((true, false), (await SeesAsync(trip, dispatcher, "about"), await SeesAsync(bare, dispatcher, "about")));
        Assert.False(await SeesAsync(trip, dispatcher with { Scope = ActorScope.Branch, BranchId = Guid.CreateVersion7() }, "about"));
    }

    [Theory, InlineData(ActorScope.Team), InlineData(ActorScope.Own)]
    public async Task WhoDoesNotSeeAProcess_NeitherAltersNorMigratesNorCountsIt(ActorScope scope)
    {
        var map = $"walled-{scope}";
        await office.PublishAsync(map, """<startEvent id="s"/><userTask id="t"><extensionElements><portal:stage key="x" name="X" order="1" probability="5"/></extensionElements></userTask>""" + Bpmn.Flows("s-t"));
        var (ann, mate, other) = (await office.AddAsync("Ann", "analyst"), await office.AddAsync("Mate", "sales"), await office.AddAsync("Olga", "sales"));
        ann = ann with { Scope = scope, BranchId = office.Branch.Value, Teammates = [mate.UserId] };
        foreach (var seller in new[] { mate, other })
        {
            var at = seller with { BranchId = office.Branch.Value };
            await office.Runner.StartAsync(map, null, ContextValue.Empty, at);
        }
        var seen = (await List.PageAsync(new() { Map = map }, new(0, 10), ann)).Rows.Select(r => r.Id).ToHashSet();
        Assert.Equal(scope == ActorScope.Team ? 1 : 0, seen.Count);
        await office.PublishAsync(map, """<startEvent id="s"/><userTask id="t" name="Told"/>""" + Bpmn.Flows("s-t"));
        var versions = await office.Library.VersionsAsync(map, ann, default);
        var (migration, standing) = (office.Services.GetRequiredService<InstanceMigration>(), office.Services.GetRequiredService<StandingQuery>());

        Assert.Equal((seen.Count, 2), (versions[1].Running, (await office.Library.VersionsAsync(map, office.Analyst, default))[1].Running));
        Assert.Equal(seen.Count, (await office.Library.ListAsync(ann, default)).Single(m => m.Key == map).Running);
        Assert.Equal((seen.Count, 2), ((await standing.StagesAsync(map, ann)).Sum(s => s.Open), (await standing.StagesAsync(map, office.Analyst)).Sum(s => s.Open)));
        Assert.Equal((seen.Count, 2), ((await standing.NodesAsync(map, TimeSpan.FromDays(1), ann)).Sum(n => n.OpenTasks), (await standing.NodesAsync(map, TimeSpan.FromDays(1), office.Analyst)).Sum(n => n.OpenTasks)));
        var plan = await migration.SuggestAsync(versions[1].Id, versions[0].Id, ann);
        Assert.Equal(seen.Count, (await migration.DryRunAsync(versions[1].Id, versions[0].Id, plan, null, ann)).Moved);
        foreach (var id in (await List.PageAsync(new() { Map = map }, new(0, 10), office.Analyst)).Rows.Select(r => r.Id).Where(id => !seen.Contains(id)))
        {
            var token = (await office.StateAsync(id)).Tokens.Single();
            foreach (var alteration in new Func<Task>[]
            {
                () => office.Runner.SkipAsync(id, token.Id, "t", "in a hurry", ann), () => office.Runner.CancelAsync(id, "not wanted", ann),
                async () => await office.Runner.SendBackAsync((await office.TaskAsync(id, "t")).Id, "t", "once more", ann),
            })
                Assert.Equal("identity.out-of-reach", (await Assert.ThrowsAsync<RuleBrokenException>(alteration)).Code);
        }
        foreach (var id in seen) await office.Runner.CancelAsync(id, "not wanted", ann);
        Assert.Equal(2 - seen.Count, (await migration.ApplyAsync(versions[1].Id, versions[0].Id, plan, null, office.Analyst)).Moved);
    }

    [Fact]
    public async Task Incidents_OfForeignProcesses_AreNotListed()
    {
        await office.PublishAsync("broken", $"""<startEvent id="s"/><scriptTask id="sum" portal:async="true"><extensionElements><portal:result variable="x"/></extensionElements><script>1 + "a"</script></scriptTask>{Bpmn.Flows("s-sum")}""");
        var (sal, lawyer) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Lena", "legal"));
        await office.Runner.StartAsync("broken", null, ContextValue.Empty, sal);
        for (var i = 0; i < 8; i++) await office.AdvanceAsync(TimeSpan.FromHours(6));
        var incidents = office.Services.GetRequiredService<IncidentListQuery>();

        Assert.Equal((1, 0), ((await incidents.PageAsync("broken", new(0, 10), sal)).Total, (await incidents.PageAsync("broken", new(0, 10), lawyer)).Total));
    }

    [Fact]
    public async Task Owner_IsWhoStarts_AlsoOfWhatIsCalled()
    {
        await office.PublishAsync("owned-part", """<startEvent id="s"/><userTask id="t"/>""" + Bpmn.Flows("s-t"));
        await office.PublishAsync("owned", """<startEvent id="s"/><callActivity id="c" calledElement="owned-part"/>""" + Bpmn.Flows("s-c"));
        var sal = await office.AddAsync("Sal", "sales");

        await office.Runner.StartAsync("owned", null, ContextValue.Empty, sal);

        Assert.Equal(2, await List.CountOwnAsync(sal));
        Assert.Equal(["Sal", "Sal"], (await List.PageAsync(new() { Owner = sal.UserId }, new(0, 10), sal)).Rows.Select(r => r.OwnerName));
    }

    [Fact]
    public async Task Owner_ThatTheMapNames_IsHeldToBeAUser()
    {
        var manager = await office.AddAsync("Mara", "sales");
        await office.PublishAsync("named", """<extensionElements><portal:assignment assignee="=manager"/></extensionElements><startEvent id="s"/><userTask id="t"/>""" + Bpmn.Flows("s-t"));
        var sal = await office.AddAsync("Sal", "sales");

        var named = await office.Runner.StartAsync("named", null, ContextValue.Of(("manager", Value.Of(manager.UserId.ToString()))), sal);
        var left = await office.Runner.StartAsync("named", null, ContextValue.Empty, sal);
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Runner.StartAsync("named", null, ContextValue.Of(("manager", Value.Of("nobody"))), sal));

        Assert.Equal((manager.UserId, sal.UserId), ((await office.InstanceAsync(named)).Owner, (await office.InstanceAsync(left)).Owner));
        Assert.Equal(("process.user-unknown", "nobody"), (refusal.Code, refusal.Args[1]));
        Assert.True(await SeesAsync(named, sal, "named"));
    }

    [Fact]
    public async Task Owner_WithAMistakeInItsExpression_IsFoundByTheCheck() =>
        Assert.Contains(office.Library.Check(Bpmn.File("""<extensionElements><portal:assignment assignee="=1 +"/></extensionElements><startEvent id="s"/><endEvent id="e"/>""" + Bpmn.Flows("s-e"), "wrong")), f => f is { Code: "map.expression", ElementId: "wrong" });
}
