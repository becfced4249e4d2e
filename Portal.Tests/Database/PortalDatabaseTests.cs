using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class PortalDatabaseTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Database_OfATestClass_IsFullyMigrated()
    {
        await using var command = database.DataSource.CreateCommand("select array_agg(name order by name) from schema_migration");

        Assert.Equal(SchemaMigrations.Embedded.Select(migration => migration.Name), (string[])(await command.ExecuteScalarAsync())!);
        Assert.NotEmpty(SchemaMigrations.Embedded);
    }
}
