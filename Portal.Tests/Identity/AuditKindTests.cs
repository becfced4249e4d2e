using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Tests.Architecture;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

/// <summary>Whatever the audit tells of has a name in every language; that each text stands in all five another test holds.</summary>
public sealed class AuditKindTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task EveryAuditedKind_HasAName()
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var audited = db.Model.GetEntityTypes().Where(type => !type.IsOwned() && type.IsAudited()).Select(type => type.NameInAudit());
        var known = TextFile.All.SelectMany(file => file.Keys).ToHashSet();

        Check.None(audited.Concat(Enum.GetNames<ObjectKind>()).Distinct().Where(kind => !known.Contains($"kind.{kind}")));
    }
}
