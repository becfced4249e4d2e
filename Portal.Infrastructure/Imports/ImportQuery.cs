using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Imports;

/// <summary>What the check of a file shows before anything is taken in.</summary>
/// <param name="First">The first rows, refused ones included.</param>
/// <param name="Reasons">Reasons for refusals, the column (or line) they are about, and their rows; most first.</param>
public sealed record ImportPreview(IReadOnlyList<StagedRow> First, IReadOnlyList<(string Reason, string? About, int Rows)> Reasons);

/// <summary>Reads runs <see cref="RunReach">within reach</see> and what they hold, for those who may import their kind.</summary>
public sealed class ImportQuery(IDbContextFactory<PortalDb> contexts, NpgsqlDataSource data, ImportKinds kinds)
{
    private const int MostRuns = 100;
    private const int PreviewRows = 20;

    // what the spreadsheets of whoever reads it open as columns
    private static char UsualSeparator => CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator == "," ? ';' : ',';

    /// <summary>The latest runs, newest first.</summary>
    public async Task<IReadOnlyList<ImportRun>> RunsAsync(Actor actor, CancellationToken ct)
    {
        var allowed = kinds.For(actor).Select(k => k.Code).ToList();
        await using var db = contexts.CreateFor(actor);
        return await db.Set<ImportRun>().AsNoTracking().WithinReachOf(actor).Where(r => allowed.Contains(r.Kind))
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Take(MostRuns).ToListAsync(ct);
    }

    /// <summary>One run.</summary>
    /// <exception cref="RuleBrokenException"><c>import.not-found</c></exception>
    public async Task<ImportRun> RunAsync(Guid id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var run = await db.Set<ImportRun>().AsNoTracking().WithinReachOf(actor).SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("import.not-found");
        actor.Require(kinds[run.Kind].Permission);
        return run;
    }

    /// <summary>What the check found.</summary>
    public async Task<ImportPreview> PreviewAsync(Guid id, Actor actor, CancellationToken ct)
    {
        var run = await RunAsync(id, actor, ct);
        await using var connection = await data.OpenConnectionAsync(ct);
        var staged = new StagedRows(connection, id);
        return new ImportPreview(await staged.FirstAsync(PreviewRows, ct).ToListAsync(ct), await staged.ReasonsAsync([.. kinds[run.Kind].Columns.Select(c => c.Code)], ct));
    }

    /// <summary>
    /// Writes the refused rows of a run as CSV: the columns of the file, parted as there, then the line and the reason, so that a mended report can be
    /// imported again. Fields that a spreadsheet would run as formulas are made harmless, and read back as they were.
    /// </summary>
    /// <param name="headings">Headings of the two added columns.</param>
    /// <param name="reason">Text of a refusal's code and values.</param>
    public async Task WriteRefusedAsync(Guid id, Stream to, (string Line, string Reason) headings, Func<string, string[], string> reason, Actor actor, CancellationToken ct)
    {
        var run = await RunAsync(id, actor, ct);
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var csv = CsvHelper.CsvWriter.Create(to, new() { WriteByteOrderMark = true, Separator = run.Separator is [var parting] ? parting : UsualSeparator }, leaveOpen: true);
        foreach (var heading in run.Header) csv.WriteField(SpreadsheetText.Harmless(heading));
        csv.WriteField(headings.Line);
        csv.WriteField(headings.Reason);
        await csv.EndRecordAsync(ct);
        await foreach (var row in new StagedRows(connection, id).RefusedAsync(ct))
        {
            for (var i = 0; i < run.Header.Length; i++) csv.WriteField(i < row.Fields.Length ? SpreadsheetText.Harmless(row.Fields[i]) : "");
            csv.WriteField(row.Line);
            csv.WriteField(SpreadsheetText.Harmless(reason(row.Refusal!, row.RefusalArgs)));
            await csv.EndRecordAsync(ct);
        }
        await csv.FlushAsync(ct);
    }
}
