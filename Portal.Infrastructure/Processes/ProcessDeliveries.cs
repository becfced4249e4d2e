using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>What the outbox does for processes. Each may come twice and has one effect.</summary>
internal sealed class ProcessDeliveries(ProcessRunner runner, ProcessActions actions, CompanyClock clock)
{
    private static readonly Actor Actor = Actor.System("process-worker");

    public IEnumerable<OutboxHandler> Handlers =>
    [
        new(OutboxKinds.MessageKind, async (entry, ct) =>
        {
            var order = OutboxKinds.Read<MessageOrder>(entry.Body);
            var message = new ProcessMessage(order.Id, order.Name, order.Key, order.Payload);
            await runner.CorrelateAsync(order.Keep is { } keep ? message with { TimeToLive = keep } : message, Actor, ct);
        }),
        new(OutboxKinds.SignalKind, async (entry, ct) =>
        {
            var signal = OutboxKinds.Read<SignalOrder>(entry.Body);
            await runner.SignalAsync(signal.Id, signal.Name, signal.Payload, Actor, ct);
        }),
        new(OutboxKinds.DeliveryKind, (entry, ct) => runner.DeliverAsync(OutboxKinds.Read<SignalDelivery>(entry.Body), entry.Key, Actor, ct)),
        new(OutboxKinds.StartKind, async (entry, ct) =>
        {
            var start = OutboxKinds.Read<StartOrder>(entry.Body);
            await runner.StartOnceAsync(new(start.Definition), start.Node, Workflows.Expressions.ContextValue.Empty, entry.Key, Actor, ct);
        }),
        new(OutboxKinds.ActionKind, CallAsync, FailAsync),
    ];

    /// <summary>Calls the action outside any transaction; its answer is a command of its own.</summary>
    private async Task CallAsync(OutboxMessage entry, CancellationToken ct)
    {
        var order = OutboxKinds.Read<ActionOrder>(entry.Body);
        var action = actions.Find(order.Name);
        ProcessActions.Check(action, order.Inputs);
        await clock.LoadAsync(ct);
        Stimulus answer;
        try
        {
            answer = new ActionCompleted(order.Action, await action.Run(new(order.Action, new(order.Instance), order.About, order.Inputs, Actor, clock.Now, null), ct));
        }
        catch (ProcessErrorException error)
        {
            answer = new ActionErrored(order.Action, error.Code, error.Message);
        }
        await runner.AnswerAsync(order.Instance, answer, Actor, ct);
    }

    private async Task FailAsync(OutboxMessage entry, string error, CancellationToken ct)
    {
        var order = OutboxKinds.Read<ActionOrder>(entry.Body);
        await runner.AnswerAsync(order.Instance, new ActionFailed(order.Action, error), Actor, ct);
    }
}
