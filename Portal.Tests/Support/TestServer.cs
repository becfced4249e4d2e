using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Portal.Infrastructure.Database;

namespace Portal.Tests.Support;

/// <summary>
/// The PostgreSQL server of this test run: the one PORTAL_TEST_POSTGRES names (its user needs CREATEDB and CREATEROLE),
/// or an own cluster in a temporary folder, in memory where that is large, which goes when the run ends. Holds the migrated template database.
/// </summary>
public static class TestServer
{
    private const string Memory = "/dev/shm";
    private const long EnoughBytes = 8L << 30;
    private static readonly Lazy<Task<Template>> Started = new(StartAsync);
    private static readonly Lazy<string> RunFolder = new(MakeRunFolder);
    private static Process? undertaker;

    /// <summary>Set before the first use where the disk is to be measured too.</summary>
    public static bool OnDisk { get; set; }

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
        var server = (await Started.Value).Server;
        await Wait.UntilAsync(() => TryDropAsync(server, name!), $"the end of {name}");
    }

    // On a busy machine the sessions it ends may take longer to go than the server waits for them.
    private static async Task<bool> TryDropAsync(string server, string name)
    {
        try
        {
            await RunAsync(server, $"drop database if exists \"{name}\" with (force)");
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Insufficient: an autovacuum worker is the superuser's, so it may not be forced out; it goes by itself.
            return false;
        }
    }

    private static async Task<string> CreateAsync(string server, string source)
    {
        var name = $"portal_test_{Guid.NewGuid():n}";
        // Files are copied as they are: through the log it takes four times as long.
        await RunAsync(server, $"create database \"{name}\" {source} strategy file_copy");
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
        var cluster = await StartClusterAsync(NewFolder());
        await RunAsync(cluster.AdministratorConnection, $"alter role {EmbeddedPostgres.Owner} createdb");
        // No test ends this server, so a commit need not wait for the log to be written.
        await RunAsync(cluster.AdministratorConnection, "alter system set synchronous_commit = off");
        await RunAsync(cluster.AdministratorConnection, "select pg_reload_conf()");
        return cluster.OwnerConnection;
    }

    /// <summary>
    /// A new folder for a cluster or an application's data: short enough for a socket, open to PostgreSQL's user, and
    /// cleared away when this process ends, with any server still running in it.
    /// </summary>
    public static string NewFolder() => Path.Combine(RunFolder.Value, Guid.NewGuid().ToString("n")[..8]);

    // The test runner kills its host soon after the last test, so clearing away is the work of a process that lives until
    // this one's end, whatever that was: then its input ends. (Held in a field: a collected handle ends it too.)
    private static string MakeRunFolder()
    {
        const string script = """
            cat > /dev/null
            for file in $(find "$1" -name postmaster.pid); do kill -QUIT "$(head -n 1 "$file")"; done
            for try in $(seq 100); do [ -n "$(find "$1" -name postmaster.pid)" ] && sleep 0.1; done
            rm -rf "$1"
            """;
        var folder = Path.Combine(!OnDisk && IsRoomy(Memory) ? Memory : Path.GetTempPath(), $"portal-run-{Guid.NewGuid().ToString("n")[..8]}");
        Directory.CreateDirectory(folder);
        undertaker = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", script, "sh", folder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/"
        });
        return folder;
    }

    // Every class has a database of a thousand files: where memory takes them, making and dropping them costs next to nothing.
    private static bool IsRoomy(string folder) => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > EnoughBytes;

    /// <summary>A cluster without fsync; dispose it and delete its folder.</summary>
    public static Task<EmbeddedPostgres> StartClusterAsync(string folder) =>
        EmbeddedPostgres.StartAsync(folder, durable: false, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Template(string Server, string Name);
}
