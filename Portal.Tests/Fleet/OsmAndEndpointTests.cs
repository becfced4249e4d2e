using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class OsmAndEndpointTests(PortalDatabase database) : IClassFixture<PortalDatabase>, IAsyncLifetime
{
    private TelemetryHost host = null!;
    private TestDevice device = null!;
    private TestDevice other = null!;

    public async Task InitializeAsync()
    {
        var devices = await TestDevice.AddAsync(database.DataSource, 2);
        (device, other) = (devices[0], devices[1]);
        host = await TelemetryHost.StartAsync(database.DataSource);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Message_OnceAcknowledged_IsStored()
    {
        var time = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=50.25&lon=30.5&speed=10&batt=80&timestamp={time}&rpm=900"));
        Assert.Equal((50.25, 18.52f, 900), await RowAsync<double, float, int>("latitude, speed_kmh, (attributes->>'rpm')::int"));
        Assert.Equal(50.25, host.Get<LiveFleet>().Find(device.Vehicle)!.Point.Latitude);
    }

    [Fact]
    public async Task Measurements_ThatCannotBe_AreNamedInsteadOfStored()
    {
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?{Point}&batt=abc&rpm=900&speed=-1e308&bearing=9999"));
        Assert.Equal((true, 900, "batt speed bearing"), await RowAsync<bool, int, string>("speed_kmh is null and battery_percent is null and heading_deg is distinct from 9999, (attributes->>'rpm')::int, attributes->>'unread'"));
    }

    [Theory]
    [InlineData("path")]
    [InlineData("secret")]
    [InlineData("key")]
    [InlineData("header")]
    [InlineData("bearer")]
    public async Task Secret_TravelsInEveryWayPhonesCan(string way)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, way == "path" ? $"/osmand/{device.Secret}?{Point}" : way is "secret" or "key" ? $"/osmand?{Point}&{way}={device.Secret}" : $"/osmand/?{Point}");
        if (way == "header") request.Headers.Add("X-Device-Secret", device.Secret);
        if (way == "bearer") request.Headers.Authorization = new("Bearer", device.Secret);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Form_AndJson_AreTaken()
    {
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["id"] = device.Key, ["lat"] = "50", ["lon"] = "30" });
        Assert.Equal(HttpStatusCode.OK, (await host.Http.PostAsync($"/osmand/{device.Secret}", form)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await PostJsonAsync(device.Secret, Json(device.Key, 50.001, 30)));
        Assert.Equal(2, await CountAsync());
    }

    /// <summary>Attack 37: no secret or another device's.</summary>
    [Fact]
    public async Task Secret_MissingOrOfAnotherDevice_IsRefusedAndCounted()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"/osmand?{Point}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"/osmand/{other.Secret}?{Point}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"/osmand/{new string('x', 5000)}?{Point}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostJsonAsync(other.Secret, Json(device.Key, 50, 30)));
        Assert.Equal(0, await CountAsync());
        Assert.Null(host.Get<LiveFleet>().Find(device.Vehicle));

        await host.Get<FleetMemory>().NoteAsync(CancellationToken.None);
        await using var refused = database.DataSource.CreateCommand("select refused from fleet.device_activity where device = $1 and last_refused_at is not null");
        refused.Parameters.Add(new() { Value = device.Id.Value });
        Assert.Equal(4L, await refused.ExecuteScalarAsync());
    }

    /// <summary>A flood of refused messages leaves a few rows, by which an administrator sees who tries from where.</summary>
    [Fact]
    public async Task Refusals_ManyOfAKind_LeaveOneAuditRowEachAnHour()
    {
        for (var i = 0; i < 20; i++)
        {
            await GetAsync($"/osmand/wrong?{Point}");
            await GetAsync($"/osmand/wrong?id=stranger-{i}&lat=50&lon=30");
        }
        await host.Get<RefusedDevices>().WriteAsync(CancellationToken.None);
        await host.Get<RefusedDevices>().WriteAsync(CancellationToken.None);

        await using var command = database.DataSource.CreateCommand("""
            select user_name, object_id, origin, after->>'What' from core.audit where object_kind = 'Device' and (object_id = $1 or user_name like 'stranger%') order by 4
            """);
        command.Parameters.Add(new() { Value = device.Id.Value });
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        Assert.Equal((device.Key, device.Id.Value, "device-secret"), (rows.GetString(0), rows.GetGuid(1), rows.GetString(3)));
        Assert.EndsWith("127.0.0.1", rows.GetString(2), StringComparison.Ordinal);
        Assert.True(await rows.ReadAsync());
        Assert.Equal(("stranger-0", Guid.Empty, "device-unknown"), (rows.GetString(0), rows.GetGuid(1), rows.GetString(3)));
        Assert.False(await rows.ReadAsync());
    }

    [Fact]
    public async Task Device_Unknown_IsRefused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await GetAsync($"/osmand/{device.Secret}?id=nobody&lat=50&lon=30"));
        Assert.Equal(HttpStatusCode.NotFound, await PostJsonAsync(device.Secret, Json("nobody", 50, 30)));
    }

    [Fact]
    public async Task Device_WhenRevoked_IsRefusedAtOnce()
    {
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?{Point}"));
        await ExecuteAsync("update fleet.device set revoked_at = now() where id = $1");
        await host.Get<DeviceDirectory>().ReloadAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync($"/osmand/{device.Secret}?{Point}"));
    }

    [Fact]
    public async Task Device_WhenChangedElsewhere_IsReadAnew()
    {
        await ExecuteAsync("update fleet.device set vehicle = null where id = $1");
        await Wait.UntilAsync(async () => await GetAsync($"/osmand/{device.Secret}?{Point}") == HttpStatusCode.Conflict, "the device to be taken out of its vehicle");
    }

    /// <summary>Attacks 29, 31, 39 and what else cannot be true; all of it leaves nothing behind.</summary>
    [Theory]
    [InlineData("id=..%2F..%2Fetc%2Fpasswd&lat=50&lon=30")]
    [InlineData("id=%2Fetc%2Fpasswd&lat=50&lon=30")]
    [InlineData("id=a%00b&lat=50&lon=30")]
    [InlineData("lat=50&lon=30")]
    [InlineData("id={key}&lat=91&lon=30")]
    [InlineData("id={key}&lat=NaN&lon=30")]
    [InlineData("id={key}&lat=50&lon=30&timestamp=soon")]
    public async Task Message_ThatCannotBeTrue_IsRefused(string query)
    {
        var response = await host.Http.GetAsync($"/osmand/{device.Secret}?{query.Replace("{key}", device.Key)}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
        Assert.Equal(0, await CountAsync());
    }

    /// <summary>Attack 39: the year 2099 goes to quarantine, a jump of 2,000 km and 0,0 are kept and flagged; none reaches the map.</summary>
    [Fact]
    public async Task Message_WithDirt_IsKeptApart()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=50&lon=30&timestamp={now - 60}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=50&lon=58&timestamp={now - 50}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=0&lon=0&timestamp={now - 40}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&cell=257,02,16,2224&timestamp={now - 30}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=50&lon=30&timestamp=2099-01-01T00:00:00Z"));

        await using var flags = database.DataSource.CreateCommand("select array_agg(flags order by time) from fleet.position where vehicle = $1");
        flags.Parameters.Add(new() { Value = device.Vehicle.Value });
        Assert.Equal([0, (short)PositionFlags.Jump, (short)PositionFlags.NullIsland, (short)PositionFlags.NoFix], (short[])(await flags.ExecuteScalarAsync())!);
        await using var quarantine = database.DataSource.CreateCommand("select extract(year from time)::int from fleet.quarantined_position where device = $1 and reason = 'time'");
        quarantine.Parameters.Add(new() { Value = device.Id.Value });
        Assert.Equal(2099, await quarantine.ExecuteScalarAsync());
        Assert.Equal(now - 60, host.Get<LiveFleet>().Find(device.Vehicle)!.Time.ToUnixTimeSeconds());
    }

    /// <summary>Attack 38 and fault 5: a batch sent three times, shuffled, leaves the same table as sent once.</summary>
    [Fact]
    public async Task Batch_SentThreeTimesShuffled_IsStoredOnce()
    {
        var start = DateTimeOffset.UtcNow.AddMinutes(-10).ToUnixTimeSeconds();
        var messages = Enumerable.Range(0, 200).Select(i => $"/osmand/{device.Secret}?id={device.Key}&lat={50 + i / 10_000.0}&lon=30&timestamp={start + i}").ToList();
        foreach (var message in messages) Assert.Equal(HttpStatusCode.OK, await GetAsync(message));
        var once = await TableAsync();

        var again = Enumerable.Repeat(messages, 3).SelectMany(m => m).ToArray();
        new Random(7).Shuffle(again);
        await Parallel.ForEachAsync(again, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (message, _) => Assert.Equal(HttpStatusCode.OK, await GetAsync(message)));
        Assert.Equal(once, await TableAsync());
        Assert.Equal(200, await CountAsync());
    }

    [Fact]
    public async Task Message_OfAPastDay_MakesItsPartition()
    {
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?id={device.Key}&lat=60&lon=30&timestamp=1377177267"));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Device_BeyondItsAllowance_IsToldToWait()
    {
        await using var strict = await TelemetryHost.StartAsync(database.DataSource, new TelemetryOptions { DeviceRate = 0.001, DeviceBurst = 2 });
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++) answers.Add((await strict.Http.GetAsync($"/osmand/{device.Secret}?{Point}")).StatusCode);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers);
        Assert.Equal(HttpStatusCode.OK, (await strict.Http.GetAsync($"/osmand/{other.Secret}?id={other.Key}&lat=50&lon=30")).StatusCode);
    }

    /// <summary>Attack 40: a frame beyond the bound is refused, a client that dribbles is cut off, and nobody else notices.</summary>
    [Fact]
    public async Task Body_BeyondTheBound_IsRefused()
    {
        var content = new StringContent(new string('x', OsmAndDecoder.MaxBodyBytes + 1), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.Http.PostAsync($"/osmand/{device.Secret}", content)).StatusCode);

        using var endless = new TcpClient();
        await endless.ConnectAsync(host.Address.Host, host.Address.Port);
        var stream = endless.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /osmand?id=" + new string('a', 20_000)));
        Assert.StartsWith("HTTP/1.1 414", await ReadToEndAsync(stream));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/osmand/{device.Secret}?{Point}"));
    }

    [Fact]
    public async Task Body_BeyondTheBound_IsNoFaultOfOurs()
    {
        using var log = new LogLines(LogLevel.Warning);
        await using var heard = await TelemetryHost.StartAsync(database.DataSource, log: log);

        var content = new StringContent(new string('x', 70_000), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await heard.Http.PostAsync($"/osmand/{device.Secret}", content)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await heard.Http.GetAsync($"/osmand/{device.Secret}?{Point}")).StatusCode);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task Client_ThatDribbles_IsCutOffWhileOthersAreServed()
    {
        await using var impatient = await TelemetryHost.StartAsync(database.DataSource, limits: limits =>
        {
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromMilliseconds(1100));
        });
        var dribblers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var client = new TcpClient();
            await client.ConnectAsync(impatient.Address.Host, impatient.Address.Port);
            var head = i % 2 == 0 ? "GET /osmand?id=slow HTTP/1.1\r\nHost: x\r\n" : "POST /osmand HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            return client;
        }));
        Assert.Equal(HttpStatusCode.OK, (await impatient.Http.GetAsync($"/osmand/{device.Secret}?{Point}")).StatusCode);
        foreach (var dribbler in dribblers)
        {
            Assert.DoesNotContain(" 200 ", await ReadToEndAsync(dribbler.GetStream()));
            dribbler.Dispose();
        }
    }

    [Fact]
    public async Task Path_ThatIsNoDevices_GoesOn()
    {
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/osmandish?id=1"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/"));
    }

    [SharedDataFact("protocols/protocol-samples.json")]
    public async Task Samples_OfTheWire_AreAnsweredAsExpected()
    {
        using var file = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.File("protocols/protocol-samples.json")));
        foreach (var sample in file.RootElement.GetProperty("protocols").GetProperty("osmand").GetProperty("samples").EnumerateArray())
        {
            var target = sample.GetProperty("target").GetString()!;
            var body = sample.TryGetProperty("body", out var json) ? json.GetString()! : null;
            if (sample.GetProperty("expected") is { ValueKind: JsonValueKind.Object } expected)
            {
                var key = expected.GetProperty("deviceId").GetString()!;
                target = target.Replace($"id={key}", $"id={device.Key}");
                body = body?.Replace(key, device.Key);
            }
            var url = $"/osmand/{device.Secret}{target[1..]}";
            var answer = body is null ? await GetAsync(url) : await PostJsonAsync(device.Secret, body);
            Assert.Equal(sample.GetProperty("expectedHttpStatus").GetInt32(), (int)answer);
        }
        // One is refused, and two tell of the same second, now of the same device.
        Assert.Equal(8 - 1 - 1, await CountAsync());
    }

    private string Point => $"id={device.Key}&lat=50&lon=30";

    private async Task<HttpStatusCode> GetAsync(string url)
    {
        using var response = await host.Http.GetAsync(url);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PostJsonAsync(string secret, string body)
    {
        using var response = await host.Http.PostAsync($"/osmand/{secret}", new StringContent(body, Encoding.UTF8, "application/json"));
        return response.StatusCode;
    }

    private static string Json(string key, double latitude, double longitude) =>
        JsonSerializer.Serialize(new { location = new { coords = new { latitude, longitude } }, device_id = key });

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = device.Id.Value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync()
    {
        await using var command = database.DataSource.CreateCommand("select count(*) from fleet.position where vehicle = $1");
        command.Parameters.Add(new() { Value = device.Vehicle.Value });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<string> TableAsync()
    {
        await using var command = database.DataSource.CreateCommand("select md5(string_agg(p::text, '|' order by time)) from fleet.position p where vehicle = $1");
        command.Parameters.Add(new() { Value = device.Vehicle.Value });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task<(T1, T2, T3)> RowAsync<T1, T2, T3>(string columns)
    {
        await using var command = database.DataSource.CreateCommand($"select {columns} from fleet.position where vehicle = $1");
        command.Parameters.Add(new() { Value = device.Vehicle.Value });
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        return (rows.GetFieldValue<T1>(0), rows.GetFieldValue<T2>(1), rows.GetFieldValue<T3>(2));
    }
}
