using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// Runs the jobs of instances when they come due: timers, asynchronous nodes, continuations, escalations. A job is leased, its work
/// takes the instance's lock, and the job's row goes in the same transaction; so a job that two workers have in hand is done once.
/// No timer lives in memory: a start reads nothing, however many sleep.
/// </summary>
public sealed class JobWorker(
    NpgsqlDataSource database, ProcessRunner runner, CompanyClock clock, WorkHints hints, TimeProvider time, ILogger<JobWorker> log) : BackgroundService
{
    private const int Batch = 64;
    private const int AtOnce = 4;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly Actor Actor = Actor.System("process-worker");

    private readonly ChannelReader<bool> bell = hints.Listen();

    private sealed record Job(Guid Id, Guid? Instance, Guid? Definition, string Kind, string? Node, string? Retry, string? Payload, int Attempts);

    /// <summary>Takes the jobs that are due and runs each once; how many were in hand.</summary>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        await using var lease = new Lease(database, "process.job", time);
        var jobs = await TakeAsync(lease.Token, ct);
        try
        {
            await Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (job, stop) => await RunAsync(job, stop));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await lease.GiveBackAsync();
            throw;
        }
        return jobs.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
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
                // whatever it was, the rows stay, and their lease ends
                log.LogError(failure, "The jobs of processes stand still for a moment");
                await bell.WaitAsync(Poll, time, stopping);
            }
        }
    }

    private async Task<List<Job>> TakeAsync(string token, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand($"""
            update process.job set locked_until = $2, locked_by = $3
            where id in (select id from process.job where due <= $1 and {Lease.Free("$1")} order by due, id limit {Batch} for update skip locked)
            returning id, instance, definition, kind, node, retry, payload, attempts
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + Lease.Length });
        command.Parameters.Add(new() { Value = token });
        var jobs = new List<Job>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            jobs.Add(new(rows.GetGuid(0), Id(1), Id(2), rows.GetString(3), Text(4), Text(5), Text(6), rows.GetInt32(7)));
        return jobs;

        Guid? Id(int column) => rows.IsDBNull(column) ? null : rows.GetGuid(column);
        string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
    }

    private async Task RunAsync(Job job, CancellationToken ct)
    {
        try
        {
            if (job.Instance is not { } instance) await FireStartAsync(job, ct);
            // the process went on without it; its row went too, unless the instance was changed past the engine
            else if (!await runner.AnswerAsync(instance, new JobDue(job.Id), Actor, ct)) await ExecuteAsync("delete from process.job where id = $1", ct, job.Id);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            await FailAsync(job, failure, ct);
        }
    }

    /// <summary>The first transaction rolled back; this one notes the failure, or after the last try leaves an incident in the job's place.</summary>
    private async Task FailAsync(Job job, Exception failure, CancellationToken ct)
    {
        var (failed, text) = (job.Attempts + 1, OutboxDrain.Short(failure));
        // a start timer has no instance that could show an incident, so it goes on being tried
        var plan = job.Instance is null ? RetryPlan.Usual with { Tries = int.MaxValue } : RetryPlan.Of(job.Retry);
        if (plan.Next(failed, time.GetUtcNow(), Random.Shared) is { } due)
        {
            log.LogInformation("Job {Job} ({Kind} at {Node}) failed, try {Attempt}: {Error}", job.Id, job.Kind, job.Node, failed, text);
            await ExecuteAsync("update process.job set attempts = $2, due = $3, last_error = $4, locked_until = null, locked_by = null where id = $1", ct, job.Id, failed, due, text);
            return;
        }
        log.LogWarning(failure, "Job {Job} ({Kind} at {Node}) becomes an incident after {Attempt} tries", job.Id, job.Kind, job.Node, failed);
        await runner.AnswerAsync(job.Instance!.Value, new JobExhausted(job.Id, text), Actor, ct);
    }

    /// <summary>A start timer: the instance is ordered and the next firing written in one transaction.</summary>
    private async Task FireStartAsync(Job job, CancellationToken ct)
    {
        var plan = JsonSerializer.Deserialize<TimerPlan>(job.Payload!, StateJson.Options)!;
        await clock.LoadAsync(ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var delete = new NpgsqlCommand("delete from process.job where id = $1", connection) { Parameters = { new() { Value = job.Id } } };
        // another worker has fired it, or a newer version took its place
        if (await delete.ExecuteNonQueryAsync(ct) == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        var entry = new NpgsqlBatchCommand(OutboxEntry.InsertSql);
        foreach (var value in OutboxKinds.Start(job.Id, new StartOrder(job.Definition!.Value, job.Node!)).Parameters(clock.Now)) entry.Parameters.Add(value);
        batch.BatchCommands.Add(entry);
        if (Timers.Next(plan, clock.Now) is { } next) batch.BatchCommands.Add(StartTriggerTable.Timer(Guid.CreateVersion7(), new(job.Definition.Value), job.Node!, next));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        hints.Poke();
    }

    private async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
