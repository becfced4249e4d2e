using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Imports;

/// <summary>Where uploaded files are kept and how large they may be.</summary>
/// <param name="Folder">Absolute path, outside the web root.</param>
public sealed record ImportOptions(string Folder)
{
    /// <summary>Largest file as uploaded, bytes.</summary>
    public long MaxUploadBytes { get; init; } = 256_000_000;
    /// <summary>Largest file after unpacking, bytes.</summary>
    public long MaxUnpackedBytes { get; init; } = 2_000_000_000;
    /// <summary>Most rows in a file.</summary>
    public int MaxRows { get; init; } = 5_000_000;
    /// <summary>How long a file that nobody finished importing is kept.</summary>
    public TimeSpan KeepUnfinished { get; init; } = TimeSpan.FromDays(30);
    /// <summary>Rows written in one transaction.</summary>
    public int ChunkRows { get; init; } = 5_000;
}

/// <summary>
/// What a person asks of an import <see cref="RunReach">within reach</see>: bring a file, decide about its columns, have it checked, have it taken in, stop.
/// The work itself is <see cref="ImportWork"/>.
/// </summary>
public sealed class ImportLine(
    IDbContextFactory<PortalDb> contexts, ImportKinds kinds, IEnumerable<ISourceFormat> formats, ImportOptions options, TimeProvider time)
{
    // how a file writes its decimals is told by its first thousand rows
    private const int SampleRows = 1000;

    private readonly SourceFormats formats = new(formats);

    /// <summary>Stores a file and guesses its columns, or takes the map remembered for files of its look; the source is named after the file.</summary>
    /// <exception cref="RuleBrokenException"><c>import.file-too-large</c>, <c>import.file-empty</c>, <c>import.unreadable</c>, <c>import.row-too-large</c>, <c>import.other-kind</c></exception>
    public async Task<ImportRun> UploadAsync(string kindCode, string fileName, Stream content, Actor actor, CancellationToken ct)
    {
        var kind = kinds[kindCode];
        actor.Require(kind.Permission);
        fileName = Required.Text(Path.GetFileName(fileName.Replace('\\', '/')), "import.file-name", 255);
        var id = Guid.CreateVersion7();
        var storedAs = id.ToString("n");
        Directory.CreateDirectory(options.Folder);
        var path = Path.Combine(options.Folder, storedAs);
        try
        {
            var bytes = await StoreAsync(content, fileName, path, ct);
            var table = await formats.OpenAsync(new SourceFile(path, fileName, options.MaxUnpackedBytes), ct);
            if (table.Kind is { } only && only != kind.Code) throw new RuleBrokenException("import.other-kind", fileName, only);
            await using var db = contexts.CreateFor(actor);
            var sample = await SampleAsync(table, ct);
            var settings = await SettingsAsync(db, kind, fileName, table.Header, actor, ct);
            // what the file itself tells goes before what was said about the last one
            settings = settings with { Decimals = FieldValues.SignOf(sample.SelectMany(fields => fields)) ?? settings.Decimals ?? table.Decimals };
            var run = new ImportRun(id, kind.Code, fileName, storedAs, bytes, table.Header, sample.FirstOrDefault([]), settings, actor, time.GetUtcNow()) { Separator = table.Separator?.ToString() };
            db.Add(run);
            await db.SaveChangesAsync(ct);
            return run;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Confirms or changes what was decided about a file.</summary>
    public Task<ImportRun> DecideAsync(Guid id, ImportSettings settings, Actor actor, CancellationToken ct) => ChangeAsync(id, run => run.Decide(settings), actor, ct);

    /// <summary>Takes a file for another kind than the one it was brought as; its columns are guessed anew.</summary>
    /// <exception cref="RuleBrokenException"><c>import.unknown-kind</c>, <c>import.wrong-state</c>, <c>import.not-found</c></exception>
    public async Task<ImportRun> TakeAsAsync(Guid id, string kindCode, Actor actor, CancellationToken ct)
    {
        var kind = kinds[kindCode];
        actor.Require(kind.Permission);
        await using var db = contexts.CreateFor(actor);
        var run = await db.Set<ImportRun>().WithinReachOf(actor).SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("import.not-found");
        actor.Require(kinds[run.Kind].Permission);
        run.TakeAs(kind.Code, await SettingsAsync(db, kind, run.FileName, run.Header, actor, ct) with { Decimals = run.Decimals });
        await db.SaveChangesAsync(ct);
        return run;
    }

    /// <summary>Has all rows read and checked; nothing is taken in yet.</summary>
    /// <exception cref="RuleBrokenException"><c>import.column-not-mapped</c></exception>
    public Task<ImportRun> CheckAsync(Guid id, Actor actor, CancellationToken ct) => ChangeAsync(id, run => run.BeginCheck(kinds[run.Kind]), actor, ct);

    /// <summary>Has the acceptable rows taken in, or goes on where a run was stopped.</summary>
    public Task<ImportRun> ApplyAsync(Guid id, Actor actor, CancellationToken ct) => ChangeAsync(id, run => run.BeginApply(), actor, ct);

    /// <summary>Asks the work to stop after the chunk it is at; what was taken in stays.</summary>
    public Task<ImportRun> CancelAsync(Guid id, Actor actor, CancellationToken ct) => ChangeAsync(id, run => run.RequestCancel(), actor, ct);

    /// <summary>Lets go of a file that nobody wants to take in: the file and its checked rows go, the record stays.</summary>
    public async Task<ImportRun> DiscardAsync(Guid id, Actor actor, CancellationToken ct)
    {
        string? stored = null;
        var run = await ChangeAsync(id, run =>
        {
            stored = run.StoredAs;
            run.LetGo(time.GetUtcNow());
        }, actor, ct);
        if (stored is { Length: > 0 }) File.Delete(Path.Combine(options.Folder, stored));
        await using var db = contexts.CreateFor(actor);
        await db.Database.ExecuteSqlAsync($"delete from imports.staged_row where run = {id}", ct);
        return run;
    }

    private static async Task<List<string[]>> SampleAsync(SourceTable table, CancellationToken ct)
    {
        var sample = new List<string[]>();
        try
        {
            await foreach (var row in table.Rows.Take(SampleRows).WithCancellation(ct)) sample.Add(row.Fields);
        }
        catch (RuleBrokenException) when (sample.Count > 0)
        {
            // of a row that cannot be read the check tells
        }
        return sample;
    }

    private async Task<ImportRun> ChangeAsync(Guid id, Action<ImportRun> change, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var run = await db.Set<ImportRun>().WithinReachOf(actor).SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("import.not-found");
        actor.Require(kinds[run.Kind].Permission);
        change(run);
        await db.SaveChangesAsync(ct);
        return run;
    }

    private async Task<long> StoreAsync(Stream content, string fileName, string path, CancellationToken ct)
    {
        await using var bounded = new BoundedStream(content, options.MaxUploadBytes, fileName);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        await bounded.CopyToAsync(file, ct);
        // The row that names the file must not outlive a crash that the file does not.
        file.Flush(flushToDisk: true);
        return file.Length;
    }

    private static async Task<ImportSettings> SettingsAsync(PortalDb db, IImportKind kind, string fileName, string[] header, Actor actor, CancellationToken ct)
    {
        var source = await SourceAsync(db, kind, fileName, actor, ct);
        if (await OriginAsync(db, kind, fileName, actor, ct) is { } origin)
            return new ImportSettings { Source = source, Map = origin.MapTo(header), CreateMissing = origin.CreateMissing, TimeZone = origin.TimeZone, DayFirst = origin.DayFirst, Decimals = origin.Decimals, Country = origin.Country };
        var signature = ColumnMap.Signature(header);
        if (await db.Set<RememberedMap>().AsNoTracking().SingleOrDefaultAsync(m => m.Kind == kind.Code && m.Signature == signature, ct) is { } known)
            return new ImportSettings { Source = source, Map = known.Map, CreateMissing = known.CreateMissing, TimeZone = TimeZones.Find(known.TimeZone) ?? "UTC", DayFirst = known.DayFirst, Decimals = known.Decimals, Country = known.Country };
        return new ImportSettings
        {
            Source = source,
            Map = ColumnMap.Guess(kind.Columns, header),
            TimeZone = TimeZones.Find(actor.TimeZone) ?? "UTC",
        };
    }

    // The run whose refused rows come again, mended: what was decided about the file holds for them, though the report has more headings.
    private static async Task<ImportRun?> OriginAsync(PortalDb db, IImportKind kind, string fileName, Actor actor, CancellationToken ct)
    {
        if (!SourceFile.IsReport(fileName)) return null;
        await foreach (var run in OfStemAsync(db.Set<ImportRun>(), kind, fileName, actor, ct)) return run;
        return null;
    }

    // The file's own name, unless a file of that name was taken in under another: brought again, it must meet its own rows.
    private static async Task<string> SourceAsync(PortalDb db, IImportKind kind, string fileName, Actor actor, CancellationToken ct)
    {
        await foreach (var run in OfStemAsync(db.Set<ImportRun>().Where(r => r.AppliedLine != null), kind, fileName, actor, ct)) return run.Source;
        var stem = SourceFile.StemOf(fileName);
        return stem.Length <= 80 ? stem : stem[..80];
    }

    // runs of files of that name, whatever their extensions, the newest first
    private static async IAsyncEnumerable<ImportRun> OfStemAsync(IQueryable<ImportRun> runs, IImportKind kind, string fileName, Actor actor, [EnumeratorCancellation] CancellationToken ct)
    {
        var stem = SourceFile.StemOf(fileName);
        var before = runs.AsNoTracking().WithinReachOf(actor).Where(r => r.Kind == kind.Code && r.FileName.StartsWith(stem)).OrderByDescending(r => r.CreatedAt).AsAsyncEnumerable();
        await foreach (var run in before.WithCancellation(ct))
            if (SourceFile.StemOf(run.FileName) == stem) yield return run;
    }
}
