using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>The branch at which an actor's rights end, for queries in SQL.</summary>
internal static class BranchReach
{
    /// <summary>Adds it as the next parameter; null where his rights reach over all: <c>($n::uuid is null or x.branch = $n)</c>.</summary>
    public static void AddBranchReach(this NpgsqlParameterCollection parameters, Actor actor) =>
        parameters.Add(new NpgsqlParameter { Value = actor.OnlyBranch()?.Value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
}
