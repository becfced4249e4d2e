using System.IO.Compression;
using System.Text;
using Portal.Web.Shared;

namespace Portal.Tests.Fleet;

public sealed class TableFileTests
{
    private sealed record Line(string? Name, double Km, DateTime Day);

    private static readonly TableColumn<Line>[] Columns = [new("Name", l => l.Name), new("km", l => l.Km), new("Day", l => l.Day)];
    private static readonly DateTime Day = new(2026, 3, 2);

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
