using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

/// <summary>Files as people send them: any encoding, any separator, packed or not.</summary>
public sealed class ReadingTests : IDisposable
{
    private static readonly Encoding Windows1251 = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;
    private readonly string path = Path.GetTempFileName();

    public static TheoryData<string> Encodings => ["utf-8", "utf-8-bom", "utf-16", "utf-16-no-bom", "utf-16-be", "windows-1251"];

    public void Dispose() => File.Delete(path);

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Open_InAnyEncoding_ReadsTheSame(string name)
    {
        const string text = "Машина;Время;Широта\r\nА123ВС;2024-05-01 10:00;50,45\r\nБ456ЇЄ;2024-05-01 10:01;50,46\r\n";
        Encoding encoding = name switch
        {
            "utf-8" => new UTF8Encoding(false),
            "utf-8-bom" => new UTF8Encoding(true),
            "utf-16" => new UnicodeEncoding(false, true),
            "utf-16-no-bom" => new UnicodeEncoding(false, false),
            "utf-16-be" => new UnicodeEncoding(true, true),
            _ => Windows1251,
        };

        var (header, rows) = await ReadAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);

        Assert.Equal(["Машина", "Время", "Широта"], header);
        Assert.Equal(["А123ВС", "2024-05-01 10:00", "50,45"], rows[0].Fields);
        Assert.Equal((2, 3), (rows[0].Line, rows[1].Line));
        Assert.Equal("Б456ЇЄ", rows[1].Fields[0]);
    }

    /// <summary>The letters that tell Windows-1251 from UTF-8 may stand far behind the start.</summary>
    [Fact]
    public async Task Open_WithItsFirstForeignLetterLate_StillFindsTheEncoding()
    {
        var text = "vehicle,note\n" + string.Concat(Enumerable.Repeat("A1,plain\n", 20_000)) + "A1,Київ\n";

        var (_, rows) = await ReadAsync(Windows1251.GetBytes(text));

        Assert.Equal("Київ", rows[^1].Fields[1]);
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task Open_WithAnyUsualSeparator_PartsTheFields(char separator)
    {
        var lines = new[] { "vehicle;time;note", "A1;2024-05-01T10:00Z;\"at; the, \"\"gate\"\" | here\"", "B2;2024-05-01T10:01Z;" };
        var text = string.Join('\n', lines.Select((line, i) => i == 1 ? line.Replace("A1;", $"A1{separator}").Replace("Z;", $"Z{separator}") : line.Replace(';', separator)));

        var (header, rows) = await ReadAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal(["vehicle", "time", "note"], header);
        Assert.Equal("at; the, \"gate\" | here", rows[0].Fields[2]);
        Assert.Equal(2, rows.Count);
    }

    /// <summary>The line numbers of the rows that are whole, and of the one that is not.</summary>
    [Theory]
    [InlineData("a,b\n1,\"x\n2,y\n3,z\n", new[] { 3, 4 }, new[] { 2 })]
    [InlineData("a,b\n1,\"x\n2,\"y\"\n3,\"z\"\n", new[] { 3, 4 }, new[] { 2 })]
    [InlineData("a,b\n\"1\",\"x\n\"2\",\"y\"\n\"3\",\"two\nlines\"\n", new[] { 3, 4 }, new[] { 2 })]
    [InlineData("a,b\n1,x\n2,\"y", new[] { 2 }, new[] { 3 })]
    [InlineData("a,b\n1,12\" pipe\n2,The \"Rose\"\n3,\"Rose\" Ltd\n", new[] { 2, 3, 4 }, new int[0])]
    [InlineData("a,b\n1,\"one\n\ntwo, \"\"three\"\"\nfour\"\n\n2,y\n", new[] { 2, 7 }, new int[0])]
    public async Task Open_WithAQuoteThatIsNotClosed_BreaksItsLineAlone(string text, int[] whole, int[] broken)
    {
        var (_, rows) = await ReadAsync(Encoding.UTF8.GetBytes(text));

        Assert.Equal(whole, rows.Where(r => r.Flaw is null).Select(r => r.Line));
        Assert.Equal(broken, rows.Where(r => r.Flaw?.Code == "open-quote").Select(r => r.Line));
        Assert.All(rows, row => Assert.Equal(2, row.Fields.Length));
    }

    [Fact]
    public async Task Open_OfACellOfSeveralLines_KeepsThem() =>
        Assert.Equal("one\n\ntwo, \"three\"", (await ReadAsync("a,b\n1,\"one\n\ntwo, \"\"three\"\"\"\n"u8.ToArray())).Rows.Single().Fields[1]);

    [Fact]
    public async Task Open_Packed_ReadsWhatIsInside()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync("vehicle,time\nA1,x\n"u8.ToArray());

        var (header, rows) = await ReadAsync(packed.ToArray());

        Assert.Equal(["vehicle", "time"], header);
        Assert.Equal(["A1", "x"], rows.Single().Fields);
    }

    [Fact]
    public async Task Open_WithoutAHeading_NumbersTheColumnsAndKeepsTheFirstRow()
    {
        var (header, rows) = await ReadAsync("A1,37.5,-122.4\nA2,37.6,-122.5\n"u8.ToArray());

        Assert.Equal(["1", "2", "3"], header);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task Open_AnEmptyFile_IsRefused() => Assert.Equal("import.file-empty", await RefusalAsync([]));

    [Fact]
    public async Task Open_ADamagedArchive_IsRefused() => Assert.Equal("import.unreadable", await RefusalAsync([0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public async Task Open_AnArchiveThatIsCutOff_IsRefused(double share)
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"A{i},{i * 7919 % 10_007}\n"))));

        Assert.Equal("import.unreadable", await RefusalAsync(packed.ToArray()[..(int)(packed.Length * share)]));
    }

    /// <summary>A packed file of a few kilobytes can unpack to anything.</summary>
    [Fact]
    public async Task Open_AnArchiveThatUnpacksWithoutEnd_IsRefusedAtTheLimit()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", 10_000)));
            for (var i = 0; i < 200; i++) await gzip.WriteAsync(lines);
        }
        Assert.True(packed.Length < 100_000);

        Assert.Equal("import.file-too-large", await RefusalAsync(packed.ToArray(), maxBytes: 1_000_000));
    }

    [Fact]
    public async Task Open_AFieldOfTenMegabytes_IsRefused() =>
        Assert.Equal("import.row-too-large", await RefusalAsync(Encoding.ASCII.GetBytes($"vehicle,note\nA1,\"{new string('x', 10_000_000)}\"\n")));

    [Fact]
    public async Task Open_AGpxFile_GivesItsPointsAsRows()
    {
        var (header, rows) = await ReadAsync("""
            <?xml version="1.0"?>
            <gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
              <metadata><name>Tour</name></metadata>
              <trk><name>Van 7</name><trkseg>
                <trkpt lat="46.1" lon="30.2"><ele>12.5</ele><time>2024-05-01T10:00:00Z</time><extensions><speed>10</speed></extensions></trkpt>
                <trkpt lat="46.2" lon="30.3"><time>2024-05-01T10:01:00Z</time><course>90</course></trkpt>
              </trkseg></trk>
              <trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk>
            </gpx>
            """u8.ToArray(), "morning.gpx");

        Assert.Equal(["vehicle", "time", "latitude", "longitude", "altitude", "speed", "heading"], header);
        Assert.Equal(["Van 7", "2024-05-01T10:00:00Z", "46.1", "30.2", "12.5", "36", ""], rows[0].Fields);
        Assert.Equal(["Van 7", "2024-05-01T10:01:00Z", "46.2", "30.3", "", "", "90"], rows[1].Fields);
        Assert.Equal(["morning", "", "1", "2", "", "", ""], rows[2].Fields);
        Assert.Equal([1, 2, 3], rows.Select(r => r.Line));
    }

    /// <summary>An entity that expands, or one read from elsewhere, is not even looked at.</summary>
    [Fact]
    public async Task Open_AGpxFileWithADocumentType_IsRefusedWithItsLine()
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() =>
            ReadAsync("<?xml version=\"1.0\"?>\n\n<!DOCTYPE gpx [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><gpx><trk><name>&e;</name></trk></gpx>"u8.ToArray()));

        Assert.Equal(("import.document-type", 3), (refusal.Code, refusal.Args[1]));
    }

    [Fact]
    public async Task Open_AGpxFileThatBreaksOff_GivesItsWholePointsAndTheLineOfItsEnd()
    {
        var (_, rows) = await ReadAsync("""
            <gpx><trk><name>Van 7</name><trkseg>
            <trkpt lat="46.1" lon="30.2"><time>2024-05-01T10:00:00Z</time></trkpt>
            <trkpt lat="46.2" lon="30.3"><time>2024-05-01T10:0
            """u8.ToArray());

        Assert.Equal([null, "3"], rows.Select(r => r.Flaw?.Args.Single()));
        Assert.Equal(["Van 7", "2024-05-01T10:00:00Z", "46.1", "30.2", "", "", ""], rows[0].Fields);
    }

    [Fact]
    public async Task Open_AGpxFileThatBreaksOffBeforeAnyWholePoint_IsRefused() =>
        Assert.Equal("import.broken-at-line", await RefusalAsync("<gpx><trk><trkseg><trkpt lat=\"46.1\" lon="u8.ToArray()));

    /// <summary>What was written as CSV is read as it was, whatever it holds.</summary>
    [Fact]
    public void Open_OfWhatWasWritten_IsTheSame() => Prop.ForAll(
        Gen.Elements("a", "Ї", " ", "\"", ",", ";", "\n", "=1+1", "ș", "1").ListOf().Select(parts => "x" + string.Concat(parts)).ArrayOf(3).NonEmptyListOf().ToArbitrary(),
        table =>
        {
            var text = new MemoryStream();
            using (var csv = CsvHelper.CsvWriter.Create(text, null, leaveOpen: true))
                foreach (var row in table.Prepend(["one", "two", "three"]))
                {
                    foreach (var field in row) csv.WriteField(field);
                    csv.EndRecord();
                }

            var (_, rows) = ReadAsync(text.ToArray()).GetAwaiter().GetResult();

            return rows.Select(r => r.Fields).SequenceEqual(table, EqualityComparer<string[]>.Create((a, b) => a!.SequenceEqual(b!), a => a.Length));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2008-06-05T00:00:00Z", "UTC", true, "2008-06-05T00:00:00Z")]
    [InlineData("2008-06-05 03:00:00+03:00", "UTC", true, "2008-06-05T00:00:00Z")]
    [InlineData("1212624000", "UTC", true, "2008-06-05T00:00:00Z")]
    [InlineData("1212624000000", "UTC", true, "2008-06-05T00:00:00Z")]
    [InlineData("05.06.2008 03:00", "Europe/Kyiv", true, "2008-06-05T00:00:00Z")]
    [InlineData("6/4/2008 5:00 PM", "America/Los_Angeles", false, "2008-06-05T00:00:00Z")]
    [InlineData("4/6/2008 17:00:00", "America/Los_Angeles", true, "2008-06-05T00:00:00Z")]
    [InlineData("39604.125", "Europe/Kyiv", true, "2008-06-05T00:00:00Z")]
    // Skipped and doubled by the clock change in Kyiv: read by standard time (+02:00).
    [InlineData("2024-03-31 03:30", "Europe/Kyiv", true, "2024-03-31T01:30:00Z")]
    [InlineData("2024-10-27 03:30", "Europe/Kyiv", true, "2024-10-27T01:30:00Z")]
    public void Time_HoweverWritten_IsRead(string text, string zone, bool dayFirst, string utc)
    {
        Assert.True(FieldValues.TryTime(text, TimeZoneInfo.FindSystemTimeZoneById(zone), dayFirst, out var time));
        Assert.Equal(DateTimeOffset.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), time);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("31/31/2024 10:00")]
    [InlineData("12")]
    public void Time_ThatIsNone_IsNotRead(string text) => Assert.False(FieldValues.TryTime(text, TimeZoneInfo.Utc, true, out _));

    [Theory]
    [InlineData("1 234,5", 1234.5)]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("-122.4", -122.4)]
    [InlineData("37,78", 37.78)]
    public void Number_HoweverWritten_IsRead(string text, double number)
    {
        Assert.True(FieldValues.TryNumber(text, out var read));
        Assert.Equal(number, read, 9);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("12 km")]
    public void Number_ThatIsNone_IsNotRead(string text) => Assert.False(FieldValues.TryNumber(text, out _));

    /// <summary>What one number alone does not tell, its file does; what it tells, it tells in any file.</summary>
    [Theory]
    [InlineData("1,500", 1500, 1.5)]
    [InlineData("1.500", 1.5, 1500)]
    [InlineData("1,500.00", 1500, 1500)]
    [InlineData("1.250,75", 1250.75, 1250.75)]
    [InlineData("1 250,75", 1250.75, 1250.75)]
    [InlineData("0,125", 0.125, 0.125)]
    [InlineData("1,234,567", 1234567, 1234567)]
    [InlineData("12,5", 12.5, 12.5)]
    [InlineData("1.5E+05", 150000, 150000)]
    public void Amount_IsReadByTheSignOfItsFile(string text, double point, double comma)
    {
        Assert.Equal((true, (decimal)point), (FieldValues.TryAmount(text, DecimalSign.Point, out var byPoint, out _), byPoint));
        Assert.Equal((true, (decimal)comma), (FieldValues.TryAmount(text, DecimalSign.Comma, out var byComma, out _), byComma));
    }

    [Theory]
    [InlineData("1,2,3", false)]
    [InlineData("five", false)]
    [InlineData("NaN", false)]
    [InlineData("123456789012345678901234567890", true)]
    public void Amount_ThatIsNone_IsToldFromOneTooLong(string text, bool isNumber) =>
        Assert.Equal((false, isNumber), (FieldValues.TryAmount(text, DecimalSign.Point, out _, out var number), number));

    [Fact]
    public void Sign_IsThatOfTheFieldsThatAloneTellIt()
    {
        Assert.Equal(DecimalSign.Comma, FieldValues.SignOf(["1,500", "12,5", "name", "2026-01-05"]));
        Assert.Equal(DecimalSign.Comma, FieldValues.SignOf(["1.234.567"]));
        Assert.Equal(DecimalSign.Point, FieldValues.SignOf(["1,500", "1,500.00"]));
        Assert.Null(FieldValues.SignOf(["1,500", "7", "01.05.2026", "A-12"]));
    }

    [Fact]
    public async Task Open_InTheRomanianCodePage_ReadsItsLetters()
    {
        var text = "denumire;pret\r\nScaun pliant ușor, roșu și înalt;12,50\r\nMasă țărănească;99,00\r\n".Replace('ș', 'ş').Replace('ț', 'ţ');

        var (_, rows) = await ReadAsync(CodePagesEncodingProvider.Instance.GetEncoding(1250)!.GetBytes(text));

        Assert.Equal(["Scaun pliant uşor, roşu şi înalt", "Masă ţărănească"], rows.Select(r => r.Fields[0]));
    }

    private async Task<(string[] Header, List<SourceRow> Rows)> ReadAsync(byte[] content, string name = "file.csv", long maxBytes = 100_000_000)
    {
        await File.WriteAllBytesAsync(path, content);
        var table = await new SourceFormats([new CsvFormat(), new GpxFormat()]).OpenAsync(new SourceFile(path, name, maxBytes), default);
        return (table.Header, await table.Rows.ToListAsync());
    }

    private async Task<string> RefusalAsync(byte[] content, long maxBytes = 100_000_000) =>
        (await Assert.ThrowsAsync<RuleBrokenException>(() => ReadAsync(content, maxBytes: maxBytes))).Code;
}
