using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Letters about reminders, through the running application.</summary>
public sealed class ReminderMailTests(InboxApp app) : IClassFixture<InboxApp>
{
    private string Folder => app.Services.GetRequiredService<MailOptions>().Folder;

    private async Task<Actor> ReaderAsync(string name, string culture)
    {
        await using var db = app.Open();
        await db.Set<PortalUser>().Where(u => u.UserName == name).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, $"{name}@quill.example").SetProperty(x => x.Culture, culture));
        app.Services.GetRequiredService<UserRights>().Forget();
        return await app.ActorAsync(name);
    }

    private List<string> Letters(string to) => !Directory.Exists(Folder) ? [] : [.. Directory.GetFiles(Folder, "*.eml").Select(File.ReadAllLines).Where(lines => lines.Contains($"To: {to}@quill.example"))
        .Select(lines => Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(lines.SkipWhile(line => line.Length > 0).Skip(1)))))];

    [Fact]
    public async Task Letter_IsWrittenOnceInThePersonsLanguage_AndNotToWhoWantsNone_NorForWhatWasCalledOff()
    {
        var (seller, other) = (await ReaderAsync("sales", "uk"), await ReaderAsync("second-sales", "en"));
        await app.Services.GetRequiredService<MailPreferences>().SetAsync(new(OnReminder: false), other);
        var desk = app.Services.GetRequiredService<InteractionDesk>();
        Task<InteractionId> PlanAsync(string subject, int remind) => desk.PlanAsync(new(app.Client.Id),
            new(InteractionKind.Meeting, InteractionDirection.Outgoing, app.Now.AddMinutes(40), 30, subject, null, null, remind), seller.UserId, new([], [], [other.UserId]), null, seller, default);
        await desk.CancelAsync(await PlanAsync("Called off", 10), "no time", seller, default);
        await PlanAsync("Spring order", 60);

        var rounds = app.Services.GetRequiredService<ReminderRounds>();
        for (var i = 0; i < 3; i++) await rounds.RingAsync(default);
        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            return await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from core.outbox where kind = 'clients.reminder' and done_at is not null").SingleAsync() == 2;
        }, "both entries of the outbox");

        var letter = Assert.Single(Letters("sales"));
        Assert.StartsWith("Зустріч: Spring order", letter);
        Assert.Contains("Bluebird Trading", letter);
        Assert.Empty(Letters("second-sales"));
    }
}
