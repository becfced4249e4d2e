using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Processes;

public sealed class InstanceMigrationTests(ProcessOffice office) : IClassFixture<ProcessOffice>
{
    private const string Sales = """<extensionElements><portal:assignment candidateRoles="sales"/><portal:schedule due="PT8H"/></extensionElements>""";

    private InstanceMigration Migration => office.Services.GetRequiredService<InstanceMigration>();

    /// <summary>Three instances at <c>a</c> and one at <c>b</c> on version 1; version 2 has <c>b</c> under another id.</summary>
    private async Task<(DefinitionId From, DefinitionId To, List<InstanceId> Ids)> TwoVersionsAsync(string key)
    {
        await office.PublishAsync(key, $"""<startEvent id="s"/><userTask id="a">{Sales}</userTask><userTask id="b">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-a; a-b; b-e")}""");
        var seller = await office.AddAsync("Sal", "sales");
        var ids = new List<InstanceId>();
        for (var i = 0; i < 4; i++) ids.Add(await office.Runner.StartAsync(key, null, ContextValue.Empty, seller));
        await office.CompleteAsync(ids[3], "a", seller);
        await office.PublishAsync(key, $"""<startEvent id="s"/><userTask id="a" name="First">{Sales}</userTask><userTask id="check">{Sales}</userTask><userTask id="b2">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows("s-a; a-check; check-b2; b2-e")}""");
        var versions = await office.Library.VersionsAsync(key, office.Analyst, default);
        return (versions[1].Id, versions[0].Id, ids);
    }

    [Fact]
    public async Task DryRun_NamesWhatDoesNotFit_AndChangesNothing()
    {
        var (from, to, ids) = await TwoVersionsAsync("m-dry");
        var plan = await Migration.SuggestAsync(from, to, office.Analyst);

        var outcome = await Migration.DryRunAsync(from, to, plan, null, office.Analyst);

        Assert.Equal(3, outcome.Moved);
        var refused = Assert.Single(outcome.Refused);
        Assert.Equal((ids[3], "process.migration-unmapped"), (refused.Instance, Assert.Single(refused.Findings).Code));
        foreach (var id in ids) Assert.Equal(from, (await office.InstanceAsync(id)).Definition);
    }

    [Fact]
    public async Task Apply_MovesWhatFits_KeepsTheDeadline_AndTheInstanceGoesOnOnTheNewVersion()
    {
        var (from, to, ids) = await TwoVersionsAsync("m-apply");
        var plan = await Migration.SuggestAsync(from, to, office.Analyst);
        var due = (await office.TaskAsync(ids[0], "a")).Due;
        office.Clock.Advance(TimeSpan.FromHours(1));

        var outcome = await Migration.ApplyAsync(from, to, plan, null, office.Analyst);

        Assert.Equal((3, 1), (outcome.Moved, outcome.Refused.Count));
        var task = await office.TaskAsync(ids[0], "a");
        Assert.Equal(due, task.Due);
        Assert.Contains("First", task.Title);
        await office.CompleteAsync(ids[0], "a", await office.AddAsync("Sal", "sales"));
        Assert.NotNull(await office.TaskAsync(ids[0], "check"));
        Assert.Equal(from, (await office.InstanceAsync(ids[3])).Definition);
        var mapped = await Migration.ApplyAsync(from, to, new(new Dictionary<string, string>(plan.Nodes) { ["b"] = "b2" }), null, office.Analyst);
        Assert.Equal(1, mapped.Moved);
        Assert.NotNull(await office.TaskAsync(ids[3], "b2"));
    }

    /// <summary>Fault 20: cut off half-way, the rest stays on the old version; a rerun converges.</summary>
    [Fact]
    public async Task Apply_CutOffHalfWay_ConvergesOnARerun()
    {
        var (from, to, ids) = await TwoVersionsAsync("m-cut");
        var plan = await Migration.SuggestAsync(from, to, office.Analyst);
        await using var holder = await office.Data.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("select 1 from process.instance where id = $1 for update", holder) { Parameters = { new() { Value = ids[1].Value } } })
            await hold.ExecuteNonQueryAsync();
        using var cut = new CancellationTokenSource();
        var cutOff = Migration.ApplyAsync(from, to, plan, ids[..3], office.Analyst, ct: cut.Token);
        await office.SomebodyWaitsAsync();
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cutOff);
        await transaction.RollbackAsync();
        var before = await office.ValueAsync<long>("select count(*) from process.instance where key = 'm-cut' and definition = $1", to.Value);

        var again = await Migration.ApplyAsync(from, to, plan, ids[..3], office.Analyst);

        Assert.True(before < 3);
        Assert.Equal(3 - before, again.Moved);
        Assert.Equal(3L, await office.ValueAsync<long>("select count(*) from process.instance where key = 'm-cut' and definition = $1", to.Value));
        Assert.Equal(0, (await Migration.ApplyAsync(from, to, plan, ids[..3], office.Analyst)).Moved);
    }

    private const string Names = """<message id="m" name="offer.answer"/><message id="n" name="offer.reply"/>""";

    private static string Offer(string answer, string message, string later, string wait) => $"""
        <startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="{answer}"><messageEventDefinition messageRef="{message}"/></intermediateCatchEvent>
        <intermediateCatchEvent id="{later}"><timerEventDefinition><timeDuration>{wait}</timeDuration></timerEventDefinition></intermediateCatchEvent>
        <userTask id="a">{Sales}</userTask><userTask id="b">{Sales}</userTask><endEvent id="e"/>{Bpmn.Flows($"s-g; g-{answer}; g-{later}; {answer}-a; {later}-b; a-e; b-e")}
        """;

    private async Task<(DefinitionId From, DefinitionId To, InstanceId Id)> OfferAsync(string key, string newer)
    {
        await office.PublishAsync(key, Offer("answer", "m", "later", "P1D"), Names);
        var id = await office.Runner.StartAsync(key, null, ContextValue.Empty, office.Analyst);
        await office.PublishAsync(key, newer, Names);
        var versions = await office.Library.VersionsAsync(key, office.Analyst, default);
        return (versions[1].Id, versions[0].Id, id);
    }

    private Task<string> RowsAsync(InstanceId id) => office.ValueAsync<string>("""
        select string_agg(row, ' ' order by row) from (
            select node || ':' || name as row from process.subscription where instance = $1 union all select node || ':' || to_char(due at time zone 'utc', 'DD HH24') from process.job where instance = $1) r
        """, id.Value);

    [Fact]
    public async Task Apply_AtAnEventGateway_TakesTheRowsOfItsEventsAlong()
    {
        var (from, to, id) = await OfferAsync("m-gate", Offer("reply", "n", "never", "P2D"));
        var plan = await Migration.SuggestAsync(from, to, office.Analyst);
        Assert.Equal(1, (await Migration.DryRunAsync(from, to, plan, null, office.Analyst)).Moved);

        Assert.Equal(1, (await Migration.ApplyAsync(from, to, plan, null, office.Analyst)).Moved);

        var due = office.Clock.GetUtcNow().AddDays(2);
        Assert.Equal($"never:{due:dd HH} reply:offer.reply", await RowsAsync(id));
        await office.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.NotNull(await office.TaskAsync(id, "b"));
    }

    [Fact]
    public async Task Apply_KeepsTheRowOfAnUnchangedEvent_UnderItsNewNode()
    {
        var due = office.Clock.GetUtcNow().AddDays(1);
        var (from, to, id) = await OfferAsync("m-gate-id", Offer("reply", "m", "never", "P1D"));
        office.Clock.Advance(TimeSpan.FromHours(5));
        var plan = new MigrationPlan(new Dictionary<string, string>((await Migration.SuggestAsync(from, to, office.Analyst)).Nodes) { ["answer"] = "reply", ["later"] = "never" });

        Assert.Equal(1, (await Migration.ApplyAsync(from, to, plan, null, office.Analyst)).Moved);

        Assert.Equal($"never:{due:dd HH} reply:offer.answer", await RowsAsync(id));
        var sent = await office.Runner.CorrelateAsync(new("m-gate-id-1", "offer.answer", null, ContextValue.Empty) { Instance = id }, Actor.System("test"));
        Assert.Equal(CorrelationOutcome.Delivered, sent.Outcome);
        Assert.NotNull(await office.TaskAsync(id, "a"));
    }

    /// <summary>An instance that stands on a version without the events it waits for: its stale job is dropped at its first try.</summary>
    [Fact]
    public async Task StaleJob_OfAVanishedNode_IsDropped()
    {
        var (_, to, id) = await OfferAsync("m-stale", Offer("reply", "n", "never", "P3D"));
        await office.ValueAsync<Guid>("update process.instance set definition = $2 where id = $1 returning id", id.Value, to.Value);

        await office.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal($"never:{office.Clock.GetUtcNow().AddDays(3):dd HH} reply:offer.reply", await RowsAsync(id));
        Assert.Equal(0L, await office.ValueAsync<long>("select count(*) from process.incident where instance = $1", id.Value));
    }

    [Fact]
    public async Task Suggest_BetweenTwoMaps_IsRefused()
    {
        var (from, _, _) = await TwoVersionsAsync("m-one-map");
        var (other, _, _) = await TwoVersionsAsync("m-other-map");

        Assert.Equal("process.migration-other-map", (await Assert.ThrowsAsync<RuleBrokenException>(() => Migration.SuggestAsync(from, other, office.Analyst))).Code);
    }
}
