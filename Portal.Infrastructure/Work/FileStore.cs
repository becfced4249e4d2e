using System.Security.Cryptography;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>A content that was taken in but has no place yet; disposing drops it.</summary>
public sealed class TakenContent : IDisposable
{
    internal TakenContent(string path, string type, long bytes, string hash) => (Path, Type, Bytes, Hash) = (path, type, bytes, hash);

    internal string Path { get; }
    /// <summary>Media type by its first bytes.</summary>
    public string Type { get; }
    public long Bytes { get; }
    /// <summary>SHA-256, lower hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Drops what was not placed.</summary>
    public void Dispose() => File.Delete(Path);
}

/// <summary>
/// Contents of files, by their SHA-256, under the data folder: written beside, synced, then moved to their place, so that no name
/// ever leads to half a content. Knows no rows; <see cref="Attachments"/> does.
/// </summary>
public sealed class FileStore(FileStoreOptions options)
{
    private string Incoming => Path.Combine(options.Folder, "incoming");

    /// <summary>Reads a content to its end and keeps it aside: bounded, sniffed, a JPEG without its metadata, on the disk when this returns.</summary>
    /// <exception cref="RuleBrokenException"><c>file.too-large</c>, <c>file.empty</c>, <c>file.markup</c>, <c>file.broken</c>, <c>file.no-room</c></exception>
    public async Task<TakenContent> TakeAsync(Stream body, CancellationToken ct)
    {
        Directory.CreateDirectory(Incoming);
        var raw = Path.Combine(Incoming, Guid.NewGuid().ToString("n"));
        var kept = raw + ".kept";
        try
        {
            var start = await ReceiveAsync(body, raw, ct);
            if (ContentSniffing.HoldsMarkup(start)) throw new RuleBrokenException("file.markup");
            var type = ContentSniffing.TypeOf(start);
            await using (var from = File.OpenRead(raw))
            await using (var to = new FileStream(kept, FileMode.CreateNew, FileAccess.Write))
            {
                if (type == "image/jpeg") JpegMetadata.Strip(from, to);
                else await from.CopyToAsync(to, ct);
                to.Flush(flushToDisk: true);
            }
            await using var content = File.OpenRead(kept);
            return new(kept, type, content.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct)));
        }
        catch (Exception failure)
        {
            File.Delete(kept);
            if (FullDisk.Is(failure)) throw new RuleBrokenException("file.no-room");
            throw;
        }
        finally
        {
            File.Delete(raw);
        }
    }

    /// <summary>Gives a taken content its place; where an equal one lies already, that one stays.</summary>
    public void Place(TakenContent content)
    {
        var path = PathOf(content.Hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path)) File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(content.Path));
        else File.Move(content.Path, path);
        Sync(path);
    }

    /// <summary>Opens a content for reading.</summary>
    /// <exception cref="RuleBrokenException"><c>file.lost</c></exception>
    public Stream Open(string hash)
    {
        try
        {
            return new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RuleBrokenException("file.lost");
        }
    }

    /// <summary>Hashes of contents last touched before a moment, for the sweep.</summary>
    internal IEnumerable<string> OlderThan(DateTimeOffset moment)
    {
        if (!Directory.Exists(options.Folder)) return [];
        return Directory.EnumerateDirectories(options.Folder, "??").SelectMany(Directory.EnumerateFiles)
            .Where(file => File.GetLastWriteTimeUtc(file) < moment.UtcDateTime).Select(Path.GetFileName).OfType<string>();
    }

    /// <summary>Removes what uploads cut short left behind.</summary>
    internal void DropIncoming(DateTimeOffset before)
    {
        if (!Directory.Exists(Incoming)) return;
        foreach (var file in Directory.EnumerateFiles(Incoming).Where(file => File.GetLastWriteTimeUtc(file) < before.UtcDateTime)) File.Delete(file);
    }

    /// <summary>Removes a content.</summary>
    internal void Drop(string hash) => File.Delete(PathOf(hash));

    private string PathOf(string hash) => hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower)
        ? Path.Combine(options.Folder, hash[..2], hash)
        : throw new ArgumentException("Not the hash of a content.", nameof(hash));

    private static async Task<byte[]> ReceiveAsync(Stream body, string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        var block = new byte[64 * 1024];
        var start = new MemoryStream(ContentSniffing.Window);
        long bytes = 0;
        int read;
        while ((read = await body.ReadAsync(block, ct)) > 0)
        {
            if ((bytes += read) > StoredFile.MostBytes) throw new RuleBrokenException("file.too-large", StoredFile.MostBytes >> 20);
            await file.WriteAsync(block.AsMemory(0, read), ct);
            start.Write(block, 0, (int)Math.Min(read, ContentSniffing.Window - start.Length));
        }
        return bytes > 0 ? start.ToArray() : throw new RuleBrokenException("file.empty");
    }

    // Synced once more at its place: a journal that keeps the file keeps the move before it.
    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Flush(flushToDisk: true);
    }
}
