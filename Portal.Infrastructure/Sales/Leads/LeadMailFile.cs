using System.Text;
using System.Text.RegularExpressions;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Reads a letter from a file as mail programs save it (.eml): its sender, subject and first readable text. Attachments are left where they are.</summary>
public static partial class LeadMailFile
{
    /// <summary>Bytes of a file at most.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    private const int Deepest = 6;

    static LeadMailFile() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Reads a letter.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.letter-unreadable</c></exception>
    public static LeadMail Read(byte[] file)
    {
        if (file.Length is 0 or > MostBytes) throw new RuleBrokenException("leads.letter-unreadable", MostBytes / 1024 / 1024);
        // bytes as letters: each part says itself in which encoding it is
        var (heads, body) = Split(Encoding.Latin1.GetString(file));
        if (!heads.ContainsKey("from") && !heads.ContainsKey("subject")) throw new RuleBrokenException("leads.letter-unreadable", MostBytes / 1024 / 1024);
        return LeadMailText.Read(Words(heads.GetValueOrDefault("from")), Words(heads.GetValueOrDefault("subject")), TextOf(heads, body, 0) ?? "");
    }

    private static string? TextOf(Dictionary<string, string> heads, string body, int depth)
    {
        var type = heads.GetValueOrDefault("content-type") ?? "text/plain";
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            if (depth >= Deepest || BoundaryPattern().Match(type) is not { Success: true } boundary) return null;
            var parts = body.Split("--" + boundary.Groups[1].Value).Skip(1).Where(part => !part.StartsWith("--", StringComparison.Ordinal)).Select(part => Split(part.TrimStart('\r', '\n'))).ToList();
            // the plain text before the drawn one
            return parts.OrderBy(part => (part.Heads.GetValueOrDefault("content-type") ?? "text/plain").StartsWith("text/html", StringComparison.OrdinalIgnoreCase))
                .Select(part => TextOf(part.Heads, part.Body, depth + 1)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        }
        if (!type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || heads.GetValueOrDefault("content-disposition")?.StartsWith("attachment", StringComparison.OrdinalIgnoreCase) == true) return null;
        var bytes = heads.GetValueOrDefault("content-transfer-encoding")?.Trim().ToLowerInvariant() switch
        {
            "base64" => Base64(body),
            "quoted-printable" => Quoted(SoftBreakPattern().Replace(body, "")),
            _ => Encoding.Latin1.GetBytes(body),
        };
        var text = Named(CharsetPattern().Match(type) is { Success: true } charset ? charset.Groups[1].Value : "utf-8").GetString(bytes);
        return type.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) ? Plain(text) : text;
    }

    private static (Dictionary<string, string> Heads, string Body) Split(string part)
    {
        var end = EndOfHeadPattern().Match(part);
        var head = FoldPattern().Replace(end.Success ? part[..end.Index] : part, " ");
        var heads = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in head.Split('\n'))
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) heads.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        return (heads, end.Success ? part[(end.Index + end.Length)..] : "");
    }

    // words of other alphabets in a head line (RFC 2047)
    private static string? Words(string? head) => head is null ? null : WordPattern().Replace(GapPattern().Replace(Utf8(head), "$1"), word =>
        Named(word.Groups[1].Value).GetString(word.Groups[2].Value is "b" or "B" ? Base64(word.Groups[3].Value) : Quoted(word.Groups[3].Value.Replace('_', ' '))));

    private static string Utf8(string head) => head.Any(c => c > 127) ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(head)) : head;

    private static byte[] Base64(string text)
    {
        var clean = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        // what was cut off gives what is whole of it
        clean = clean[..(clean.Length - (clean.Length % 4 == 1 ? 1 : 0))];
        return Convert.FromBase64String(clean.PadRight((clean.Length + 3) / 4 * 4, '='));
    }

    private static byte[] Quoted(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '=' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes.Add(Convert.ToByte(text.Substring(at + 1, 2), 16));
                at += 2;
            }
            else bytes.Add((byte)text[at]);
        }
        return [.. bytes];
    }

    private static Encoding Named(string charset)
    {
        try
        {
            return Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            // a name that nobody knows: most letters are in this one
            return Encoding.UTF8;
        }
    }

    private static string Plain(string html) => System.Net.WebUtility.HtmlDecode(TagPattern().Replace(BreakPattern().Replace(HiddenPattern().Replace(html, ""), "\n"), ""));

    [GeneratedRegex(@"\r?\n\r?\n")]
    private static partial Regex EndOfHeadPattern();

    [GeneratedRegex(@"\r?\n[ \t]+")]
    private static partial Regex FoldPattern();

    [GeneratedRegex(@"boundary=""?([^"";\s]{1,200})""?", RegexOptions.IgnoreCase)]
    private static partial Regex BoundaryPattern();

    [GeneratedRegex(@"charset=""?([A-Za-z0-9._-]{1,40})""?", RegexOptions.IgnoreCase)]
    private static partial Regex CharsetPattern();

    [GeneratedRegex(@"=[ \t]*\r?\n")]
    private static partial Regex SoftBreakPattern();

    [GeneratedRegex(@"=\?([A-Za-z0-9._-]{1,40})\?([bBqQ])\?([^?\s]{0,400})\?=")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"(\?=)\s+(?==\?)")]
    private static partial Regex GapPattern();

    [GeneratedRegex(@"<(style|script|head)\b.{0,200000}?</\1>", RegexOptions.IgnoreCase | RegexOptions.Singleline, 1000)]
    private static partial Regex HiddenPattern();

    [GeneratedRegex(@"<(br|/p|/div|/tr|/li|/h\d)\b[^>]{0,400}>", RegexOptions.IgnoreCase)]
    private static partial Regex BreakPattern();

    [GeneratedRegex(@"<[^>]{0,4000}>")]
    private static partial Regex TagPattern();
}
