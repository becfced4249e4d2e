using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Support;

/// <summary>
/// The PostgreSQL server of this test run: the one PORTAL_TEST_POSTGRES names (its user needs CREATEDB and CREATEROLE),
/// or an own cluster in a temporary folder, which goes when the run ends. Holds the migrated template database.
/// </summary>
public static class TestServer
{
    private const string FolderPrefix = "portal-tests-";
    private static readonly Lazy<Task<Template>> Started = new(StartAsync);
    private static Process? undertaker;

    /// <summary>Makes an empty-but-migrated database and returns its owner's connection string.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var template = await Started.Value;
        return await CreateAsync(template.Server, $"template \"{template.Name}\"");
    }

    /// <summary>Makes a database without any migration and returns its owner's connection string.</summary>
    public static async Task<string> CreateEmptyDatabaseAsync() => await CreateAsync((await Started.Value).Server, "template template0");

    /// <summary>Drops a database made here, whoever is still connected to it.</summary>
    public static async Task DropDatabaseAsync(string ownerConnection)
    {
        var name = new NpgsqlConnectionStringBuilder(ownerConnection).Database;
        await RunAsync((await Started.Value).Server, $"drop database if exists \"{name}\" with (force)");
    }

    private static async Task<string> CreateAsync(string server, string source)
    {
        var name = $"portal_test_{Guid.NewGuid():n}";
        await RunAsync(server, $"create database \"{name}\" {source}");
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    private static async Task<Template> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("PORTAL_TEST_POSTGRES");
        var server = string.IsNullOrEmpty(given) ? await StartClusterAsync() : given;
        var template = await CreateAsync(server, "template template0");
        await SchemaMigrations.ApplyAsync(new DatabaseOptions { DataFolder = "/" }, template, SchemaMigrations.Embedded, CancellationToken.None);
        var name = new NpgsqlConnectionStringBuilder(template).Database!;
        if (server == given)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => RunAsync(server, $"drop database \"{name}\" with (force)").GetAwaiter().GetResult();
        return new Template(server, name);
    }

    private static async Task<string> StartClusterAsync()
    {
        foreach (var left in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
            await SweepAsync(left);

        var folder = NewFolder();
        var cluster = await StartClusterAsync(folder);
        RemoveAfterThisProcess(folder);
        await RunAsync(cluster.AdministratorConnection, $"alter role {EmbeddedPostgres.Owner} createdb");
        return cluster.OwnerConnection;
    }

    // The test runner kills its host soon after the last test, so the cluster is cleared away by a process that lives
    // until this one's end, whatever that was: then its input ends. (Held in a field: a collected handle ends it too.)
    private static void RemoveAfterThisProcess(string folder)
    {
        const string script = """
            cat > /dev/null
            pid=$(head -n 1 "$1/cluster/postmaster.pid") && kill -QUIT "$pid"
            for try in $(seq 100); do [ -e "$1/cluster/postmaster.pid" ] && sleep 0.1; done
            rm -rf "$1"
            """;
        undertaker = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", script, "sh", folder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/"
        });
    }

    /// <summary>A new folder for a cluster, short enough for a socket and open to PostgreSQL's user.</summary>
    public static string NewFolder() => Path.Combine(Path.GetTempPath(), FolderPrefix + Guid.NewGuid().ToString("n")[..12]);

    /// <summary>A cluster without fsync; dispose it and delete its folder.</summary>
    public static Task<EmbeddedPostgres> StartClusterAsync(string folder) =>
        EmbeddedPostgres.StartAsync(folder, durable: false, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    // What a killed run left behind. A run beside this one keeps its own: its lock is held.
    private static async Task SweepAsync(string folder)
    {
        using (var inUse = FileLock.TryOwn(Path.Combine(folder, "in-use.lock")))
            if (inUse is null)
                return;
        if (Directory.Exists(Path.Combine(folder, "cluster")))
            await (await StartClusterAsync(folder)).DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Template(string Server, string Name);
}
