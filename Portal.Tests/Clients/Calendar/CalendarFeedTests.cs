using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Identity;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Calendar;

/// <summary>The calendar as programs elsewhere subscribe to it.</summary>
public sealed class CalendarFeedTests(InboxApp app) : IClassFixture<InboxApp>
{
    private CalendarSettings Settings => app.Services.GetRequiredService<CalendarSettings>();
    private InteractionDesk Desk => app.Services.GetRequiredService<InteractionDesk>();

    private Task<InteractionId> PlanAsync(Actor actor, string subject) => Desk.PlanAsync(new(app.Client.Id),
        new(InteractionKind.Call, InteractionDirection.Outgoing, app.Now.AddDays(2), 30, subject, "Ask about, and note; the price", null, 15), actor.UserId, Participants.None, null, actor, default);

    [Fact]
    public async Task Feed_HoldsTheCalendarOfItsPerson_AndFollowsIt()
    {
        var (seller, other) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));
        var mine = await PlanAsync(seller, "Spring order");
        await PlanAsync(other, "Not mine");
        using var web = app.CreateClient();
        var address = $"calendar/feed/{await Settings.OpenFeedAsync(seller, default)}.ics";

        var answer = await web.GetAsync(address);
        var calendar = StrictCalendar.Read(await answer.Content.ReadAsStringAsync());

        Assert.Equal("text/calendar", answer.Content.Headers.ContentType!.MediaType);
        var found = calendar.Parts.Single(p => p["UID"] == $"{mine.Value}@portal");
        Assert.Equal(("Call: Spring order – Bluebird Trading", "0", "CONFIRMED"), (found["SUMMARY"], found["SEQUENCE"], found["STATUS"]));
        Assert.Equal("-PT15M", found.Parts.Single()["TRIGGER"]);
        Assert.DoesNotContain(calendar.Parts, p => p["SUMMARY"].Contains("Not mine"));

        // an unchanged calendar is not sent again
        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await web.SendAsync(again)).StatusCode);

        await Desk.CancelAsync(mine, "they are closed", seller, default);
        var after = StrictCalendar.Read(await web.GetStringAsync(address)).Parts.Single(p => p["UID"] == found["UID"]);
        Assert.Equal(("CANCELLED", "1"), (after["STATUS"], after["SEQUENCE"]));
        Assert.Empty(after.Parts);
    }

    [Fact]
    public async Task Feed_UnderAnOldOrClosedOrGuessedAddress_OrOfABlockedUser_IsNotFound()
    {
        await app.AddUserAsync("leaving-seller", "sales");
        var seller = await app.ActorAsync("leaving-seller");
        using var web = app.CreateClient();
        async Task<HttpStatusCode> AskAsync(string secret) => (await web.GetAsync($"calendar/feed/{secret}.ics")).StatusCode;
        var old = await Settings.OpenFeedAsync(seller, default);
        var secret = await Settings.OpenFeedAsync(seller, default);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (await AskAsync(old), await AskAsync(secret)));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(CalendarSettings.Prefix + new string('a', 43)));

        await Settings.CloseFeedAsync(seller, default);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(secret));

        secret = await Settings.OpenFeedAsync(seller, default);
        await app.Services.GetRequiredService<UserAccounts>().ResetPasswordAsync(seller.UserId, Actor.System("test"), default);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(secret));

        secret = await Settings.OpenFeedAsync(seller, default);
        await using (var db = app.Open()) await db.Set<PortalUser>().Where(u => u.Id == seller.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Blocked, true));
        app.Services.GetRequiredService<UserRights>().Forget();
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(secret));
    }

    [Fact]
    public async Task Secret_IsKeptAsItsHashOnly_AndNotInTheAudit()
    {
        var secret = await Settings.OpenFeedAsync(await app.ActorAsync("finance"), default);

        await using var db = app.Open();
        var kept = await db.Set<CalendarSetting>().SingleAsync(s => s.SecretHash != null && s.User == db.Set<PortalUser>().Single(u => u.UserName == "finance").Id);
        Assert.Equal(32, kept.SecretHash!.Length);
        Assert.DoesNotContain(await db.Set<Infrastructure.Database.AuditRow>().Where(r => r.ObjectKind == nameof(CalendarSetting)).ToListAsync(),
            row => row.After!.Contains(secret) || row.After.Contains(Convert.ToBase64String(kept.SecretHash)));
    }
}
