using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
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

    /// <summary>Sends a task's work back to a node the instance has been at. Its performer may do it, and whoever may alter instances.</summary>
    /// <exception cref="RuleBrokenException"><c>process.not-visited</c>, <c>process.task-closed-by</c>, <c>process.task-not-yours</c></exception>
    public Task SendBackAsync(ProcessTaskId task, string toNode, string reason, Actor actor, CancellationToken ct = default) =>
        OnTaskAsync(task, new SendBack(task.Value, toNode, Reason(reason)), new { SentBackTo = toNode, Reason = reason }, actor, ct);

    /// <summary>Lets one more person decide in an approval by several.</summary>
    /// <param name="signer">user name or id</param>
    /// <exception cref="RuleBrokenException"><c>process.not-repeated</c>, <c>process.user-unknown</c></exception>
    public Task AddSignerAsync(ProcessTaskId task, string signer, Actor actor, CancellationToken ct = default) =>
        OnTaskAsync(task, new AddSigner(task.Value, Value.Of(Required.Text(signer, "process.signer", 200))), new { AddedSigner = signer }, actor, ct);

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
        RequireReach(instance, actor);
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

    private async Task OnTaskAsync(ProcessTaskId task, Stimulus stimulus, object after, Actor actor, CancellationToken ct)
    {
        if (!actor.Can(Permissions.ProcessAlter)) actor.Require(Permissions.TasksWork);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var (instance, found) = await LockTaskAsync(step, task, ct);
        var acting = actor;
        if (actor.Can(Permissions.ProcessAlter)) RequireReach(instance, actor);
        else acting = await rights.RequireAsync(found, actor, ct);
        var before = Standing(instance);
        await step.ApplyAsync(instance, stimulus, ct);
        step.Writes.Audit(new(ObjectKind.ProcessTask, task.Value), "changed", after, acting, step.Now, before);
        await CommitAsync(step, null, ct);
    }

    private static void RequireReach(RunningInstance instance, Actor actor)
    {
        if (instance.Branch is { } branch) actor.RequireReach(new BranchId(branch));
    }
}
