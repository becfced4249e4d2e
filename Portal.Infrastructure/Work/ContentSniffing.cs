using System.Text;

namespace Portal.Infrastructure.Work;

/// <summary>What a content is by its first bytes, whatever its sender calls it.</summary>
public static class ContentSniffing
{
    /// <summary>Bytes that are looked at, as many as browsers look at.</summary>
    public const int Window = 1445;

    /// <summary>Type of what is none of the known ones.</summary>
    public const string Unknown = "application/octet-stream";

    private static readonly (byte[] Start, string Type)[] Signatures =
    [
        ([0xff, 0xd8, 0xff], "image/jpeg"),
        ([0x89, .. "PNG\r\n"u8], "image/png"),
        ([.. "GIF8"u8], "image/gif"),
        ([.. "%PDF-"u8], "application/pdf"),
        ([0x50, 0x4b, 0x03, 0x04], "application/zip"),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "application/x-ole-storage"),
    ];

    // What a browser would run as a page or as code where it were to show it.
    private static readonly string[] Markup = ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<xsl:", "http://www.w3.org/1999/xhtml"];

    /// <summary>The media type; plain text only where the window is UTF-8 without control characters.</summary>
    public static string TypeOf(ReadOnlySpan<byte> start)
    {
        foreach (var (signature, type) in Signatures)
            if (start.StartsWith(signature)) return type;
        if (start.Length > 12 && start[..4].SequenceEqual("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8)) return "image/webp";
        return IsText(start) ? "text/plain" : Unknown;
    }

    /// <summary>True where the window holds markup that a browser could run, in a text or hidden in an image.</summary>
    public static bool HoldsMarkup(ReadOnlySpan<byte> start)
    {
        var type = TypeOf(start);
        if (type is not "text/plain" && type is not Unknown && !type.StartsWith("image/", StringComparison.Ordinal)) return false;
        // two-byte encodings are read as what they would be without their zeros
        var letters = Encoding.Latin1.GetString(start).Replace("\0", "").ToLowerInvariant();
        return Markup.Any(mark => letters.Contains(mark, StringComparison.Ordinal));
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (var b in start)
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0c)) return false;
        var decoder = Encoding.UTF8.GetDecoder();
        decoder.Fallback = new DecoderExceptionFallback();
        try
        {
            // the window may end within a character
            decoder.GetCharCount(start, flush: false);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
