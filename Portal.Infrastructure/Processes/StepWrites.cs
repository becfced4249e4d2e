using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// Everything a step writes, gathered while it runs and sent as one batch that ends with the commit: one round trip.
/// What bars a doer from tasks that were open before goes first; inserts go before updates and deletes, because a step may end what it began.
/// </summary>
internal sealed class StepWrites
{
    private readonly List<NpgsqlBatchCommand> bars = [];
    private readonly List<NpgsqlBatchCommand> inserts = [];
    private readonly List<NpgsqlBatchCommand> changes = [];
    private readonly List<(RunningInstance Instance, WriteHistory Line)> history = [];

    /// <summary>Objects to tell the live bus of after the commit.</summary>
    public HashSet<ObjectRef> News { get; } = [];

    /// <summary>True when a job or message of this transaction can be taken at once.</summary>
    public bool HasWorkNow { get; private set; }

    public void Insert(RunningInstance i, Guid? owner, Actor actor, DateTimeOffset now) => Add(inserts, """
        insert into process.instance (id, definition, key, business_kind, business_id, branch, parent, ancestors, depth, revision, state, status, stage, nodes, started_at, started_by, started_by_name, ended_at, end_note, owner, title)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        """,
        Value(i.Id), Value(i.Map.Id.Value), Value(i.Map.Key), Value(i.About?.Kind.ToString()), Value(i.About?.Id), Value(i.Branch),
        Value(i.State.Parent?.Instance), Value(i.Ancestors), Value(i.Ancestors.Length), Json(i.State), Value(i.State.Status.ToString()),
        Value(Stage(i)), Value(Nodes(i)), Value(now), Value(actor.IsSystem ? null : actor.UserId), Value(actor.Name), Value(Ended(i, now)), Value(i.EndNote), Value(owner), Value(i.Title));

    public void Update(RunningInstance i, DateTimeOffset now) => Add(changes, """
        update process.instance set revision = revision + 1, definition = $2, state = $3, status = $4, stage = $5, nodes = $6, ended_at = $7, end_note = $8, title = $9
        where id = $1
        """,
        Value(i.Id), Value(i.Map.Id.Value), Json(i.State), Value(i.State.Status.ToString()), Value(Stage(i)), Value(Nodes(i)), Value(Ended(i, now)), Value(i.EndNote), Value(i.Title));

    public void Insert(RunningInstance i, CreateTask t, Performers performers, DateTimeOffset now)
    {
        Add(inserts, """
            insert into process.task (id, instance, key, node, token, title, assignee, candidate_users, candidate_roles, due, escalate_to, priority, given, stage, business_kind, business_id, branch, created_at, excluded)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, '{}')
            """,
            Value(t.Task), Value(i.Id), Value(i.Map.Key), Value(t.Node), Value(t.Token), Json(t.Title), Value(performers.Of(t.Assignee)),
            Value(performers.People(t)), Value(performers.Roles(t)), Value(t.Due?.ToUniversalTime()), Value(t.EscalateTo),
            Value(t.Priority), Json(t.Values), Value(t.Stage), Value(i.About?.Kind.ToString()), Value(i.About?.Id), Value(i.Branch), Value(now));
        // after what this step closes, so that its doers count
        if (t.NotBy.Count > 0) Bar(t.Task, t.NotBy, []);
        if (t.ToOwner) Add(changes, """
            update process.task t set assignee = i.owner from process.instance i
            where t.id = $1 and i.id = t.instance and t.assignee is null and t.closed_at is null and i.owner <> all(t.excluded) and exists (
                select from identity.portal_user u join identity.user_role held on held.user_id = u.id join identity.role r on r.id = held.role_id
                where u.id = i.owner and not u.blocked and u.partner is null and r.code = any(t.candidate_roles))
            """, Value(t.Task));
        News.Add(new(ObjectKind.ProcessTask, t.Task));
    }

    /// <summary>
    /// Keeps from a task who did what the map names, and whoever did, while it was open, what the map keeps apart from it; taken from him it is everybody's again. What was done before the task was last decided,
    /// and has been done anew since, is of an earlier round: it bars nobody any more.
    /// </summary>
    private void Bar(Guid task, IReadOnlyList<string> notBy, IReadOnlyList<string> apart) => Add(changes, $"""
        update process.task t set excluded = done.by, {Taken("t.assignee = any(done.by)")}
        from (select o.id, array(
            select distinct d.closed_by from process.task d where d.instance = o.instance and d.outcome = 'Completed' and d.closed_by is not null
                and (d.node = any($2) and d.node = o.node and d.closed_at >= coalesce(anew.others, '-infinity')
                    or d.node = any($2) and d.node <> o.node and d.closed_at > coalesce((
                        select max(own.closed_at) from process.task own where own.instance = o.instance and own.outcome = 'Completed' and own.node = o.node and own.closed_at < (
                            select max(same.closed_at) from process.task same where same.instance = o.instance and same.outcome = 'Completed' and same.node = d.node)), '-infinity')
                    or d.node = any($3) and d.closed_at > o.created_at)) as by
            from process.task o
            cross join lateral (select max(closed_at) as others from process.task where instance = o.instance and outcome = 'Completed' and node = any($2) and node <> o.node) anew
            where o.id = $1) done
        where t.id = done.id
        """, Value(task), Value(notBy.ToArray()), Value(apart.ToArray()));

    /// <summary>Takes a task from its assignee where that holds.</summary>
    private static string Taken(string when) => $"""
        assignee = case when {when} then null else t.assignee end, handed_from = case when {when} then t.assignee else t.handed_from end, claimed_at = case when {when} then null else t.claimed_at end
        """;

    public void Close(RunningInstance i, CloseTask t, Actor actor, DateTimeOffset now)
    {
        if (t.Apart.Count > 0 && !actor.IsSystem) Add(bars, $"""
            update process.task t set excluded = t.excluded || $3, {Taken("t.assignee = $3")}
            where t.instance = $1 and t.closed_at is null and t.node = any($2) and t.id <> $4 and $3 <> all(t.excluded)
            """, Value(i.Id), Value(t.Apart.ToArray()), Value(actor.UserId), Value(t.Task));
        Close(t.Task, TaskOutcome.Completed, t.Success, actor, now);
    }

    public void Close(Guid task, TaskOutcome outcome, bool? success, Actor actor, DateTimeOffset now)
    {
        Add(changes, """
            update process.task set closed_at = $2, closed_by = $3, closed_by_name = $4, outcome = $5, success = $6, assignee = case when $5 = 'Completed' then coalesce(assignee, $3) else assignee end
            where id = $1
            """,
            Value(task), Value(now), Value(actor.IsSystem ? null : actor.UserId), Value(actor.Name), Value(outcome.ToString()), Value(success));
        News.Add(new(ObjectKind.ProcessTask, task));
    }

    public void Move(MoveTask t)
    {
        Add(changes, "update process.task set node = $2, title = $3, excluded = '{}' where id = $1", Value(t.Task), Value(t.Node), Json(t.Title));
        if (t.Apart.Count > 0) Bar(t.Task, t.NotBy, t.Apart);
        News.Add(new(ObjectKind.ProcessTask, t.Task));
    }

    /// <summary>Closed tasks go by their nodes in the newer map, so that four eyes know who did them.</summary>
    public void Rename(RunningInstance i, MigrationPlan plan)
    {
        var renamed = plan.Nodes.Where(n => n.Key != n.Value).ToList();
        if (renamed.Count > 0) Add(changes, """
            update process.task t set node = plan.becomes from unnest($2, $3) as plan (was, becomes) where t.instance = $1 and t.closed_at is not null and t.node = plan.was
            """, Value(i.Id), Value(renamed.Select(n => n.Key).ToArray()), Value(renamed.Select(n => n.Value).ToArray()));
    }

    public void Move(MoveWait w)
    {
        var table = w.Kind switch
        {
            WaitKind.Message or WaitKind.Signal => "process.subscription",
            WaitKind.Incident => "process.incident",
            WaitKind.Timer or WaitKind.Async or WaitKind.Escalation => "process.job",
            _ => null, // an action or a called process knows no node
        };
        if (table is not null) Add(changes, $"update {table} set node = $2 where id = $1", Value(w.Wait), Value(w.Node));
    }

    public void Escalate(Guid task, DateTimeOffset now)
    {
        Add(changes, "update process.task set escalated_at = $2 where id = $1", Value(task), Value(now));
        News.Add(new(ObjectKind.ProcessTask, task));
    }

    public void Insert(RunningInstance i, ScheduleJob job, DateTimeOffset now)
    {
        Add(inserts, "insert into process.job (id, instance, kind, node, due, retry, attempts) values ($1, $2, $3, $4, $5, $6, 0)",
            Value(job.Job), Value(i.Id), Value(job.Kind.ToString()), Value(job.Node), Value(job.Due.ToUniversalTime()), Value(job.Retry));
        HasWorkNow |= job.Due <= now;
    }

    public void DeleteJob(Guid job) => Add(changes, "delete from process.job where id = $1", Value(job));

    public void Insert(RunningInstance i, Subscribe s) => Add(inserts,
        "insert into process.subscription (id, instance, kind, name, key, node) values ($1, $2, $3, $4, $5, $6)",
        Value(s.Subscription), Value(i.Id), Value(s.Kind.ToString()), Value(s.Name), Value(s.Key), Value(s.Node));

    public void DeleteSubscription(Guid subscription) => Add(changes, "delete from process.subscription where id = $1", Value(subscription));

    public void Insert(RunningInstance i, RaiseIncident incident, DateTimeOffset now) => Add(inserts,
        "insert into process.incident (id, instance, node, token, code, message, raised_at) values ($1, $2, $3, $4, $5, $6, $7)",
        Value(incident.Incident), Value(i.Id), Value(incident.Node), Value(incident.Token), Value(incident.Code), Value(incident.Message), Value(now));

    public void Resolve(Guid incident, Actor actor, DateTimeOffset now) => Add(changes,
        "update process.incident set resolved_at = $2, resolved_by_name = $3 where id = $1", Value(incident), Value(now), Value(actor.Name));

    public void Write(RunningInstance instance, WriteHistory line) => history.Add((instance, line));

    public void Outbox(OutboxEntry entry, DateTimeOffset now)
    {
        Add(inserts, OutboxEntry.InsertSql, entry.Parameters(now));
        HasWorkNow = true;
    }

    public void DropFromOutbox(string key) => Add(changes, "delete from core.outbox where key = $1 and done_at is null", Value(key));

    public void Audit(ObjectRef about, string action, object after, Actor actor, DateTimeOffset now, object? before = null)
    {
        if (actor.IsSystem) return;
        var fields = JsonSerializer.SerializeToNode(after, StateJson.Options)!;
        if (actor.ActsFor is { } absent) fields["ActsFor"] = absent;
        Add(inserts, "insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, after, before) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            Value(now), Value(actor.UserId), Value(actor.Name), Value(actor.Origin), Value(about.Kind.ToString()), Value(about.Id), Value(action), Json(fields), before is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb } : Json(before));
    }

    public void Answer(CommandKey command, Actor actor, Guid? result, DateTimeOffset now) => Add(inserts,
        "insert into core.command_log (key, at, user_id, name, answer) values ($1, $2, $3, $4, $5)",
        Value(command.Key), Value(now), Value(actor.UserId), Value(command.Name),
        new NpgsqlParameter { Value = JsonSerializer.SerializeToUtf8Bytes(new CommandAnswer(Result: result?.ToString())), NpgsqlDbType = NpgsqlDbType.Jsonb });

    /// <summary>Settles a kept message.</summary>
    public void Settle(string message, CorrelationOutcome outcome, Guid instance, DateTimeOffset now) => Add(changes,
        "update process.message set delivered_at = $2, outcome = $4, instance = $3 where id = $1", Value(message), Value(now), Value(instance), Value(outcome.ToString()));

    /// <summary>Any other row, before the changes.</summary>
    public void Insert(string sql, params ReadOnlySpan<NpgsqlParameter> values) => Add(inserts, sql, values);

    /// <summary>Any other statement, after the inserts.</summary>
    public void Change(string sql, params ReadOnlySpan<NpgsqlParameter> values) => Add(changes, sql, values);

    /// <summary>Sends everything with the commit behind it.</summary>
    public async Task CommitAsync(NpgsqlConnection connection, Actor actor, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var command in bars) batch.BatchCommands.Add(command);
        foreach (var command in inserts) batch.BatchCommands.Add(command);
        foreach (var command in changes) batch.BatchCommands.Add(command);
        if (history.Count > 0) batch.BatchCommands.Add(History(actor));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.PrepareAsync(ct);
        await batch.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlBatchCommand History(Actor actor)
    {
        var lines = history.Select(h => h.Line).ToList();
        Guid? user = actor.IsSystem ? null : actor.UserId;
        // revision and line number together grow with every line of an instance
        return Command("""
            insert into process.history (instance, ordinal, at, kind, node, token, detail, success, by_user, by_name)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                Value(history.Select(h => h.Instance.Id).ToArray()),
                Value(history.Select(h => (h.Instance.Revision << 20) + h.Instance.HistoryLines++).ToArray()),
                Value(lines.Select(l => l.At.ToUniversalTime()).ToArray()),
                Value(lines.Select(l => l.Kind.ToString()).ToArray()),
                Array(lines.Select(l => l.Node).ToArray(), NpgsqlDbType.Text),
                Array(lines.Select(l => l.Token).ToArray(), NpgsqlDbType.Integer),
                Array(lines.Select(l => l.Detail is { Length: > 2000 } long_ ? long_[..2000] : l.Detail).ToArray(), NpgsqlDbType.Text),
                Array(lines.Select(l => l.Success).ToArray(), NpgsqlDbType.Boolean),
                Array(lines.Select(l => l.By is null ? null : user).ToArray(), NpgsqlDbType.Uuid),
                Array(lines.Select(l => l.By).ToArray(), NpgsqlDbType.Text),
            ]);
    }

    private static string? Stage(RunningInstance i) => i.Map.StageOf(i.State)?.Key;

    private static string[] Nodes(RunningInstance i) => [.. i.State.Tokens.Select(t => t.Node).Distinct()];

    private static DateTimeOffset? Ended(RunningInstance i, DateTimeOffset now) => i.State.Status == InstanceStatus.Running ? null : now;

    private static void Add(List<NpgsqlBatchCommand> to, string sql, params ReadOnlySpan<NpgsqlParameter> values) => to.Add(Command(sql, values));

    private static NpgsqlBatchCommand Command(string sql, ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(value);
        return command;
    }

    private static NpgsqlParameter Json<T>(T value) =>
        new() { Value = JsonSerializer.SerializeToUtf8Bytes(value, StateJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static NpgsqlParameter Array<T>(T[] value, NpgsqlDbType type) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlParameter Value(Guid value) => new() { Value = value };
    private static NpgsqlParameter Value(Guid? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
    private static NpgsqlParameter Value(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
    private static NpgsqlParameter Value(int value) => new() { Value = value };
    private static NpgsqlParameter Value(int? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };
    private static NpgsqlParameter Value(bool? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean };
    private static NpgsqlParameter Value(DateTimeOffset? value) => new() { Value = (object?)value?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private static NpgsqlParameter Value(DateTimeOffset value) => new() { Value = value.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
    private static NpgsqlParameter Value<T>(T[] value) => new() { Value = value };
}
