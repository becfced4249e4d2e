using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Identity;

public sealed class AuditSealerTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Verify_AfterARowWasForged_NamesTheSeal()
    {
        var sealer = new AuditSealer(database.DataSource, TimeProvider.System);
        await WriteAsync("first");
        await SealAllAsync(sealer, 1);
        await WriteAsync("second");
        await SealAllAsync(sealer, 1);
        Assert.Null(await sealer.VerifyAsync(CancellationToken.None));

        await ExecuteAsync(database.Owner, "alter table core.audit disable trigger all");
        await ExecuteAsync(database.Owner, "update core.audit set user_name = 'somebody else' where user_name = 'second'");
        await ExecuteAsync(database.Owner, "alter table core.audit enable trigger all");
        Assert.Equal(2, await sealer.VerifyAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("update core.audit set user_name = 'x'")]
    [InlineData("delete from core.audit")]
    [InlineData("truncate core.audit")]
    public async Task Audit_ChangedByTheApplication_IsRefused(string sql)
    {
        await WriteAsync("kept");
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.DataSource, sql));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(database.Owner, sql));
    }

    /// <summary>Other databases of the server hold the horizon back while their transactions run, so sealing may take several rounds.</summary>
    private static Task SealAllAsync(AuditSealer sealer, int rows) =>
        Wait.UntilAsync(async () => (rows -= await sealer.SealAsync(CancellationToken.None)) <= 0, "the rows to be sealed");

    private Task WriteAsync(string name) => ExecuteAsync(database.DataSource,
        $"insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action) values (now(), gen_random_uuid(), '{name}', '', 'Test', gen_random_uuid(), 'event')");

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
