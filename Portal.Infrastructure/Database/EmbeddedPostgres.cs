using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>
/// A PostgreSQL cluster of Portal's own, reached through a unix socket in its folder. Several processes may use one
/// cluster (the application and an import beside it): the first starts it, the last stops it. A cluster left running
/// by a killed process is taken over by the next; one that dies is started again.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The role that owns Portal's database.</summary>
    public const string Owner = "portal_owner";

    private const string Administrator = "postgres";
    private const string DatabaseName = "portal";
    private const int LongestSocketPath = 107;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string folder;
    private readonly bool durable;
    private readonly ILogger log;
    private readonly TimeProvider time;
    private readonly UnixUser? user = UnixUser.ToDropTo();
    private readonly CancellationTokenSource stopping = new();
    private PostgresBinaries? binaries;
    private FileStream? inUse;
    private Task watch = Task.CompletedTask;

    private EmbeddedPostgres(string folder, bool durable, TimeProvider time, ILogger log) =>
        (this.folder, this.durable, this.time, this.log) = (folder, durable, time, log);

    private string Cluster => Path.Combine(folder, "cluster");
    private string PidFile => Path.Combine(Cluster, "postmaster.pid");
    private string SocketFolder => Path.Combine(folder, "socket");
    private string PasswordFile => Path.Combine(folder, "password");
    private string GateFile => Path.Combine(folder, "gate.lock");
    private string InUseFile => Path.Combine(folder, "in-use.lock");

    /// <summary>Connection string of the owner of Portal's database.</summary>
    public string OwnerConnection => Connection(Owner, DatabaseName);

    /// <summary>Connection string of the cluster's superuser.</summary>
    public string AdministratorConnection => Connection(Administrator, "postgres");

    /// <summary>Process id of the running server, or null while it is down.</summary>
    public int? ServerProcessId => RunningServer();

    /// <summary>Starts the cluster in <paramref name="folder"/>, made on first use, or joins it where it runs already.</summary>
    /// <param name="durable">False for tests only: no fsync.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is missing, or refuses to start; the message says why.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        string folder, bool durable, TimeProvider time, ILogger log, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
            throw new InvalidOperationException("On Windows, set PORTAL_DATABASE to a PostgreSQL server's connection string.");

        var server = new EmbeddedPostgres(Path.GetFullPath(folder), durable, time, log);
        try
        {
            await server.StartAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    [UnsupportedOSPlatform("windows")]
    private async Task StartAsync(CancellationToken ct)
    {
        if (Path.Combine(SocketFolder, ".s.PGSQL.5432").Length > LongestSocketPath)
            throw new InvalidOperationException($"{folder} is too long for a socket's path. Choose a shorter folder with --data.");

        Directory.CreateDirectory(folder);
        user?.MustReach(folder);
        user?.Own(folder);
        await using (await FileLock.OwnAsync(GateFile, ct))
        {
            inUse = FileLock.TryShare(InUseFile)
                ?? throw new InvalidOperationException($"{InUseFile} is held by a process that is not Portal's.");
            await CreateAsync(ct);
            await EnsureRunningAsync(ct);
            await EnsureDatabaseAsync(ct);
        }
        watch = Task.Run(() => WatchAsync(stopping.Token), CancellationToken.None);
    }

    /// <summary>Stops the server, unless another process still uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watch;
        stopping.Dispose();
        if (inUse is null)
            return;

        await using var gate = await FileLock.OwnAsync(GateFile, CancellationToken.None);
        await inUse.DisposeAsync();
        inUse = null;
        await using var last = FileLock.TryOwn(InUseFile);
        if (last is not null && RunningServer() is not null)
            await StopServerAsync();
    }

    private async Task StopServerAsync()
    {
        var (code, output) = await ChildProgram.RunAsync(
            binaries!.PgCtl, ["stop", "-D", Cluster, "-m", "fast", "-w", "-t", "4"], user?.Name, CancellationToken.None);
        if (code == 0)
            return;

        log.LogWarning("PostgreSQL did not stop in time and is cut off; it recovers at the next start. {Output}", output);
        await ChildProgram.RunAsync(
            binaries.PgCtl, ["stop", "-D", Cluster, "-m", "immediate", "-w", "-t", "2"], user?.Name, CancellationToken.None);
    }

    [UnsupportedOSPlatform("windows")]
    private async Task CreateAsync(CancellationToken ct)
    {
        if (!File.Exists(PasswordFile))
            await WriteSecretAsync(PasswordFile, RandomNumberGenerator.GetHexString(48, lowercase: true), ct);

        var versionFile = Path.Combine(Cluster, "PG_VERSION");
        if (File.Exists(versionFile))
        {
            binaries = await PostgresBinaries.FindAsync((await File.ReadAllTextAsync(versionFile, ct)).Trim(), ct);
            return;
        }

        log.LogInformation("Making a database cluster in {Folder}", folder);
        binaries = await PostgresBinaries.FindAsync(null, ct);
        var half = Path.Combine(folder, "cluster.new");
        if (Directory.Exists(half))
            Directory.Delete(half, recursive: true);

        // The bare default is SQL_ASCII with locale C, where lower() and trigrams know no Cyrillic.
        var (code, output) = await ChildProgram.RunAsync(binaries.Initdb,
            ["-D", half, "-U", Administrator, "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und",
             "--auth=scram-sha-256", $"--pwfile={PasswordFile}", .. durable ? Array.Empty<string>() : ["--no-sync"]],
            user?.Name, ct);
        if (code != 0)
            throw new InvalidOperationException($"initdb failed: {output}");

        await File.AppendAllTextAsync(Path.Combine(half, "postgresql.conf"), "\ninclude 'portal.conf'\n", ct);
        Directory.Move(half, Cluster);
    }

    private async Task EnsureRunningAsync(CancellationToken ct)
    {
        if (RunningServer() is null)
        {
            DropForeignPidFile();
            Directory.CreateDirectory(SocketFolder);
            user?.Own(SocketFolder);
            var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            await File.WriteAllTextAsync(Path.Combine(Cluster, "portal.conf"), PostgresSettings.Text(SocketFolder, memory, durable), ct);
            await StartServerAsync(ct);
        }
        await WaitUntilAnswersAsync(ct);
    }

    // pg_ctl puts the server into a session of its own, so that Ctrl-C reaches Portal first and Portal stops it last.
    private async Task StartServerAsync(CancellationToken ct)
    {
        var startLog = Path.Combine(folder, "start.log");
        var began = time.GetTimestamp();
        while (true)
        {
            File.Delete(startLog);
            var (code, output) = await ChildProgram.RunAsync(
                binaries!.PgCtl, ["start", "-D", Cluster, "-w", "-t", "60", "-s", "-l", startLog], user?.Name, ct);
            if (code == 0)
                return;

            // After a kill -9 of the server its children need a moment to notice and let go of the shared memory.
            var reason = File.Exists(startLog) ? await File.ReadAllTextAsync(startLog, ct) : "";
            if (!reason.Contains("shared memory block") || time.GetElapsedTime(began) > StartLimit)
                throw new InvalidOperationException($"PostgreSQL did not start in {Cluster}: {output}\n{reason}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, ct);
        }
    }

    private async Task WaitUntilAnswersAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AdministratorConnection);
                await connection.OpenAsync(ct);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient || e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow })
            {
                if (time.GetElapsedTime(started) > StartLimit)
                    throw new InvalidOperationException($"PostgreSQL in {Cluster} does not answer.", e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
            }
        }
    }

    private async Task EnsureDatabaseAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(AdministratorConnection);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select exists (select from pg_roles where rolname = $1), exists (select from pg_database where datname = $2)";
        command.Parameters.Add(new() { Value = Owner });
        command.Parameters.Add(new() { Value = DatabaseName });
        bool hasOwner, hasDatabase;
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            await row.ReadAsync(ct);
            (hasOwner, hasDatabase) = (row.GetBoolean(0), row.GetBoolean(1));
        }

        command.Parameters.Clear();
        if (!hasOwner)
        {
            command.CommandText = $"create role {Owner} login createrole password '{Password()}'";
            await command.ExecuteNonQueryAsync(ct);
        }
        if (!hasDatabase)
        {
            command.CommandText = $"create database {DatabaseName} owner {Owner}";
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (RunningServer() is not null)
                    continue;
                log.LogError("PostgreSQL in {Folder} is gone; starting it again", folder);
                await using var gate = await FileLock.OwnAsync(GateFile, ct);
                try
                {
                    await EnsureRunningAsync(ct);
                }
                catch (InvalidOperationException e)
                {
                    log.LogError(e, "PostgreSQL could not be started again; trying on");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private int? RunningServer() => ReadPid() is { } id && IsServer(id) ? id : null;

    // After a crash or a restart of the host the number in the file may be anybody's, and PostgreSQL would wait for that
    // process for ever. A number that is nobody's it handles itself.
    private void DropForeignPidFile()
    {
        if (ReadPid() is { } id && Directory.Exists($"/proc/{id}") && !IsServer(id))
            File.Delete(PidFile);
    }

    private int? ReadPid()
    {
        try
        {
            return int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private bool IsServer(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited && process.ProcessName == "postgres"
                && (!OperatingSystem.IsLinux() || File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(Cluster));
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private string Password() => File.ReadAllText(PasswordFile);

    private string Connection(string role, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = SocketFolder, Username = role, Password = Password(), Database = database, Pooling = false
    }.ConnectionString;

    // Readable by the server's user too, for initdb; the folder above is closed to everybody else.
    [UnsupportedOSPlatform("windows")]
    private async Task WriteSecretAsync(string path, string secret, CancellationToken ct)
    {
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(path + ".new", secret, ct);
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.Move(path + ".new", path);
    }
}
