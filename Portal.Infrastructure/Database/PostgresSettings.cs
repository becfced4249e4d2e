using System.Globalization;

namespace Portal.Infrastructure.Database;

/// <summary>Server settings of the own cluster, written anew at each start.</summary>
internal static class PostgresSettings
{
    /// <summary>The settings file's text.</summary>
    /// <param name="socketFolder">Folder of the unix socket; the server listens nowhere else.</param>
    /// <param name="memoryBytes">The machine's memory; the cluster shares it with Portal and whatever else runs there.</param>
    /// <param name="durable">False only for tests: commits then survive the server's death, but not the machine's.</param>
    public static string Text(string socketFolder, long memoryBytes, bool durable)
    {
        var megabytes = memoryBytes / (1024 * 1024);
        var shared = Math.Clamp(megabytes / 8, 64, 2048);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by Portal at each start. Put your own settings into postgresql.conf, below the line that includes this file.
            listen_addresses = ''
            unix_socket_directories = '{socketFolder.Replace("'", "''")}'
            unix_socket_permissions = 0777
            password_encryption = 'scram-sha-256'
            max_connections = 200
            shared_buffers = {shared}MB
            effective_cache_size = {Math.Max(megabytes / 2, 256)}MB
            work_mem = 16MB
            maintenance_work_mem = {Math.Clamp(megabytes / 32, 64, 512)}MB
            random_page_cost = 1.1
            jit = off
            wal_compression = on
            max_wal_size = 2GB
            checkpoint_timeout = 15min
            idle_in_transaction_session_timeout = 5min
            timezone = 'UTC'
            log_timezone = 'UTC'
            logging_collector = on
            log_filename = 'postgresql-%a.log'
            log_truncate_on_rotation = on
            log_rotation_age = 1d
            fsync = {(durable ? "on" : "off")}
            full_page_writes = {(durable ? "on" : "off")}

            """);
    }
}
