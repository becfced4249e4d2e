using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// All registered devices in memory. The database tells every node of a change; the node that makes one
/// also calls <see cref="ReloadAsync"/>, so a revocation has taken effect when its job returns.
/// </summary>
public sealed class DeviceDirectory(NpgsqlDataSource database, TelemetryOptions options, TimeProvider time, ILogger<DeviceDirectory> log) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim reloading = new(1, 1);
    private FrozenDictionary<string, KnownDevice> devices = FrozenDictionary<string, KnownDevice>.Empty;

    /// <summary>The device that calls itself so, or null.</summary>
    public KnownDevice? Find(string key) => Volatile.Read(ref devices).GetValueOrDefault(key);

    /// <summary>All of them.</summary>
    public IReadOnlyList<KnownDevice> All => Volatile.Read(ref devices).Values;

    /// <summary>Reads them anew.</summary>
    public async Task ReloadAsync(CancellationToken ct)
    {
        await reloading.WaitAsync(ct);
        try
        {
            var known = Volatile.Read(ref devices).Values.ToDictionary(device => device.Id, device => device.Activity);
            var read = new Dictionary<string, KnownDevice>(StringComparer.Ordinal);
            await using var command = database.CreateCommand("select id, key, secret_hash, speed_unit, vehicle, revoked_at is not null, clock_rate from fleet.device");
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                var id = new DeviceId(rows.GetGuid(0));
                VehicleId? vehicle = rows.IsDBNull(4) ? null : new VehicleId(rows.GetGuid(4));
                read.Add(rows.GetString(1), new KnownDevice(id, rows.GetString(1), (byte[])rows[2], Enum.Parse<SpeedUnit>(rows.GetString(3)), vehicle, rows.GetBoolean(5))
                {
                    ClockRate = rows.GetDouble(6),
                    Activity = known.GetValueOrDefault(id) ?? new DeviceActivity(new RateGate(options.DeviceRate, options.DeviceBurst, time)),
                });
            }
            Volatile.Write(ref devices, read.ToFrozenDictionary(StringComparer.Ordinal));
        }
        finally
        {
            reloading.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken ct)
    {
        await ReloadAsync(ct);
        await base.StartAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stopping);
                await using (var listen = new NpgsqlCommand("listen fleet_device", connection)) await listen.ExecuteNonQueryAsync(stopping);
                // What changed before the ear was open.
                await ReloadAsync(stopping);
                while (true)
                {
                    await connection.WaitAsync(stopping);
                    await ReloadAsync(stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or IOException)
            {
                log.LogWarning(away, "The list of devices waits for the database; the one in memory serves");
                await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
