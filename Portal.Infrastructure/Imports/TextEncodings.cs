using System.Text;

namespace Portal.Infrastructure.Imports;

/// <summary>Tells in which encoding a text is written.</summary>
public static class TextEncodings
{
    /// <summary>
    /// By byte order mark; else UTF-16 when every second byte of the start is mostly zero; else UTF-8 when the whole text
    /// is valid UTF-8; else Windows-1251, or Windows-1250 where letters beyond ASCII stand singly among Latin ones.
    /// </summary>
    public static async Task<Encoding> DetectAsync(Stream content, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        var count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        if (FromStart(buffer.AsSpan(0, count)) is { } marked) return marked;

        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var characters = new char[buffer.Length + 1];
        var latin = 0;
        try
        {
            do
            {
                latin += Latin(buffer.AsSpan(0, count));
                decoder.GetChars(buffer, 0, count, characters, 0, flush: count == 0);
            }
            while (count > 0 && (count = await content.ReadAsync(buffer, ct)) >= 0);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(latin > 0 ? 1250 : 1251)!;
        }
        return Encoding.UTF8;
    }

    // how many letters beyond ASCII stand singly among Latin ones: a Cyrillic word is a run of such bytes, a Romanian one has one here and there
    private static int Latin(ReadOnlySpan<byte> bytes)
    {
        var latin = 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            var (before, here) = (bytes[i - 1], bytes[i]);
            if (before >= 0x80 && here >= 0x80) latin--;
            else if (before >= 0x80 && char.IsAsciiLetter((char)here) || here >= 0x80 && char.IsAsciiLetter((char)before)) latin++;
        }
        return latin;
    }

    private static Encoding? FromStart(ReadOnlySpan<byte> start)
    {
        if (start is [0xEF, 0xBB, 0xBF, ..]) return Encoding.UTF8;
        if (start is [0xFF, 0xFE, ..]) return Encoding.Unicode;
        if (start is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode;

        int even = 0, odd = 0;
        for (var i = 0; i < start.Length; i++)
        {
            if (start[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }
        // Digits, separators and Latin letters leave every second byte of UTF-16 zero, in Cyrillic files too.
        var enough = start.Length / 8;
        if (start.Length >= 4 && odd > enough && odd > 8 * even) return Encoding.Unicode;
        if (start.Length >= 4 && even > enough && even > 8 * odd) return Encoding.BigEndianUnicode;
        return null;
    }
}
