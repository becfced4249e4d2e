namespace Portal.Infrastructure.Database;

/// <summary>Locks between processes on a file. The system lets go of them when their holder dies, however it dies.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    /// <summary>Holds the file together with other sharers; null while somebody holds it alone.</summary>
    public static FileStream? TryShare(string path) => TryOpen(path, FileShare.ReadWrite);

    /// <summary>Holds the file alone; null while anybody else holds it.</summary>
    public static FileStream? TryOwn(string path) => TryOpen(path, FileShare.None);

    /// <summary>Holds the file alone, waiting for its turn.</summary>
    public static async Task<FileStream> OwnAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            if (TryOwn(path) is { } file)
                return file;
            await Task.Delay(Retry, ct);
        }
    }

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            return null;
        }
    }
}
