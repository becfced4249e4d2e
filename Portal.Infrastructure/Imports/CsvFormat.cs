using System.Runtime.CompilerServices;
using CsvHelper;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>Separated text in any usual encoding; the separator is found among comma, semicolon, tab and bar. The last resort: any text is CSV.
/// What our own reports made harmless for a spreadsheet is read as it was.</summary>
public sealed class CsvFormat : ISourceFormat
{
    private const int MaxRowBytes = 256 * 1024;
    private const int MaxColumns = 512;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => true;

    /// <inheritdoc/>
    public async Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct)
    {
        System.Text.Encoding encoding;
        await using (var content = file.Open()) encoding = await TextEncodings.DetectAsync(content, ct);
        var options = new CsvReaderOptions { Encoding = encoding, HasHeader = false, MaxRecordSize = MaxRowBytes, TrackLineNumbers = true, PoolStrings = true };

        string[] first;
        await using (var start = CsvReader.Create(file.Open(), options))
            first = await ReadAsync(start, ct) ? Fields(start) : throw new RuleBrokenException("import.file-empty", file.FileName);
        if (IsBinary(await file.StartAsync(ct), encoding) || first.Any(field => field.Any(IsNoLetter))) throw new RuleBrokenException("import.no-table", file.FileName);
        if (first.Length > MaxColumns) throw new RuleBrokenException("import.too-many-columns", first.Length, MaxColumns);

        var headless = first.Any(IsValue);
        var header = headless ? first.Select((_, i) => $"{i + 1}").ToArray() : first;
        return new SourceTable(header, Rows(file, options, skipFirst: !headless, ct));
    }

    private static async IAsyncEnumerable<SourceRow> Rows(SourceFile file, CsvReaderOptions options, bool skipFirst, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var reader = CsvReader.Create(file.Open(), options);
        if (skipFirst) await ReadAsync(reader, ct);
        while (await ReadAsync(reader, ct)) yield return new SourceRow((int)reader.LineNumber, Fields(reader));
    }

    private static async ValueTask<bool> ReadAsync(CsvReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ct);
        }
        catch (CsvFormatException e)
        {
            throw new RuleBrokenException("import.row-too-large", e.RecordNumber);
        }
    }

    private static string[] Fields(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++) fields[i] = SpreadsheetText.Original(reader.GetString(i));
        return fields;
    }

    // A stray control character is a slip; one byte in fifty is a picture, a program or an archive.
    private static bool IsBinary(byte[] start, System.Text.Encoding encoding) =>
        encoding.GetByteCount("a") == 1 && start.Count(b => b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r')) * 50 > start.Length;

    private static bool IsNoLetter(char c) => char.IsControl(c) && !char.IsWhiteSpace(c);

    // A heading is a word. A number or a time in the first row says that the file has none.
    private static bool IsValue(string field) =>
        field.Trim() is { Length: > 0 } text && (FieldValues.TryNumber(text, out _) || FieldValues.TryTime(text, TimeZoneInfo.Utc, true, out _));
}
