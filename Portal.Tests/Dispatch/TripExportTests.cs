using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Dispatch;

public sealed class TripExportTests(PortalApp app) : IClassFixture<PortalApp>
{
    /// <summary>Attack 27 on the history of trips.</summary>
    [Fact]
    public async Task Export_OfAFormulaAsCaller_IsTextInTheWorkbook_WithinTheFilter()
    {
        await app.AddUserAsync("exporter", StandardRoles.Dispatcher);
        await RegisterAsync("=HYPERLINK(\"http://elsewhere.example\")");
        await RegisterAsync("Plain Caller");
        using var session = await app.OpenSessionAsync("exporter");

        var all = await PartsAsync(session, "/export/trips.xlsx");
        var plain = await PartsAsync(session, "/export/trips.xlsx?q=plain&sort=number%3B%20drop%20table%20dispatch.trip");

        Assert.Contains("=HYPERLINK", all, StringComparison.Ordinal);
        Assert.DoesNotContain("<f>", all, StringComparison.Ordinal);
        Assert.DoesNotContain("<x:f", all, StringComparison.Ordinal);
        Assert.Contains("Plain Caller", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("HYPERLINK", plain, StringComparison.Ordinal);
        Assert.Equal(["trips.xlsx, 2", "trips.xlsx, 1"], await ExportedByAsync("exporter"));
    }

    [Theory]
    [InlineData("vehicles.csv")]
    [InlineData("drivers.xlsx")]
    [InlineData("driver-report.csv")]
    [InlineData("driver-report-trips.csv")]
    public async Task Export_OfTheFleet_StandsInTheAudit(string file)
    {
        await app.AddUserAsync($"takes-{file}", StandardRoles.FleetManager);
        using var session = await app.OpenSessionAsync($"takes-{file}");

        await session.Http.GetByteArrayAsync($"/export/{file}");

        Assert.StartsWith(file, Assert.Single(await ExportedByAsync($"takes-{file}")), StringComparison.Ordinal);
    }

    /// <summary>What the audit says of a person's exports.</summary>
    private async Task<List<string>> ExportedByAsync(string person)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var events = await db.Set<AuditRow>().Where(r => r.UserName == person && r.Action == "event").OrderBy(r => r.Id).Select(r => r.After!).ToListAsync();
        return [.. events.Select(told => JsonDocument.Parse(told).RootElement).Where(told => told.GetProperty("What").GetString() == AuditEvents.Exported).Select(told => told.GetProperty("About").GetString()!)];
    }

    [Fact]
    public async Task Export_WithoutTheRight_IsRefused()
    {
        await app.AddUserAsync("wheels", StandardRoles.Driver);
        using var session = await app.OpenSessionAsync("wheels");
        using var answer = await session.Http.GetAsync("/export/trips.xlsx");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task RegisterAsync(string caller)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var branch = await db.Set<Branch>().Select(b => b.Id).FirstAsync();
        await app.Services.GetRequiredService<TripRegistration>().RegisterAsync(TripId.New(), Orders.Simple(app.Now) with { CallerName = caller }, branch, Actor.System("test"));
    }

    private static async Task<string> PartsAsync(WebSession session, string path)
    {
        using var archive = new ZipArchive(new MemoryStream(await session.Http.GetByteArrayAsync(path)), ZipArchiveMode.Read);
        var parts = new List<string>();
        foreach (var entry in archive.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            parts.Add(await reader.ReadToEndAsync());
        }
        return string.Concat(parts);
    }
}
