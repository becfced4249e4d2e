using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class AuditLogTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Note_InAFlood_KeepsAFewRowsPerPersonAndMinuteAndSomeHundredsInAll()
    {
        var clock = new StillClock(new DateTimeOffset(2030, 5, 6, 7, 8, 9, TimeSpan.Zero));
        await using var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddSingleton<TimeProvider>(clock).AddPortalDb().BuildServiceProvider();
        var log = new AuditLog(services.GetRequiredService<IDbContextFactory<PortalDb>>(), clock);

        for (var i = 0; i < 20; i++) await NoteAsync(log, "one");
        Assert.Equal(AuditLog.EachPerMinute, await CountAsync());

        for (var i = 0; i < 400; i++) await NoteAsync(log, $"from {i}");
        Assert.Equal(AuditLog.AllPerMinute, await CountAsync());

        clock.Advance(TimeSpan.FromMinutes(1));
        await NoteAsync(log, "one");
        Assert.Equal(AuditLog.AllPerMinute + 1, await CountAsync());
    }

    private static Task NoteAsync(AuditLog log, string origin) =>
        log.NoteAsync(new Actor { UserId = Guid.Empty, Name = "—", Permissions = FrozenSet<string>.Empty, Origin = origin }, AuditEvents.SignInFailed, null, CancellationToken.None);

    private async Task<long> CountAsync()
    {
        await using var command = database.DataSource.CreateCommand("select count(*) from core.audit");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
