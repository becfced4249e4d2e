using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Faults that say a disk is full: the database's, or our own.</summary>
internal static class FullDisk
{
    /// <summary>Whether there was no room on a disk.</summary>
    public static bool Is(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        // ENOSPC and EDQUOT on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows
        IOException when (fault.HResult & 0xffff) is 28 or 122 or 112 or 39 => true,
        _ => fault.InnerException is { } cause && Is(cause),
    };
}
