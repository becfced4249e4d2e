using System.Text.Json;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>A message on its way to whoever waits for it. Features raise their events with it.</summary>
/// <param name="Keep">how long it is kept where nobody waits for it yet; null goes by <see cref="ProcessMessage.TimeToLive"/></param>
public sealed record MessageOrder(string Id, string Name, string? Key, ContextValue Payload, TimeSpan? Keep = null);

/// <summary>A signal on its way to everybody who waits for it.</summary>
public sealed record SignalOrder(string Id, string Name, ContextValue Payload);

/// <summary>A signal for one subscriber: an instance, or a definition that it starts.</summary>
public sealed record SignalDelivery(Guid Subscription, Guid? Instance, Guid? Definition, string Node, ContextValue Payload);

/// <summary>An instance to be started by the clock.</summary>
public sealed record StartOrder(Guid Definition, string Node);

/// <summary>An external action to be called.</summary>
public sealed record ActionOrder(Guid Action, Guid Instance, ObjectRef? About, string Name, ContextValue Inputs);

/// <summary>What processes put into the outbox.</summary>
public static class OutboxKinds
{
    public const string MessageKind = "process.message";
    public const string SignalKind = "process.signal";
    public const string DeliveryKind = "process.delivery";
    public const string StartKind = "process.start";
    public const string ActionKind = "process.action";

    /// <summary>Those that <see cref="ProcessDeliveries"/> takes.</summary>
    internal static readonly string[] Delivered = [MessageKind, SignalKind, DeliveryKind, StartKind, ActionKind];

    /// <summary>A message for the outbox of a feature's own transaction: what happened there reaches the processes after its commit, once.</summary>
    /// <param name="id">unique: the same message told twice is one</param>
    /// <param name="key">correlation key; of an object, <see cref="KeyOf"/></param>
    /// <param name="keep">how long it waits for somebody to wait for it; null for as long as messages do</param>
    public static OutboxEntry Message(string id, string name, string? key, ContextValue payload, TimeSpan? keep = null) =>
        new($"message:{id}", MessageKind, Json(new MessageOrder(id, name, key, payload, keep)));

    /// <summary>The correlation key of an object: what an instance about it answers to.</summary>
    public static string KeyOf(ObjectRef about) => RunningInstance.BusinessKey(about)!;

    /// <summary>A signal for the outbox of a feature's own transaction.</summary>
    public static OutboxEntry Signal(string id, string name, ContextValue payload) => new($"signal:{id}", SignalKind, Json(new SignalOrder(id, name, payload)));

    internal static OutboxEntry Delivery(string signal, SignalDelivery delivery) => new($"delivery:{signal}:{delivery.Subscription}", DeliveryKind, Json(delivery));

    internal static OutboxEntry Start(Guid job, StartOrder start) => new($"start:{job}", StartKind, Json(start));

    internal static OutboxEntry Action(Guid instance, ObjectRef? about, InvokeAction action) =>
        new(ActionKey(action.Action), ActionKind, Json(new ActionOrder(action.Action, instance, about, action.Name, action.Inputs)), action.Retry);

    internal static string ActionKey(Guid action) => $"action:{action}";

    /// <summary>Reads an order from the body of its entry.</summary>
    public static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, StateJson.Options)!;

    private static byte[] Json<T>(T order) => JsonSerializer.SerializeToUtf8Bytes(order, StateJson.Options);
}
