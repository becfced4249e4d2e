using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

public sealed class RefusedPagesTests(PortalApp app) : IClassFixture<PortalApp>
{
    private static readonly string[] Pages = ["/roles", "/users", "/audit", "/devices", "/vehicles", "/drivers", "/vehicle-classes", "/shifts", "/playback", "/reports/drivers", "/import", "/reenactment"];

    [Fact]
    public async Task Page_ThatARoleMayNotUse_ShowsOnlyTheRefusal()
    {
        await app.AddUserAsync("nora", StandardRoles.Driver);
        await using var window = await app.OpenWindowAsync("nora");
        foreach (var page in Pages)
        {
            await window.GoToAsync(page);
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
            Assert.Equal((page, ""), (page, string.Join(", ", await window.Page.Locator("section.page, section.playback-page").Locator("button, input, select, a, table").AllInnerTextsAsync())));
        }
    }

    [Fact]
    public async Task Users_OfWhoMayNotManageThem_NamesTheRightThatIsMissing_AndTheAuditTellsIt()
    {
        await app.AddUserAsync("wanda", StandardRoles.Driver);
        await app.AddUserAsync("auditor", StandardRoles.Administrator, "ru");
        await using (var window = await app.OpenWindowAsync("wanda"))
        {
            await window.GoToAsync("/users");
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToContainTextAsync("manage users");
            // of a page that several rights open, each is named
            await window.GoToAsync("/import");
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToContainTextAsync("import trips");
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToContainTextAsync("take clients in from files");
        }
        using (var left = await app.OpenSessionAsync("auditor")) await left.Http.GetByteArrayAsync("/export/vehicles.csv");

        await using var audit = await app.OpenWindowAsync("auditor");
        await audit.GoToAsync("/audit?kind=User");

        var row = audit.Page.Locator("tbody tr", new() { HasTextString = "список выгружен" });
        await Expect(row.Locator("td").Last).ToContainTextAsync("vehicles.csv, ");
        await Expect(audit.Page.Locator("tbody tr", new() { HasTextString = "вход выполнен" }).First).ToBeVisibleAsync();
        await Expect(audit.Page.GetByText("событие")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Audit_OfWhoMayNotReadIt_SaysNothingOfWhatHeSees()
    {
        await app.AddUserAsync("selma", "sales");
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
            await db.Set<Role>().Where(r => r.Code == "sales").ExecuteUpdateAsync(r => r.SetProperty(x => x.Scope, ActorScope.Branch));
        }
        await using var window = await app.OpenWindowAsync("selma");
        await window.GoToAsync("/audit");

        await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
        await Expect(window.Page.GetByText("people of your branch")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Dispatcher_AtTheRolesAndDevices_FindsNoButton()
    {
        await app.AddUserAsync("dirk", StandardRoles.Dispatcher);
        await using var window = await app.OpenWindowAsync("dirk");
        foreach (var page in new[] { "/roles", "/devices?device=00000000-0000-0000-0000-000000000000" })
        {
            await window.GoToAsync(page);
            await Expect(window.Page.Locator("p.problem[role=alert]")).ToHaveCountAsync(1);
            await Expect(window.Page.Locator("main button.primary")).ToHaveCountAsync(0);
        }
    }

    /// <summary>An address may name any vehicle; where one of another branch stands it must not tell, not even by where the map opens.</summary>
    [Fact]
    public async Task Map_NamedAVehicleOfAnotherBranch_DoesNotOpenWhereItStands()
    {
        var devices = await TestDevice.AddAsync(app.Database.Owner, 2);
        GeoPoint[] places = [new(47.02, 20.83), new(48.02, 21.83)];
        var live = app.Services.GetRequiredService<LiveFleet>();
        foreach (var (device, place) in devices.Zip(places)) live.Accept(new PositionReading { Vehicle = device.Vehicle, Time = app.Now, Received = app.Now, Point = place });
        await app.AddUserAsync("petra", StandardRoles.FleetManager);
        await using (var change = app.Database.Owner.CreateCommand("""
            with limited as (update identity.role set scope = 'Branch' where code = $2)
            update fleet.vehicle set branch = (select branch from identity.portal_user where user_name = 'petra') where id = $1
            """))
        {
            change.Parameters.Add(new() { Value = devices[0].Vehicle.Value });
            change.Parameters.Add(new() { Value = StandardRoles.FleetManager });
            await change.ExecuteNonQueryAsync();
        }
        await using var window = await app.OpenWindowAsync("petra");

        Assert.Equal(places[0].Latitude, await OpensAtAsync(devices[0].Vehicle), 0.01);
        Assert.NotEqual(places[1].Latitude, await OpensAtAsync(devices[1].Vehicle), 0.1);

        async Task<double> OpensAtAsync(VehicleId vehicle)
        {
            await window.Page.GotoAsync("about:blank");
            await window.GoToAsync($"/map?vehicle={vehicle.Value}");
            await window.Page.Locator(".fleet-map[data-ready]").WaitForAsync();
            return await window.Page.EvaluateAsync<double>("() => document.querySelector('.fleet-map').fleetMap.leaflet.getCenter().lat");
        }
    }
}
