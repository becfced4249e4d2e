using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class SchemaMigrationsTests : IAsyncLifetime
{
    private static readonly Migration First = new("0001_first.sql", "create schema kitchen; create table kitchen.pot (id int primary key);");
    private static readonly Migration Second = new("0002_second.sql", "insert into kitchen.pot values (1);");
    private static readonly Migration Third = new("0010_third.sql", "update kitchen.pot set id = id + 1;");

    private static readonly DatabaseOptions Options = new() { DataFolder = "/" };
    private string connection = "";

    public async Task InitializeAsync() => connection = await TestServer.CreateEmptyDatabaseAsync();

    public Task DisposeAsync() => TestServer.DropDatabaseAsync(connection);

    [Fact]
    public async Task Apply_WhenFilesComeUnordered_RunsThemByNumber()
    {
        var applied = await ApplyAsync(Third, First, Second);

        Assert.Equal([First.Name, Second.Name, Third.Name], applied);
        Assert.Equal(2, await ScalarAsync<int>("select id from kitchen.pot"));
    }

    [Fact]
    public async Task Apply_WhenRunAgain_AppliesOnlyWhatIsNew()
    {
        await ApplyAsync(First, Second);

        Assert.Equal([Third.Name], await ApplyAsync(First, Second, Third));
        Assert.Equal(2, await ScalarAsync<int>("select id from kitchen.pot"));
    }

    [Fact]
    public async Task Apply_WhenAnAppliedFileWasChanged_IsRefusedByName()
    {
        await ApplyAsync(First, Second);

        var refusal = await Assert.ThrowsAsync<MigrationRefusedException>(
            () => ApplyAsync(First, Second with { Sql = "insert into kitchen.pot values (7);" }, Third));

        Assert.Contains(Second.Name, refusal.Message);
        Assert.Equal(1, await ScalarAsync<int>("select id from kitchen.pot"));
    }

    [Fact]
    public async Task Apply_WhenOnlyLineEndsDiffer_IsNotAChange()
    {
        await ApplyAsync(First with { Sql = "create schema kitchen;\ncreate table kitchen.pot (id int);" });

        Assert.Empty(await ApplyAsync(First with { Sql = "create schema kitchen;\r\ncreate table kitchen.pot (id int);" }));
    }

    [Fact]
    public async Task Apply_WhenTheDatabaseIsNewerThanTheBuild_IsRefusedByName()
    {
        await ApplyAsync(First, Second);

        var refusal = await Assert.ThrowsAsync<MigrationRefusedException>(() => ApplyAsync(First));

        Assert.Contains(Second.Name, refusal.Message);
    }

    [Fact]
    public async Task Apply_WhenTwoFilesShareANumber_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<MigrationRefusedException>(() => ApplyAsync(First, Second, new Migration("0002_other.sql", "select 1")));

        Assert.Contains("0002_other.sql", refusal.Message);
    }

    [Fact]
    public async Task Apply_WhenAFileFails_KeepsWhatWasBeforeItAndNothingOfIt()
    {
        var broken = new Migration("0003_broken.sql", "insert into kitchen.pot values (3); insert into kitchen.pot values (3);");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ApplyAsync(First, Second, broken));

        Assert.Contains(broken.Name, failure.Message);
        Assert.Equal(1L, await ScalarAsync<long>("select count(*) from kitchen.pot"));
        Assert.Equal(2L, await ScalarAsync<long>("select count(*) from schema_migration"));
    }

    /// <summary>Fault 20: the server drops the runner in the middle of a migration, as a kill -9 of either would.</summary>
    [Fact]
    public async Task Apply_WhenKilledHalfWay_RerunConverges()
    {
        var slow = new Migration("0003_slow.sql", "insert into kitchen.pot values (3); select pg_sleep(600); insert into kitchen.pot values (4);");
        var run = ApplyAsync(First, Second, slow);
        await KillAsync("%pg_sleep%");
        await Assert.ThrowsAnyAsync<Exception>(() => run);

        Assert.Equal(1L, await ScalarAsync<long>("select count(*) from kitchen.pot"));
        var quick = slow with { Sql = "insert into kitchen.pot values (3); insert into kitchen.pot values (4);" };
        Assert.Equal([quick.Name], await ApplyAsync(First, Second, quick));
        Assert.Equal(3L, await ScalarAsync<long>("select count(*) from kitchen.pot"));
    }

    [Fact]
    public async Task Apply_WhenSeveralStartAtOnce_EachFileRunsOnce()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ApplyAsync(First, Second, Third)));

        Assert.Equal(3, runs.Sum(run => run.Count));
        Assert.Equal(2, await ScalarAsync<int>("select id from kitchen.pot"));
    }

    [Fact]
    public async Task Apply_GivesTheApplicationItsRightsAndTheCabinetNone()
    {
        await ApplyAsync(First, Second);

        Assert.True(await ScalarAsync<bool>("select has_table_privilege('portal_application', 'kitchen.pot', 'insert')"));
        Assert.False(await ScalarAsync<bool>("select has_schema_privilege('portal_application', 'kitchen', 'create')"));
        Assert.False(await ScalarAsync<bool>("select has_schema_privilege('portal_cabinet', 'kitchen', 'usage')"));
        Assert.False(await ScalarAsync<bool>("select has_table_privilege('portal_application', 'schema_migration', 'insert')"));
        Assert.Equal(0L, await ScalarAsync<long>(
            "select count(*) from pg_class where relowner in (select oid from pg_roles where rolname in ('portal_application', 'portal_cabinet'))"));
        Assert.False(await ScalarAsync<bool>(
            "select bool_or(rolsuper or rolbypassrls or rolcreatedb or rolcreaterole) from pg_roles where rolname in ('portal_application', 'portal_cabinet')"));
    }

    [Fact]
    public async Task Roles_LogInWithoutTheOwnersPassword()
    {
        await ApplyAsync(First);

        foreach (var role in new[] { DatabaseRoles.Application, DatabaseRoles.Cabinet })
        {
            var roleConnection = DatabaseRoles.ConnectionFor(role, connection);
            Assert.NotEqual(new NpgsqlConnectionStringBuilder(connection).Password, new NpgsqlConnectionStringBuilder(roleConnection).Password);
            await using var source = NpgsqlDataSource.Create(roleConnection);
            await using var command = source.CreateCommand("select current_user::text");
            Assert.Equal(role, await command.ExecuteScalarAsync());
        }
    }

    // a file that runs on an empty base may still fail on one that holds clients: foreign keys wait for the commit
    [Fact]
    public async Task Apply_ToABaseThatHoldsClients_BringsThemAlong()
    {
        var before = SchemaMigrations.Embedded.Where(migration => string.CompareOrdinal(migration.Number, "0166") < 0).ToArray();
        await ApplyAsync(before);
        Assert.Equal(100L, await ScalarAsync<long>("""
            with partners as (insert into clients.partner (id, name, kinds, archived, standing, level) select gen_random_uuid(), 'Client ' || n, 1, false, 'Active', 'Single' from generate_series(1, 100) n returning id, name),
                 entries as (insert into core.search_entry (kind, object_id, title, text, partner) select 'Partner', id, name, '', id from partners returning 1)
            select count(*) from entries
            """));

        await ApplyAsync([.. SchemaMigrations.Embedded]);

        Assert.Equal(100L, await ScalarAsync<long>("select count(*) from clients.partner_words w join clients.partner p on p.id = w.partner where w.words like '%' || lower(p.name) || '%'"));
    }

    private Task<IReadOnlyList<string>> ApplyAsync(params Migration[] migrations) =>
        SchemaMigrations.ApplyAsync(Options, connection, migrations, CancellationToken.None);

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task KillAsync(string query)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await Wait.UntilAsync(async () =>
        {
            await using var command = source.CreateCommand(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity " +
                "where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query like $1");
            command.Parameters.Add(new() { Value = query });
            return await command.ExecuteScalarAsync() is > 0L;
        }, "a migration to be under way");
    }
}
