using System.Text;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class ImportPageTests(PortalApp app) : IClassFixture<PortalApp>
{
    private const string Header = "trip id;vehicle;pickup utc;dropoff utc;von;nach\n";

    [Fact]
    public async Task File_IsMappedCheckedTakenInAndItsRefusedRowsReported()
    {
        await app.AddUserAsync("fern", StandardRoles.FleetManager);
        await using var window = await app.OpenWindowAsync("fern");
        await window.GoToAsync("/import");
        var text = Header + "1;A1;2024-05-01T10:00Z;2024-05-01T10:20Z;Mill;Depot\n2;A1;noon;2024-05-01T10:20Z;Mill;Depot\n3;A2;2024-05-01T11:00Z;2024-05-01T11:20Z;Mill;Depot\n";

        await UploadAsync(window, "trips", "may.csv", Encoding.UTF8.GetBytes(text));
        // The headings of the places are of no language we know: the columns are chosen by hand.
        await window.Page.GetByLabel("Pickup address").SelectOptionAsync("4");
        await window.Page.GetByLabel("Drop-off address").SelectOptionAsync("5");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Check the file" }).ClickAsync();
        await Expect(window.Page.Locator(".preview td.problem")).ToHaveTextAsync("Not a time: Pickup time, noon");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Take in 2 rows" }).ClickAsync();

        await Expect(window.Page.Locator("tr.chosen .chip.good")).ToContainTextAsync("taken in");
        Assert.Equal((2, 1), (await CountAsync("dispatch.trip"), await CountAsync("imports.import_run where file_name = 'may.csv'")));
        var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByRole(AriaRole.Link, new() { Name = "Download the refused rows" }).ClickAsync());
        var report = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.Contains("2;A1;noon;2024-05-01T10:20Z;Mill;Depot;3;Not a time: Pickup time, noon", report);
        Assert.Equal("may.refused.csv", download.SuggestedFilename);
        window.AssertClean();
    }

    [Fact]
    public async Task Clients_ShowWhomTheyAreLike_AndAreAddedWhereOneDecidesSo()
    {
        const string header = "code;client;tax number;country;phone;contact\n";
        await app.AddUserAsync("selma", "director");
        await using var window = await app.OpenWindowAsync("selma");
        await window.GoToAsync("/import");
        await UploadAsync(window, "clients", "amber.csv", Encoding.UTF8.GetBytes(header + "1;Amber Falcon Foods;00032129;UA;+380441234567;Olena Bondar\n"));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Check the file" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Take in 1 row" }).ClickAsync();
        await Expect(window.Page.Locator("tr.chosen .chip.good")).ToContainTextAsync("taken in");

        await UploadAsync(window, "clients", "more.csv", Encoding.UTF8.GetBytes(header + "7;Амбер Фалкон Фудс;00032129;UA;044 123 45 67;Petro Koval\n8;Quiet Harbour;;UA;;\n"));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Check the file" }).ClickAsync();
        var met = window.Page.GetByRole(AriaRole.Region, new() { Name = "Like clients that are there already" });
        await Expect(met.GetByRole(AriaRole.Link)).ToHaveTextAsync("Amber Falcon Foods");
        await Expect(met).ToContainTextAsync("Tax number: the same");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Take in 1 row" })).ToBeVisibleAsync();
        await met.GetByLabel("add to the existing client").CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Take in 2 rows" }).ClickAsync();

        await Expect(window.Page.Locator("tr.chosen .chip.good")).ToContainTextAsync("taken in");
        Assert.Equal((1, 2), (await CountAsync("clients.partner where name like 'Amber%' or name like 'Амбер%'"), await CountAsync("clients.person where name in ('Olena Bondar', 'Petro Koval')")));
        window.AssertClean();
    }

    [Fact]
    public async Task File_ThatCannotBeRead_IsRefusedInWords()
    {
        await app.AddUserAsync("frank", StandardRoles.FleetManager, "uk");
        await using var window = await app.OpenWindowAsync("frank");
        await window.GoToAsync("/import");

        await window.Page.Locator("select").First.SelectOptionAsync("tracks");
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "empty.csv", MimeType = "text/csv", Buffer = [] });

        await Expect(window.Page.Locator(".import-new [role=alert]")).ToHaveTextAsync("Файл empty.csv порожній.");
    }

    [Fact]
    public async Task File_WhoseHeadingsFitNothing_IsMappedByHandOrLetGo()
    {
        await app.AddUserAsync("flora", StandardRoles.FleetManager);
        await using var window = await app.OpenWindowAsync("flora");
        await window.GoToAsync("/import");

        await UploadAsync(window, "trips", "odd.csv", "colour;taste\nred;sour\n"u8.ToArray());

        await Expect(window.Page.GetByLabel("Pickup address")).ToHaveValueAsync("-1");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(window.Page.Locator("tr.chosen .chip.warn")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Gpx_ChosenAsTrips_IsOfferedAsTracks()
    {
        await app.AddUserAsync("greta", StandardRoles.FleetManager);
        await using var window = await app.OpenWindowAsync("greta");
        await window.GoToAsync("/import");
        var gpx = "<gpx><trk><name>G1</name><trkseg><trkpt lat=\"46.1\" lon=\"30.2\"><time>2024-05-01T10:00:00Z</time></trkpt></trkseg></trk></gpx>"u8.ToArray();

        await window.Page.Locator(".import-new select").SelectOptionAsync("trips");
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "tour.gpx", MimeType = "application/gpx+xml", Buffer = gpx });
        await Expect(window.Page.Locator(".import-new [role=alert]")).ToHaveTextAsync("tour.gpx is a GPX file: recorded tracks, not trips.");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Take it in as tracks" }).ClickAsync();

        await window.Page.GetByRole(AriaRole.Heading, new() { Name = "tour.gpx" }).WaitForAsync();
        Assert.Equal(1, await CountAsync("imports.import_run where file_name = 'tour.gpx' and kind = 'tracks'"));
    }

    [Fact]
    public async Task Page_ForSomebodyWithoutTheRight_ShowsNothing()
    {
        await app.AddUserAsync("dora", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("dora");
        await window.GoToAsync("/import");

        await Expect(window.Page.Locator("p.problem[role=alert]")).ToBeVisibleAsync();
        await Expect(window.Page.Locator("input[type=file]")).ToHaveCountAsync(0);
        var answer = await window.Page.EvaluateAsync<int>("""
            async () => (await fetch('/import/files?kind=trips&name=x.csv', { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: 'a,b' })).status
            """);
        Assert.Equal(422, answer);
    }

    internal static async Task UploadAsync(BrowserWindow window, string kind, string name, byte[] content)
    {
        await window.Page.Locator(".import-new select").SelectOptionAsync(kind);
        await window.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = content });
        await window.Page.GetByRole(AriaRole.Heading, new() { Name = name }).WaitForAsync();
    }

    private async Task<long> CountAsync(string table)
    {
        await using var command = app.Database.DataSource.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
