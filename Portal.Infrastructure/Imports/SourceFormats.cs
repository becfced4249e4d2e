namespace Portal.Infrastructure.Imports;

/// <summary>All formats files may come in; separated text is what remains when no other recognises the file.</summary>
internal sealed class SourceFormats(IEnumerable<ISourceFormat> formats)
{
    private readonly ISourceFormat[] formats = formats.OrderBy(f => f is CsvFormat).ToArray();

    /// <summary>Opens a file by the first format that recognises it.</summary>
    public async Task<SourceTable> OpenAsync(SourceFile file, CancellationToken ct)
    {
        var start = await file.StartAsync(ct);
        return await formats.First(f => f.Recognises(start)).OpenAsync(file, ct);
    }
}
