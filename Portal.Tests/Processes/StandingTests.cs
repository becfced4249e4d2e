using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class StandingTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private static readonly string Funnel = $"""
        <startEvent id="s"/>
        <userTask id="need" name="Find the need"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT4H"/><portal:stage key="need" name="Need" order="1" probability="10"/></extensionElements></userTask>
        <userTask id="offer" name="Offer"><extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT8H"/><portal:stage key="offer" name="Offer" order="2" probability="40"/></extensionElements></userTask>
        <userTask id="sign" name="Sign"><extensionElements><portal:assignment candidateRoles="legal"/><portal:stage key="sign" name="Contract" order="3" probability="80"/></extensionElements></userTask>
        <endEvent id="e"/>{Bpmn.Flows("s-need; need-offer; offer-sign; sign-e")}
        """;

    [Fact]
    public async Task Standing_CountsByStageAndNode_WithLatenessAndMedians()
    {
        await office.PublishAsync("funnel", Funnel);
        var (seller, head) = (await office.AddAsync("Sal", "sales"), await office.AddAsync("Hed", "sales-head"));
        var ids = new List<InstanceId>();
        for (var i = 0; i < 4; i++) ids.Add(await office.Runner.StartAsync("funnel", new(ObjectKind.Partner, Guid.CreateVersion7()), ContextValue.Empty, seller));
        office.Clock.Advance(TimeSpan.FromHours(2));
        await office.CompleteAsync(ids[0], "need", seller);
        await office.CompleteAsync(ids[1], "need", seller);
        await office.CompleteAsync(ids[1], "offer", seller);
        office.Clock.Advance(TimeSpan.FromHours(3));

        var standing = office.Services.GetRequiredService<StandingQuery>();
        var stages = await standing.StagesAsync("funnel", head);
        var nodes = await standing.NodesAsync("funnel", TimeSpan.FromDays(30), head);

        Assert.Equal([("need", 2, 2), ("offer", 1, 0), ("sign", 1, 0)], stages.Select(s => (s.Stage!.Key, s.Open, s.Late)));
        Assert.Equal(TimeSpan.FromHours(5), stages[0].MedianAge);
        Assert.Equal(new NodeStanding("need", 2, 2, 2, TimeSpan.FromHours(5), 2, TimeSpan.FromHours(2), 0, 0), nodes.Single(n => n.Node == "need"));
        Assert.Equal((1, 1, TimeSpan.Zero), nodes.Where(n => n.Node == "offer").Select(n => (n.OpenTasks, n.Done, n.MedianDuration)).Single());
        await Assert.ThrowsAsync<RuleBrokenException>(() => standing.StagesAsync("funnel", seller));

        var list = await office.Services.GetRequiredService<InstanceListQuery>().PageAsync(new InstanceFilter { Map = "funnel", Stage = "need", LateOnly = true }, new(0, 10), head);
        Assert.Equal(ids[2..].ToHashSet(), list.Rows.Select(r => r.Id).ToHashSet());
        Assert.All(list.Rows, r => Assert.Equal(("Need", "Find the need", true), (r.Stage!.Name.Default, Assert.Single(r.Nodes).Name.Default, r.IsLate)));

        var expected = await standing.ExpectedAsync(await office.AddAsync("Lex", "legal"));
        Assert.Equal(ids.Where(id => id != ids[1]).ToHashSet(), expected.Where(e => e.Map == "funnel").Select(e => e.Instance).ToHashSet());
        Assert.Equal(["need", "offer", "sign"], (await standing.PlanAsync("funnel", ContextValue.Empty, seller)).Select(t => t.Node));
    }

    /// <summary>Twenty-five processes: the last five refused, of the others every second printed, all counted.</summary>
    [Fact]
    public async Task TasksAhead_HaveTheChancesOfThePast()
    {
        await office.PublishAsync("ways", """
            <startEvent id="s"/><exclusiveGateway id="x" default="x-fork"/><userTask id="refuse"/><inclusiveGateway id="fork" default="fork-tally"/><userTask id="print"/><userTask id="tally"/>
            """ + Bpmn.Flows("s-x; x-refuse[n > 20]; x-fork; fork-print[modulo(n, 2) = 0]; fork-tally"));
        var seller = await office.AddAsync("Sal", "sales");
        for (var n = 1; n <= 25; n++) await office.Runner.StartAsync("ways", null, ContextValue.Of(("n", Value.Of(n))), seller);
        var map = (await office.Services.GetRequiredService<MapCache>().NewestAsync("ways", default)).Process;

        var past = await office.Services.GetRequiredService<PastWaysQuery>().OfAsync(map, default);
        var planned = (await office.Services.GetRequiredService<StandingQuery>().PlanAsync("ways", ContextValue.Empty, seller)).ToDictionary(t => t.Node);

        Assert.Equal((25, 20), (past.Left["x"], past.Left["fork"]));
        Assert.Equal((0.2m, 0.4m, 0.4m, false), (planned["refuse"].Share, planned["print"].Share, planned["tally"].Share, planned["print"].IsGuess));
    }

    [Fact]
    public async Task Instance_ShowsWhereItStands_WhoHoldsIt_AndWhatLiesAhead()
    {
        await office.PublishAsync("shown", Funnel);
        var seller = await office.AddAsync("Sal", "sales");
        var about = new ObjectRef(ObjectKind.Partner, Guid.CreateVersion7());
        var id = await office.Runner.StartAsync("shown", about, ContextValue.Of(("price", Value.Of(7))), seller);
        await office.CompleteAsync(id, "need", seller);
        var task = await office.TaskAsync(id, "offer");
        await office.Services.GetRequiredService<TaskDesk>().ClaimAsync(task.Id, seller);

        var query = office.Services.GetRequiredService<InstanceQuery>();
        var shown = await query.FindAsync(id, seller);

        var token = Assert.Single(shown!.Tokens);
        Assert.Equal(("offer", WaitKind.Task, "Sal", office.Clock.GetUtcNow()), (token.Node, token.WaitsFor, token.Task!.AssigneeName, token.Since));
        Assert.Equal(task.Due, token.Due);
        Assert.Equal(["offer", "sign"], shown.Planned.Select(p => p.Node));
        Assert.Equal(Value.Of(7), Assert.Single(shown.Variables).Variables["price"]);
        Assert.Equal(HistoryKind.Started, shown.History[^1].Kind);
        Assert.Equal(id, Assert.Single(await query.AboutAsync(about, seller)).Id);
    }

    [Fact]
    public async Task RepeatedStepAndSubProcess_AsAWhole_ComeLast_AndHoldNobody()
    {
        await office.PublishAsync("wholes", $"""
            <startEvent id="s"/><subProcess id="round" name="Round"><startEvent id="rs"/>
            <userTask id="ask" name="Ask"><extensionElements><portal:assignment candidateRoles="sales"/></extensionElements><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>
            <sequenceFlow id="rf" sourceRef="rs" targetRef="ask"/></subProcess><userTask id="sum"/>{Bpmn.Flows("s-round; round-sum")}
            """);
        var query = office.Services.GetRequiredService<InstanceQuery>();
        var id = await office.Runner.StartAsync("wholes", null, ContextValue.Empty, office.Analyst);

        var places = (await query.FindAsync(id, office.Analyst))!.Tokens;

        Assert.Equal(["ask", "ask", "ask"], places.Where(p => !p.IsWhole).Select(p => p.Node));
        Assert.All(places.Take(3), place => Assert.True(place is { IsRepetition: true, Task: not null }));
        Assert.Equal(["round", "ask"], places.Skip(3).Select(p => p.Node));
        Assert.All(places.Skip(3), place => Assert.True(place is { IsWhole: true, IsRepetition: false, Task: null }));

        // one of three is skipped alone, the whole step with the rest
        await office.Runner.SkipAsync(id, places[0].Id, "ask", "asked by phone", office.Analyst);
        Assert.Equal(2, (await office.TasksAsync(id)).Count);
        await office.Runner.SkipAsync(id, places[4].Id, "ask", "enough", office.Analyst);
        Assert.Equal("sum", Assert.Single(await office.TasksAsync(id)).Node);
    }
}
