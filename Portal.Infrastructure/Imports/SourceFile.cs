using System.IO.Compression;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>One row of a file: its line and its fields as text.</summary>
/// <param name="Flaw">What is wrong with the row as such, whatever it tells; null where nothing is.</param>
public readonly record struct SourceRow(int Line, string[] Fields, RowFlaw? Flaw = null);

/// <summary>Why a row cannot be read as one: a code of <c>import.refused.&lt;code&gt;</c> and the values for its text. Behind one that <c>breaks-off</c> the file cannot be read.</summary>
public sealed record RowFlaw(string Code, params string[] Args);

/// <summary>A file opened as a table. <paramref name="Rows"/> can be read once and streams.</summary>
public sealed record SourceTable(string[] Header, IAsyncEnumerable<SourceRow> Rows)
{
    /// <summary>The one kind of import that such a file can hold; null where it can hold any.</summary>
    public string? Kind { get; init; }
    /// <summary>What likely parts the decimals of its numbers; null where nothing is known.</summary>
    public DecimalSign? Decimals { get; init; }
    /// <summary>What parts its fields; null where it is no separated text.</summary>
    public char? Separator { get; init; }
}

/// <summary>A format that files come in.</summary>
public interface ISourceFormat
{
    /// <summary>True when a file that begins like this (after unpacking gzip) is of this format.</summary>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>Opens the file as a table.</summary>
    /// <exception cref="RuleBrokenException"><c>import.unreadable</c>, <c>import.file-too-large</c>, <c>import.row-too-large</c></exception>
    Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct);
}

/// <summary>A stored file, read through gzip when it is packed, and never beyond <paramref name="maxBytes"/> unpacked.</summary>
public sealed class SourceFile(string path, string fileName, long maxBytes)
{
    private const string RefusedMark = ".refused";

    /// <summary>What its owner calls it, without folder.</summary>
    public string FileName { get; } = fileName;

    /// <summary>Name without extensions.</summary>
    public string Stem => StemOf(FileName);

    /// <summary>A file's name without extensions; a report of refused rows has that of the file they were refused from.</summary>
    public static string StemOf(string fileName)
    {
        var stem = Path.GetFileNameWithoutExtension(fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? fileName[..^3] : fileName);
        return stem.EndsWith(RefusedMark, StringComparison.OrdinalIgnoreCase) && stem.Length > RefusedMark.Length ? stem[..^RefusedMark.Length] : stem;
    }

    /// <summary>True for the name of such a report.</summary>
    public static bool IsReport(string fileName) => Path.GetFileNameWithoutExtension(fileName).EndsWith(RefusedMark, StringComparison.OrdinalIgnoreCase);

    /// <summary>What to call the report of rows refused from a file.</summary>
    public static string RefusedName(string fileName) => $"{StemOf(fileName)}{RefusedMark}.csv";

    /// <summary>The unpacked content from the start.</summary>
    public Stream Open()
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> start = stackalloc byte[2];
        var packed = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
        file.Position = 0;
        return new BoundedStream(packed ? new GZipStream(file, CompressionMode.Decompress) : file, maxBytes, FileName);
    }

    /// <summary>The first bytes of the content, at most 4,096.</summary>
    /// <exception cref="RuleBrokenException"><c>import.unreadable</c></exception>
    public async Task<byte[]> StartAsync(CancellationToken ct)
    {
        await using var content = Open();
        var start = new byte[4096];
        return start[..await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct)];
    }
}
