using Portal.Tests.Support;

namespace Portal.Tests.Database;

/// <summary>Nobody is refused because somebody else made the same partition at the same moment.</summary>
public sealed class PartitionTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Theory]
    [InlineData("process.make_history_month")]
    [InlineData("fleet.make_position_day")]
    public async Task Make_ByManyAtOnce_MakesItOnce(string function)
    {
        for (var month = 1; month <= 12; month++)
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                await using var command = database.DataSource.CreateCommand($"select {function}($1)");
                command.Parameters.Add(new() { Value = new DateOnly(2031, month, 1) });
                await command.ExecuteNonQueryAsync();
            }));
        await using var count = database.Owner.CreateCommand("select count(*) from pg_class where relname ~ '^(history|position)_2031' and relispartition and relkind = 'r' and relname ~ $1");
        count.Parameters.Add(new() { Value = function.Contains("history", StringComparison.Ordinal) ? "^history" : "^position" });
        Assert.Equal(12L, await count.ExecuteScalarAsync());
    }
}
