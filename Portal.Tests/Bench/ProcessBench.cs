using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Tests.Support;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Bench;

/// <summary>
/// How many user-task steps a second become durable with sixteen clients, against the same rows written by hand through Npgsql;
/// what a hundred times more open instances cost; and how long a start takes while a million timers sleep.
/// A step completes a task with a deadline: one task and one job close, another of each opens, four lines of history, an audit row.
/// </summary>
internal static class ProcessBench
{
    private const int Clients = 16;
    private const string Key = "round";

    private static readonly string Map = $"""
        <definitions id="d" targetNamespace="bench" xmlns="{BpmnXml.Model}" xmlns:portal="{BpmnXml.Portal}"><process id="{Key}" isExecutable="true">
          <startEvent id="begin"/>
          <userTask id="work" name="Work on it"><extensionElements>
            <portal:assignment candidateRoles="sales"/><portal:schedule due="P30D" escalateTo="sales-head"/>
            <portal:form><portal:field key="over" label="Over?" type="boolean"/><portal:field key="note" label="Note" type="text"/></portal:form>
          </extensionElements></userTask>
          <exclusiveGateway id="gate" default="again"/><endEvent id="end"/>
          <sequenceFlow id="f1" sourceRef="begin" targetRef="work"/><sequenceFlow id="f2" sourceRef="work" targetRef="gate"/>
          <sequenceFlow id="again" sourceRef="gate" targetRef="work"/>
          <sequenceFlow id="f3" sourceRef="gate" targetRef="end"><conditionExpression>over</conditionExpression></sequenceFlow>
        </process></definitions>
        """;

    private static readonly ContextValue Values = ContextValue.Of(("over", Value.False), ("note", Value.Of("called again, wants a better price")));

    private static readonly Actor Seller = new()
    {
        UserId = Guid.CreateVersion7(), Name = "Sal Bench", Permissions = new[] { Permissions.ProcessStart, Permissions.TasksWork, Permissions.MapsDraw, Permissions.MapsPublish }.ToFrozenSet(),
        Roles = new[] { "sales" }.ToFrozenSet(), Origin = "bench",
    };

    public static async Task RunAsync(Measurements measurements)
    {
        var (few, many) = measurements.Quick ? (500, 5_000) : (1_000, 100_000);
        await using (var small = await Works.OpenAsync(few))
        await using (var large = await Works.OpenAsync(many))
        {
            measurements.Progress($"  {few} and {many} open instances stand");
            await StepsAsync(measurements, small, large);
        }
        await ReadyAsync(measurements, measurements.Quick ? 50_000 : 1_000_000);
    }

    /// <summary>The three are measured in turns, so that none has the quieter machine; medians and the median of the ratios count.</summary>
    private static async Task StepsAsync(Measurements measurements, Works small, Works large)
    {
        var rounds = measurements.Quick ? 3 : 9;
        var steps = measurements.Quick ? 1_500 : 6_000;
        List<double> runner = [], raw = [], slowdown = [], p99 = [];
        long heap = 0;
        for (var round = -1; round < rounds; round++)
        {
            var latencies = new List<double>();
            var mine = steps / await TimeAsync(small, steps, small.StepAsync, latencies);
            var bare = steps / await TimeAsync(small, steps, small.RawStepAsync, []);
            var crowded = steps / await TimeAsync(large, steps, large.StepAsync, []);
            measurements.Progress(string.Create(CultureInfo.InvariantCulture, $"  runner {mine:0}/s, raw {bare:0}/s, among many {crowded:0}/s, p99 {Percentile.Of(latencies, 0.99):0.0} ms"));
            if (round < 0)
            {
                heap = GC.GetTotalMemory(forceFullCollection: true);
                continue;
            }
            runner.Add(mine);
            raw.Add(bare);
            slowdown.Add(100 * (1 - crowded / mine));
            p99.Add(Percentile.Of(latencies, 0.99));
        }
        measurements.Report("process.steps", Percentile.Of(runner, 0.5), "steps/s", Percentile.Of(raw, 0.5));
        measurements.Report("process.p99", Percentile.Of(p99, 0.5), "ms");
        measurements.Report("process.slowdown", Percentile.Of(slowdown, 0.5), "%");
        measurements.Report("process.heap_growth", (GC.GetTotalMemory(forceFullCollection: true) - heap) / 1024.0 / 1024.0, "MB");
    }

    private static async Task<double> TimeAsync(Works works, int steps, Func<int, Random, Task> step, List<double> latencies)
    {
        var began = Stopwatch.GetTimestamp();
        var left = steps;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(20260302 + client);
            var own = new List<double>();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var at = Stopwatch.GetTimestamp();
                await step(client, random);
                own.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
            lock (latencies) latencies.AddRange(own);
        })));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Seconds from the start of the process until it says it is ready, with so many timers asleep; and without any in the same run.</summary>
    private static async Task ReadyAsync(Measurements measurements, int timers)
    {
        var database = new PortalDatabase();
        await database.InitializeAsync();
        var data = TestServer.NewFolder();
        try
        {
            await SecondsAsync(data, database);
            var none = await SecondsAsync(data, database);
            await using (var fill = database.Owner.CreateCommand($"""
                insert into process.job (id, kind, node, due, attempts) select gen_random_uuid(), 'Timer', 'wait', now() + interval '1 day' + i * interval '1 second', 0 from generate_series(1, {timers}) i;
                analyze process.job;
                """))
            {
                fill.CommandTimeout = 0;
                await fill.ExecuteNonQueryAsync();
            }
            measurements.Report("process.ready", await SecondsAsync(data, database), "s", none);
        }
        finally
        {
            if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
            await database.DisposeAsync();
        }
    }

    private static async Task<double> SecondsAsync(string data, PortalDatabase database)
    {
        Directory.CreateDirectory(data);
        var began = Stopwatch.GetTimestamp();
        await using var portal = await PortalProcess.StartAsync(data, database.OwnerConnection);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A database with open instances of the bench's map, each at its task.</summary>
    private sealed class Works : IAsyncDisposable
    {
        private static readonly string[] Sales = ["sales"], Nodes = ["work"], Kinds = ["Left", "Entered", "Left", "Entered"];

        private readonly PortalDatabase database;
        private readonly ServiceProvider services;
        private readonly NpgsqlDataSource source;
        private readonly ProcessRunner runner;
        private readonly Guid[] instances;
        private readonly int[] done;
        // what the raw steps of each client write on: its instance, the open task and job there, lines of history so far
        private readonly Guid[] raw, open, jobs;
        private readonly long[] lines;
        private byte[] state = [];
        private int first;
        private int each;

        private Works(PortalDatabase database, int count)
        {
            this.database = database;
            source = database.Pooled(100);
            services = new ServiceCollection().AddLogging().AddSingleton(source).AddPortalDb().AddProcesses().BuildServiceProvider();
            runner = services.GetRequiredService<ProcessRunner>();
            (instances, done) = (new Guid[count], new int[count]);
            (raw, open, jobs, lines) = (new Guid[Clients], new Guid[Clients], new Guid[Clients], new long[Clients]);
        }

        public static async Task<Works> OpenAsync(int count)
        {
            var database = new PortalDatabase();
            await database.InitializeAsync();
            var works = new Works(database, count);
            await works.FillAsync();
            return works;
        }

        private async Task FillAsync()
        {
            var library = services.GetRequiredService<MapLibrary>();
            await library.PublishAsync(Key, (await library.SaveDraftAsync(Map, null, Seller, default)).Revision, Seller, default);
            await Parallel.ForEachAsync(Enumerable.Range(0, instances.Length), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (i, ct) =>
                instances[i] = (await runner.StartAsync(Key, null, ContextValue.Empty, Seller, ct: ct)).Value);
            for (var i = 0; i < Clients; i++) raw[i] = (await runner.StartAsync(Key, null, ContextValue.Empty, Seller)).Value;
            Learn();
            await using var analyze = database.Owner.CreateCommand("vacuum analyze");
            await analyze.ExecuteNonQueryAsync();
        }

        /// <summary>Task ids are made of the instance's id and a number, which grows by the same in every step: learnt once, so that a client need not ask.</summary>
        private void Learn()
        {
            var map = MapDocument.Parse(Map).ToMap().Process;
            var begun = ProcessEngine.Step(map, InstanceState.New(raw[0], Key), new Start(ContextValue.Empty), DateTimeOffset.UtcNow);
            var numbers = new List<int>();
            for (var i = 0; i < 3; i++)
            {
                var task = begun.Commands.OfType<CreateTask>().Single().Task;
                numbers.Add(Enumerable.Range(1, begun.State.Counter).Single(n => DerivedId.Of(raw[0], n) == task));
                begun = ProcessEngine.Step(map, begun.State, new TaskCompleted(task, Values), DateTimeOffset.UtcNow);
            }
            (first, each) = (numbers[0], numbers[1] - numbers[0]);
            if (numbers[2] - numbers[1] != each) throw new InvalidOperationException("The numbers of tasks do not grow evenly.");
            state = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(begun.State, StateJson.Options);
        }

        /// <summary>Completes the open task of some instance of this client's.</summary>
        public async Task StepAsync(int client, Random random)
        {
            // few instances get most of the work, and no two clients the same one
            var share = instances.Length / Clients;
            var i = client + Clients * (int)(share * Math.Pow(random.NextDouble(), 2));
            await runner.CompleteAsync(new(DerivedId.Of(instances[i], first + each * done[i]++)), Values, Seller);
        }

        /// <summary>The rows of one step, written by hand: the same two round trips, without an engine.</summary>
        public async Task RawStepAsync(int client, Random random)
        {
            var (id, old, task, job) = (raw[client], Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
            var now = DateTime.UtcNow;
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var read = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Command("select i.id, i.definition, i.business_kind, i.business_id, i.branch, i.ancestors, i.revision, i.state from process.instance i where i.id = any(array(select unnest(c.ancestors || c.id) from process.instance c where c.id = $1)) order by i.depth for update", id),
                    Command("select id, node, assignee, candidate_users, candidate_roles, branch, closed_at, closed_by_name, outcome, excluded from process.task where id = $1 for no key update", open[client]),
                }
            })
            {
                await read.PrepareAsync();
                await using var rows = await read.ExecuteReaderAsync();
                while (await rows.ReadAsync()) _ = rows.GetFieldValue<byte[]>(7);
                await rows.NextResultAsync();
                while (await rows.ReadAsync()) _ = rows.GetFieldValue<string[]>(4);
            }
            await using var write = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Command("insert into process.job (id, instance, kind, node, due, retry, attempts) values ($1, $2, 'Escalation', 'work', $3, null, 0)", job, id, now.AddDays(30)),
                    Command("insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, after) values ($1, $2, 'Sal Bench', 'bench', 'ProcessTask', $3, 'changed', $4)", now, Seller.UserId, old, Json("""{"node":"work","values":{"over":false,"note":"called again, wants a better price"}}"""u8.ToArray())),
                    Command("""
                        insert into process.task (id, instance, key, node, token, title, assignee, candidate_users, candidate_roles, due, escalate_to, priority, given, stage, business_kind, business_id, branch, created_at, excluded)
                        values ($1, $2, 'round', 'work', 2, $3, null, $4, $5, $6, 'sales-head', 50, $7, null, null, null, null, $8, '{}')
                        """, task, id, Json("""{"default":"Work on it","byLanguage":{}}"""u8.ToArray()), Array.Empty<Guid>(), Sales, now.AddDays(30), Json("""{"over":false,"note":"called again, wants a better price"}"""u8.ToArray()), now),
                    Command("update process.task set closed_at = $2, closed_by = $3, closed_by_name = 'Sal Bench', outcome = 'Completed', success = null, assignee = coalesce(assignee, $3) where id = $1", open[client], now, Seller.UserId),
                    Command("delete from process.job where id = $1", jobs[client]),
                    Command("update process.instance set revision = revision + 1, definition = definition, state = $2, status = 'Running', stage = null, nodes = $3, ended_at = null, end_note = null where id = $1", id, Json(state), Nodes),
                    Command("""
                        insert into process.history (instance, ordinal, at, kind, node, token, detail, success, by_user, by_name)
                        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                        """, Same(id), Ordinals(ref lines[client]), Same(now), Kinds, Same("work"), Same(2), new string?[4], new NpgsqlParameter { Value = new bool?[4], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean }, Same(Seller.UserId), Same("Sal Bench")),
                    new("commit"),
                }
            };
            await write.PrepareAsync();
            await write.ExecuteNonQueryAsync();
            (open[client], jobs[client]) = (task, job);
        }

        private static T[] Same<T>(T value) => [value, value, value, value];

        private static long[] Ordinals(ref long last) => [++last << 21, (last << 21) + 1, (last << 21) + 2, (last << 21) + 3];

        private static NpgsqlParameter Json(byte[] value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Jsonb };

        private static NpgsqlBatchCommand Command(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
            return command;
        }

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await source.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
