using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>An entry of the outbox on its way to its handler.</summary>
/// <param name="Key">unique; the same on every try, to be handed on to the outside</param>
/// <param name="Body">JSON</param>
/// <param name="Attempt">1 for the first try</param>
public sealed record OutboxMessage(long Id, string Key, string Kind, string Body, int Attempt);

/// <summary>Who does entries of one kind. It may be called again for the same entry (after a crash, a failure), and must then have one effect.</summary>
/// <param name="Kind">kind of the entries</param>
/// <param name="Handle">does it; an exception is a failed try</param>
/// <param name="GiveUp">told after the last try, with what went wrong; when null the entry is only set aside</param>
public sealed record OutboxHandler(string Kind, Func<OutboxMessage, CancellationToken, Task> Handle, Func<OutboxMessage, string, CancellationToken, Task>? GiveUp = null);

/// <summary>
/// Does what the outbox holds, on every node: due entries are leased, handled in parallel, tried again further and further
/// apart, and set aside after the last try. The order of entries is not kept.
/// </summary>
public sealed class OutboxDrain(
    NpgsqlDataSource database, IEnumerable<OutboxHandler> handlers, WorkHints hints, TimeProvider time, ILogger<OutboxDrain> log) : BackgroundService
{
    private const int Batch = 32;
    private const int AtOnce = 4;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, OutboxHandler> handlers = handlers.ToDictionary(handler => handler.Kind);
    private readonly ChannelReader<bool> bell = hints.Listen();

    /// <summary>Takes what is due and does it once; how many entries were in hand.</summary>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        await using var lease = new Lease(database, "core.outbox", time);
        var messages = await TakeAsync(lease.Token, ct);
        try
        {
            await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                async (message, stop) => await HandleAsync(message.Message, message.Retry, lease.Token, stop));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await lease.GiveBackAsync();
            throw;
        }
        return messages.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (handlers.Count == 0) return;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await RunDueAsync(stopping) == 0) await bell.WaitAsync(Poll, time, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // whatever it was, the entries stay, and their lease ends
                log.LogError(failure, "The outbox stands still for a moment");
                await bell.WaitAsync(Poll, time, stopping);
            }
        }
    }

    private async Task<List<(OutboxMessage Message, string? Retry)>> TakeAsync(string token, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand($"""
            update core.outbox set locked_until = $2, locked_by = $3, attempts = attempts + 1
            where id in (
                select id from core.outbox where done_at is null and set_aside_at is null and due_at <= $1 and kind = any($4) and {Lease.Free("$1")}
                order by due_at, id limit {Batch} for update skip locked)
            returning id, key, kind, body, attempts, retry
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + Lease.Length });
        command.Parameters.Add(new() { Value = token });
        command.Parameters.Add(new() { Value = handlers.Keys.ToArray() });
        var taken = new List<(OutboxMessage, string?)>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            taken.Add((new(rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetInt32(4)), rows.IsDBNull(5) ? null : rows.GetString(5)));
        return taken;
    }

    private async Task HandleAsync(OutboxMessage message, string? retry, string token, CancellationToken ct)
    {
        var handler = handlers[message.Kind];
        try
        {
            await handler.Handle(message, ct);
            await RunAsync("update core.outbox set done_at = $3, locked_until = null, locked_by = null, last_error = null where id = $1 and locked_by = $2", ct, message.Id, token, time.GetUtcNow());
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            var text = Short(failure);
            if (RetryPlan.Of(retry).Next(message.Attempt, time.GetUtcNow(), Random.Shared) is { } due)
            {
                log.LogInformation("{Key} failed, try {Attempt}: {Error}", message.Key, message.Attempt, text);
                await RunAsync("update core.outbox set due_at = $3, last_error = $4, locked_until = null, locked_by = null where id = $1 and locked_by = $2", ct, message.Id, token, due, text);
                return;
            }
            log.LogWarning(failure, "{Key} is set aside after {Attempt} tries", message.Key, message.Attempt);
            if (handler.GiveUp is { } giveUp) await giveUp(message, text, ct);
            await RunAsync("update core.outbox set set_aside_at = $3, last_error = $4, locked_until = null, locked_by = null where id = $1 and locked_by = $2", ct, message.Id, token, time.GetUtcNow(), text);
        }
    }

    internal static string Short(Exception failure) => failure.Message.Length > 1000 ? failure.Message[..1000] : failure.Message;

    private async Task RunAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
