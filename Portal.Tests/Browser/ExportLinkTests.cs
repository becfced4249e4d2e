using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Links by which lists leave as files.</summary>
public sealed class ExportLinkTests(PortalApp app) : IClassFixture<PortalApp>
{
    /// <summary>The page says why, and stays; the browser alone would say that the download failed. What is short enough is still a file.</summary>
    [Fact]
    public async Task Export_OfAListTooLongForAFile_IsRefusedInWordsOnThePage()
    {
        await app.AddUserAsync("lena", StandardRoles.Administrator);
        await TestDevice.AddAsync(app.Database.Owner, 1);
        await using var fill = app.Database.Owner.CreateCommand("""
            insert into fleet.vehicle select (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'plate', 'MANY ' || n, 'plate_key', 'MANY' || n))).*
            from (select v from fleet.vehicle v limit 1) one, generate_series(1, 50001) n
            """);
        await fill.ExecuteNonQueryAsync();
        await using var window = await app.OpenWindowAsync("lena");
        await window.GoToAsync("/vehicles");
        await window.Page.Locator("a[href*='vehicles.csv']").ClickAsync();

        await Expect(window.Page.Locator(".toast.warn")).ToContainTextAsync("more than 50,000 rows");
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Vehicles");

        await window.GoToAsync("/vehicles?text=MANY+77");
        var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.Locator("a[href*='vehicles.csv']").ClickAsync());
        Assert.Equal("vehicles.csv", download.SuggestedFilename);
        Assert.Contains("MANY 777", await File.ReadAllTextAsync(await download.PathAsync()));
    }

    [Fact]
    public async Task Export_OfClientsThatAreOnlySimilar_IsNotOffered_AndThePageSaysWhy()
    {
        await app.AddUserAsync("nils", StandardRoles.Administrator);
        await app.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Wormwood Guild", PartnerKinds.Client), Actor.System("test"), default);
        await using var window = await app.OpenWindowAsync("nils");
        await window.GoToAsync("/clients?text=Wormwodo");

        await Expect(window.Page.Locator("table.rows")).ToContainTextAsync("Wormwood Guild");
        await Expect(window.Page.Locator("p[role=status]")).ToContainTextAsync("To export the list or change all of it, write the text exactly.");
        await Expect(window.Page.Locator("a[href*='/export/clients.']")).ToHaveCountAsync(0);

        await window.GoToAsync("/clients?text=Wormwood");
        await Expect(window.Page.Locator("a[href*='/export/clients.']")).ToHaveCountAsync(2);
    }
}
