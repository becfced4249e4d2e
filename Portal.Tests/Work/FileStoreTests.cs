using System.Diagnostics;
using System.Text;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

public sealed class FileStoreTests : IDisposable
{
    private readonly string folder = TestServer.NewFolder();

    private FileStore Store => new(new(folder));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Take_WhatLooksLikeAPage_IsRefusedAndLeavesNothing()
    {
        foreach (var page in (string[])["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<!DOCTYPE html><p>", "  \n<ScRiPt>alert(1)</script>", "GIF89a/*<script>alert(1)</script>"])
            Assert.Equal("file.markup", (await RefusalOfAsync(() => Store.TakeAsync(Body(page), default))).Code);
        Assert.Equal("file.markup", (await RefusalOfAsync(() => Store.TakeAsync(new MemoryStream(Encoding.Unicode.GetBytes("<html>")), default))).Code);

        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("%PDF-1.7 and so on", "application/pdf")]
    [InlineData("Grüße, ціна 12 €\r\n", "text/plain")]
    [InlineData("PK\u0003\u0004rest", "application/zip")]
    [InlineData("\u0001\u0002\u0003", "application/octet-stream")]
    public async Task Take_NamesTheTypeByTheContent(string content, string type)
    {
        using var taken = await Store.TakeAsync(Body(content), default);

        Assert.Equal((type, (long)Encoding.UTF8.GetByteCount(content)), (taken.Type, taken.Bytes));
    }

    [Fact]
    public async Task Take_WhenTooLarge_StopsReading()
    {
        var endless = new EndlessStream();

        Assert.Equal("file.too-large", (await RefusalOfAsync(() => Store.TakeAsync(endless, default))).Code);

        Assert.InRange(endless.Read_, StoredFile.MostBytes, StoredFile.MostBytes + (1 << 20));
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Take_OfAJpeg_DropsWhereItWasTakenAndKeepsTheTurn()
    {
        var photo = Photo(turn: 6);
        using var taken = await Store.TakeAsync(new MemoryStream([.. photo, .. "PK behind the picture"u8]), default);
        Store.Place(taken);

        var kept = Latin(await ReadAsync(taken.Hash));

        Assert.Equal("image/jpeg", taken.Type);
        Assert.DoesNotContain("47.0105N", kept);
        Assert.DoesNotContain("Taken by Ada", kept);
        Assert.DoesNotContain("behind the picture", kept);
        Assert.Contains("ICC_PROFILE", kept);
        Assert.EndsWith("scan-data\u00ff\u0000more\u00ff\u00d9", kept);
        Assert.Contains("Exif\0\0MM\0*\0\0\0\b\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006", kept);
    }

    [Fact]
    public async Task Take_OfACutJpeg_IsRefused() =>
        Assert.Equal("file.broken", (await RefusalOfAsync(() => Store.TakeAsync(new MemoryStream(Photo(1)[..^2]), default))).Code);

    [Fact]
    public async Task Place_OfEqualContents_KeepsOne()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var taken = await Store.TakeAsync(Body("same words"), default);
            Store.Place(taken);
        }

        Assert.Single(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [SkippableDiskFact]
    public async Task Take_WhenTheDiskIsFull_SaysSoAndLeavesNothing()
    {
        Directory.CreateDirectory(folder);
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder);
        try
        {
            var refusal = await RefusalOfAsync(() => Store.TakeAsync(new MemoryStream(new byte[1 << 20]), default));

            Assert.Equal("file.no-room", refusal.Code);
            Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        }
        finally
        {
            Run("umount", folder);
        }
    }

    private async Task<byte[]> ReadAsync(string hash)
    {
        await using var stream = Store.Open(hash);
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A JPEG in outline: Exif with turn and place, XMP, a profile, a comment, tables, a scan with a stuffed byte.</summary>
    private static byte[] Photo(int turn)
    {
        byte[] exif =
        [
            .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 2, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)turn, 0, 0, 0,
            0x0f, 0x01, 2, 0, 9, 0, 0, 0, 40, 0, 0, 0,
            0, 0, 0, 0, .. "47.0105N"u8,
        ];
        return
        [
            0xff, 0xd8, .. Segment(0xe0, [.. "JFIF\0"u8]), .. Segment(0xe1, exif), .. Segment(0xe1, [.. "http://ns.adobe.com/xap/1.0/ Taken by Ada"u8]),
            .. Segment(0xe2, [.. "ICC_PROFILE"u8]), .. Segment(0xfe, [.. "Taken by Ada"u8]), .. Segment(0xdb, [1, 2, 3]), .. Segment(0xda, [0]),
            .. "scan-data"u8, 0xff, 0x00, .. "more"u8, 0xff, 0xd9,
        ];
    }

    private static byte[] Segment(byte marker, byte[] body) => [0xff, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Needs the right to mount a small disk.</summary>
    private sealed class SkippableDiskFactAttribute : FactAttribute
    {
        public SkippableDiskFactAttribute()
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Skip = "Mounting a small disk needs root.";
        }
    }

    private sealed class EndlessStream : Stream
    {
        public long Read_ { get; private set; }
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => Read_; set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count)
        {
            Read_ += count;
            return count;
        }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
