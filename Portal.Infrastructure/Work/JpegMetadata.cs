using System.Buffers.Binary;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Work;

/// <summary>
/// Takes out of a JPEG what tells about who made it and where (Exif, XMP, IPTC, comments), without touching the picture.
/// The turn of the camera is kept: without it, a photo of a phone lies on its side. Segments as in ITU-T T.81, annex B.
/// </summary>
public static class JpegMetadata
{
    private const byte StartOfImage = 0xd8, EndOfImage = 0xd9, StartOfScan = 0xda, Restart0 = 0xd0, Restart7 = 0xd7, App0 = 0xe0, App1 = 0xe1, App2 = 0xe2, App14 = 0xee, App15 = 0xef, Remark = 0xfe;

    /// <summary>Copies the picture without its metadata; what stands behind the end of the image (an archive, a page) is left out.</summary>
    /// <exception cref="RuleBrokenException"><c>file.broken</c></exception>
    public static void Strip(Stream from, Stream to)
    {
        var (input, output) = (new BufferedStream(from, 1 << 16), new BufferedStream(to, 1 << 16));
        if (Next(input) != 0xff || Next(input) != StartOfImage) throw Broken();
        output.Write([0xff, StartOfImage]);
        var marker = NextMarker(input);
        while (marker != EndOfImage)
        {
            CopySegment(marker, input, output);
            marker = marker == StartOfScan ? CopyScan(input, output) : NextMarker(input);
        }
        output.Write([0xff, EndOfImage]);
        output.Flush();
    }

    private static void CopySegment(byte marker, Stream input, Stream output)
    {
        var length = Next(input) << 8 | Next(input);
        if (length < 2) throw Broken();
        var body = new byte[length - 2];
        if (input.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length) throw Broken();
        if (marker == App1 && Turn(body) is > 1 and <= 8 and var turn) output.Write(OnlyTurn(turn));
        if (!IsKept(marker)) return;
        output.Write([0xff, marker, (byte)(length >> 8), (byte)length]);
        output.Write(body);
    }

    /// <summary>Copies coded picture data up to the next marker, which it returns. A 0xff of the data is followed by 0 or a restart mark.</summary>
    private static byte CopyScan(Stream input, Stream output)
    {
        while (true)
        {
            var b = Next(input);
            if (b == 0xff)
            {
                var after = Next(input);
                while (after == 0xff) after = Next(input);
                if (after is not (0 or >= Restart0 and <= Restart7)) return after;
                output.WriteByte(b);
                output.WriteByte(after);
            }
            else output.WriteByte(b);
        }
    }

    private static byte NextMarker(Stream input)
    {
        if (Next(input) != 0xff) throw Broken();
        var marker = Next(input);
        while (marker == 0xff) marker = Next(input);
        return marker;
    }

    private static byte Next(Stream input) => input.ReadByte() is >= 0 and var b ? (byte)b : throw Broken();

    // Colour profiles (APP2) and the colour transform (APP14) belong to the picture; the other application segments tell of it.
    private static bool IsKept(byte marker) => marker is App0 or App2 or App14 || (marker is not (>= App0 and <= App15) && marker != Remark);

    /// <summary>The orientation tag (0x0112) of the first directory of an Exif block, 1–8; 0 where there is none.</summary>
    private static int Turn(byte[] exif)
    {
        if (exif.Length < 14 || !exif.AsSpan().StartsWith("Exif\0\0"u8)) return 0;
        var tiff = exif.AsSpan(6);
        var little = tiff[0] == (byte)'I';
        int Short(ReadOnlySpan<byte> at) => little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory + 2 > tiff.Length) return 0;
        var entries = Short(tiff[(int)directory..]);
        for (var i = 0; i < entries; i++)
        {
            var at = directory + 2 + 12L * i;
            if (at + 12 > tiff.Length) return 0;
            if (Short(tiff[(int)at..]) == 0x0112) return Short(tiff[(int)(at + 8)..]);
        }
        return 0;
    }

    private static byte[] OnlyTurn(int turn) =>
    [
        0xff, App1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1,
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)turn, 0, 0, 0, 0, 0, 0,
    ];

    private static RuleBrokenException Broken() => new("file.broken");
}
