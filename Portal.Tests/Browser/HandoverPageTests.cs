using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>Handing over work, as a head, who leaves and an heir do it.</summary>
public sealed class HandoverPageTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<Guid> LeaverAsync(string name, int clients)
    {
        await app.AddUserAsync(name, "sales");
        var leaver = (await app.ActorAsync(name)).UserId;
        await using var db = app.Open();
        for (var i = 1; i <= clients; i++)
        {
            var client = new Partner(PartnerId.New(), $"{name} mill {i}", PartnerKinds.Client);
            client.Reach(null, $"mill{i}@{name}.example");
            client.HandTo(leaver, null);
            db.Add(client);
        }
        await db.SaveChangesAsync();
        return leaver;
    }

    [Fact]
    public async Task Head_HandsOverClientsWithALetter_AndTheHeirReadsHisPart()
    {
        var leaver = await LeaverAsync("leaving-lea", 3);
        await app.SaleAsync();
        await using var head = await app.OpenWindowAsync("sales-head");
        await head.GoToAsync($"/work/handover?from={leaver}");
        await head.Page.GetByLabel("Everything to").SelectOptionAsync("second-sales");
        await head.Page.GetByText("Write to the clients").ClickAsync();
        await head.Page.GetByLabel("Subject").FillAsync("{new} instead of {old}");
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "Show what goes where" }).ClickAsync();

        await Expect(head.Page.Locator(".handover-sample")).ToContainTextAsync("second-sales instead of leaving-lea");
        await Expect(head.Page.Locator(".handover-outcome")).ToContainTextAsync("3 letters go out.");
        await head.ShootAsync("handover");
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "Hand over 3" }).ClickAsync();
        await head.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button).First.ClickAsync();

        await Expect(head.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Handover: leaving-lea");
        await Expect(head.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        await head.ShootAsync("handover-report");
        await using var heir = await app.OpenWindowAsync("second-sales");
        await heir.GoToAsync("/clients?mine=true");
        await Expect(heir.Page.Locator("tbody")).ToContainTextAsync("leaving-lea mill 3");
        await heir.GoToAsync(new Uri(head.Page.Url).AbsolutePath);
        await Expect(heir.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        Assert.Contains("mill1@leaving-lea.example", await FileOfAsync(head), StringComparison.Ordinal);
        // clients leave the house only with the right to export them
        var without = await FileOfAsync(heir);
        Assert.Contains("second-sales", without, StringComparison.Ordinal);
        Assert.DoesNotContain("leaving-lea", without, StringComparison.Ordinal);
        await using var db = app.Open();
        Assert.Equal(["sales-head", "second-sales"], (await db.Set<AuditRow>().Where(r => r.Action == "event").OrderBy(r => r.Id).ToListAsync()).Where(r => r.After!.Contains("handover.csv, 3", StringComparison.Ordinal)).Select(r => r.UserName));
        head.AssertClean();
        heir.AssertClean();

        static async Task<string> FileOfAsync(BrowserWindow window)
        {
            var file = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
            return await File.ReadAllTextAsync(await file.PathAsync());
        }
    }

    [Fact]
    public async Task Two_WhoHandOverTheSameAtOnce_MoveItOnce()
    {
        var leaver = await LeaverAsync("leaving-max", 2);
        await using var head = await app.OpenWindowAsync("sales-head");
        await using var self = await app.OpenWindowAsync("leaving-max");
        foreach (var (window, heir) in new[] { (head, "second-sales"), (self, "sales") })
        {
            await window.GoToAsync($"/work/handover?from={leaver}");
            await window.Page.GetByLabel("Everything to").SelectOptionAsync(heir);
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Show what goes where" }).ClickAsync();
            await window.Page.GetByRole(AriaRole.Button, new() { Name = "Hand over 2" }).ClickAsync();
        }
        foreach (var window in new[] { self, head }) await window.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button).First.ClickAsync();

        // whoever was first has both in his report, and the other none
        foreach (var window in new[] { self, head }) await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Handover: leaving-max");
        Assert.Equal(2, await self.Page.Locator("tbody tr").CountAsync() + await head.Page.Locator("tbody tr").CountAsync());
        await using var db = app.Open();
        var answers = await db.Set<Partner>().Where(p => p.Name.StartsWith("leaving-max")).Select(p => p.Responsible).Distinct().ToListAsync();
        Assert.NotEqual(leaver, Assert.Single(answers));
    }

    [Fact]
    public async Task Block_OfAUser_OffersToHandOverHisWork()
    {
        var leaver = await LeaverAsync("leaving-nia", 1);
        await app.AddUserAsync("chief", "administrator");
        await using var chief = await app.OpenWindowAsync("chief");
        await chief.GoToAsync($"/users?user={leaver}");
        await chief.Page.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();
        await chief.Page.GetByRole(AriaRole.Link, new() { Name = "Hand over this person’s work" }).ClickAsync();

        await Expect(chief.Page.GetByLabel("Whose work").Locator("option:checked")).ToHaveTextAsync("leaving-nia (blocked)");
        await Expect(chief.Page.Locator(".handover-rows")).ToContainTextAsync("Clients");
        await using var db = app.Open();
        Assert.True((await db.Set<PortalUser>().SingleAsync(u => u.Id == leaver)).Blocked);
        Assert.Equal(leaver, (await db.Set<Partner>().SingleAsync(p => p.Name.StartsWith("leaving-nia"))).Responsible);
    }
}
