using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Work;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Tests.Work;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A client's history, filtered by its address, while a colleague goes on working.</summary>
public sealed class ClientHistoryTests(InboxApp app) : IClassFixture<InboxApp>
{
    private async Task<BrowserWindow> OpenAsync(string user, Guid? client = null)
    {
        var window = await app.OpenWindowAsync(user);
        await window.GoToAsync($"/clients/{client ?? app.Client.Id}");
        await window.Page.Locator(".history-part[data-ready]").WaitForAsync();
        return window;
    }

    [Fact]
    public async Task History_IsFilteredByKind_KeepsItInTheAddress_AndTakesInWhatAColleagueDoes()
    {
        await using var reader = await OpenAsync("sales");
        await using var colleague = await OpenAsync("second-sales");
        var lines = reader.Page.Locator(".history-part li");

        // a field that a colleague changes is there at once, with what it was
        await colleague.Page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).First.ClickAsync();
        await colleague.Page.Locator("aside.panel").GetByLabel("Phone", new() { Exact = true }).FillAsync("+000 555 0777");
        await colleague.Page.Locator("aside.panel").GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(lines.Filter(new() { HasText = "Phone: +000 555 0199 → +000 555 0777" })).ToHaveCountAsync(1);
        await colleague.Page.GetByPlaceholder("Write a note…").FillAsync("They have a new number");
        await colleague.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(lines).ToHaveCountAsync(2);

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Files", Exact = true }).ClickAsync();
        await Expect(reader.Page.GetByText("Nothing found.")).ToBeVisibleAsync();
        await Expect(reader.Page).ToHaveURLAsync(new Regex("history=File"));
        // what does not pass the filter does not come; what does, comes without a reload
        await colleague.Page.Locator(".upload input[type=file]").SetInputFilesAsync(new FilePayload { Name = "tariff.txt", MimeType = "text/plain", Buffer = "words"u8.ToArray() });
        await Expect(lines).ToHaveTextAsync([new Regex("file attached: tariff.txt")]);

        await reader.Page.ReloadAsync();
        await Expect(lines).ToHaveTextAsync([new Regex("file attached: tariff.txt")]);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Clear the filter" }).ClickAsync();
        await Expect(lines).ToHaveCountAsync(3);
        await Expect(reader.Page).Not.ToHaveURLAsync(new Regex("history="));

        reader.AssertClean();
        colleague.AssertClean();
    }

    [Fact]
    public async Task WhatComesNext_TakesInTheOrdersOfDispatchersAndOnesOwnWork_AsTheyChange()
    {
        await using var reader = await OpenAsync("sales");
        var (seller, colleague) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));
        await using var db = app.Open();
        var branch = await db.Set<Branch>().Select(b => b.Id).FirstAsync();
        var (ahead, trips) = (reader.Page.Locator("li.ahead"), app.Services.GetRequiredService<TripRegistration>());
        var order = Orders.Simple(app.Now.AddHours(3)) with { Customer = new PartnerId(app.Client.Id) };
        await Expect(ahead).ToHaveCountAsync(0);

        var trip = TripId.New();
        await trips.RegisterAsync(trip, order, branch, Actor.System("test"));
        await Expect(ahead).ToHaveCountAsync(1);
        await app.Services.GetRequiredService<AssignmentDesk>().GiveAsync(AssignmentId.New(), new() { Title = "Ask them about the ramp", Performer = seller.UserId, About = app.Client }, colleague);
        await Expect(ahead.Filter(new() { HasText = "Ask them about the ramp" })).ToHaveCountAsync(1);
        await app.Services.GetRequiredService<TripProgress>().CancelAsync(trip, "they called off", Actor.System("test"));
        await Expect(ahead).ToHaveCountAsync(1);
        reader.AssertClean();
    }

    [Fact]
    public async Task WhatIsSaidToALead_ComesIntoItsClientsHistory_ForWhoMaySeeTheLead()
    {
        var client = new Partner(PartnerId.New(), "Heron Lofts", PartnerKinds.Client);
        await using (var db = app.Open())
        {
            db.Add(client);
            await db.SaveChangesAsync();
        }
        await using var reader = await OpenAsync("sales", client.Id.Value);
        var (seller, lines) = (await app.ActorAsync("sales"), reader.Page.Locator(".history-part li"));
        var lead = (await app.Services.GetRequiredService<LeadIntake>().TakeAsync(
            new(new("Shelves for the hall", "Forty metres\nby May"), new(Phone: "+000 555 0440"), LeadChannel.Call, Partner: client.Id, Mine: true), seller, default)).Lead;
        await Expect(lines.Filter(new() { HasText = "lead: Shelves for the hall" })).ToContainTextAsync("Forty metres");

        var seen = (await app.Services.GetRequiredService<LeadCardQuery>().FindAsync(lead, seller, default))!.Lead.Version;
        await app.Services.GetRequiredService<LeadDesk>().TalkAsync(lead, new(InteractionKind.Call, "They want ash"), seen, seller, default);
        var talk = lines.Filter(new() { HasText = "on the lead: Shelves for the hall" });
        await Expect(talk).ToContainTextAsync("They want ash");
        await Expect(talk.GetByRole(AriaRole.Img, new() { Name = "Call", Exact = true })).ToBeVisibleAsync();
        await app.Services.GetRequiredService<Remarks>().AddAsync(new(ObjectKind.Lead, lead.Value), "Ask for the sister", seller);
        await Expect(talk).ToHaveCountAsync(2);
        await Expect(talk.First).ToContainTextAsync("Ask for the sister");
        await reader.ShootAsync("lead");

        await talk.First.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(reader.Page).ToHaveURLAsync(new Regex($"/leads/{lead.Value}"));
        reader.AssertClean();
    }
}
