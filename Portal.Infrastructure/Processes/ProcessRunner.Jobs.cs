using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>What the workers bring back: jobs that came due, answers of external actions, signals.</summary>
public sealed partial class ProcessRunner
{
    /// <summary>Runs a stimulus that a worker brings. False when the instance no longer waits for it.</summary>
    internal async Task<bool> AnswerAsync(Guid instance, Stimulus stimulus, Actor actor, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        if (await step.FindAsync(instance, ct) is not { } locked) return false;
        if (!Awaits(locked.State, stimulus)) return false;
        await step.ApplyAsync(locked, stimulus, ct);
        await step.CommitAsync(ct);
        return true;
    }

    /// <summary>Leads a signal to one subscriber, or starts the map it starts. Nothing when that was done before or nobody waits any more.</summary>
    internal async Task DeliverAsync(SignalDelivery signal, string key, Actor actor, CancellationToken ct)
    {
        if (signal.Instance is not { } instance)
        {
            await StartOnceAsync(new(signal.Definition!.Value), signal.Node, signal.Payload, key, actor, ct);
            return;
        }
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var received = new Received(signal.Subscription, signal.Payload);
        if (await step.FindAsync(instance, ct) is not { } locked || !Awaits(locked.State, received)) return;
        // an event beside its activity goes on waiting, so the subscription alone does not tell a repeat
        Note(step, new(key, signal.Node, null, ContextValue.Empty), CorrelationOutcome.Delivered, instance);
        await step.ApplyAsync(locked, received, ct);
        try
        {
            await step.CommitAsync(ct);
        }
        catch (PostgresException twin) when (twin is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "message" })
        {
            // it was delivered before
        }
    }

    /// <summary>Starts an instance under a key; the same key starts no second one.</summary>
    internal async Task StartOnceAsync(DefinitionId definition, string node, ContextValue variables, string key, Actor actor, CancellationToken ct)
    {
        var id = new InstanceId(KeyedId.Of(key));
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        if (await step.FindAsync(id.Value, ct) is not null) return;
        await BeginAsync(step, definition, node, null, variables, id, ct);
        await step.CommitAsync(ct);
    }

    private static bool Awaits(InstanceState state, Stimulus stimulus)
    {
        if (state.Status != InstanceStatus.Running) return false;
        Guid? wait = stimulus switch
        {
            JobDue due => due.Job,
            JobExhausted exhausted => exhausted.Job,
            Received received => received.Subscription,
            ActionCompleted completed => completed.Action,
            ActionErrored error => error.Action,
            ActionFailed failed => failed.Action,
            _ => null,
        };
        return wait is null || state.Waits.Any(w => w.Id == wait);
    }
}
