using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Work;

/// <summary>
/// One's work as one list: tasks of processes and assignments, grouped, searched and paged in SQL; important first, then the nearest
/// deadline; what is done latest first. The work of those one stands in for is one's own, and says for whom it is.
/// </summary>
public sealed class MyWorkQuery(NpgsqlDataSource database, TaskRights rights, MapCache maps, TimeProvider time)
{
    private const string Offered = """
        (t.assignee is null and $1 <> all(t.excluded) and (t.candidate_users && $2 or t.candidate_roles && $3 and ($4::uuid is null or t.branch is null or t.branch = $4)))
        """;

    private const string TasksMine = "t.closed_at is null and t.assignee = any($2)";
    private const string TasksOffered = $"t.closed_at is null and {Offered}";
    private const string TasksBoth = $"t.closed_at is null and (t.assignee = any($2) or {Offered})";
    private const string AssignmentsMine = "a.ended_at is null and (a.performer = any($7) and a.state <> 'Reported' or a.state = 'Reported' and (a.giver = any($7) or a.controller = any($7)))";
    private const string AssignmentsGiven = "a.ended_at is null and a.giver = any($7) and a.performer <> a.giver";

    /// <summary>What of tasks and of assignments belongs to a group.</summary>
    private static (string Tasks, string Assignments) Conditions(WorkGroup group) => group switch
    {
        WorkGroup.Today => ($"{TasksBoth} and t.due >= $5 and t.due < $6", $"{AssignmentsMine} and a.deadline >= $5 and a.deadline < $6"),
        WorkGroup.Late => ($"{TasksBoth} and t.due < $5", $"{AssignmentsMine} and a.deadline < $5"),
        WorkGroup.Offered => (TasksOffered, "false"),
        WorkGroup.Escalated => (TaskRights.Escalated, "false"),
        WorkGroup.Mine => (TasksMine, AssignmentsMine),
        WorkGroup.Given => ("false", AssignmentsGiven),
        WorkGroup.Done => ("t.closed_at is not null and t.closed_by = $1 and t.outcome = 'Completed'", "a.ended_at is not null and a.performer = $1"),
        WorkGroup.Team => ("t.closed_at is null and ($4::uuid is null or t.branch is null or t.branch = $4) and ($8::uuid[] is null or t.assignee is null or t.assignee = any($8))",
            "a.ended_at is null and ($4::uuid is null or a.branch is null or a.branch = $4) and ($8::uuid[] is null or a.performer = any($8))"),
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };

    /// <summary>A page of a group and how many there are in all.</summary>
    /// <param name="text">words in the title or in the name of the object</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public Task<PageOf<WorkItem>> PageAsync(WorkGroup group, string? text, Slice slice, Actor actor, CancellationToken ct = default) =>
        FilterAsync(group, new(text), slice, actor, ct);

    /// <summary>A page of what a filter leaves of a group, and how many that are in all.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<WorkItem>> FilterAsync(WorkGroup group, WorkFilter filter, Slice slice, Actor actor, CancellationToken ct = default)
    {
        Require(group, actor);
        var words = LikePattern.ContainingEach(filter.Text).ToArray();
        var (tasks, assignments) = Conditions(group);
        await using var command = database.CreateCommand($"""
            select item.*, i.definition, u.display_name, nullif(concat_ws(' · ', s.title, i.title), '') as about_title, count(*) over ()::int as total from (
                select 'ProcessTask' as kind, t.id, t.title::text, t.instance, t.node, t.stage, t.business_kind as about_kind, t.business_id as about_id, null as state,
                    t.assignee as performer, t.priority, t.due, t.created_at, t.closed_at as ended_at, t.candidate_users, t.candidate_roles, t.escalate_to, null::uuid as giver, null::uuid as controller
                from process.task t where {tasks}
                union all
                select 'Assignment', a.id, a.title, null, null, null, a.about_kind, a.about_id, a.state, a.performer, a.priority, a.deadline, a.given_at, a.ended_at, null, null, null, a.giver, a.controller
                from work.assignment a where {assignments}) item
            left join process.instance i on i.id = item.instance
            left join identity.portal_user u on u.id = item.performer
            left join core.search_entry s on s.object_id = item.about_id and s.kind = item.about_kind
            where not exists (select from unnest($9) word where not (item.title ilike word escape '\' or concat_ws(' ', s.title, i.title) ilike word escape '\'))
                and ($12::timestamptz is null or item.due >= $12 and item.due < $13)
                and ($14::uuid is null or item.about_kind = 'Partner' and item.about_id = $14
                    or item.about_kind = 'Interaction' and exists (select from clients.interaction x where x.id = item.about_id and x.partner = $14))
            order by {(group == WorkGroup.Done ? "item.ended_at desc" : "item.priority desc, item.due nulls last, item.created_at")}, item.id
            limit $10 offset $11
            """);
        var reach = await FillAsync(command, actor, ct);
        command.Parameters.Add(new() { Value = words });
        command.Parameters.Add(new() { Value = slice.Count });
        command.Parameters.Add(new() { Value = slice.From });
        foreach (var at in new[] { filter.Due?.From, filter.Due?.To }) command.Parameters.Add(new() { Value = (object?)at?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)filter.Client ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        var (found, total) = (new List<Row>(), 0);
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
            {
                found.Add(Row.Read(rows));
                total = rows.GetInt32(rows.GetOrdinal("total"));
            }
        var items = new List<WorkItem>();
        foreach (var row in found) items.Add(await ItemAsync(row, ct) with { For = group is WorkGroup.Done or WorkGroup.Team ? null : reach.For(worker => row.Belongs(worker, group)) });
        return new(items, total);
    }

    /// <summary>How many each group holds; what is done is not counted.</summary>
    public async Task<IReadOnlyDictionary<WorkGroup, int>> CountsAsync(Actor actor, CancellationToken ct = default)
    {
        Require(WorkGroup.Mine, actor);
        WorkGroup[] groups = [WorkGroup.Today, WorkGroup.Late, WorkGroup.Escalated, WorkGroup.Offered, WorkGroup.Mine, WorkGroup.Given, .. MayOversee(actor) ? [WorkGroup.Team] : Array.Empty<WorkGroup>()];
        await using var command = database.CreateCommand("select " + string.Join(", ", groups.Select(Conditions).Select(where =>
            $"(select count(*) from process.task t where {where.Tasks})::int + (select count(*) from work.assignment a where {where.Assignments})::int")));
        await FillAsync(command, actor, ct);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return groups.Select((group, i) => (group, count: row.GetInt32(i))).ToDictionary(g => g.group, g => g.count);
    }

    /// <summary>True for whoever sees the work of others; rights that end at one's own do not reach it.</summary>
    public static bool MayOversee(Actor actor) => actor.Can(Permissions.TasksOversee) && actor.Scope != ActorScope.Own;

    private static void Require(WorkGroup group, Actor actor)
    {
        actor.RequireStaff();
        if (group == WorkGroup.Team) actor.Require(Permissions.TasksOversee);
    }

    private async Task<WorkReach> FillAsync(NpgsqlCommand command, Actor actor, CancellationToken ct)
    {
        var reach = await rights.ReachAsync(actor, ct);
        var works = actor.Can(Permissions.TasksWork);
        var now = time.GetUtcNow();
        command.Parameters.Add(new() { Value = actor.UserId });
        command.Parameters.Add(new() { Value = works ? reach.Users : [] });
        command.Parameters.Add(new() { Value = works ? reach.Roles : [] });
        command.Parameters.Add(new() { Value = (object?)reach.Branch ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = EndOfDay(now, actor) });
        command.Parameters.Add(new() { Value = reach.Users });
        command.Parameters.Add(new() { Value = (object?)actor.OnlyPeople()?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        return reach;
    }

    private static DateTimeOffset EndOfDay(DateTimeOffset now, Actor actor)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(actor.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        var midnight = DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1), DateTimeKind.Unspecified);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private async Task<WorkItem> ItemAsync(Row row, CancellationToken ct)
    {
        ObjectRef? about = row.AboutKind is { } kind ? new(Enum.Parse<ObjectKind>(kind), row.AboutId!.Value) : null;
        var late = row.EndedAt is null && row.Due < time.GetUtcNow();
        if (row.Definition is not { } definition)
            return new(new(ObjectKind.Assignment, row.Id), row.Title, null, null, about, row.AboutTitle, Enum.Parse<AssignmentState>(row.State!),
                row.Performer, row.PerformerName, row.Priority, row.Due, late, row.CreatedAt, row.EndedAt, false);
        var map = (await maps.FindAsync(new DefinitionId(definition), ct)).Process;
        var stage = row.Stage is { } key ? Standing.Stages(map).FirstOrDefault(s => s.Key == key)?.Name ?? key : null;
        return new(new(ObjectKind.ProcessTask, row.Id), JsonSerializer.Deserialize<LocalText>(row.Title, StateJson.Options)!, map.Name, stage, about, row.AboutTitle, null,
            row.Performer, row.PerformerName, row.Priority, row.Due, late, row.CreatedAt, row.EndedAt,
            row.EndedAt is null && map.Nodes.GetValueOrDefault(row.Node!)?.Work.Form.All(field => field.IsReadOnly) == true);
    }

    private sealed record Row(
        Guid Id, string Title, string? Node, string? Stage, string? AboutKind, Guid? AboutId, string? AboutTitle, string? State, Guid? Performer, string? PerformerName,
        int Priority, DateTimeOffset? Due, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, Guid? Definition, Guid[] CandidateUsers, string[] CandidateRoles, string? EscalateTo, Guid? Giver, Guid? Controller)
    {
        public static Row Read(NpgsqlDataReader row) => new(
            (Guid)row["id"], (string)row["title"], Text(row, "node"), Text(row, "stage"), Text(row, "about_kind"), Id_(row, "about_id"), Text(row, "about_title"), Text(row, "state"),
            Id_(row, "performer"), Text(row, "display_name"), (int)row["priority"], Time(row, "due"), Time(row, "created_at")!.Value, Time(row, "ended_at"), Id_(row, "definition"),
            row["candidate_users"] as Guid[] ?? [], row["candidate_roles"] as string[] ?? [], Text(row, "escalate_to"), Id_(row, "giver"), Id_(row, "controller"));

        /// <summary>Whether it stands in a group of this worker's.</summary>
        public bool Belongs(Worker worker, WorkGroup group) =>
            group == WorkGroup.Given ? Giver == worker.Id
            : group == WorkGroup.Escalated ? worker.Roles.Contains(EscalateTo)
            : State == nameof(AssignmentState.Reported) ? Giver == worker.Id || Controller == worker.Id
            : Performer is { } performer ? performer == worker.Id
            : CandidateUsers.Contains(worker.Id) || CandidateRoles.Any(worker.Roles.Contains);

        private static string? Text(NpgsqlDataReader row, string column) => row[column] as string;
        private static Guid? Id_(NpgsqlDataReader row, string column) => row[column] as Guid?;
        private static DateTimeOffset? Time(NpgsqlDataReader row, string column) => row[column] is DateTime at ? new DateTimeOffset(at) : null;
    }
}
