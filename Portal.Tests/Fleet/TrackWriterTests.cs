using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class TrackWriterTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly VehicleId van = VehicleId.New();

    [Fact]
    public async Task Append_OnceDurable_IsInTheTable()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        Assert.True(writer.TryAppend(Reading(van, 0) with { Ignition = true, OdometerKm = 12.5, Attributes = """{"fuel":24}""" }, out var durable));
        Assert.True(await durable);
        Assert.Equal(1, await CountAsync("vehicle = $1 and ignition and odometer_km = 12.5 and attributes->>'fuel' = '24' and flags = 0"));
    }

    [Fact]
    public async Task Append_OfManyAtOnce_WritesEachOnce()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var waits = new List<Task<bool>>();
            for (var second = 0; second < 2_000; second++)
            {
                Assert.True(writer.TryAppend(Reading(van, second), out var durable));
                waits.Add(durable);
            }
            return (await Task.WhenAll(waits)).All(safe => safe);
        })));
        Assert.All(answers, Assert.True);
        Assert.Equal(2_000, await CountAsync("vehicle = $1"));
        Assert.Equal(0, writer.Waiting);
    }

    [Fact]
    public async Task Append_FromTheFuture_GoesToQuarantineAndIsAcknowledged()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        Assert.True(writer.TryAppend([Reading(van, 0) with { Time = Now.AddMinutes(5.1) }, Reading(van, 1), Reading(van, 2) with { Time = Now.AddMinutes(4.9) }], out var durable));
        Assert.True(await durable);
        Assert.Equal(2, await CountAsync("vehicle = $1"));
        Assert.Equal(1, await CountAsync("vehicle = $1 and reason = 'time' and reading->>'Time' is not null", "fleet.quarantined_position"));
    }

    [Fact]
    public async Task Append_WhenTheDayWasRemovedMeanwhile_MakesItAgain()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        writer.TryAppend(Reading(van, 0) with { Time = Now.AddDays(-100) }, out var first);
        Assert.True(await first);
        await using (var drop = database.DataSource.CreateCommand("select fleet.drop_position_day($1, 'infinity')"))
        {
            drop.Parameters.Add(new() { Value = DateOnly.FromDateTime(Now.AddDays(-100).UtcDateTime) });
            Assert.True((bool?)await drop.ExecuteScalarAsync());
        }
        writer.TryAppend(Reading(van, 1) with { Time = Now.AddDays(-100).AddSeconds(1) }, out var second);
        Assert.True(await second);
        Assert.Equal(1, await CountAsync("vehicle = $1"));
    }

    [Fact]
    public async Task Append_OfAReadingTheDatabaseRefuses_SetsItAsideAndGoesOn()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        var readings = Enumerable.Range(0, 20).Select(second => Reading(van, second)).ToArray();
        readings[7] = readings[7] with { Attributes = "no json" };
        Assert.True(writer.TryAppend(readings, out var durable));
        Assert.True(await durable);
        Assert.Equal(19, await CountAsync("vehicle = $1"));
        Assert.Equal(1, await CountAsync("vehicle = $1 and reason = 'unstorable'", "fleet.quarantined_position"));
    }

    [Fact]
    public async Task Append_WhenConnectionsAreCut_LosesNothing()
    {
        await using var writer = await Running.StartAsync(database.DataSource);
        var waits = new List<Task<bool>>();
        for (var second = 0; second < 3_000; second++)
        {
            writer.TryAppend(Reading(van, second), out var durable);
            waits.Add(durable);
            if (second % 500 != 0) continue;
            await using var cut = database.Owner.CreateCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where query like 'insert into fleet.position %' and datname = current_database()");
            await cut.ExecuteScalarAsync();
        }
        Assert.All(await Task.WhenAll(waits), Assert.True);
        Assert.Equal(3_000, await CountAsync("vehicle = $1"));
    }

    /// <summary>Fault 16: while PostgreSQL stands still the queue is bounded and overdue devices keep their records; what was taken is stored afterwards.</summary>
    [Fact]
    public async Task Append_WhileTheDatabaseStandsStill_IsBoundedAndCatchesUp()
    {
        await using var writer = await Running.StartAsync(database.DataSource,
            new TelemetryOptions { QueueCapacity = 200, Writers = 1, AcknowledgeWithin = TimeSpan.FromSeconds(1) });
        await using var holder = await database.Owner.OpenConnectionAsync();
        await using (var standing = await holder.BeginTransactionAsync())
        {
            await using (var stop = new NpgsqlCommand("lock table fleet.position in access exclusive mode", holder, standing)) await stop.ExecuteNonQueryAsync();
            var waits = new List<Task<bool>>();
            for (var second = 0; second < 200; second++)
            {
                Assert.True(writer.TryAppend(Reading(van, second), out var durable));
                waits.Add(durable);
            }
            Assert.False(writer.TryAppend(Reading(van, 200), out _));
            Assert.All(await Task.WhenAll(waits), Assert.False);
            Assert.Equal(200, writer.Waiting);
            await standing.RollbackAsync();
        }
        await Wait.UntilAsync(() => writer.Waiting == 0, "the queue to be written");
        Assert.True(writer.TryAppend(Reading(van, 200), out var after));
        Assert.True(await after);
        Assert.Equal(201, await CountAsync("vehicle = $1"));
    }

    [Fact]
    public async Task Stop_UnderLoad_WritesWhatWasTaken()
    {
        var writer = await Running.StartAsync(database.DataSource);
        var waits = new List<Task<bool>>();
        for (var second = 0; second < 5_000; second++)
            if (writer.TryAppend(Reading(van, second), out var durable)) waits.Add(durable);
        await writer.DisposeAsync();
        Assert.All(await Task.WhenAll(waits), Assert.True);
        Assert.Equal(5_000, await CountAsync("vehicle = $1"));
    }

    [Fact]
    public async Task Retention_CountsFromTheDayOfReceipt()
    {
        var time = new StoppedClock(Now);
        var options = new TelemetryOptions { RetentionDays = 30 };
        var days = new PositionDays();
        var retention = new PositionRetention(database.DataSource, days, options, time, NullLogger<PositionRetention>.Instance);
        await using var writer = await Running.StartAsync(database.DataSource);
        var longAgo = Now.AddDays(-90);
        writer.TryAppend(Reading(van, 0) with { Time = longAgo, Received = longAgo }, out var gone);
        writer.TryAppend(Reading(van, 0) with { Time = longAgo.AddDays(1), Received = longAgo.AddDays(1) }, out var goneBesideImported);
        writer.TryAppend(Reading(van, 0) with { Time = longAgo.AddDays(1).AddHours(1), Received = Now }, out var imported);
        writer.TryAppend(Reading(van, 0), out var fresh);
        Assert.All(await Task.WhenAll(gone, goneBesideImported, imported, fresh), Assert.True);

        Assert.True(await retention.RemoveOldAsync(CancellationToken.None));
        Assert.Equal(2, await CountAsync("vehicle = $1"));
        Assert.Equal(2, await CountAsync("vehicle = $1 and received >= '2026-03-01'"));
        await using var partition = database.DataSource.CreateCommand("select to_regclass('fleet.position_20251201') is null and to_regclass('fleet.position_20251202') is not null");
        Assert.True((bool?)await partition.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Retention_BesideAnotherNode_LeavesItTheWork()
    {
        await using var other = await AdvisoryLock.TryTakeAsync(database.DataSource, PositionRetention.LockName, CancellationToken.None);
        Assert.NotNull(other);
        var retention = new PositionRetention(database.DataSource, new PositionDays(), new TelemetryOptions(), TimeProvider.System, NullLogger<PositionRetention>.Instance);
        Assert.False(await retention.RemoveOldAsync(CancellationToken.None));
    }

    private PositionReading Reading(VehicleId vehicle, int second) => new()
    {
        Vehicle = vehicle,
        Device = DeviceId.New(),
        Time = Now.AddSeconds(second - 20_000),
        Received = Now,
        Point = new GeoPoint(50, 30),
        SpeedKmh = 36,
    };

    private async Task<long> CountAsync(string where, string table = "fleet.position")
    {
        await using var command = database.DataSource.CreateCommand($"select count(*) from {table} where {where}");
        command.Parameters.Add(new() { Value = van.Value });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class Running(TrackWriter writer) : IAsyncDisposable
    {
        public int Waiting => writer.Waiting;

        public static async Task<Running> StartAsync(NpgsqlDataSource database, TelemetryOptions? options = null)
        {
            var writer = new TrackWriter(database, new PositionDays(), options ?? new TelemetryOptions(), TimeProvider.System, NullLogger<TrackWriter>.Instance);
            await writer.StartAsync(CancellationToken.None);
            return new Running(writer);
        }

        public bool TryAppend(PositionReading reading, out Task<bool> durable) => writer.TryAppend(reading, out durable);

        public bool TryAppend(PositionReading[] readings, out Task<bool> durable) => writer.TryAppend(readings, out durable);

        public async ValueTask DisposeAsync()
        {
            await writer.StopAsync(CancellationToken.None);
            writer.Dispose();
        }
    }
}
