using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Work;

/// <summary>Letters about work.</summary>
public sealed class WorkMailTests(InboxApp app) : IClassFixture<InboxApp>
{
    [Fact]
    public async Task NewWork_IsWrittenOnceToWhoWantsIt()
    {
        var (wants, not) = (await app.ActorAsync("sales"), await app.ActorAsync("second-sales"));
        await using (var db = app.Open())
            await db.Set<PortalUser>().Where(u => u.Id == wants.UserId || u.Id == not.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, x => x.UserName + "@example.org"));
        await app.Services.GetRequiredService<MailPreferences>().SetAsync(false, true, not);
        var notices = app.Services.GetRequiredService<WorkNotices>();
        var task = await app.TaskAsync(await app.SaleAsync());

        await notices.OrderAsync(default);
        await notices.OrderAsync(default);
        var key = $"mail:NewWork:{task.Id.Value}:";
        await Wait.UntilAsync(async () =>
        {
            await using var db = app.Open();
            return await db.Set<OutboxRow>().AnyAsync(r => r.Key == key + wants.UserId && r.DoneAt != null);
        }, "the letter to be sent");

        await using var check = app.Open();
        Assert.Equal([key + wants.UserId], await check.Set<OutboxRow>().Where(r => r.Key.StartsWith(key)).Select(r => r.Key).ToListAsync());
    }
}
