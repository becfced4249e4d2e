using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>What people change on running instances by hand; each is audited with its reason.</summary>
public sealed partial class ProcessRunner
{
    /// <summary>Withdraws an instance with everything it called.</summary>
    /// <exception cref="RuleBrokenException"><c>process.called</c> with the caller's map: a called process is withdrawn with its caller; <c>process.not-running</c></exception>
    public Task CancelAsync(InstanceId instance, string reason, Actor actor, CancellationToken ct = default) =>
        AlterAsync(instance, _ => new Cancel(Reason(reason)), actor, ct, (locked, caller) =>
        {
            if (caller is not null) throw new RuleBrokenException("process.called", caller.Process.Name.Default);
        });

    /// <summary>Withdraws what runs about an object together with what a feature does to that object: both stand or fall in one transaction.</summary>
    /// <param name="running">instances that nobody called</param>
    /// <param name="reason">code of a text, as the engine gives them</param>
    internal async Task CallOffAsync(IReadOnlyList<InstanceId> running, string reason, Actor actor, Func<PortalDb, Task> with, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        foreach (var id in running.OrderBy(id => id.Value))
        {
            var instance = await step.LockAsync(id.Value, ct);
            if (instance.State.Status != InstanceStatus.Running) continue;
            await step.ApplyAsync(instance, new Cancel(reason), ct);
            step.Writes.Audit(new(ObjectKind.ProcessInstance, id.Value), "changed", new { Alteration = nameof(Cancel), Reason = reason }, actor, step.Now);
        }
        await with(await step.DatabaseAsync(ct));
        await step.CommitAsync(ct);
    }

    /// <summary>Sends a task's work back to a node the instance has been at. Its performer may do it, and whoever may alter instances.</summary>
    /// <exception cref="RuleBrokenException"><c>process.not-visited</c>, <c>process.task-closed-by</c>, <c>process.task-not-yours</c></exception>
    public Task SendBackAsync(ProcessTaskId task, string toNode, string reason, Actor actor, CancellationToken ct = default) =>
        OnTaskAsync(task, new SendBack(task.Value, toNode, Reason(reason)), new { SentBackTo = toNode, Reason = reason }, actor, ct);

    /// <summary>Lets one more person decide in an approval by several.</summary>
    /// <param name="signer">user name or id</param>
    /// <exception cref="RuleBrokenException"><c>process.not-repeated</c>, <c>process.user-unknown</c>, <c>process.four-eyes</c> for whom the map bars from the decision</exception>
    public Task AddSignerAsync(ProcessTaskId task, string signer, Actor actor, CancellationToken ct = default) =>
        OnTaskAsync(task, new AddSigner(task.Value, Value.Of(Required.Text(signer, "process.signer", 200))), new { AddedSigner = signer }, actor, ct,
            (step, instance, found) => RequireFreeSignerAsync(step.Connection, instance, found, signer, ct));

    /// <summary>Who may not sign, or signs already where nobody signs twice, would leave the approval waiting for nobody.</summary>
    private static async Task RequireFreeSignerAsync(NpgsqlConnection connection, RunningInstance instance, LockedTask task, string signer, CancellationToken ct)
    {
        var node = instance.Process.Node(task.Node);
        await using var command = new NpgsqlCommand("""
            select u.id, u.normalized_user_name, exists (select from process.task t where t.instance = $2 and t.node = $3 and t.closed_at is null and (t.assignee = u.id or u.id = any(t.candidate_users)))
            from identity.portal_user u where (u.normalized_user_name = upper($1) or u.id::text = lower($1)) and not u.blocked and u.partner is null
            """, connection) { Parameters = { new() { Value = signer }, new() { Value = instance.Id }, new() { Value = task.Node } } };
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) throw new RuleBrokenException("process.user-unknown", node.Name.Default, signer);
        var (id, name, signs) = (row.GetGuid(0), row.GetString(1), row.GetBoolean(2));
        var waits = instance.State.Scopes.Where(s => s.Node == task.Node && s.Progress is not null).SelectMany(s => s.Progress!.Items.Skip(s.Progress.Begun))
            .Any(item => item.ToString() is { } text && (text.ToUpperInvariant() == name || Guid.TryParse(text, out var named) && named == id));
        if (task.Excluded.Contains(id) || (signs || waits) && node.Work.NotBy.Contains(node.Id)) throw new RuleBrokenException("process.four-eyes");
    }

    /// <summary>Puts a token on another node of its level or one around it.</summary>
    /// <param name="node">where the token was seen</param>
    /// <exception cref="RuleBrokenException"><c>process.token-elsewhere</c> with where it was seen and where it stands</exception>
    public Task MoveTokenAsync(InstanceId instance, int token, string node, string toNode, string reason, Actor actor, CancellationToken ct = default) =>
        AlterAsync(instance, _ => new MoveToken(token, node, toNode, Reason(reason)), actor, ct);

    /// <summary>Lets a token leave its node as if the work were done.</summary>
    /// <param name="node">where the token was seen</param>
    /// <exception cref="RuleBrokenException"><c>process.token-elsewhere</c> with where it was seen and where it stands</exception>
    public Task SkipAsync(InstanceId instance, int token, string node, string reason, Actor actor, CancellationToken ct = default) =>
        AlterAsync(instance, _ => new SkipNode(token, node, Reason(reason)), actor, ct);

    /// <summary>Tries again what failed.</summary>
    /// <exception cref="RuleBrokenException"><c>process.incident-gone</c></exception>
    public Task RetryAsync(InstanceId instance, IncidentId incident, string reason, Actor actor, CancellationToken ct = default) =>
        AlterAsync(instance, _ => new RetryIncident(incident.Value, Reason(reason)), actor, ct);

    /// <summary>Sets and removes variables of the instance itself.</summary>
    /// <param name="seen">the variables as they were seen, those that were not there left out</param>
    /// <exception cref="RuleBrokenException"><c>process.variable-changed</c> with the name and what it is now</exception>
    public Task EditVariablesAsync(InstanceId instance, ContextValue set, IReadOnlyList<string> remove, ContextValue seen, string reason, Actor actor, CancellationToken ct = default) =>
        AlterAsync(instance, _ => new EditVariables(null, set, remove, seen, Reason(reason)), actor, ct);

    private static string Reason(string reason) => Required.Text(reason, "process.reason", 500);

    private async Task AlterAsync(
        InstanceId id, Func<RunningInstance, Stimulus> make, Actor actor, CancellationToken ct, Action<RunningInstance, RunningInstance?>? check = null)
    {
        actor.Require(Permissions.ProcessAlter);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var instance = await step.LockAsync(id.Value, ct);
        await RequireReachAsync(instance, actor, ct);
        check?.Invoke(instance, step.CallerOf(instance));
        var stimulus = make(instance);
        var edit = stimulus as EditVariables;
        var before = edit is null ? Standing(instance) : new { Variables = Edited(instance, edit) };
        await step.ApplyAsync(instance, stimulus, ct);
        object after = edit is null ? new Dictionary<string, object> { [stimulus.GetType().Name] = stimulus } : new { Variables = Edited(instance, edit), edit.Reason };
        step.Writes.Audit(new(ObjectKind.ProcessInstance, id.Value), "changed", after, actor, step.Now, before);
        await CommitAsync(step, null, ct);
    }

    private static object Standing(RunningInstance instance) => new { At = instance.State.Tokens.Select(token => token.Node).Distinct().ToArray() };

    private static Value Edited(RunningInstance instance, EditVariables edit)
    {
        var variables = instance.State.Variables;
        return ContextValue.Of(edit.Set.Entries.Keys.Concat(edit.Remove).Where(variables.Entries.ContainsKey).Select(name => (name, variables[name])));
    }

    private async Task OnTaskAsync(
        ProcessTaskId task, Stimulus stimulus, object after, Actor actor, CancellationToken ct, Func<ProcessStep, RunningInstance, LockedTask, Task>? check = null)
    {
        if (!actor.Can(Permissions.ProcessAlter)) actor.Require(Permissions.TasksWork);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var (instance, found) = await LockTaskAsync(step, task, ct);
        var acting = actor;
        if (actor.Can(Permissions.ProcessAlter)) await RequireReachAsync(instance, actor, ct);
        else acting = await rights.RequireAsync(found, actor, ct);
        if (check is not null) await check(step, instance, found);
        var before = Standing(instance);
        await step.ApplyAsync(instance, stimulus, ct);
        step.Writes.Audit(new(ObjectKind.ProcessTask, task.Value), "changed", after, acting, step.Now, before);
        await CommitAsync(step, null, ct);
    }

    /// <summary>Nobody alters what lies in another branch, or what he does not see.</summary>
    private async Task RequireReachAsync(RunningInstance instance, Actor actor, CancellationToken ct)
    {
        if (instance.Branch is { } branch) actor.RequireReach(new BranchId(branch));
        await using var db = await tools.Contexts.CreateDbContextAsync(ct);
        if (!await instances.MaySeeAsync(db, new(instance.Id), actor, ct)) throw new RuleBrokenException("identity.out-of-reach");
    }
}
