using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>Open instances of a map at one stage of the funnel.</summary>
/// <param name="Stage">the stage; null for those that have reached none yet</param>
/// <param name="Open">instances whose furthest token is at this stage</param>
/// <param name="Late">of them, with an open task past its deadline</param>
/// <param name="MedianAge">since their start</param>
public sealed record StageStanding(Stage? Stage, int Open, int Late, TimeSpan? MedianAge);

/// <summary>How work stands at one node.</summary>
/// <param name="Instances">open instances with a token there</param>
/// <param name="OpenTasks">open tasks</param>
/// <param name="LateTasks">of them past their deadline</param>
/// <param name="MedianAge">of the open tasks</param>
/// <param name="Done">tasks completed in the period</param>
/// <param name="MedianDuration">of those, from creation to completion</param>
/// <param name="DoneLate">of those, after their deadline</param>
/// <param name="Failed">of those, with the verdict no</param>
public sealed record NodeStanding(
    string Node, int Instances, int OpenTasks, int LateTasks, TimeSpan? MedianAge, int Done, TimeSpan? MedianDuration, int DoneLate, int Failed);

/// <summary>A task somebody can expect from a running instance.</summary>
public sealed record ExpectedTask(InstanceId Instance, string Map, ObjectRef? About, PlannedTask Task);

/// <summary>Where work stands: by stage, by node, and what lies ahead of whom.</summary>
public sealed class StandingQuery(IDbContextFactory<PortalDb> contexts, InstanceRights rights, PastWaysQuery past, MapCache maps, CompanyClock clock)
{
    /// <summary>Most running instances that are looked at for expected tasks.</summary>
    public const int MostAhead = 500;

    /// <summary>Open instances of a map, all versions, by furthest stage in the order of the funnel; stages without any are there with zero.</summary>
    public async Task<IReadOnlyList<StageStanding>> StagesAsync(string map, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessReportRead);
        var now = await NowAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var command = await CommandAsync(db, map, now, actor, $"""
            select i.stage, count(*)::int, (count(*) filter (where exists (select from process.task t where t.instance = i.id and t.closed_at is null and t.due < @standing_now)))::int,
                   percentile_cont(0.5) within group (order by extract(epoch from @standing_now - i.started_at))
            from process.instance i where i.key = @standing_map and i.status = 'Running' and {Seen(actor, "i.id")} group by i.stage
            """, ct);
        var found = new Dictionary<string, (int Open, int Late, TimeSpan? Age)>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) found[rows.IsDBNull(0) ? "" : rows.GetString(0)] = (rows.GetInt32(1), rows.GetInt32(2), Span(rows, 3));
        var stages = (await maps.NewestAsync(map, ct)).Stages;
        var standing = stages.Select(s => found.Remove(s.Key, out var at) ? new StageStanding(s, at.Open, at.Late, at.Age) : new StageStanding(s, 0, 0, null)).ToList();
        // an older version's stages that the newest no longer has, and what has reached none
        standing.InsertRange(0, found.Select(f => new StageStanding(f.Key is "" ? null : new Stage(f.Key, f.Key, 0, 0), f.Value.Open, f.Value.Late, f.Value.Age)));
        return standing;
    }

    /// <summary>How work stands at each node of a map, all versions; completed tasks of the period up to now.</summary>
    public async Task<IReadOnlyList<NodeStanding>> NodesAsync(string map, TimeSpan period, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessReportRead);
        var now = await NowAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var command = await CommandAsync(db, map, now, actor, $"""
            , places as (
                select n.node, count(*)::int as instances from process.instance i, unnest(i.nodes) as n (node)
                where i.key = @standing_map and i.status = 'Running' and {Seen(actor, "i.id")} group by n.node),
            open as (
                select node, count(*)::int as tasks, (count(*) filter (where due < @standing_now))::int as late, percentile_cont(0.5) within group (order by extract(epoch from @standing_now - created_at)) as age
                from process.task where key = @standing_map and closed_at is null and {Seen(actor, "instance")} group by node),
            done as (
                select node, count(*)::int as tasks, percentile_cont(0.5) within group (order by extract(epoch from closed_at - created_at)) as took,
                       (count(*) filter (where closed_at > due))::int as late, (count(*) filter (where success = false))::int as failed
                from process.task where key = @standing_map and closed_at >= @standing_since and outcome = 'Completed' and {Seen(actor, "instance")} group by node)
            select node, coalesce(p.instances, 0), coalesce(o.tasks, 0), coalesce(o.late, 0), o.age, coalesce(d.tasks, 0), d.took, coalesce(d.late, 0), coalesce(d.failed, 0)
            from places p full join open o using (node) full join done d using (node) order by node
            """, ct);
        command.Parameters.AddWithValue("standing_since", (now - period).ToUniversalTime());
        var nodes = new List<NodeStanding>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            nodes.Add(new(rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2), rows.GetInt32(3), Span(rows, 4), rows.GetInt32(5), Span(rows, 6), rows.GetInt32(7), rows.GetInt32(8)));
        return nodes;
    }

    /// <summary>Tasks that lie ahead of the actor's roles and himself in running instances, those that are open now left out; earliest first.</summary>
    public async Task<IReadOnlyList<ExpectedTask>> ExpectedAsync(Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TasksWork);
        var now = await NowAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var running = db.Set<InstanceRow>().AsNoTracking().Where(i => i.Status == InstanceStatus.Running);
        if (actor.OnlyBranch() is { } only) running = running.Where(i => i.Branch == null || i.Branch == only);
        var rows = await running.OrderByDescending(i => i.StartedAt).Take(MostAhead).Select(i => new { i.Id, i.Key, i.Definition, i.State, i.BusinessKind, i.BusinessId }).ToListAsync(ct);
        var expected = new List<ExpectedTask>();
        var ways = new Dictionary<DefinitionId, PastWays>();
        foreach (var row in rows)
        {
            var map = await maps.FindAsync(row.Definition, ct);
            var state = StateJson.Read(row.State);
            var open = state.Waits.Where(w => w.Kind == WaitKind.Task).Select(w => w.Node).ToHashSet();
            ObjectRef? about = row.BusinessKind is { } kind ? new(kind, row.BusinessId!.Value) : null;
            if (!ways.TryGetValue(map.Id, out var went)) ways[map.Id] = went = await past.OfAsync(map.Process, ct);
            expected.AddRange(Planning.Ahead(map.Process, state, now, went)
                .Where(t => !open.Contains(t.Node) && (t.Assignee == actor.UserId.ToString() || t.Assignee is null && t.Roles.Any(actor.Roles.Contains)))
                .Select(t => new ExpectedTask(row.Id, row.Key, about, t)));
        }
        return [.. expected.OrderBy(e => e.Task.Start).ThenByDescending(e => e.Task.Share)];
    }

    /// <summary>The tasks each participant can expect of a map about to start.</summary>
    public async Task<IReadOnlyList<PlannedTask>> PlanAsync(string map, Workflows.Expressions.ContextValue variables, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessStart);
        var process = (await maps.NewestAsync(map, ct)).Process;
        return Planning.Tasks(process, variables, await NowAsync(ct), await past.OfAsync(process, ct));
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken ct)
    {
        await clock.LoadAsync(ct);
        return clock.Now;
    }

    /// <summary>A command over the map's instances that the actor sees, which are <c>seen</c> in it.</summary>
    private async Task<NpgsqlCommand> CommandAsync(PortalDb db, string map, DateTimeOffset now, Actor actor, string sql, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        var command = (NpgsqlCommand)(await rights.OfAsync(db, actor, ct)).Where(i => i.Key == map).Select(i => i.Id).CreateDbCommand();
        command.CommandText = $"with seen (id) as ({command.CommandText}) {sql}";
        command.Parameters.AddWithValue("standing_map", map);
        command.Parameters.AddWithValue("standing_now", now.ToUniversalTime());
        return command;
    }

    /// <summary>SQL: the instance is one that the actor sees; nothing to ask where his rights reach all.</summary>
    private static string Seen(Actor actor, string instance) => actor.OnlyBranch() is null ? "true" : $"{instance} in (select id from seen)";

    private static TimeSpan? Span(NpgsqlDataReader rows, int column) => rows.IsDBNull(column) ? null : TimeSpan.FromSeconds(rows.GetDouble(column));
}
