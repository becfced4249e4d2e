using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// Does what a run's state says: checks the file into staged rows, or takes staged rows in, chunk by chunk. Each chunk is one
/// transaction with the keys it claims and the run's progress, so a kill at any moment loses nothing and doubles nothing.
/// </summary>
public sealed class ImportWork(
    IDbContextFactory<PortalDb> contexts, NpgsqlDataSource data, ImportKinds kinds, IEnumerable<ISourceFormat> formats,
    ImportOptions options, LiveChanges live, TimeProvider time, ILogger<ImportWork> log)
{
    private const int CheckBatch = 10_000;
    private const int Many = 1_000;
    private static readonly ImportState[] Resting = [ImportState.Draft, ImportState.Checked, ImportState.Cancelled, ImportState.Failed];
    private readonly SourceFormats formats = new(formats);

    /// <summary>
    /// Works on all that was accepted, whichever node accepted it and whatever cut it off, the oldest first. Files of one person come one after another;
    /// several workers come round, so that his long one does not hold up what others brought.
    /// </summary>
    internal async Task RunAllAsync(CancellationToken ct)
    {
        foreach (var (run, by) in await WaitingAsync(ct))
        {
            await using var turn = await AdvisoryLock.TryTakeAsync(data, $"imports of {by}", ct);
            if (turn is not null) await RunAsync(run, ct);
        }
    }

    /// <summary>Works on a run until it rests. Returns at once when another worker is at it or nothing is to be done.</summary>
    public async Task RunAsync(Guid id, CancellationToken ct)
    {
        await using var atWork = await AdvisoryLock.TryTakeAsync(data, $"import {id}", ct);
        if (atWork is null) return;
        var run = await LoadAsync(id, ct);
        if (!run.IsWorking) return;
        var actor = run.Importer;
        try
        {
            await (run.State == ImportState.Checking ? CheckAsync(run, actor, ct) : ApplyAsync(run, actor, ct));
        }
        catch (RuleBrokenException e)
        {
            await FailAsync(id, e, actor);
        }
        catch (Exception e) when (e is not OperationCanceledException && !IsDatabaseAway(e))
        {
            log.LogError(e, "Import {Run} of {File} stopped", id, run.FileName);
            await FailAsync(id, new RuleBrokenException("import.fault"), actor);
        }
    }

    // what the database did not answer the next round asks again; a file that breaks off is the run's own fault
    private static bool IsDatabaseAway(Exception fault) => fault is NpgsqlException ? DatabaseRounds.IsAway(fault) : fault.InnerException is { } cause && IsDatabaseAway(cause);

    private async Task<List<(Guid Run, Guid By)>> WaitingAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.Set<ImportRun>().Where(r => r.State == ImportState.Checking || r.State == ImportState.Applying)
            .OrderBy(r => r.CreatedAt).Select(r => new { r.Id, r.ByUser }).ToListAsync(ct)).ConvertAll(r => (r.Id, r.ByUser));
    }

    /// <summary>Lets go of unfinished runs older than <see cref="ImportOptions.KeepUnfinished"/> and of files that no open run names, reports among them.</summary>
    internal async Task TidyAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - options.KeepUnfinished;
        await using var db = contexts.CreateFor(Actor.System("import"));
        foreach (var run in await db.Set<ImportRun>().Where(r => Resting.Contains(r.State) && r.CreatedAt < before && r.StoredAs != "").ToListAsync(ct))
        {
            run.LetGo(time.GetUtcNow());
            await using var connection = await data.OpenConnectionAsync(ct);
            await new StagedRows(connection, run.Id).ClearAcceptedAsync(ct);
        }
        await db.SaveChangesAsync(ct);
        if (!Directory.Exists(options.Folder)) return;
        var named = await db.Set<ImportRun>().Where(r => r.State != ImportState.Completed && r.StoredAs != "").Select(r => r.StoredAs).ToHashSetAsync(ct);
        foreach (var report in Directory.EnumerateDirectories(options.Folder))
            if (Directory.GetLastWriteTimeUtc(report) < before.UtcDateTime) Directory.Delete(report, recursive: true);
        foreach (var file in Directory.EnumerateFiles(options.Folder))
            if (!named.Contains(Path.GetFileName(file)) && File.GetLastWriteTimeUtc(file) < before.UtcDateTime) File.Delete(file);
    }

    private async Task CheckAsync(ImportRun run, Actor actor, CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        var staged = new StagedRows(connection, run.Id);
        var keeping = Task.CompletedTask;
        await staged.ClearAsync(ct);
        // one that was cut off begins anew, and so does what is told of it
        if (await ReportAsync(run.Id, 0, null, actor, ct))
        {
            await StopAsync();
            return;
        }

        var pass = await kinds[run.Kind].BeginAsync(run, connection, ct);
        var reading = Reading(run);
        var table = await formats.OpenAsync(Stored(run), ct);
        var batch = new List<ImportRow>(CheckBatch);
        var rows = 0;
        try
        {
            await foreach (var source in table.Rows.WithCancellation(ct))
            {
                var row = new ImportRow(source.Line, source.Fields, reading);
                if (source.Flaw is { } flaw) row.Refuse(flaw.Code, flaw.Args);
                batch.Add(row);
                if (++rows > options.MaxRows) throw new RuleBrokenException("import.too-many-rows", options.MaxRows);
                if (batch.Count < CheckBatch) continue;
                await KeepAsync();
                if (!await ReportAsync(run.Id, rows, null, actor, ct)) continue;
                await StopAsync();
                return;
            }
            await KeepAsync();
            await keeping;
        }
        finally
        {
            // where the file breaks off, rows are still being written
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await staged.SettleAsync(ct);
        if (rows > Many) await staged.ExpectManyAsync(ct);
        if (!await pass.CompareAsync(connection, reading, share => ReportAsync(run.Id, rows, (int)(share * 100), actor, ct), ct))
        {
            await StopAsync();
            return;
        }
        var counts = await staged.CountAsync(kinds[run.Kind].IsKnown, ct);
        await ChangeAsync(run.Id, r => r.EndCheck(counts.Rows, counts.Refused, counts.Repeated, counts.Known, counts.Notes), actor, ct);

        // rows are written while those behind them are read
        async Task KeepAsync()
        {
            await keeping;
            await pass.KnowAsync(batch, connection, ct);
            batch.ForEach(pass.Check);
            keeping = staged.AddAsync(batch, ct);
            batch = new(CheckBatch);
        }

        async Task StopAsync()
        {
            await keeping;
            await staged.ClearAsync(ct);
            await ChangeAsync(run.Id, r => r.Cancel(time.GetUtcNow()), actor, ct);
        }
    }

    private async Task ApplyAsync(ImportRun run, Actor actor, CancellationToken ct)
    {
        var kind = kinds[run.Kind];
        await using var connection = await data.OpenConnectionAsync(ct);
        var pass = await kind.BeginAsync(run, connection, ct);
        var reading = Reading(run);
        var staged = new StagedRows(connection, run.Id);
        var next = staged.NextAsync(run.AppliedLine ?? 0, options.ChunkRows, ct);
        try
        {
            List<StagedRow> chunk;
            do
            {
                chunk = await next;
                // a document stands whole in one chunk, so what becomes of this one changes nothing in the next
                if (chunk.Count > 0) next = staged.NextAsync(LastBegin(chunk), options.ChunkRows, ct);
            }
            while (await ApplyChunkAsync(run.Id, kind, pass, chunk, reading, actor, ct));
        }
        finally
        {
            // where a chunk failed, the connection is still being read
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static int LastBegin(List<StagedRow> chunk) => chunk.FindLast(row => row.Ordinal == 1)!.Line;

    private async Task<bool> ApplyChunkAsync(Guid id, IImportKind kind, IImportPass pass, List<StagedRow> chunk, ImportReading reading, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        db.Database.SetCommandTimeout(0);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var run = await db.Set<ImportRun>().SingleAsync(r => r.Id == id, ct);
        var staged = new StagedRows(connection, id);
        if (run.CancelRequested) run.Cancel(time.GetUtcNow());
        else if (chunk.Count == 0) await CompleteAsync(db, run, staged, ct);
        else
        {
            var fresh = kind.HasOwnKey ? chunk : await staged.ClaimAsync(kind.KeysOf(run.Source), chunk, ct);
            var rows = fresh.Select(r => new ImportRow(r.Line, r.Fields, reading) { Document = r.Document }).ToList();
            await pass.KnowAsync(rows, connection, ct);
            var applied = rows.Count == 0 ? 0 : await pass.ApplyAsync(rows, db, ct);
            var late = rows.FindAll(r => r.Refusal is not null);
            await staged.RefuseAsync(late, kind.KeysOf(run.Source), ct);
            run.Advance(LastBegin(chunk), applied, chunk.Count - applied - late.Count, late.Count, rows.SelectMany(r => r.Notes));
        }
        await db.SaveChangesAsync(ct);
        // what the database does at the commit may take longer, on a busy machine, than one waits for a commit
        await db.Database.ExecuteSqlAsync($"set constraints all immediate", ct);
        await transaction.CommitAsync(ct);
        if (run.State == ImportState.Completed) File.Delete(Path.Combine(options.Folder, run.StoredAs));
        return run.State == ImportState.Applying;
    }

    private async Task CompleteAsync(PortalDb db, ImportRun run, StagedRows staged, CancellationToken ct)
    {
        run.Complete(time.GetUtcNow());
        await staged.ClearAcceptedAsync(ct);
        var remembered = await db.Set<RememberedMap>().SingleOrDefaultAsync(m => m.Kind == run.Kind && m.Signature == run.Signature, ct);
        if (remembered is null) db.Add(remembered = new RememberedMap { Kind = run.Kind, Signature = run.Signature });
        remembered.Map = new Dictionary<string, int>(run.Map);
        remembered.CreateMissing = run.CreateMissing;
        remembered.TimeZone = run.TimeZone;
        remembered.DayFirst = run.DayFirst;
        remembered.Decimals = run.Decimals;
        remembered.Country = run.Country;
    }

    private SourceFile Stored(ImportRun run)
    {
        var path = Path.Combine(options.Folder, run.StoredAs);
        return File.Exists(path) ? new SourceFile(path, run.FileName, options.MaxUnpackedBytes) : throw new RuleBrokenException("import.file-gone", run.FileName);
    }

    private ImportReading Reading(ImportRun run) =>
        new(run.Map, TimeZoneInfo.FindSystemTimeZoneById(run.TimeZone), run.DayFirst, run.Decimals, time.GetUtcNow().AddMinutes(5));

    // Progress is told without an audit row: nothing has been changed yet; and beside the connection of the check, which may be reading.
    private async Task<bool> ReportAsync(Guid id, int rows, int? compared, Actor actor, CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("update imports.import_run set rows = $2, compared = $3 where id = $1 returning cancel_requested", connection)
        {
            Parameters = { new() { Value = id }, new() { Value = rows }, new() { Value = compared as object ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer } },
        };
        var cancel = (bool)(await command.ExecuteScalarAsync(ct))!;
        live.Publish([new LiveChange(new(ObjectKind.Import, id), null, actor.UserId, actor.Name)]);
        return cancel;
    }

    private async Task ChangeAsync(Guid id, Action<ImportRun> change, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var run = await db.Set<ImportRun>().SingleAsync(r => r.Id == id, ct);
        change(run);
        await db.SaveChangesAsync(ct);
    }

    private Task FailAsync(Guid id, RuleBrokenException rule, Actor actor) => ChangeAsync(id, r => r.Fail(rule, time.GetUtcNow()), actor, CancellationToken.None);

    private async Task<ImportRun> LoadAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<ImportRun>().AsNoTracking().SingleAsync(r => r.Id == id, ct);
    }
}
