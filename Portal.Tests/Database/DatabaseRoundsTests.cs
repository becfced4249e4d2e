using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Database;

/// <summary>A database that is away is waited for; a statement that it refuses is not tried for ever.</summary>
public sealed class DatabaseRoundsTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown, true)]
    [InlineData(PostgresErrorCodes.CannotConnectNow, true)]
    [InlineData(PostgresErrorCodes.DeadlockDetected, true)]
    [InlineData(PostgresErrorCodes.CheckViolation, false)]
    [InlineData(PostgresErrorCodes.UndefinedTable, false)]
    public void Fault_ThatTheServerTells_IsAway_OnlyWhereItPasses(string state, bool away)
    {
        var fault = new PostgresException("told by the server", "ERROR", "ERROR", state);

        Assert.Equal((away, away), (DatabaseRounds.IsAway(fault), DatabaseRounds.IsAway(new DbUpdateException("not saved", fault))));
    }

    [Fact]
    public void Fault_OfTheConnection_IsAway_AndOneOfOursIsNot()
    {
        Assert.True(DatabaseRounds.IsAway(new InvalidOperationException("passing", new NpgsqlException("broken", new IOException()))));
        Assert.False(DatabaseRounds.IsAway(new InvalidOperationException("ours")));
    }
}
