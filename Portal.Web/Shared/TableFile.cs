using System.Globalization;
using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Radzen.Documents.Spreadsheet;

namespace Portal.Web.Shared;

/// <summary>A column of an exported table. The value is a text, a number, a <see cref="DateTime"/> (the reader's clock) or null.</summary>
public sealed record TableColumn<T>(string Title, Func<T, object?> Value)
{
    /// <summary>What stands below the column in a last row of sums; the table has one where any column has a sum.</summary>
    public object? Sum { get; init; }
}

/// <summary>Lists as files: xlsx, or CSV in UTF-8 with a mark, so that Excel reads it. Texts are never formulas.</summary>
public static class TableFile
{
    /// <summary>The list is longer than a file may be.</summary>
    public const string TooMany = "export.too-many";

    // So many rows say how wide a column is; text beyond the widest is cut by its neighbour, as in every spreadsheet.
    private const int Measured = 500;
    private const double PixelsOfLetter = 7.5, Margin = 16, Narrowest = 60, Widest = 420;

    /// <summary>The download, as <c>xlsx</c> or <c>csv</c>; any other format is not found. No list leaves the house without a line in the audit, and none is cut.</summary>
    /// <param name="told">what the line says of it; null says how many rows there are</param>
    /// <param name="listed">how many the list holds, where one takes several rows</param>
    /// <exception cref="RuleBrokenException"><c>export.too-many</c></exception>
    public static async Task<IResult> OfAsync<T>(AuditLog audit, Actor actor, string format, string name, IReadOnlyList<TableColumn<T>> columns, IReadOnlyList<T> rows, CancellationToken ct, string? told = null, int? listed = null)
    {
        if ((listed ?? rows.Count) > Slice.MaxRows) throw new RuleBrokenException(TooMany, Slice.MaxRows);
        await audit.NoteAsync(actor, AuditEvents.Exported, $"{name}.{format}, {told ?? $"{rows.Count}"}", ct);
        return format switch
        {
            "xlsx" => Results.Stream(body => WriteXlsxAsync(body, name, columns, rows), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", $"{name}.xlsx"),
            "csv" => Results.Stream(body => WriteCsvAsync(body, columns, rows), "text/csv; charset=utf-8", $"{name}.csv"),
            _ => Results.NotFound(),
        };
    }

    /// <summary>Writes a workbook of one sheet, headings first and frozen. A text stays a text, whatever it begins with.</summary>
    public static async Task WriteXlsxAsync<T>(Stream body, string name, IReadOnlyList<TableColumn<T>> columns, IReadOnlyList<T> rows)
    {
        var workbook = new Workbook();
        var sheet = workbook.AddSheet(name.Length > 31 ? name[..31] : name, 1, columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            sheet.Cells[0, i].Value = columns[i].Title;
            sheet.Cells[0, i].Format = new Format { Bold = true };
            sheet.Columns[i] = Width(columns[i], rows);
        }
        sheet.Rows.Frozen = 1;
        // the writer wants to seek, a response cannot
        using var whole = new MemoryStream();
        await workbook.SaveToStreamAsync(whole, Cells());
        whole.Position = 0;
        await whole.CopyToAsync(body);

        async IAsyncEnumerable<CellData?[]> Cells()
        {
            foreach (var row in rows) yield return [.. columns.Select(c => Cell(c.Value(row)))];
            if (HasSums(columns)) yield return [.. columns.Select(c => Cell(c.Sum))];
            await Task.CompletedTask;
        }
    }

    /// <summary>Writes CSV (RFC 4180) with invariant numbers; what a spreadsheet would take for a formula gets an apostrophe.</summary>
    public static async Task WriteCsvAsync<T>(Stream body, IReadOnlyList<TableColumn<T>> columns, IReadOnlyList<T> rows)
    {
        await using var text = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(string.Join(',', columns.Select(c => Field(c.Title))));
        foreach (var row in rows) await text.WriteLineAsync(string.Join(',', columns.Select(c => Field(c.Value(row)))));
        if (HasSums(columns)) await text.WriteLineAsync(string.Join(',', columns.Select(c => Field(c.Sum))));
    }

    private static bool HasSums<T>(IReadOnlyList<TableColumn<T>> columns) => columns.Any(c => c.Sum is not null);

    private static double Width<T>(TableColumn<T> column, IReadOnlyList<T> rows) =>
        Math.Clamp(rows.Take(Measured).Select(column.Value).Append(column.Sum).Append(column.Title).Max(value => Field(value).Length) * PixelsOfLetter + Margin, Narrowest, Widest);

    private static CellData? Cell(object? value) => value switch
    {
        null => null,
        string text => CellData.FromString(text),
        DateTime date => CellData.FromDate(date),
        bool flag => CellData.FromBoolean(flag),
        IConvertible number => CellData.FromNumber(number.ToDouble(CultureInfo.InvariantCulture)),
        _ => CellData.FromString(value.ToString() ?? ""),
    };

    private static string Field(object? value) => value switch
    {
        null => "",
        string text => Quoted(SpreadsheetText.Harmless(text)),
        DateTime date => date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        double number => Math.Round(number, 6).ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(SpreadsheetText.Harmless(value.ToString() ?? "")),
    };

    private static string Quoted(string text) => text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
