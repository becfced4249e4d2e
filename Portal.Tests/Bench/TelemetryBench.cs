using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>
/// How many positions become durable in a second. <c>telemetry.intake</c>: decoder, intake, live fleet and writer, against
/// multi-row inserts of the same rows; <c>telemetry.http</c>: acknowledged requests, against a server that only answers 200.
/// </summary>
internal static class TelemetryBench
{
    private const int Devices = 1_000;
    private const int BatchRows = 5_000;
    private const int Connections = Devices;
    private const int Seed = 20260301;

    // A bench is one loud device park, and waits for a slow machine.
    private static readonly TelemetryOptions Unthrottled = new() { DeviceRate = 1_000_000, DeviceBurst = 1_000_000, AcknowledgeWithin = TimeSpan.FromMinutes(5) };

    public static async Task RunAsync(Measurements measurements)
    {
        var database = new PortalDatabase();
        await database.InitializeAsync();
        try
        {
            var devices = await TestDevice.AddAsync(database.DataSource, Devices);
            await IntakeAsync(measurements, database, devices);
            await HttpAsync(measurements, database, devices);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>Both ways write the same rows in turns, so that neither has the quieter machine; the median of the ratios counts.</summary>
    private static async Task IntakeAsync(Measurements measurements, PortalDatabase database, IReadOnlyList<TestDevice> devices)
    {
        var rounds = measurements.Quick ? 1 : 5;
        var rows = measurements.Quick ? 50_000 : 400_000;
        await using var host = await TelemetryHost.StartAsync(database.DataSource, Unthrottled);
        var taken = new List<double>();
        var raw = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            // Each round has an hour of its own: neither way meets rows that are already there. The first warms up.
            var from = DateTimeOffset.UtcNow.Date.AddHours(-1 - 2 * (round + 1));
            var messages = Messages(devices, new DateTimeOffset(from, TimeSpan.Zero), rows);
            var intake = await TimeAsync(() => TakeAsync(host.Get<TelemetryIntake>(), messages, devices));
            var readings = Readings(devices, new DateTimeOffset(from.AddHours(-1), TimeSpan.Zero), rows);
            var insert = await TimeAsync(() => InsertAsync(database.DataSource, readings));
            measurements.Progress(string.Create(CultureInfo.InvariantCulture, $"  intake {rows / intake:0}/s, raw {rows / insert:0}/s"));
            if (round < 0) continue;
            taken.Add(rows / intake);
            raw.Add(rows / insert);
        }
        measurements.Report("telemetry.intake", Median(taken), "positions/s", Median(raw));
    }

    private static async Task TakeAsync(TelemetryIntake intake, List<(string Query, int Device)> messages, IReadOnlyList<TestDevice> devices)
    {
        // One task stands for a whole batch; the oldest is waited for where the queue is full.
        var batches = new Queue<Task<bool>>();
        Task<bool>? newest = null;
        foreach (var (query, device) in messages)
        {
            if (!OsmAndDecoder.TryReadParameters(query, out var message)) throw new InvalidOperationException(query);
            IntakeAnswer answer;
            Task<bool> durable;
            while ((answer = intake.Accept(message, devices[device].Secret, out durable)) == IntakeAnswer.Busy) await DurableAsync(batches.Dequeue());
            if (answer != IntakeAnswer.Taken) throw new InvalidOperationException(answer.ToString());
            if (!ReferenceEquals(durable, newest)) batches.Enqueue(newest = durable);
        }
        while (batches.TryDequeue(out var batch)) await DurableAsync(batch);
    }

    private static async Task DurableAsync(Task<bool> batch)
    {
        if (!await batch) throw new InvalidOperationException("Not durable in time.");
    }

    private static async Task InsertAsync(NpgsqlDataSource database, List<PositionReading> readings)
    {
        var halves = new[] { readings[..(readings.Count / 2)], readings[(readings.Count / 2)..] };
        await Task.WhenAll(halves.Select(half => Task.Run(async () =>
        {
            await using var connection = await database.OpenConnectionAsync();
            var insert = new PositionInsert();
            for (var i = 0; i < half.Count; i += BatchRows) await insert.WriteAsync(connection, half.GetRange(i, Math.Min(BatchRows, half.Count - i)), CancellationToken.None);
        })));
    }

    private static async Task HttpAsync(Measurements measurements, PortalDatabase database, IReadOnlyList<TestDevice> devices)
    {
        var rounds = measurements.Quick ? 1 : 5;
        var requests = measurements.Quick ? 20_000 : 150_000;
        await using var host = await TelemetryHost.StartAsync(database.DataSource, Unthrottled);
        await using var bare = await StartBareAsync();
        var bareAddress = new Uri(bare.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        var acknowledged = new List<double>();
        var limit = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var from = new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddDays(-2).AddHours(round + 1), TimeSpan.Zero);
            var frames = Messages(devices, from, requests)
                .ConvertAll(m => Encoding.ASCII.GetBytes($"GET /osmand/{devices[m.Device].Secret}?{m.Query} HTTP/1.1\r\nHost: portal\r\n\r\n"));
            var portal = await TimeAsync(() => SendAsync(host.Address, frames));
            var nothing = await TimeAsync(() => SendAsync(bareAddress, frames));
            measurements.Progress(string.Create(CultureInfo.InvariantCulture, $"  http {requests / portal:0}/s, bare {requests / nothing:0}/s"));
            if (round < 0) continue;
            acknowledged.Add(requests / portal);
            limit.Add(requests / nothing);
        }
        measurements.Report("telemetry.http", Median(acknowledged), "requests/s", Median(limit));
    }

    private static async Task<WebApplication> StartBareAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Use(_ => context =>
        {
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>As many connections as devices; each sends its next request when the one before is answered, as a phone does.</summary>
    private static async Task SendAsync(Uri address, List<byte[]> frames)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            var answer = new byte[512];
            for (int i; (i = Interlocked.Increment(ref next)) < frames.Count;)
            {
                await socket.SendAsync(frames[i]);
                var length = await socket.ReceiveAsync(answer);
                while (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) length += await socket.ReceiveAsync(answer.AsMemory(length));
                if (!answer.AsSpan().StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(Encoding.ASCII.GetString(answer, 0, length));
            }
        }));
    }

    // Some vehicles report far more often than others, none stands in line.
    private static List<(string Query, int Device)> Messages(IReadOnlyList<TestDevice> devices, DateTimeOffset from, int count) =>
        Moves(devices.Count, from, count).ConvertAll(m => (string.Create(CultureInfo.InvariantCulture,
            $"id={devices[m.Device].Key}&timestamp={m.Time.ToUnixTimeMilliseconds()}&lat={m.Point.Latitude:0.000000}&lon={m.Point.Longitude:0.000000}&speed=24.5&bearing=187.5&altitude=145.0&accuracy=8.0&batt=76"), m.Device));

    private static List<PositionReading> Readings(IReadOnlyList<TestDevice> devices, DateTimeOffset from, int count) =>
        Moves(devices.Count, from, count).ConvertAll(m => new PositionReading
        {
            Vehicle = devices[m.Device].Vehicle,
            Device = devices[m.Device].Id,
            Time = m.Time,
            Received = from,
            Point = m.Point,
            SpeedKmh = 45.374,
            HeadingDeg = 187.5,
            AltitudeM = 145,
            AccuracyM = 8,
            BatteryPercent = 76,
        });

    private static List<(int Device, DateTimeOffset Time, GeoPoint Point)> Moves(int devices, DateTimeOffset from, int count)
    {
        var random = new Random(Seed);
        var step = TimeSpan.FromHours(1) / count;
        var moves = new List<(int, DateTimeOffset, GeoPoint)>(count);
        for (var i = 0; i < count; i++)
        {
            var device = (int)(devices * Math.Pow(random.NextDouble(), 2));
            moves.Add((device, from.AddMilliseconds(Math.Floor(step.TotalMilliseconds * i)), new GeoPoint(50 + device / 10_000.0 + i * 1e-7, 30 + i * 1e-7)));
        }
        return moves;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
