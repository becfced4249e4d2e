using System.Buffers.Binary;

namespace Portal.Infrastructure.Printing;

/// <summary>A picture that can be printed, as its first bytes tell: PNG or JPEG.</summary>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
internal readonly record struct PaperPicture(bool IsPng, int Width, int Height)
{
    // unpacked, a small file may be a large picture
    private const int MostPixels = 4_000_000;

    /// <summary>The picture, or null for anything else and for one that is too large.</summary>
    public static PaperPicture? Read(ReadOnlySpan<byte> file)
    {
        var picture = Png(file) ?? Jpeg(file);
        return picture is { Width: > 0, Height: > 0 } found && (long)found.Width * found.Height <= MostPixels ? found : null;
    }

    private static PaperPicture? Png(ReadOnlySpan<byte> file) =>
        file.Length > 24 && file.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            ? new(true, BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..])) : null;

    // segments follow one another until the frame header (SOF), which holds the size; ITU-T T.81, annex B
    private static PaperPicture? Jpeg(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith<byte>([0xFF, 0xD8])) return null;
        for (var at = 2; at + 9 < file.Length && file[at] == 0xFF; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]))
            if (file[at + 1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new(false, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
        return null;
    }
}
