using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class FirstRunTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Prepare_GivesANewPasswordUntilTheFirstSignIn_AndNothingAfterwards()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature().BuildServiceProvider();
        var first = await PrepareAsync(services);
        var second = await PrepareAsync(services);
        Assert.NotNull(first);
        Assert.NotEqual(first, second);

        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var administrator = await db.Set<PortalUser>().SingleAsync();
        var hasher = services.GetRequiredService<IPasswordHasher<PortalUser>>();
        Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(administrator, administrator.PasswordHash!, first));
        Assert.Equal(PasswordVerificationResult.Success, hasher.VerifyHashedPassword(administrator, administrator.PasswordHash!, second!));

        await db.Set<PortalUser>().ExecuteUpdateAsync(u => u.SetProperty(x => x.LastSignedInAt, DateTimeOffset.UnixEpoch));
        Assert.Null(await PrepareAsync(services));
    }

    private static Task<string?> PrepareAsync(IServiceProvider services) => services.GetRequiredService<FirstRun>().PrepareAsync("Testers", "EUR", "UTC", CancellationToken.None);
}
