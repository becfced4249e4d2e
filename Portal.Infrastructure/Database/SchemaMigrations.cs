using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>One migration: a file <c>NNNN_name.sql</c>.</summary>
/// <param name="Name">File name; its number orders it.</param>
/// <param name="Sql">Statements, run in one transaction.</param>
public sealed partial record Migration(string Name, string Sql)
{
    /// <summary>SHA-256 of the text, the same for both kinds of line end.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    internal string Number => NamePattern().Match(Name) is { Success: true } match ? match.Groups[1].Value
        : throw new InvalidOperationException($"{Name} is no migration's name; NNNN_name.sql is.");

    [GeneratedRegex(@"^(\d{4})_[a-z0-9_]+\.sql$")]
    private static partial Regex NamePattern();
}

/// <summary>A database that does not fit this build's migrations; the message names the file.</summary>
public sealed class MigrationRefusedException(string message) : Exception(message);

/// <summary>
/// Brings a database up to this build. Each migration runs in its own transaction with its entry in
/// <c>public.schema_migration</c>, so a run killed half-way is finished by the next one.
/// </summary>
public static class SchemaMigrations
{
    // Any number will do, as long as nothing else of Portal's locks it.
    private const long AdvisoryLock = 0x506F7274616C;

    /// <summary>The migrations of this build, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Read(typeof(SchemaMigrations).Assembly);

    /// <summary>
    /// Makes the roles, then applies what is missing, one process at a time.
    /// </summary>
    /// <returns>Names of the migrations applied now.</returns>
    /// <exception cref="MigrationRefusedException">An applied file was changed since, or is unknown to this build.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        DatabaseOptions options, string ownerConnection, IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        var ordered = migrations.OrderBy(migration => migration.Number, StringComparer.Ordinal).ToList();
        if (ordered.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1) is { } twins)
            throw new MigrationRefusedException($"Two migrations share a number: {string.Join(", ", twins.Select(twin => twin.Name))}.");

        var settings = new NpgsqlConnectionStringBuilder(ownerConnection) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        // Held by the connection: it goes with the process, however that ends.
        await RunAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", ct);

        await PrepareAsync(connection, options, ownerConnection, ct);
        var applied = await AppliedAsync(connection, ct);
        foreach (var (name, hash) in applied)
        {
            var migration = ordered.Find(candidate => candidate.Name == name)
                ?? throw new MigrationRefusedException($"The database holds {name}, which this build does not know: it is newer than the build.");
            if (migration.Hash != hash)
                throw new MigrationRefusedException($"{name} was changed after it had been applied. Restore it, and put the change into a new file.");
        }

        var now = new List<string>();
        foreach (var migration in ordered.Where(migration => !applied.ContainsKey(migration.Name)))
        {
            await ApplyAsync(connection, migration, ct);
            now.Add(migration.Name);
        }
        return now;
    }

    private static async Task PrepareAsync(NpgsqlConnection connection, DatabaseOptions options, string ownerConnection, CancellationToken ct)
    {
        if (options.ApplicationConnection is null)
            await DatabaseRoles.EnsureAsync(connection, ownerConnection, DatabaseRoles.Application, ct);
        if (options.CabinetConnection is null)
            await DatabaseRoles.EnsureAsync(connection, ownerConnection, DatabaseRoles.Cabinet, ct);

        await using var exists = new NpgsqlCommand("select to_regclass('public.schema_migration') is not null", connection);
        if (await exists.ExecuteScalarAsync(ct) is true)
            return;
        await RunAsync(connection, $"""
            create table public.schema_migration (
                name text primary key,
                hash text not null,
                applied_at timestamptz not null default now()
            );
            grant select on public.schema_migration to {DatabaseRoles.Application};
            {DatabaseRoles.DefaultGrants}
            """, ct);
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var applied = new Dictionary<string, string>();
        await using var command = new NpgsqlCommand("select name, hash from public.schema_migration order by name", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            applied.Add(rows.GetString(0), rows.GetString(1));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await RunAsync(connection, migration.Sql, ct);
        }
        catch (PostgresException e)
        {
            throw new InvalidOperationException($"{migration.Name} failed at character {e.Position}: {e.MessageText}", e);
        }
        await using var entry = new NpgsqlCommand("insert into public.schema_migration (name, hash) values ($1, $2)", connection)
        {
            Parameters = { new() { Value = migration.Name }, new() { Value = migration.Hash } }
        };
        await entry.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static List<Migration> Read(Assembly assembly)
    {
        const string folder = ".Migrations.";
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(folder) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return new Migration(resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..], reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Name, StringComparer.Ordinal)
            .ToList();
    }
}
