using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>What a failed save says about the cause.</summary>
internal static class PostgresErrors
{
    /// <summary>True when a save broke the named unique index.</summary>
    public static bool IsUniqueViolation(this Exception failure, string index) =>
        failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } broken && broken.ConstraintName == index;
}
