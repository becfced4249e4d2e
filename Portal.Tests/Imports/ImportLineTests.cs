using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Imports;

namespace Portal.Tests.Imports;

public sealed class ImportLineTests : IAsyncLifetime
{
    internal const string Header = "trip id,vehicle,pickup utc,dropoff utc,pickup lat,pickup lon,dropoff lat,dropoff lon\n";
    internal const string Good = "7,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3\n";
    private readonly ImportRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    /// <summary>Who mends what was refused need not say again what he said about the file.</summary>
    [Fact]
    public async Task Upload_OfTheRefusedRows_TakesUpWhatWasDecidedAboutTheirFile()
    {
        var first = await rig.CheckAsync("clients", "branches.csv", "what,whom,vat\nA-1,Alfa,1\n"u8.ToArray(),
            settings => settings with { Map = new Dictionary<string, int> { ["name"] = 1, ["key"] = 0 }, Country = "RU", Decimals = DecimalSign.Comma, DayFirst = false });
        Assert.Equal(ImportState.Checked, first.State);

        var mended = await rig.Line.UploadAsync("clients", "branches.refused.csv", new MemoryStream("line,why,what,whom,vat\n2,wrong,A-2,Beta,1\n"u8.ToArray()), ImportRig.Importer, default);

        Assert.Equal(("RU", DecimalSign.Comma, false, first.Source), (mended.Country, mended.Decimals, mended.DayFirst, mended.Source));
        Assert.Equal([("key", 2), ("name", 3)], mended.Map.OrderBy(m => m.Key).Select(m => (m.Key, m.Value)));
    }

    [Fact]
    public async Task Apply_OfATrip_MakesACompletedTripWithItsVehicleDriverHistoryAndSearchEntry()
    {
        var run = await rig.ImportAsync("trips", "april.csv", Header + Good);

        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var trip = await db.Set<Trip>().Include(t => t.Events).SingleAsync();
        var vehicle = await db.Set<Vehicle>().SingleAsync();
        var driver = await db.Set<Driver>().SingleAsync();
        Assert.Equal((TripState.Completed, "april", vehicle.Id, driver.Id), (trip.State, trip.Source, trip.Vehicle!.Value, trip.Driver!.Value));
        Assert.Equal(("A1", "april", "april"), (vehicle.Plate, vehicle.Source, driver.Source));
        Assert.Equal(new DateTimeOffset(2024, 5, 1, 10, 20, 0, TimeSpan.Zero), trip.EndedAt);
        Assert.Equal([TripAction.Registered, TripAction.Completed], trip.Events.OrderBy(e => e.Ordinal).Select(e => e.Action));
        Assert.All(trip.Events, e => Assert.Equal(ImportRig.Importer.UserId, e.ByUser));
        Assert.Equal("46.10000, 30.20000", trip.Pickup.Address);
        Assert.Equal($"#{trip.Number} april", (await db.Set<SearchRow>().SingleAsync(r => r.ObjectId == trip.Id.Value)).Title);
        Assert.Contains(await db.Set<AuditRow>().Where(a => a.ObjectId == run.Id).Select(a => a.After!).ToListAsync(), after => after.Contains("\"Applied\": 1"));
        Assert.False(File.Exists(Path.Combine(rig.Folder, run.StoredAs)));
    }

    [Fact]
    public async Task File_ThatLooksLikeAnotherKind_CanBeTakenAsThat()
    {
        var content = new MemoryStream(Encoding.UTF8.GetBytes("vehicle,time,lat,lon,speed\nA1,2024-05-01T10:00Z,46.1,30.2,40\n"));
        var run = await rig.Line.UploadAsync("trips", "day.csv", content, ImportRig.Importer, default);

        var likelier = rig.Kinds.Likelier(run.Kind, run.Header, ImportRig.Importer);
        run = await rig.Line.TakeAsAsync(run.Id, likelier!.Code, ImportRig.Importer, default);

        Assert.Equal(("tracks", 5, ImportState.Draft), (run.Kind, run.Map.Count, run.State));
        Assert.Null(rig.Kinds.Likelier(run.Kind, run.Header, ImportRig.Importer));
        Assert.Null(rig.Kinds.Likelier("trips", Header.Trim().Split(','), ImportRig.Importer));
        Assert.Null(rig.Kinds.Likelier("trips", ["colour", "taste"], ImportRig.Importer));
        await rig.Line.CheckAsync(run.Id, ImportRig.Importer, default);
        await rig.Work.RunAsync(run.Id, default);
        Assert.Equal((1, 0), ((await rig.Query.RunAsync(run.Id, ImportRig.Importer, default)) is var through ? (through.Rows, through.Refused) : default));
    }

    /// <summary>A car its source brought and somebody archived is the same car when the source names it again, and stays archived.</summary>
    [Fact]
    public async Task Apply_OfMoreOfAnArchivedSource_FindsItsCarsAndDriversAgain()
    {
        await rig.ImportAsync("trips", "april.csv", Header + Good);
        await rig.ScalarAsync<long>("with v as (update fleet.vehicle set archived = true returning 1), d as (update fleet.driver set archived = true returning 1) select count(*) from v, d");

        await rig.ImportAsync("trips", "april.csv", Header + Good.Replace("7,", "8,", StringComparison.Ordinal));

        Assert.Equal((1, 1, 2), (await rig.CountAsync("fleet.vehicle where archived"), await rig.CountAsync("fleet.driver where archived"), await rig.CountAsync("dispatch.trip where driver is not null")));
        Assert.Equal((1, 1), (await rig.CountAsync("fleet.vehicle"), await rig.CountAsync("fleet.driver")));
    }

    [Fact]
    public async Task Apply_OfAnotherSource_LeavesAnArchivedCarAlone()
    {
        await rig.ImportAsync("trips", "april.csv", Header + Good);
        await rig.ScalarAsync<long>("with v as (update fleet.vehicle set archived = true returning 1) select count(*) from v");

        await rig.ImportAsync("trips", "may.csv", Header + Good);

        Assert.Equal((1, 1), (await rig.CountAsync("fleet.vehicle where archived"), await rig.CountAsync("fleet.vehicle where not archived")));
    }

    [Fact]
    public async Task Apply_PlansTheWayOfEachTripWhosePlacesAreKnownAndCanBe()
    {
        const string rows = "1,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3\n2,A1,2024-05-01T11:00Z,2024-05-01T11:20Z,46.1,30.2,-46.2,30.3\n";
        await rig.ImportAsync("trips", "ways.csv", Header + rows);
        await rig.ImportAsync("trips", "addresses.csv", "trip id,vehicle,pickup utc,dropoff utc,from,to\n3,A1,2024-05-01T12:00Z,2024-05-01T12:20Z,Mill,Depot\n");

        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        var trips = await db.Set<Trip>().OrderBy(t => t.PickupFrom).ToListAsync();
        var way = new TravelTimeEstimator(null, TravelExperience.None, TimeZoneInfo.Utc).Estimate(new(46.1, 30.2), new(46.2, 30.3), trips[0].PickupFrom);
        Assert.Equal(way.Metres / 1000, trips[0].PlannedKm!.Value, 0.01);
        Assert.Equal(way.Seconds, trips[0].PlannedSeconds!.Value, 1.0);
        Assert.All(trips.Skip(1), trip => Assert.Equal((null, null), (trip.PlannedKm, trip.PlannedSeconds)));
    }

    [Fact]
    public async Task Report_OfRefusedRows_IsHarmlessInASpreadsheet()
    {
        var run = await rig.CheckAsync("trips", "formulas.csv", Encoding.UTF8.GetBytes(Header + "=HYPERLINK(\"http://x\"),A1,,,46.1,30.2,46.2,30.3\n"));

        Assert.Contains("'=HYPERLINK", (await ReportAsync(run.Id))[1]);
    }

    [Theory]
    [InlineData("\u0089PNG\r\n\u001a\n\0\0\0\rIHDR")]
    [InlineData("trip id,veh\0icle\n7,A1\n")]
    public async Task Upload_OfWhatIsNoTable_SaysSo(string content)
    {
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => rig.CheckAsync("trips", "picture.csv", Encoding.Latin1.GetBytes(content)));

        Assert.Equal("import.no-table", refusal.Code);
    }

    [Fact]
    public async Task Check_OfARowWithNul_TellsAndGoesOn()
    {
        var run = await rig.CheckAsync("trips", "nul.csv", Encoding.UTF8.GetBytes(Header + "6,A1,2024-05-\001T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3\n" + Good));

        Assert.Equal((2, 1), (run.Rows, run.Refused));
    }

    [Fact]
    public async Task Check_OfAnUnclosedQuote_RefusesItsLineAlone()
    {
        var rows = string.Concat(Enumerable.Range(10, 150).Select(i => Good.Replace("7,A1", $"{i},A{i}")));
        var run = await rig.CheckAsync("trips", "quote.csv", Encoding.UTF8.GetBytes(Header + Good + Good.Replace("7,A1", "8,\"A1") + rows));

        Assert.Equal((152, 1), (run.Rows, run.Refused));
        Assert.Single(await ReportAsync(run.Id), line => line.EndsWith(",3,open-quote", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("8,A1,2024-05-01T10:00Z")]
    [InlineData("8;A1;2024-05-01T10:00Z")]
    [InlineData("8,A1,2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3,over")]
    public async Task Check_OfARowThatDoesNotFitTheHeadings_RefusesIt(string row)
    {
        var run = await rig.CheckAsync("trips", "shifted.csv", Encoding.UTF8.GetBytes(Header + row + "\n" + Good.TrimEnd() + ",,\n"));

        Assert.Equal((2, 1), (run.Rows, run.Refused));
        Assert.Single(await ReportAsync(run.Id), line => line.Contains(",2,field-count ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Discard_OfACheckedFile_LeavesTheRecordAndNothingElse()
    {
        var run = await rig.CheckAsync("trips", "unwanted.csv", Encoding.UTF8.GetBytes(Header + Good));

        var gone = await rig.Line.DiscardAsync(run.Id, ImportRig.Importer, default);

        Assert.Equal((ImportState.Cancelled, "", true), (gone.State, gone.StoredAs, gone.IsDiscarded));
        Assert.False(File.Exists(Path.Combine(rig.Folder, run.StoredAs)));
        Assert.Equal(0, await rig.CountAsync("imports.staged_row"));
        Assert.Equal("import.file-gone", (await Assert.ThrowsAsync<RuleBrokenException>(() => rig.Line.ApplyAsync(run.Id, ImportRig.Importer, default))).Code);
    }

    /// <summary>The rows that the check found taken in before are not to be taken in again, whether the run has met them or not.</summary>
    [Theory]
    [InlineData(0, 0, 5)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 6, 1)]
    public void Remaining_OfAStoppedRun_LeavesOutWhatWasTakenInBefore(int applied, int skipped, int remaining)
    {
        var now = DateTimeOffset.UtcNow;
        var run = new ImportRun(Guid.NewGuid(), "trips", "half.csv", "half", 1, ["number"], ["1"], new ImportSettings { Source = "half", Map = new Dictionary<string, int>() }, ImportRig.Importer, now);
        run.EndCheck(rows: 10, refused: 1, repeated: 0, known: 4, []);
        run.BeginApply();
        run.Advance(applied + skipped, applied, skipped, refused: 0, []);
        run.Cancel(now);

        Assert.Equal((Math.Max(4, skipped), remaining, false), (run.TakenBefore, run.Remaining, run.IsDiscarded));
    }

    [Fact]
    public async Task Check_OfARowTooLarge_TellsWhich()
    {
        var run = await rig.CheckAsync("trips", "large.csv", Encoding.UTF8.GetBytes(Header + Good + "8,\"" + new string('x', 300_000) + "\",2024\n"));

        Assert.Equal("import.row-too-large", run.Failure);
        Assert.Equal(["3"], run.FailureArgs);
    }

    [Fact]
    public async Task Check_WhenVehiclesMustBeKnown_RefusesTheUnknown()
    {
        var run = await rig.ImportAsync("trips", "known.csv", Header + Good, settings => settings with { CreateMissing = false });

        Assert.Equal((1, 0), (run.Refused, run.Applied));
        Assert.Equal(0, await rig.CountAsync("fleet.vehicle"));
    }

    [Fact]
    public async Task Apply_OfTrueDuplicates_KeepsBoth_AndARerunAddsNothing()
    {
        var first = await rig.ImportAsync("trips", "twice.csv", Header + Good + Good);
        var again = await rig.ImportAsync("trips", "twice.csv", Header + Good + Good);
        var grown = await rig.ImportAsync("trips", "twice.csv.gz", Header + Good + Good + Good);

        Assert.Equal((2, 1, 0), (first.Applied, first.Repeated, first.Skipped));
        Assert.Equal((0, 2, 2), (again.Applied, again.Known, again.Skipped));
        Assert.Equal((1, "twice"), (grown.Applied, grown.Source));
        Assert.Equal(3, await rig.CountAsync("dispatch.trip"));
    }

    [Fact]
    public async Task Check_OfANumberThatStandsTwiceOverDifferentTrips_CountsThem_AndBothAreKept()
    {
        var run = await rig.ImportAsync("trips", "reused.csv", Header + Good + Good + Good.Replace("46.1", "46.15", StringComparison.Ordinal) + Good.Replace("7,", "8,", StringComparison.Ordinal));

        Assert.Equal((4, 2, 1), (run.Applied, run.Repeated, run.Notes["same-number"]));
        Assert.False((await rig.ImportAsync("trips", "twice.csv", Header + Good + Good)).Notes.ContainsKey("same-number"));
    }

    [Fact]
    public async Task Check_WhenOneRowOfADocumentIsRefused_RefusesTheWholeDocument()
    {
        var run = await rig.ImportAsync("trips", "whole.csv", Header + Good + Good.Replace("46.1", "91") + Good.Replace("7,", "8,"));

        Assert.Equal((2, 1), (run.Refused, run.Applied));
        Assert.Contains(await ReportAsync(run.Id), line => line.Contains("document-refused 3"));
    }

    [Fact]
    public async Task Upload_OfAFileOfAKnownLook_TakesTheRememberedMapUnderItsOwnName()
    {
        const string text = "a,b,c,d,e,f\nA1,2024-05-01T10:00Z,2024-05-01T10:20Z,Mill,Depot,x\n";
        var map = new Dictionary<string, int> { ["vehicle"] = 0, ["pickup-time"] = 1, ["dropoff-time"] = 2, ["pickup-address"] = 3, ["dropoff-address"] = 4 };
        await rig.ImportAsync("trips", "odd.csv", text, settings => settings with { Map = map, Source = "Odd" });

        var next = await rig.Line.UploadAsync("trips", "odd2.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), ImportRig.Importer, default);

        Assert.Equal(map, next.Map);
        Assert.Equal("odd2", next.Source);
    }

    [Fact]
    public async Task Upload_OfAFileTakenInUnderAnotherSource_KeepsToThatSource()
    {
        await rig.ImportAsync("trips", "april.csv", Header + Good, settings => settings with { Source = "Harbour cabs" });

        var again = await rig.ImportAsync("trips", "april.csv", Header + Good);

        Assert.Equal(("Harbour cabs", 0, 1), (again.Source, again.Applied, again.Skipped));
    }

    [Fact]
    public async Task Report_WithOneCellMended_IsTakenInUnderTheSourceOfItsFile()
    {
        const string west = "-1,A1,noon,2024-05-01T10:20Z,37.75,-122.4,37.76,-122.5\n";
        var first = await rig.ImportAsync("trips", "west.csv", Header + Good + west.Replace("-1,", "=7,") + west);
        var report = await ReportAsync(first.Id);
        Assert.EndsWith("37.75,-122.4,37.76,-122.5,4,not-a-time pickup-time noon", report[2]);

        var mended = await rig.ImportAsync("trips", "west.refused.csv", string.Join("\r\n", report).Replace("noon,2024", "2024-05-01T10:00Z,2024"));
        var again = await rig.ImportAsync("trips", "west.csv", Header + west.Replace("noon", "2024-05-01T10:00Z"));

        Assert.Equal(("west", 2, 2, 0), (mended.Source, mended.Rows, mended.Applied, mended.Refused));
        Assert.Equal("-1,7,=7", await rig.ScalarAsync<string>("select string_agg(document, ',' order by document) from imports.taken"));
        Assert.Equal(-122.4, await rig.ScalarAsync<double>("select min(pickup_longitude) from dispatch.trip where pickup_latitude = 37.75"));
        Assert.Equal((0, 1), (again.Applied, again.Skipped));
    }

    /// <summary>A spreadsheet that opened the file as columns opens the report so, and letters beyond ASCII stand there as they were.</summary>
    [Fact]
    public async Task Report_IsPartedAsItsFileWas_OrAsSpreadsheetsOfItsReaderPartFields()
    {
        const string rows = "код;клиент;телефон;почта\nК-1;Мельница;8 (495) 123-45-67, 8 (495) 765-43-21;никто\nК-2;Пекарня;;\n";
        var run = await rig.ImportAsync("clients", "Клиенты.csv", CodePagesEncodingProvider.Instance.GetEncoding(1251)!.GetBytes(rows));
        var report = new MemoryStream();
        await rig.Query.WriteRefusedAsync(run.Id, report, ("строка", "причина"), (code, _) => code, ImportRig.Importer, default);

        Assert.Equal("\uFEFFкод;клиент;телефон;почта;строка;причина\r\nК-1;Мельница;8 (495) 123-45-67, 8 (495) 765-43-21;никто;2;not-a-mail\r\n", Encoding.UTF8.GetString(report.ToArray()));
        var mended = await rig.ImportAsync("clients", "Клиенты.refused.csv", Encoding.UTF8.GetString(report.ToArray()).Replace("никто", "mill@mill.example"));
        Assert.Equal(("Клиенты", 1, 0), (mended.Source, mended.Applied, mended.Refused));

        // a workbook is parted by nothing
        await rig.RunAsync("update imports.import_run set separator = null");
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var (culture, separator) in new[] { ("ru", ';'), ("en", ',') })
            {
                CultureInfo.CurrentCulture = new(culture);
                Assert.StartsWith($"код{separator}клиент{separator}", (await ReportAsync(run.Id))[0]);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Cancel_Midway_KeepsWhatIsTakenIn_AndGoingOnConverges()
    {
        const int trips = 350;
        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = 100 }, added => added.AddSingleton<IImportKind, CancellingKind>());
        var run = await UploadAndCheckAsync(services, "cancelling", trips);
        var kind = (CancellingKind)services.GetRequiredService<ImportKinds>()["cancelling"];
        kind.AfterChunk = async chunk =>
        {
            if (chunk == 2) await services.GetRequiredService<ImportLine>().CancelAsync(run, ImportRig.Importer, default);
        };

        await ApplyAsync(services, run);

        var stopped = await StateAsync(services, run);
        Assert.Equal((ImportState.Cancelled, 200, 150, 0), (stopped.State, stopped.Applied, stopped.Remaining, stopped.TakenBefore));
        Assert.Equal(200, await rig.CountAsync("dispatch.trip"));

        await ApplyAsync(services, run);

        var done = await StateAsync(services, run);
        Assert.Equal((ImportState.Completed, trips, 0), (done.State, done.Applied, done.Skipped));
        Assert.Equal(trips, await rig.CountAsync("dispatch.trip"));
    }

    /// <summary>What a kill leaves: some chunks committed, one cut in the middle, the run still marked as at work.</summary>
    [Fact]
    public async Task Restart_AfterTheWorkWasCut_TakesTheRestInOnce()
    {
        const int trips = 350;
        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = 100 }, added => added.AddSingleton<IImportKind, CancellingKind>());
        var run = await UploadAndCheckAsync(services, "cancelling", trips);
        var kind = (CancellingKind)services.GetRequiredService<ImportKinds>()["cancelling"];
        using var killed = new CancellationTokenSource();
        kind.AfterChunk = async chunk =>
        {
            if (chunk < 3) return;
            await killed.CancelAsync();
            killed.Token.ThrowIfCancellationRequested();
        };
        await services.GetRequiredService<ImportLine>().ApplyAsync(run, ImportRig.Importer, default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => services.GetRequiredService<ImportWork>().RunAsync(run, killed.Token));
        Assert.Equal((ImportState.Applying, 200), ((await StateAsync(services, run)).State, await rig.CountAsync("dispatch.trip")));

        kind.AfterChunk = _ => Task.CompletedTask;
        await services.GetRequiredService<ImportWork>().RunAllAsync(default);

        Assert.Equal((ImportState.Completed, trips), ((await StateAsync(services, run)).State, await rig.CountAsync("dispatch.trip")));
        Assert.Equal(0, await rig.ScalarAsync<long>($"select count(*) from imports.staged_row where run = '{run}'"));
    }

    /// <summary>While a file of one person is being taken in, another worker takes in the file of another, and leaves his others for later.</summary>
    [Fact]
    public async Task Work_OnALongFileOfOnePerson_LeavesTheFilesOfOthersToTheNextWorker()
    {
        await using var services = rig.Services(new ImportOptions(rig.Folder) { ChunkRows = 100 }, added => added.AddSingleton<IImportKind, CancellingKind>());
        var work = services.GetRequiredService<ImportWork>();
        var (line, other) = (services.GetRequiredService<ImportLine>(), ImportRig.Importer with { UserId = Guid.NewGuid(), Name = "Other" });
        var run = await UploadAndCheckAsync(services, "cancelling", 30);
        async Task<Guid> WaitingAsync(Actor of)
        {
            var waiting = await line.UploadAsync("trips", $"{Guid.NewGuid():N}.csv", new MemoryStream(Encoding.UTF8.GetBytes(Header + Good)), of, default);
            await line.CheckAsync(waiting.Id, of, default);
            return waiting.Id;
        }
        var (his, foreign) = (await WaitingAsync(ImportRig.Importer), await WaitingAsync(other));
        var kind = (CancellingKind)services.GetRequiredService<ImportKinds>()["cancelling"];
        var seen = (His: ImportState.Draft, Foreign: ImportState.Draft);
        kind.AfterChunk = async _ =>
        {
            await work.RunAllAsync(default);
            seen = ((await StateAsync(services, his)).State, (await StateAsync(services, foreign)).State);
        };
        await line.ApplyAsync(run, ImportRig.Importer, default);

        await work.RunAllAsync(default);

        Assert.Equal((ImportState.Checking, ImportState.Checked), seen);
        Assert.Equal(ImportState.Checked, (await StateAsync(services, his)).State);
    }

    [Fact]
    public async Task Work_ThatWasAccepted_IsDoneByWhoeverComesRound_AlsoWhenTheAcceptingNodeIsGone()
    {
        Guid run;
        await using (var accepting = rig.Services(new ImportOptions(rig.Folder)))
            run = await UploadAndCheckAsync(accepting, "trips", 30);
        await using (var accepting = rig.Services(new ImportOptions(rig.Folder)))
            await accepting.GetRequiredService<ImportLine>().ApplyAsync(run, ImportRig.Importer, default);
        await using var other = rig.Services(new ImportOptions(rig.Folder));

        await other.GetRequiredService<ImportWork>().RunAllAsync(default);

        Assert.Equal((ImportState.Completed, 30), ((await StateAsync(other, run)).State, await rig.CountAsync("dispatch.trip")));
    }

    [Fact]
    public async Task Work_OnOneRunByTwo_IsDoneByOne()
    {
        var run = await rig.CheckAsync("trips", "race.csv", Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(1, 300).Select(Trip))));
        await rig.Line.ApplyAsync(run.Id, ImportRig.Importer, default);

        await Task.WhenAll(rig.Work.RunAsync(run.Id, default), rig.Work.RunAsync(run.Id, default));

        Assert.Equal(300, await rig.CountAsync("dispatch.trip"));
        Assert.Equal(300, (await rig.Query.RunAsync(run.Id, ImportRig.Importer, default)).Applied);
    }

    [Fact]
    public async Task Upload_WithoutTheRight_IsRefusedAndLeavesNoFile()
    {
        var stranger = new Actor { UserId = Guid.NewGuid(), Name = "Nobody", Permissions = System.Collections.Frozen.FrozenSet.Create(Permissions.TracksImport) };

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => rig.Line.UploadAsync("trips", "x.csv", new MemoryStream("a,b"u8.ToArray()), stranger, default));

        Assert.Equal("identity.not-allowed", refusal.Code);
        Assert.Empty(Directory.GetFiles(rig.Folder));
    }

    [Fact]
    public async Task Upload_OfAnUnreadableFile_LeavesNoFile()
    {
        await Assert.ThrowsAsync<RuleBrokenException>(() => rig.Line.UploadAsync("trips", "../../x.csv", new MemoryStream(), ImportRig.Importer, default));

        Assert.Empty(Directory.GetFiles(rig.Folder));
    }

    [Fact]
    public async Task Tracks_WithDirt_AreKeptFlaggedAndGivenSpeedAndHeading()
    {
        var lines = new StringBuilder("vehicle,time,lat,lon\n");
        for (var i = 0; i < 12; i++) lines.Append($"V1,2024-05-01T10:{i:00}:00Z,{46.1 + i * 0.01:0.00},30.2\n");
        lines.Append("V1,2024-05-01T10:05:30Z,51,30.2\n").Append("V1,2024-05-01T10:07:30Z,0,0\n");

        var run = await rig.ImportAsync("tracks", "dirt.csv", lines.ToString());

        Assert.Equal((14, 1, 1), (run.Applied, run.Notes["jump"], run.Notes["null-island"]));
        Assert.Equal("1,2", await rig.ScalarAsync<string>("select string_agg(flags::text, ',' order by flags) from fleet.position where flags <> 0"));
        // 0.01° of latitude in a minute is 1,112 m: 66.7 km/h, due north.
        Assert.Equal(11, await rig.ScalarAsync<long>("select count(*) from fleet.position where speed_kmh between 66 and 67 and heading_deg = 0"));
    }

    [Fact]
    public async Task Tidy_LetsGoOfWhatNobodyFinished_AndKeepsTheRest()
    {
        await using var services = rig.Services(new ImportOptions(rig.Folder) { KeepUnfinished = TimeSpan.Zero });
        var left = await rig.CheckAsync("trips", "left.csv", Encoding.UTF8.GetBytes(Header + Good + Good.Replace("46.1", "91")));
        var done = await rig.ImportAsync("tracks", "done.csv", "vehicle,time,lat,lon\nV1,2024-05-01T10:00Z,46.1,30.2\n");
        await File.WriteAllTextAsync(Path.Combine(rig.Folder, "orphan"), "x");

        await services.GetRequiredService<ImportWork>().TidyAsync(default);

        Assert.Empty(Directory.GetFiles(rig.Folder));
        Assert.Equal(ImportState.Cancelled, (await StateAsync(services, left.Id)).State);
        Assert.Equal(ImportState.Completed, (await StateAsync(services, done.Id)).State);
        Assert.Equal("import.file-gone", (await Assert.ThrowsAsync<RuleBrokenException>(() => rig.Line.ApplyAsync(left.Id, ImportRig.Importer, default))).Code);
    }

    private static string Trip(int number) => $"{number},A{number % 7},2024-05-01T10:00Z,2024-05-01T10:20Z,46.1,30.2,46.2,30.3\n";

    private static async Task<Guid> UploadAndCheckAsync(ServiceProvider services, string kind, int trips)
    {
        var line = services.GetRequiredService<ImportLine>();
        var content = new MemoryStream(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(1, trips).Select(Trip))));
        var run = await line.UploadAsync(kind, "many.csv", content, ImportRig.Importer, default);
        await line.CheckAsync(run.Id, ImportRig.Importer, default);
        await services.GetRequiredService<ImportWork>().RunAsync(run.Id, default);
        return run.Id;
    }

    private static async Task ApplyAsync(ServiceProvider services, Guid run)
    {
        await services.GetRequiredService<ImportLine>().ApplyAsync(run, ImportRig.Importer, default);
        await services.GetRequiredService<ImportWork>().RunAsync(run, default);
    }

    private static Task<ImportRun> StateAsync(ServiceProvider services, Guid run) => services.GetRequiredService<ImportQuery>().RunAsync(run, ImportRig.Importer, default);

    private Task<string[]> ReportAsync(Guid run) => ReportAsync(rig, run);

    internal static async Task<string[]> ReportAsync(ImportRig rig, Guid run)
    {
        var report = new MemoryStream();
        await rig.Query.WriteRefusedAsync(run, report, ("line", "reason"), (code, args) => string.Join(' ', [code, .. args]), ImportRig.Importer, default);
        return Encoding.UTF8.GetString(report.ToArray()).TrimStart('\uFEFF').Split("\r\n");
    }

    /// <summary>Trips that do something after each chunk, inside its transaction.</summary>
    private sealed class CancellingKind(ImportedFleet fleet, PlaceNames places, Roads roads) : IImportKind
    {
        private readonly TripsImport trips = new(fleet, places, roads);
        private int chunks;

        public Func<int, Task> AfterChunk { get; set; } = _ => Task.CompletedTask;
        public string Code => "cancelling";
        public string Permission => trips.Permission;
        public IReadOnlyList<ImportColumn> Columns => trips.Columns;

        public async Task<IImportPass> BeginAsync(ImportRun run, NpgsqlConnection connection, CancellationToken ct) =>
            new Pass(await trips.BeginAsync(run, connection, ct), this);

        private sealed class Pass(IImportPass inner, CancellingKind kind) : IImportPass
        {
            public void Check(ImportRow row) => inner.Check(row);

            public async Task<int> ApplyAsync(IReadOnlyList<ImportRow> rows, PortalDb db, CancellationToken ct)
            {
                var applied = await inner.ApplyAsync(rows, db, ct);
                await kind.AfterChunk(++kind.chunks);
                return applied;
            }
        }
    }
}
