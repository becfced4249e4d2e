using System.Collections.Concurrent;
using System.Net;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>Fault 1 on the real application as a process of its own.</summary>
public sealed class TelemetryKillTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Kill_InMidIngest_KeepsEveryAcknowledgedPositionOnce()
    {
        const int senders = 16, wanted = 1_000;
        var data = Directory.CreateTempSubdirectory("portal-kill-").FullName;
        IReadOnlyList<TestDevice> devices;
        var acknowledged = new ConcurrentBag<(Guid Vehicle, DateTime Time)>();
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddMinutes(-30);

        await using (var portal = await PortalProcess.StartAsync(data, database.OwnerConnection))
        {
            // The running application hears of them from the database.
            devices = await TestDevice.AddAsync(database.DataSource, senders);
            using var client = portal.CreateClient();
            var sending = devices.Select(device => Task.Run(async () =>
            {
                for (var second = 0; second < 100_000; second++)
                {
                    var time = start.AddMilliseconds(10 * second);
                    try
                    {
                        using var answer = await client.GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=50&lon=30&timestamp={time.ToUnixTimeMilliseconds()}");
                        if (answer.StatusCode == HttpStatusCode.OK) acknowledged.Add((device.Vehicle.Value, time.UtcDateTime));
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }
                }
            })).ToArray();
            await Wait.UntilAsync(() => acknowledged.Count >= wanted || sending.Any(task => task.IsCompleted), "positions to be acknowledged");
            await portal.KillAsync();
            await Task.WhenAll(sending);
        }

        Assert.True(acknowledged.Count >= wanted);
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        await using var missing = database.DataSource.CreateCommand("""
            select count(*) from unnest($1, $2) as sent (vehicle, time)
            where (select count(*) from fleet.position p where p.vehicle = sent.vehicle and p.time = sent.time) <> 1
            """);
        missing.Parameters.Add(new() { Value = acknowledged.Select(position => position.Vehicle).ToArray() });
        missing.Parameters.Add(new() { Value = acknowledged.Select(position => position.Time).ToArray() });
        Assert.Equal(0L, await missing.ExecuteScalarAsync());

        // The next start shows where everybody was, though nothing had time to be noted down.
        await using (var again = await PortalProcess.StartAsync(data, database.OwnerConnection))
        {
            await again.TerminateAsync();
            await using var noted = database.DataSource.CreateCommand("select count(*) from fleet.last_position where vehicle = any($1)");
            noted.Parameters.Add(new() { Value = devices.Select(device => device.Vehicle.Value).ToArray() });
            Assert.Equal((long)senders, await noted.ExecuteScalarAsync());
        }
        Directory.Delete(data, recursive: true);
    }
}
