using System.Collections.Concurrent;
using System.Net;
using Npgsql;

namespace Portal.Tests.Support;

/// <summary>
/// Devices that send one position after the other through the real endpoint and, like real ones, keep and resend each
/// until it is acknowledged.
/// </summary>
public sealed class DeviceTraffic : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource abandon = new();
    private readonly ConcurrentQueue<(Guid Vehicle, DateTimeOffset Time)> acknowledged = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> answers = new();
    private readonly Guid[] vehicles;
    private readonly Task[] devices;
    private volatile bool finishing;
    private volatile Uri address;

    /// <summary>Starts sending.</summary>
    public DeviceTraffic(Uri address, IReadOnlyCollection<TestDevice> devices)
    {
        this.address = address;
        vehicles = [.. devices.Select(device => device.Vehicle.Value)];
        this.devices = [.. devices.Select(device => Task.Run(() => SendAsync(device)))];
    }

    /// <summary>Messages acknowledged so far.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>How often an answer had the status.</summary>
    public int Count(HttpStatusCode status) => answers.GetValueOrDefault(status);

    /// <summary>Sends to another place from now on.</summary>
    public void MoveTo(Uri other) => address = other;

    /// <summary>Waits for acknowledgements beyond those there are.</summary>
    public Task FlowsAsync()
    {
        var before = Acknowledged;
        return Wait.UntilAsync(() => Acknowledged > before + 2 * devices.Length, "acknowledged positions", TimeSpan.FromSeconds(120));
    }

    /// <summary>Lets every device get its last message acknowledged, then stops.</summary>
    public async Task FinishAsync()
    {
        finishing = true;
        await Task.WhenAll(devices);
    }

    /// <summary>Stops with the last messages unacknowledged.</summary>
    public async Task AbandonAsync()
    {
        await abandon.CancelAsync();
        await Task.WhenAll(devices);
    }

    /// <summary>
    /// Fails unless each acknowledged position is stored once; what is stored of these vehicles beyond them can only be the
    /// last, unacknowledged message of a device, and nothing at all once all have finished.
    /// </summary>
    public async Task ReconcileAsync(string connection)
    {
        var stored = new List<(Guid, DateTimeOffset)>();
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("select vehicle, time from fleet.position where vehicle = any($1)");
        command.Parameters.Add(new() { Value = vehicles });
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            stored.Add((rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1)));

        Assert.NotEmpty(acknowledged);
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));
        Assert.InRange(stored.Except(acknowledged).Count(), 0, finishing ? 0 : devices.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        abandon.Dispose();
        http.Dispose();
    }

    private async Task SendAsync(TestDevice device)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddHours(-20).ToUnixTimeSeconds());
        while (!finishing && !abandon.IsCancellationRequested)
        {
            time = time.AddSeconds(1);
            while (!await TrySendAsync(device, time))
            {
                if (abandon.IsCancellationRequested)
                    return;
                await Task.Delay(Pause);
            }
            acknowledged.Enqueue((device.Vehicle.Value, time));
        }
    }

    private async Task<bool> TrySendAsync(TestDevice device, DateTimeOffset time)
    {
        try
        {
            using var answer = await http.GetAsync(
                new Uri(address, $"osmand/{device.Secret}?id={device.Key}&lat=50.45&lon=30.52&timestamp={time.ToUnixTimeSeconds()}"), abandon.Token);
            answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
