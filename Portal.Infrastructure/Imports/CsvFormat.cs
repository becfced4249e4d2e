using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>Separated text in any usual encoding; the separator is found among comma, semicolon, tab and bar. The last resort: any text is CSV.
/// What our own reports made harmless for a spreadsheet is read as it was.</summary>
public sealed class CsvFormat : ISourceFormat
{
    private const int MaxRowBytes = 256 * 1024;
    private const int MaxColumns = 512;

    // more lines than anybody writes into one cell
    private const int MostLines = 100;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => true;

    /// <inheritdoc/>
    public async Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct)
    {
        Encoding encoding;
        await using (var content = file.Open()) encoding = await TextEncodings.DetectAsync(content, ct);
        // quotes are paired here, for the reader would take all behind one that is not closed for its text
        var options = new CsvReaderOptions { Encoding = encoding, HasHeader = false, MaxRecordSize = MaxRowBytes, TrackLineNumbers = true, AllowLineBreaksInQuotes = false, SkipEmptyLines = false };

        var first = await Records(file, options, ct).Select(row => row.Fields).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("import.file-empty", file.FileName);
        if (IsBinary(await file.StartAsync(ct), encoding) || first.Any(field => field.Any(IsNoLetter))) throw new RuleBrokenException("import.no-table", file.FileName);
        if (first.Length > MaxColumns) throw new RuleBrokenException("import.too-many-columns", first.Length, MaxColumns);

        var headless = first.Any(IsValue);
        var header = headless ? first.Select((_, i) => $"{i + 1}").ToArray() : first;
        var separator = await SeparatorAsync(file, options, ct);
        return new SourceTable(header, Records(file, options, ct).Skip(headless ? 0 : 1).Select(row => Measured(row, header)))
        {
            Separator = separator,
            // where the comma parts decimals, spreadsheets part fields by semicolons
            Decimals = separator switch { ',' => DecimalSign.Point, ';' => DecimalSign.Comma, _ => null },
        };
    }

    private static async Task<char?> SeparatorAsync(SourceFile file, CsvReaderOptions options, CancellationToken ct)
    {
        await using var reader = CsvReader.Create(file.Open(), options);
        return await ReadAsync(reader, new(), ct) ? reader.Separator : null;
    }

    /// <summary>The records of the file. Of a quote that is not closed only its own line is broken; the lines behind it are rows again.</summary>
    private static async IAsyncEnumerable<SourceRow> Records(SourceFile file, CsvReaderOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var reader = CsvReader.Create(file.Open(), options);
        var ahead = new Queue<(int Number, string Text)>();
        while (ahead.Count > 0 || await ReadAsync(reader, ahead, ct))
        {
            var (number, text) = ahead.Dequeue();
            if (string.IsNullOrWhiteSpace(text) && !text.Contains(reader.Separator)) continue;
            var record = CsvRecord.Of(text, reader.Separator);
            var (whole, taken) = (text, 0);
            while (record.Quotes == CsvQuotes.Open && taken < MostLines && whole.Length < MaxRowBytes && (ahead.Count > taken || await ReadAsync(reader, ahead, ct)))
            {
                whole += "\n" + ahead.ElementAt(taken++).Text;
                record = CsvRecord.Of(whole, reader.Separator);
            }
            if (record.Quotes != CsvQuotes.Closed)
            {
                yield return new SourceRow(number, Original(text.Split(reader.Separator)), new("open-quote"));
                continue;
            }
            for (; taken > 0; taken--) ahead.Dequeue();
            yield return new SourceRow(number, Original(record.Fields));
        }
    }

    private static async ValueTask<bool> ReadAsync(CsvReader reader, Queue<(int Number, string Text)> ahead, CancellationToken ct)
    {
        try
        {
            if (!await reader.ReadAsync(ct)) return false;
            ahead.Enqueue(((int)reader.LineNumber, Encoding.UTF8.GetString(reader.RawRecord)));
            return true;
        }
        catch (CsvFormatException e)
        {
            throw new RuleBrokenException("import.row-too-large", e.RecordNumber);
        }
    }

    // One field too few or too many, and values stand under the wrong headings.
    private static SourceRow Measured(SourceRow row, string[] header)
    {
        var headings = Width(header);
        var fits = row.Fields.Length >= headings && Width(row.Fields) <= header.Length;
        return fits || row.Flaw is not null ? row : row with { Flaw = new("field-count", $"{row.Fields.Length}", $"{headings}") };
    }

    private static int Width(string[] fields) => Array.FindLastIndex(fields, field => !string.IsNullOrWhiteSpace(field)) + 1;

    private static string[] Original(string[] fields) => Array.ConvertAll(fields, SpreadsheetText.Original);

    // A stray control character is a slip; one byte in fifty is a picture, a program or an archive.
    private static bool IsBinary(byte[] start, Encoding encoding) =>
        encoding.GetByteCount("a") == 1 && start.Count(b => b < ' ' && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r')) * 50 > start.Length;

    private static bool IsNoLetter(char c) => char.IsControl(c) && !char.IsWhiteSpace(c);

    // A heading is a word. A number or a time in the first row says that the file has none.
    private static bool IsValue(string field) =>
        field.Trim() is { Length: > 0 } text && (FieldValues.TryNumber(text, out _) || FieldValues.TryTime(text, TimeZoneInfo.Utc, true, out _));
}
