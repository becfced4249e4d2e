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

    /// <summary>What a formula came to when the file was saved counts; one that came to an error refuses its row.</summary>
    [Fact]
    public async Task Open_OfFormulas_ReadsWhatTheyCameToWhenSaved()
    {
        await using (var file = File.Create(path))
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            await WriteAsync(archive, "[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""");
            await WriteAsync(archive, "_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            await WriteAsync(archive, "xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
            await WriteAsync(archive, "xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Goods" sheetId="1" r:id="rId7"/></sheets></workbook>""");
            await WriteAsync(archive, "xl/worksheets/sheet1.xml", """
                <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
                <row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>price</t></is></c></row>
                <row r="2"><c r="A2" t="str"><f>HYPERLINK("https://example.org","Shelf")</f><v>Shelf</v></c><c r="B2"><f>IFERROR(VLOOKUP(A2,[1]Prices!A:B,2,0),0)</f><v>250</v></c></row>
                <row r="3"><c r="A3" t="inlineStr"><is><t>Lamp</t></is></c><c r="B3" t="e"><f>VLOOKUP(A3,Gone!A:B,2,0)</f><v>#REF!</v></c></row>
                <row r="4"><c r="A4" t="inlineStr"><is><t>Table</t></is></c><c r="B4"><f>2*3</f></c></row>
                </sheetData></worksheet>
                """);
        }
        var rows = await (await OpenAsync()).Rows.ToListAsync();
        Assert.Equal([("Shelf", "250"), ("Lamp", ""), ("Table", "6")], rows.Select(r => (r.Fields[0], r.Fields[1])));
        Assert.Equal([null, "formula-error B", null], rows.Select(r => r.Flaw is { } flaw ? $"{flaw.Code} {flaw.Args[0]}" : null));

        static async Task WriteAsync(ZipArchive archive, string part, string content)
        {
            await using var stream = archive.CreateEntry(part).Open();
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(content));
        }
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
