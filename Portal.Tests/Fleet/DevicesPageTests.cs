using System.Net;
using Portal.Domain.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

public sealed class DevicesPageTests(PortalApp app) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task Register_OnThePage_GivesAnAddressThatAPhoneCanUse()
    {
        await TestDevice.AddAsync(app.Database.DataSource, 1);
        await using var plate = app.Database.DataSource.CreateCommand("select plate from fleet.vehicle limit 1");
        await app.AddUserAsync("mira", StandardRoles.FleetManager);
        await using var window = await app.OpenWindowAsync("mira");
        await window.GoToAsync("/devices?device=00000000-0000-0000-0000-000000000000");

        var panel = window.Page.Locator("aside.panel");
        await panel.GetByLabel("Name").FillAsync("Phone of van 7");
        await panel.GetByLabel("Device key").FillAsync("phone-7");
        await panel.GetByLabel("Vehicle (plate)").FillAsync((string)(await plate.ExecuteScalarAsync())!);
        await panel.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Register a device" }).ClickAsync();
        var server = await panel.Locator("[data-secret] code").First.InnerTextAsync();
        await window.Page.Locator("table.rows").GetByText("Phone of van 7").WaitForAsync();
        window.AssertClean();

        using var phone = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await phone.GetAsync($"{server}?id=phone-7&lat=50&lon=30")).StatusCode);

        await window.GoToAsync("/devices?text=phone-7");
        await window.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Phone of van 7" }).ClickAsync();
        await panel.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await panel.GetByText("Revoked").WaitForAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await phone.GetAsync($"{server}?id=phone-7&lat=50&lon=30")).StatusCode);
        window.AssertClean();
    }
}
