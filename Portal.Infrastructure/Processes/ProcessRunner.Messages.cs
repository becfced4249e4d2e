using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Processes;

/// <summary>Messages to the one who waits for them, and signals to everybody.</summary>
public sealed partial class ProcessRunner
{
    // somebody else's step may take the subscription away between the look and the lock
    private const int MostLooks = 20;

    /// <summary>
    /// Leads a message to the one instance that waits for its name and key, else starts the one map it starts, else buffers it.
    /// The same id again changes nothing and gets the same answer. A person needs the right to tell processes what happened, reaches only instances he sees, and starts one only about an object
    /// he could start it about; the system, and so what maps send one another, reaches all.
    /// </summary>
    /// <exception cref="RuleBrokenException">
    /// <c>process.message-ambiguous</c> when several wait for it, <c>process.nobody-waits</c> when the one instance it is meant for does not,
    /// <c>process.about-unknown</c> when its key names an object that is not there for the actor, or what the engine refuses
    /// </exception>
    public async Task<Correlation> CorrelateAsync(ProcessMessage message, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessTell);
        Required.Text(message.Id, "process.message-id", 200);
        Required.Text(message.Name, "process.message-name", 200);
        try
        {
            for (var look = 0; look < MostLooks; look++)
                if (await TryCorrelateAsync(message, actor, ct) is { } done) return done;
            throw new RuleBrokenException("process.message-missed", message.Name);
        }
        catch (PostgresException twin) when (twin is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "message" })
        {
            return (await LookAsync(null, message, ct)).Known!;
        }
    }

    /// <summary>Tells everybody who waits for a signal, and starts the maps it starts; each in a transaction of its own, after this one.</summary>
    public async Task SignalAsync(string id, string name, ContextValue payload, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessTell);
        Required.Text(id, "process.message-id", 200);
        Required.Text(name, "process.message-name", 200);
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var subscribers = await SubscribersAsync(step.Connection, name, ct);
        foreach (var subscriber in subscribers)
            step.Writes.Outbox(OutboxKinds.Delivery(id, new SignalDelivery(subscriber.Id, subscriber.Instance, subscriber.Definition, subscriber.Node, payload)), step.Now);
        await CommitAsync(step, null, ct);
    }

    /// <summary>Null when the state changed between the look and the lock.</summary>
    private async Task<Correlation?> TryCorrelateAsync(ProcessMessage message, Actor actor, CancellationToken ct)
    {
        var seen = await LookAsync(null, message, ct);
        if (seen.Known is { } known) return known;
        var all = seen.Subscriptions.Where(s => s.Instance is not null).ToList();
        var waiting = await SeenAsync(all, actor, ct);
        if (waiting.Count > 1) throw new RuleBrokenException("process.message-ambiguous", message.Name, message.Key, waiting.Count);
        if (waiting is [var one]) return await DeliverAsync(message, one, actor, ct);
        // also where it is kept: it would come to an instance about that object later
        if (message.Instance is null && !actor.IsSystem && RunningInstance.ReadBusinessKey(message.Key) is { } about) await starts.RequireSubjectAsync(about, actor, ct);
        if (message.Instance is not null || all.Count > 0) throw new RuleBrokenException("process.nobody-waits", message.Name);
        var starting = seen.Subscriptions.Where(s => s.Definition is not null).ToList();
        if (starting.Count > 1) throw new RuleBrokenException("process.message-ambiguous", message.Name, message.Key, starting.Count);
        return starting is [var start] ? await StartByAsync(message, start, actor, ct) : await BufferAsync(message, actor, ct);
    }

    private async Task<List<SubscriptionRow>> SeenAsync(List<SubscriptionRow> waiting, Actor actor, CancellationToken ct)
    {
        if (actor.IsSystem || waiting.Count == 0) return waiting;
        await using var db = await tools.Contexts.CreateDbContextAsync(ct);
        var seen = await instances.SeenAsync(db, [.. waiting.Select(w => new InstanceId(w.Instance!.Value))], actor, ct);
        return waiting.FindAll(w => seen.Contains(new(w.Instance!.Value)));
    }

    private async Task<Correlation?> DeliverAsync(ProcessMessage message, SubscriptionRow subscription, Actor actor, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var instance = await step.LockAsync(subscription.Instance!.Value, ct);
        if (instance.State.Waits.All(wait => wait.Id != subscription.Id)) return null;
        Note(step, message, CorrelationOutcome.Delivered, instance.Id);
        await step.ApplyAsync(instance, new Received(subscription.Id, message.Payload), ct);
        await CommitAsync(step, null, ct);
        return new(CorrelationOutcome.Delivered, new(instance.Id));
    }

    private async Task<Correlation> StartByAsync(ProcessMessage message, SubscriptionRow subscription, Actor actor, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var id = await BeginAsync(step, new(subscription.Definition!.Value), subscription.Node, message.Key, message.Payload, InstanceId.New(), ct);
        Note(step, message, CorrelationOutcome.Started, id.Value);
        await CommitAsync(step, id.Value, ct);
        return new(CorrelationOutcome.Started, id);
    }

    private async Task<Correlation?> BufferAsync(ProcessMessage message, Actor actor, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        await MessageBuffer.LockAsync(step.Connection, message.Name, message.Key, ct);
        // whoever subscribed before we had the lock has committed by now
        if ((await LookAsync(step.Connection, message, ct)).Subscriptions.Count > 0) return null;
        Note(step, message, CorrelationOutcome.Buffered, null);
        await CommitAsync(step, null, ct);
        return new(CorrelationOutcome.Buffered, null);
    }

    /// <summary>Starts an instance that nobody asked for by hand.</summary>
    private async Task<InstanceId> BeginAsync(ProcessStep step, DefinitionId definition, string node, string? key, ContextValue variables, InstanceId id, CancellationToken ct)
    {
        var map = await tools.Maps.FindAsync(definition, ct);
        var about = RunningInstance.ReadBusinessKey(key);
        var instance = step.Add(InstanceState.New(id.Value, map.Key, key), map, about, step.Actor.BranchId, step.Actor.IsSystem ? null : step.Actor.UserId, []);
        await step.ApplyAsync(instance, new Start(variables, node), ct);
        return id;
    }

    private static void Note(ProcessStep step, ProcessMessage message, CorrelationOutcome outcome, Guid? instance) => step.Writes.Insert("""
        insert into process.message (id, name, key, payload, received_at, expires_at, delivered_at, outcome, instance) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        new() { Value = message.Id }, new() { Value = message.Name }, new() { Value = (object?)message.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        new() { Value = JsonSerializer.SerializeToUtf8Bytes(message.Payload, StateJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
        new() { Value = step.Now.ToUniversalTime() }, new() { Value = (step.Now + message.TimeToLive).ToUniversalTime() },
        new() { Value = outcome == CorrelationOutcome.Buffered ? DBNull.Value : step.Now.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        new() { Value = outcome.ToString() }, new() { Value = (object?)instance ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });

    private sealed record SubscriptionRow(Guid Id, Guid? Instance, Guid? Definition, string Node)
    {
        public static SubscriptionRow Read(NpgsqlDataReader row) =>
            new(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetString(3));
    }

    /// <summary>What is known of the message's id, and who waits for its name and key.</summary>
    private async Task<(Correlation? Known, List<SubscriptionRow> Subscriptions)> LookAsync(NpgsqlConnection? on, ProcessMessage message, CancellationToken ct)
    {
        await using var batch = on?.CreateBatch() ?? tools.Database.CreateBatch();
        batch.BatchCommands.Add(new("select outcome, instance, name = $2 and key is not distinct from $3 and payload = $4 from process.message where id = $1")
        {
            Parameters =
            {
                new() { Value = message.Id }, new() { Value = message.Name }, new() { Value = (object?)message.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = JsonSerializer.SerializeToUtf8Bytes(message.Payload, StateJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
            }
        });
        batch.BatchCommands.Add(new("""
            select id, instance, definition, node from process.subscription
            where name = $1 and kind = 'Message'
              and case when $3::uuid is not null then instance = $3 else definition is not null or key is not distinct from $2 end
            """)
        {
            Parameters =
            {
                new() { Value = message.Name }, new() { Value = (object?)message.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = (object?)message.Instance?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            }
        });
        await using var rows = await batch.ExecuteReaderAsync(ct);
        Correlation? known = null;
        if (await rows.ReadAsync(ct))
        {
            // answered for the other message it would be lost in silence
            if (!rows.GetBoolean(2)) throw new RuleBrokenException("command.key-reused");
            known = new(Enum.Parse<CorrelationOutcome>(rows.GetString(0)), rows.IsDBNull(1) ? null : new InstanceId(rows.GetGuid(1)));
        }
        await rows.NextResultAsync(ct);
        var found = new List<SubscriptionRow>();
        while (await rows.ReadAsync(ct)) found.Add(SubscriptionRow.Read(rows));
        return (known, found);
    }

    private static async Task<List<SubscriptionRow>> SubscribersAsync(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id, instance, definition, node from process.subscription where name = $1 and kind = 'Signal'", connection) { Parameters = { new() { Value = name } } };
        var found = new List<SubscriptionRow>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) found.Add(SubscriptionRow.Read(rows));
        return found;
    }
}
