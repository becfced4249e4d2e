using Npgsql;

namespace Portal.Infrastructure.Database;

/// <summary>Faults that say a disk is full: the database's, or our own.</summary>
internal static class FullDisk
{
    // ENOSPC, and what Windows says
    private const int NoSpace = 28, NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>Whether there was no room on a disk.</summary>
    public static bool Is(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
        IOException { HResult: NoSpace or NoSpaceOnWindows } => true,
        _ => fault.InnerException is { } cause && Is(cause),
    };
}
