using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Portal.Infrastructure.Database;

/// <summary>
/// Carries what the nodes of one database tell one another, by NOTIFY: what came together within a tenth of a second goes in one
/// statement, because every notifying commit waits for a lock of the whole server. A node alone only says now and then that it is here.
/// </summary>
/// <remarks>
/// A node is known to the others by a name of its own for each connection it listens on. Whoever hears a new name repeats what matters,
/// so neither a start nor a broken connection leaves a gap. A node hears itself too, and knows by that that its ear works.
/// </remarks>
internal sealed class NodeLink(NpgsqlDataSource database, IEnumerable<INodeTalk> talks, TimeProvider time, ILogger<NodeLink> log) : BackgroundService
{
    /// <summary>Bytes of one body; PostgreSQL takes less than 8,000 with what stands before it.</summary>
    public const int BodyBytes = 7_800;

    private const string Channel = "portal_node";
    private const string Here = "here";
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HereEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, INodeTalk> byTopic = talks.ToDictionary(talk => talk.Topic);
    private readonly ConcurrentDictionary<string, DateTimeOffset> others = new();
    private readonly string process = Guid.NewGuid().ToString("N");
    private int connections;
    private int newcomer;

    /// <summary>Other nodes heard lately.</summary>
    public int Others => others.Count;

    private string Name => $"{process}.{Volatile.Read(ref connections)}";

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) => Task.WhenAll(ListenAsync(stopping), SpeakAsync(stopping));

    private async Task ListenAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                connection.Notification += (_, told) => Hear(told.Payload);
                await using (var listen = new NpgsqlCommand($"listen {Channel}", connection)) await listen.ExecuteNonQueryAsync(stopping);
                Interlocked.Increment(ref connections);
                Volatile.Write(ref newcomer, 1);
                while (await connection.WaitAsync(Silence, stopping)) { }
                log.LogWarning("Nothing was heard of other nodes, nor of this one; listening anew");
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
            {
                log.LogWarning(away, "Other nodes are not heard until the database answers");
                await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SpeakAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var saidHere = DateTimeOffset.MinValue;
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                var messages = Messages();
                if (Interlocked.Exchange(ref newcomer, 0) == 1 || time.GetUtcNow() - saidHere >= HereEvery)
                {
                    saidHere = time.GetUtcNow();
                    messages.Insert(0, $"{Name}\n{Here}\n");
                }
                if (await TrySayAsync(messages, stopping)) continue;
                foreach (var talk in talks) talk.Repeat();
                await Task.Delay(Retry, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the host stops
        }
    }

    private List<string> Messages()
    {
        var now = time.GetUtcNow();
        foreach (var (node, heard) in others)
            if (now - heard > Silence) others.TryRemove(node, out _);
        // Asked also while nobody is there: what is old news then is told by whoever greets a newcomer.
        var messages = talks.SelectMany(talk => talk.Say().Select(body => $"{Name}\n{talk.Topic}\n{body}")).ToList();
        if (others.IsEmpty) messages.Clear();
        return messages;
    }

    private async Task<bool> TrySayAsync(List<string> messages, CancellationToken ct)
    {
        if (messages.Count == 0) return true;
        try
        {
            await using var command = database.CreateCommand($"select pg_notify('{Channel}', message) from unnest($1) message");
            command.Parameters.Add(new() { Value = messages, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync(ct);
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
        {
            log.LogWarning(away, "Other nodes are told when the database answers");
            return false;
        }
    }

    private void Hear(string payload)
    {
        if (payload.Split('\n', 3) is not [var node, var topic, var body] || node.StartsWith(process, StringComparison.Ordinal)) return;
        if (!others.ContainsKey(node))
        {
            foreach (var talk in talks) talk.Repeat();
            Volatile.Write(ref newcomer, 1);
        }
        others[node] = time.GetUtcNow();
        try
        {
            if (byTopic.TryGetValue(topic, out var heard)) heard.Hear(body);
        }
        catch (Exception strange) when (strange is FormatException or JsonException or ArgumentException or IndexOutOfRangeException)
        {
            // While nodes are renewed one by one, a newer one may say what this one has no word for.
            log.LogWarning(strange, "Another node said something of {Topic} that is not understood here", topic);
        }
    }
}
