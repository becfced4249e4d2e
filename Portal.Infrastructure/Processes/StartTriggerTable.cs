using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>What starts instances by itself: rows among the jobs (timers) and subscriptions (messages, signals) that belong to a definition.</summary>
internal static class StartTriggerTable
{
    /// <summary>Kind of a start timer's job.</summary>
    public const string TimerKind = "StartTimer";

    /// <summary>Takes away what older versions of the key left, and puts the triggers of this version there, timers counted from now.</summary>
    public static async Task ReplaceAsync(NpgsqlConnection connection, DefinitionId definition, string key, ProcessMap map, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in new[] { "job", "subscription" })
            batch.BatchCommands.Add(new($"delete from process.{table} where definition in (select id from process.definition where key = $1)") { Parameters = { new() { Value = key } } });
        foreach (var trigger in StartTriggers.Of(map, now))
            batch.BatchCommands.Add(trigger.Timer is { } plan ? Timer(Guid.CreateVersion7(), definition, trigger.Node, plan) : Subscription(definition, trigger));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The job of a start timer.</summary>
    public static NpgsqlBatchCommand Timer(Guid id, DefinitionId definition, string node, TimerPlan plan) => new("""
        insert into process.job (id, definition, kind, node, due, payload, attempts) values ($1, $2, $3, $4, $5, $6, 0)
        """)
    {
        Parameters =
        {
            new() { Value = id }, new() { Value = definition.Value }, new() { Value = TimerKind }, new() { Value = node },
            new() { Value = plan.Due.ToUniversalTime() }, new() { Value = JsonSerializer.SerializeToUtf8Bytes(plan, StateJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
        }
    };

    private static NpgsqlBatchCommand Subscription(DefinitionId definition, StartTrigger trigger) => new("""
        insert into process.subscription (id, definition, kind, name, node) values ($1, $2, $3, $4, $5)
        """)
    {
        Parameters =
        {
            new() { Value = Guid.CreateVersion7() }, new() { Value = definition.Value },
            new() { Value = (trigger.Message is null ? WaitKind.Signal : WaitKind.Message).ToString() }, new() { Value = trigger.Message ?? trigger.Signal! }, new() { Value = trigger.Node },
        }
    };
}
