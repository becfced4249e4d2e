using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// The three roles of the database: the owner runs migrations; the application and the cabinet own nothing and get what
/// they may do by grants. The application may read and write every table a migration makes unless the migration
/// revokes it; the cabinet may do nothing unless a migration grants it.
/// </summary>
public static class DatabaseRoles
{
    /// <summary>The role staff work and background jobs run under.</summary>
    public const string Application = "portal_application";

    /// <summary>The role customers' requests run under, behind row-level security.</summary>
    public const string Cabinet = "portal_cabinet";

    /// <summary>Connection string of <paramref name="role"/> on the owner's server.</summary>
    public static string ConnectionFor(string role, string ownerConnection)
    {
        var settings = new NpgsqlConnectionStringBuilder(ownerConnection) { Username = role };
        settings.Password = Password(role, settings.Password);
        return settings.ConnectionString;
    }

    /// <summary>Makes a role where it is missing, and lets it in under <see cref="ConnectionFor"/>.</summary>
    /// <exception cref="InvalidOperationException">The owner may not make roles; the message says what to run instead.</exception>
    internal static async Task EnsureAsync(NpgsqlConnection owner, string ownerConnection, string role, CancellationToken ct)
    {
        await using var command = owner.CreateCommand();
        command.CommandText = $"select exists (select from pg_roles where rolname = '{role}')";
        if (await command.ExecuteScalarAsync(ct) is true && await CanLogInAsync(ConnectionFor(role, ownerConnection), ct))
            return;

        var password = Password(role, new NpgsqlConnectionStringBuilder(ownerConnection).Password);
        // Roles belong to the whole server: another database's start may make the same one at this moment.
        command.CommandText = $"""
            do $$
            begin
                if not exists (select from pg_roles where rolname = '{role}') then
                    create role {role} login nosuperuser nocreatedb nocreaterole;
                end if;
            exception when duplicate_object or unique_violation then null;
            end $$;
            alter role {role} password {(password is null ? "null" : $"'{password}'")};
            """;
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new InvalidOperationException(
                $"The database's owner may not make the role {role}. Let an administrator run: create role {role} login password '…'; " +
                $"and give Portal its connection string (ConnectionStrings__{(role == Application ? "Application" : "Cabinet")}).", e);
        }
    }

    /// <summary>What every table, sequence and function made by later migrations gives to the application.</summary>
    internal const string DefaultGrants = $"""
        alter default privileges grant usage on schemas to {Application};
        alter default privileges grant select, insert, update, delete on tables to {Application};
        alter default privileges grant usage, select on sequences to {Application};
        alter default privileges revoke execute on functions from public;
        alter default privileges grant execute on functions to {Application};
        """;

    // Derived, so that several nodes agree on it and nothing more has to be kept; hexadecimal, so it needs no quoting.
    private static string? Password(string role, string? ownerPassword) => string.IsNullOrEmpty(ownerPassword) ? null
        : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ownerPassword), Encoding.UTF8.GetBytes(role)));

    private static async Task<bool> CanLogInAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return false;
        }
    }
}
