using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Leaves refused messages in the audit: the first of each device (of all unknown ones together), address and reason in an hour.
/// A tracker with a wrong secret tries again every few seconds, and a stranger may try every name there is.
/// </summary>
public sealed class RefusedDevices(NpgsqlDataSource database, DeviceDirectory devices, TimeProvider time, ILogger<RefusedDevices> log) : BackgroundService
{
    /// <summary>Rows an hour in all.</summary>
    public const int EachHour = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly HashSet<(DeviceId? Device, string Address, string What)> seen = [];
    private List<Refusal> waiting = [];
    private long hour;

    /// <summary>Notes a refusal; never waits. Answers that say nothing of who the sender is are passed over.</summary>
    /// <param name="answer">What the intake said.</param>
    /// <param name="key">As the sender called itself; well-formed, as decoders let through.</param>
    /// <param name="address">From where it came.</param>
    public void Note(IntakeAnswer answer, string key, string address)
    {
        var what = answer switch { IntakeAnswer.UnknownDevice => "device-unknown", IntakeAnswer.WrongSecret => "device-secret", IntakeAnswer.Revoked => "device-revoked", _ => null };
        if (what is null) return;
        var (now, device) = (time.GetUtcNow(), devices.Find(key)?.Id);
        lock (gate)
        {
            if (now.Ticks / TimeSpan.TicksPerHour is var current && current != hour)
            {
                hour = current;
                seen.Clear();
            }
            if (seen.Count < EachHour && waiting.Count < EachHour && seen.Add((device, address, what))) waiting.Add(new(now, device, key, address, what));
        }
    }

    /// <summary>Writes what was noted.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        List<Refusal> taken;
        lock (gate) (taken, waiting) = (waiting, []);
        if (taken.Count == 0) return;
        try
        {
            await using var command = database.CreateCommand($"""
                insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, after)
                select at, '{Guid.Empty}', name, origin, '{nameof(ObjectKind.Device)}', device, 'event', after from unnest($1, $2, $3, $4, $5) as row (at, name, origin, device, after)
                """);
            command.Parameters.Add(new() { Value = taken.ConvertAll(r => r.At.UtcDateTime) });
            command.Parameters.Add(new() { Value = taken.ConvertAll(r => r.Key) });
            command.Parameters.Add(new() { Value = taken.ConvertAll(r => r.Address) });
            command.Parameters.Add(new() { Value = taken.ConvertAll(r => r.Device?.Value ?? Guid.Empty) });
            command.Parameters.Add(new() { Value = taken.ConvertAll(r => JsonSerializer.Serialize(new { r.What })), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync(ct);
        }
        catch
        {
            lock (gate) waiting.InsertRange(0, taken);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, WriteAsync, away => log.LogWarning(away, "Refused devices wait for the database"), stopping);

    private sealed record Refusal(DateTimeOffset At, DeviceId? Device, string Key, string Address, string What);
}
