using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// Refuses to read on beyond a limit (a small packed file can unpack to anything), and where what is packed is damaged or cut off.
/// </summary>
/// <exception cref="RuleBrokenException"><c>import.file-too-large</c>, <c>import.unreadable</c></exception>
internal sealed class BoundedStream(Stream inner, long limit, string fileName) : Stream
{
    private long read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Counted(inner.Read(buffer));
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        try
        {
            return Counted(await inner.ReadAsync(buffer, ct));
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken ct) => ReadAsync(buffer.AsMemory(offset, count), ct).AsTask();
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private RuleBrokenException Damaged() => new("import.unreadable", fileName);

    private int Counted(int count)
    {
        read += count;
        return read <= limit ? count : throw new RuleBrokenException("import.file-too-large", limit / 1_000_000);
    }
}
