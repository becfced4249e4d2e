using System.Collections.Concurrent;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// Runs processes: one command is one transaction, in which the instance is locked, the engine steps to quiescence, and state, tasks,
/// jobs, subscriptions, history, outbox and audit are written. With a <see cref="Actor.Command"/> its entry in the command log
/// is written there too, so a repeat has no second effect.
/// </summary>
public sealed partial class ProcessRunner(StepTools tools, TaskRights rights, InstanceRights instances, StartQuery starts)
{
    /// <summary>Starts an instance of the newest version of a map.</summary>
    /// <param name="key">key of the map</param>
    /// <param name="about">the object it is about</param>
    /// <param name="variables">its data</param>
    /// <param name="startNode">the start event; null takes the plain one, or the only one</param>
    /// <exception cref="RuleBrokenException">
    /// <c>identity.not-allowed</c>, <c>map.not-published</c>, or what the engine refuses (<c>process.*</c>): then there is no instance
    /// </exception>
    public async Task<InstanceId> StartAsync(string key, ObjectRef? about, ContextValue variables, Actor actor, string? startNode = null, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessStart);
        var map = await tools.Maps.NewestAsync(key, ct);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var id = InstanceId.New();
        var instance = step.Add(InstanceState.New(id.Value, map.Key, RunningInstance.BusinessKey(about)), map, about, actor.BranchId, actor.IsSystem ? null : actor.UserId, []);
        await step.ApplyAsync(instance, new Start(variables, startNode), ct);
        step.Writes.Audit(new(ObjectKind.ProcessInstance, id.Value), "added", new { Map = map.Key, map.Version, About = about?.ToString(), Variables = variables }, actor, step.Now);
        await CommitAsync(step, id.Value, ct);
        return id;
    }

    /// <summary>Completes a task with the values of its form.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>process.task-closed-by</c> with who closed it and when, <c>process.task-withdrawn</c>, <c>process.task-not-yours</c>, <c>process.task-unknown</c>,
    /// or what the engine refuses; then nothing has changed
    /// </exception>
    public async Task CompleteAsync(ProcessTaskId task, ContextValue values, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TasksWork);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var (instance, found) = await LockTaskAsync(step, task, ct);
        var acting = await rights.RequireAsync(found, actor, ct);
        await step.ApplyAsync(instance, new TaskCompleted(task.Value, values), ct);
        step.Writes.Audit(new(ObjectKind.ProcessTask, task.Value), "changed", new { found.Node, Values = values }, acting, step.Now);
        await CommitAsync(step, null, ct);
    }

    // commits wait for the disk together, but no person's work is to take every connection
    private const int AtOnce = 16;

    /// <summary>
    /// Completes tasks whose forms ask nothing, each in a transaction of its own: what is refused is told and stops none of the others.
    /// </summary>
    /// <returns>the refusals by task; those not among them are completed</returns>
    public async Task<IReadOnlyDictionary<ProcessTaskId, RuleBrokenException>> CompleteEachAsync(IReadOnlyCollection<ProcessTaskId> tasks, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TasksWork);
        var refused = new ConcurrentDictionary<ProcessTaskId, RuleBrokenException>();
        await Parallel.ForEachAsync(tasks, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (task, stop) =>
        {
            try
            {
                await CompleteAsync(task, ContextValue.Empty, actor, stop);
            }
            catch (RuleBrokenException refusal)
            {
                refused[task] = refusal;
            }
        });
        return refused;
    }

    /// <summary>Locks a task's instance; the task itself as it stands under the lock.</summary>
    private static async Task<(RunningInstance Instance, LockedTask Task)> LockTaskAsync(ProcessStep step, ProcessTaskId task, CancellationToken ct)
    {
        LockedTask? found = null;
        var instance = await step.LockOfTaskAsync(task.Value, LockedTask.Command(task), row => found = LockedTask.Read(row), ct);
        if (instance is null || found is null) throw new RuleBrokenException("process.task-unknown");
        found.RequireOpen();
        return (instance, found);
    }

    private static async Task CommitAsync(ProcessStep step, Guid? result, CancellationToken ct)
    {
        if (step.Actor.Command is { } command) step.Writes.Answer(command, step.Actor, result, step.Now);
        await step.CommitAsync(ct);
    }
}
