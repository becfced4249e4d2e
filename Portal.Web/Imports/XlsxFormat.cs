using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;
using Radzen.Documents.Spreadsheet;

namespace Portal.Web.Imports;

/// <summary>
/// The first sheet of an Excel workbook. A workbook is read whole, so its unpacked size is bounded more narrowly than that of text;
/// larger tables come as CSV.
/// </summary>
public sealed partial class XlsxFormat : ISourceFormat
{
    private const long MaxUnpackedBytes = 64_000_000;

    /// <inheritdoc/>
    public bool Recognises(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'K', 3, 4, ..];

    /// <inheritdoc/>
    public async Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct)
    {
        var content = new MemoryStream();
        await using (var packed = file.Open()) await CopyAsync(packed, content, 0, ct);
        try
        {
            await MeasureAsync(content, ct);
            var saved = SavedFormulas.Of(content);
            content.Position = 0;
            var sheet = Workbook.LoadFromStream(content).Sheets.FirstOrDefault();
            var rows = sheet is null ? [] : Enumerable.Range(0, sheet.RowCount).Select(row => Row(sheet, row, saved)).Where(r => r.Fields.Any(f => f.Length > 0)).ToList();
            if (rows.Count == 0) throw new RuleBrokenException("import.file-empty", file.FileName);
            var width = rows[0].Fields.ToList().FindLastIndex(f => f.Length > 0) + 1;
            return new SourceTable(rows[0].Fields[..width], rows.Skip(1).ToAsyncEnumerable());
        }
        catch (Exception broken) when (broken is InvalidDataException or System.Xml.XmlException or FormatException or KeyNotFoundException)
        {
            throw new RuleBrokenException("import.unreadable", file.FileName);
        }
    }

    private static SourceRow Row(Worksheet sheet, int row, IReadOnlyDictionary<(int, int), SavedValue> saved)
    {
        RowFlaw? flaw = null;
        return new(row + 1, [.. Enumerable.Range(0, sheet.ColumnCount).Select(Field)], flaw);

        string Field(int column)
        {
            if (!sheet.Cells.TryGet(row, column, out var cell)) return "";
            var value = saved.TryGetValue((row, column), out var kept) ? kept.Number ?? (object?)kept.Text ?? CellError.Value : cell.Value;
            if (value is not CellError) return Text(value, cell.Format?.NumberFormat);
            flaw ??= new("formula-error", ColumnRef.ToString(column));
            return "";
        }
    }

    private static string Text(object? value, string? format) => value switch
    {
        null => "",
        DateTime at => at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF", CultureInfo.InvariantCulture),
        double days and >= 0 and < FieldValues.MostSerial when ShowsDays(format) => FieldValues.OfSerial(days) is var at && at.TimeOfDay == TimeSpan.Zero
            ? at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : at.ToString("s", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // what stands in quotes, in brackets or behind a stroke is no part of a date (ECMA-376, 18.8.31)
    private static bool ShowsDays(string? format) => format is not null && Literals().Replace(format.Split(';')[0], "").AsSpan().IndexOfAny("yYdD") >= 0;

    [GeneratedRegex("\"[^\"]*\"|\\[[^\\]]*\\]|[\\\\_*].")]
    private static partial Regex Literals();

    // The sizes an archive declares can lie: they are measured.
    private static async Task MeasureAsync(Stream content, CancellationToken ct)
    {
        content.Position = 0;
        using var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        long unpacked = 0;
        foreach (var entry in archive.Entries)
        {
            await using var part = entry.Open();
            unpacked = await CopyAsync(part, Stream.Null, unpacked, ct);
        }
    }

    private static async Task<long> CopyAsync(Stream from, Stream to, long copied, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        for (int count; (count = await from.ReadAsync(buffer, ct)) > 0;)
        {
            if ((copied += count) > MaxUnpackedBytes) throw new RuleBrokenException("import.file-too-large", MaxUnpackedBytes / 1_000_000);
            await to.WriteAsync(buffer.AsMemory(0, count), ct);
        }
        return copied;
    }
}
