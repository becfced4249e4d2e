using System.IO.Compression;
using System.Text;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Imports;
using Portal.Web.Shared;
using Radzen.Documents.Spreadsheet;

namespace Portal.Tests.Fleet;

public sealed class TableFileTests
{
    private sealed record Line(string? Name, double Km, DateTime Day);

    private static readonly TableColumn<Line>[] Columns = [new("Name", l => l.Name), new("km", l => l.Km), new("Day", l => l.Day)];
    private static readonly DateTime Day = new(2026, 3, 2);

    [Fact]
    public async Task Of_MoreRowsThanAFileHolds_IsRefusedInWords_BeforeAFileIsMade()
    {
        var rows = Enumerable.Repeat(new Line("x", 1, Day), Slice.All.Count).ToList();

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => TableFile.OfAsync(null!, ImportRig.Importer, "csv", "cars", Columns, rows, default));

        Assert.Equal((TableFile.TooMany, Slice.MaxRows), (refusal.Code, refusal.Args.Single()));
    }

    private static async Task<string> CsvAsync(params Line[] lines)
    {
        using var body = new MemoryStream();
        await TableFile.WriteCsvAsync(body, Columns, lines);
        return Encoding.UTF8.GetString(body.ToArray()).TrimStart('\uFEFF');
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://example.invalid\")", "\"'=HYPERLINK(\"\"http://example.invalid\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "-1")]
    [InlineData("-1-2", "'-1-2")]
    [InlineData("-A1", "'-A1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("plain, with comma", "\"plain, with comma\"")]
    public async Task Csv_AFormula_BecomesAText(string name, string field) =>
        Assert.Equal($"Name,km,Day\r\n{field},1.5,2026-03-02\r\n", await CsvAsync(new Line(name, 1.5, Day)));

    [Fact]
    public async Task Csv_ANegativeNumber_StaysANumber() => Assert.Contains(",-1.5,", await CsvAsync(new Line("x", -1.5, Day)));

    [Fact]
    public async Task Csv_WithSums_EndsWithThem()
    {
        using var body = new MemoryStream();

        await TableFile.WriteCsvAsync(body, [Columns[0] with { Sum = "Total" }, Columns[1] with { Sum = 4.5 }, Columns[2]], [new Line("x", 1.5, Day), new Line("y", 3, Day)]);

        Assert.EndsWith("\r\ny,3,2026-03-02\r\nTotal,4.5,\r\n", Encoding.UTF8.GetString(body.ToArray()));
    }

    [Fact]
    public async Task Xlsx_WithSums_EndsWithThem_AndItsColumnsAreAsWideAsTheirText()
    {
        using var body = new MemoryStream();

        await TableFile.WriteXlsxAsync(body, "cars", [Columns[0] with { Sum = "Total" }, Columns[1] with { Sum = 4.5 }, Columns[2]], [new Line(new string('x', 40), 4.5, Day)]);

        body.Position = 0;
        var sheet = Workbook.LoadFromStream(body).Sheets[0];
        Assert.Equal(("Total", 4.5), (sheet.Cells[2, 0].Value, sheet.Cells[2, 1].Value));
        Assert.True(sheet.Columns[0] > 2 * sheet.Columns[2] && sheet.Columns[2] > sheet.Columns[1], $"{sheet.Columns[0]}, {sheet.Columns[1]}, {sheet.Columns[2]}");
    }

    [Fact]
    public async Task Xlsx_AFormula_IsStoredAsText()
    {
        using var body = new MemoryStream();
        await TableFile.WriteXlsxAsync(body, "cars", Columns, [new Line("=HYPERLINK(\"http://example.invalid\")", 2.5, Day), new Line(null, -1, Day)]);

        using var archive = new ZipArchive(body, ZipArchiveMode.Read);
        var parts = archive.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal)).ToDictionary(e => e.FullName, e =>
        {
            using var reader = new StreamReader(e.Open());
            return reader.ReadToEnd();
        });
        Assert.Contains(parts.Values, xml => xml.Contains("=HYPERLINK", StringComparison.Ordinal));
        Assert.DoesNotContain(parts.Values, xml => xml.Contains("<f>", StringComparison.Ordinal) || xml.Contains("<f ", StringComparison.Ordinal) || xml.Contains("<x:f", StringComparison.Ordinal));
    }
}
