using System.IO.Compression;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;
using Portal.Web.Imports;
using Radzen.Documents.Spreadsheet;

namespace Portal.Tests.Imports;

public sealed class XlsxFormatTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Open_ReadsTextNumbersAndDatesOfTheFirstSheet()
    {
        var workbook = new Workbook();
        var sheet = workbook.AddSheet("Fixes", 4, 3);
        object[][] table = [["vehicle", "time", "lat"], ["A1", new DateTime(2024, 5, 1, 10, 0, 30), 46.125], ["Київ 2", new DateTime(2024, 5, 1), -0.5]];
        for (var row = 0; row < table.Length; row++)
            for (var column = 0; column < 3; column++) sheet.Cells[row, column].Value = table[row][column];
        await using (var file = File.Create(path)) workbook.SaveToStream(file);

        var read = await OpenAsync();
        var rows = await read.Rows.ToListAsync();

        Assert.Equal(["vehicle", "time", "lat"], read.Header);
        Assert.Equal(("A1", "46.125"), (rows[0].Fields[0], rows[0].Fields[2]));
        Assert.Equal(("Київ 2", "-0.5"), (rows[1].Fields[0], rows[1].Fields[2]));
        Assert.Equal([new(2024, 5, 1, 10, 0, 30), new DateTime(2024, 5, 1)], rows.Select(r => Time(r.Fields[1])));
        Assert.Equal([2, 3], rows.Select(r => r.Line));
    }

    /// <summary>A number is a date where its cell shows one; a word that looks like a part of a date does not make it one.</summary>
    [Theory]
    [InlineData("mm/dd/yyyy", 29000, "1979-05-25")]
    [InlineData("dd\\.mm\\.yyyy;@", 46343.416666666664, "2026-11-17T10:00:00")]
    [InlineData("[$-419]d mmmm yyyy", 46343, "2026-11-17")]
    [InlineData("#,##0.00\" days\"[Red]", 46343.5, "46343.5")]
    [InlineData("0.0", 46343.5, "46343.5")]
    [InlineData("yyyy-mm-dd", -1, "-1")]
    public async Task Open_OfANumber_IsADateByTheFormatOfItsCell(string format, double number, string read)
    {
        var workbook = new Workbook();
        var sheet = workbook.AddSheet("People", 2, 1);
        sheet.Cells[0, 0].Value = "born";
        (sheet.Cells[1, 0].Value, sheet.Cells[1, 0].Format) = (number, new Format { NumberFormat = format });
        await using (var file = File.Create(path)) workbook.SaveToStream(file);

        Assert.Equal(read, (await (await OpenAsync()).Rows.ToListAsync()).Single().Fields[0]);
    }

    [Fact]
    public async Task Open_OfABomb_IsRefusedAtTheLimit()
    {
        await using (var file = File.Create(path))
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            await using var part = archive.CreateEntry("xl/worksheets/sheet1.xml").Open();
            var zeros = new byte[1_000_000];
            for (var i = 0; i < 70; i++) await part.WriteAsync(zeros);
        }

        Assert.Equal("import.file-too-large", (await Assert.ThrowsAsync<RuleBrokenException>(OpenAsync)).Code);
    }

    [Fact]
    public async Task Open_OfAnArchiveThatIsNoWorkbook_IsRefused()
    {
        await using (var file = File.Create(path))
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create)) archive.CreateEntry("readme.txt");

        Assert.Equal("import.unreadable", (await Assert.ThrowsAsync<RuleBrokenException>(OpenAsync)).Code);
    }

    // A date comes as a date or, where its cell has no such format, as a day number.
    private static DateTime Time(string text) => FieldValues.TryTime(text, TimeZoneInfo.Utc, true, out var time) ? time.UtcDateTime : default;

    private Task<SourceTable> OpenAsync() => new SourceFormats([new CsvFormat(), new XlsxFormat()]).OpenAsync(new SourceFile(path, "book.xlsx", 100_000_000), default);
}
