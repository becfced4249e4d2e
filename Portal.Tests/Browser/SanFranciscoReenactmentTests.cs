using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Identity;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Two hours of San Francisco's cabs: imported, played as if they were now, and their passengers dispatched.</summary>
public sealed class SanFranciscoReenactmentTests(SanFranciscoReenactmentTests.App app) : IClassFixture<SanFranciscoReenactmentTests.App>
{
    private const string Fixes = "gps/sf_cabspotting_2008-06-04_17h-19h_pdt.csv.gz";
    private const string Trips = "trips/sf_cab_trips_2008-06-02_to_08_derived.csv.gz";
    private const int Dispatched = 5;

    [SharedDataFact(Trips)]
    public async Task Cabs_AreImportedReenactedAndDispatched()
    {
        await app.AddUserAsync("fern", StandardRoles.FleetManager);
        await app.AddUserAsync("dora", StandardRoles.Dispatcher);
        await using var fern = await app.OpenWindowAsync("fern");

        await ImportAsync(fern, "tracks", "cabs.csv.gz", await File.ReadAllBytesAsync(SharedData.File(Fixes)));
        await ImportAsync(fern, "trips", "requests.csv", await RequestsAsync());
        Assert.Equal("2119 438", await ScalarAsync<string>("select count(*) || ' ' || count(distinct vehicle) from dispatch.trip where state = 'Completed'"));

        // The page offers the latest past day from its midnight for two hours: just this window.
        await fern.GoToAsync("/reenactment");
        await Expect(fern.Page.GetByText("469 cars")).ToContainTextAsync("2,119 requests");
        await fern.Page.GetByLabel("Speed").SelectOptionAsync("10");
        await fern.Page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        var live = app.Services.GetRequiredService<LiveFleet>();
        // Not all report in the first minutes.
        await Wait.UntilAsync(() => live.All().Count > 300, "the cabs on the map");
        var stage = app.Services.GetRequiredService<Reenactment>();
        await Wait.UntilAsync(() => stage.Progress!.RequestsEntered >= 100, "the requests");

        await using var dora = await app.OpenWindowAsync("dora");
        await dora.GoToAsync("/board");
        for (var i = 1; i <= Dispatched; i++) await DispatchNextAsync(dora, i);

        Assert.Equal(Dispatched, await ScalarAsync<long>($"""
            select count(*) from dispatch.trip t join fleet.vehicle v on v.id = t.vehicle
            where t.source = '{stage.Progress!.Source}' and t.state = 'Assigned' and v.source = 'cabs'
            """));
        // A clock ten times as fast makes no jumps of ordinary driving.
        Assert.True(await ScalarAsync<double>("select avg((flags = 2)::int)::float8 from fleet.position where device is not null") < 0.02);
        await fern.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(fern.Page.GetByRole(AriaRole.Button, new() { Name = "Start" })).ToBeVisibleAsync();
        fern.AssertClean();
        dora.AssertClean();
    }

    private async Task DispatchNextAsync(BrowserWindow window, int expected)
    {
        // The cars of the trip before must not be taken for this one's.
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Page.Locator(".cars .car")).ToHaveCountAsync(0);
        // A row that has left its list keeps its place while the pointer is over it.
        var waiting = window.Page.Locator("[data-list=waiting] [role=option]:not(.ghost)");
        var trip = await waiting.First.GetAttributeAsync("data-trip");
        await window.Page.Locator($"[data-list=waiting] [data-trip='{trip}']").ClickAsync();
        await window.Page.Locator(".cars .car:enabled").First.WaitForAsync();
        await window.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(async () => await ScalarAsync<long>("select count(*) from dispatch.trip where state = 'Assigned'") == expected, "the assignment");
        await Expect(window.Page.Locator($"[data-list=waiting] [data-trip='{trip}']:not(.ghost)")).ToHaveCountAsync(0);
    }

    private static async Task ImportAsync(BrowserWindow window, string kind, string name, byte[] content)
    {
        await window.GoToAsync("/import");
        await ImportPageTests.UploadAsync(window, kind, name, content);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Check the file" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("Take in") }).ClickAsync(new() { Timeout = 60_000 });
        await Expect(window.Page.Locator("tr.chosen .chip.good")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    private static async Task<byte[]> RequestsAsync()
    {
        await using var packed = File.OpenRead(SharedData.File(Trips));
        using var text = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var window = new StringBuilder().AppendLine(await text.ReadLineAsync());
        while (await text.ReadLineAsync() is { } line)
            if (line.StartsWith("2008-06-05T00:", StringComparison.Ordinal) || line.StartsWith("2008-06-05T01:", StringComparison.Ordinal)) window.AppendLine(line);
        return Encoding.UTF8.GetBytes(window.ToString());
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = app.Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The application without outside map tiles.</summary>
    public sealed class App : PortalApp
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Map:TileUrl", "")];
    }
}
