using System.Text.RegularExpressions;
using Portal.Domain.Clients.Matching;

namespace Portal.Domain.Sales.Leads;

/// <summary>A lead as a letter tells it; a person looks at it before it is taken in.</summary>
public sealed record LeadMail(LeadAppeal Appeal, LeadContact Contact);

/// <summary>
/// Reads from the text of a letter who wrote it and how to reach him: from its head lines (From, Subject) where it has them, and from its signature. What was quoted is left out of the search.
/// </summary>
public static partial class LeadMailText
{
    private const int MostSignatureLines = 12;

    private static readonly string[] Froms = ["from", "от", "від", "de la", "dari"];
    private static readonly string[] Subjects = ["subject", "тема", "subiect", "subiectul", "perihal", "subjek"];
    private static readonly string[] Greetings =
        ["best regards", "kind regards", "regards", "sincerely", "с уважением", "з повагою", "cu stimă", "cu stima", "cu respect", "o zi bună", "hormat kami", "salam"];

    /// <summary>Reads a letter.</summary>
    public static LeadMail Read(string? letter)
    {
        var lines = (letter ?? "").ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).ToList();
        string? from = null, subject = null;
        var start = 0;
        // the head: lines such as "From: …" before the first that is none
        while (start < lines.Count && (lines[start].Length == 0 && start == 0 || HeadPattern().Match(lines[start]) is { Success: true }))
        {
            var head = HeadPattern().Match(lines[start++]);
            if (!head.Success) continue;
            var (name, value) = (head.Groups[1].Value.Trim().ToLowerInvariant(), head.Groups[2].Value.Trim());
            if (Froms.Contains(name)) from = value;
            else if (Subjects.Contains(name)) subject = RePattern().Replace(value, "");
        }
        var text = string.Join('\n', lines.Skip(start)).Trim();
        var own = lines.Skip(start).TakeWhile(line => !QuotePattern().IsMatch(line)).ToList();
        return Read(from, subject, text, own);
    }

    /// <summary>Reads a letter whose sender and subject are known.</summary>
    /// <param name="from">as mail writes it: <c>Ada Lark &lt;ada@lark.example&gt;</c></param>
    public static LeadMail Read(string? from, string? subject, string? text)
    {
        var lines = (text ?? "").ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).ToList();
        return Read(from, subject is null ? null : RePattern().Replace(subject, ""), string.Join('\n', lines).Trim(), [.. lines.TakeWhile(line => !QuotePattern().IsMatch(line))]);
    }

    private static LeadMail Read(string? from, string? subject, string text, List<string> own)
    {
        var signature = Signature(own);
        var sender = from is null ? null : MailPattern().Match(from) is { Success: true } sent ? sent.Value : null;
        var mail = sender ?? Found(signature, MailPattern()) ?? Found(own, MailPattern());
        var phone = Phone(signature) ?? Phone(own);
        var name = Name(from, sender) ?? signature.Skip(1).Concat(signature.Take(1)).FirstOrDefault(IsName);
        var company = signature.Concat(own).FirstOrDefault(line => line.Length is > 3 and <= 120 && CompanyPattern().IsMatch(line) && !MailPattern().IsMatch(line));
        return new(new(Cut(subject, 200), Cut(text, LeadAppeal.MostText)), new(Cut(name, 200), Cut(company?.Trim(' ', ',', ';', '.'), 200), Cut(phone, 40), Cut(mail?.ToLowerInvariant(), 200)));
    }

    // what follows the greeting, or two hyphens, at the end
    private static List<string> Signature(List<string> lines)
    {
        var at = lines.FindLastIndex(line => line is "--" or "—" or "-- " || Greetings.Any(g => line.StartsWith(g, StringComparison.OrdinalIgnoreCase)));
        return at < 0 ? [.. lines.Where(line => line.Length > 0).TakeLast(4)] : [.. lines.Skip(at).Where(line => line.Length > 0).Take(MostSignatureLines)];
    }

    private static string? Name(string? from, string? address)
    {
        var name = from?.Replace(address ?? "\n", "", StringComparison.Ordinal).Trim(' ', '<', '>', '"', '\'', '(', ')', '[', ']').Replace("mailto:", "", StringComparison.OrdinalIgnoreCase);
        return string.IsNullOrWhiteSpace(name) || name.Contains('@', StringComparison.Ordinal) ? null : name;
    }

    // two to four words, each with a capital, nothing else
    private static bool IsName(string line) => line.Length <= 60 && NamePattern().IsMatch(line) && !CompanyPattern().IsMatch(line) && !Greetings.Any(g => line.StartsWith(g, StringComparison.OrdinalIgnoreCase));

    private static string? Phone(IEnumerable<string> lines) =>
        lines.SelectMany(line => PhonePattern().Matches(line)).Select(match => match.Value.Trim()).FirstOrDefault(found => found.Count(char.IsAsciiDigit) is >= 7 and <= 15 && PhoneNumber.Of(found, null).Refusal is null && !DatePattern().IsMatch(found));

    private static string? Found(IEnumerable<string> lines, Regex pattern) => lines.Select(line => pattern.Match(line)).FirstOrDefault(match => match.Success)?.Value;

    private static string? Cut(string? text, int most) => string.IsNullOrWhiteSpace(text) ? null : text.Length > most ? text[..most] : text;

    [GeneratedRegex(@"^\s*(From|To|Cc|Date|Sent|Subject|Reply-To|От|Кому|Дата|Тема|Копия|Від|Копія|De la|Către|Catre|Data|Subiect|Subiectul|Dari|Kepada|Tanggal|Perihal|Subjek)\s*:\s*(.{0,400})$", RegexOptions.IgnoreCase)]
    private static partial Regex HeadPattern();

    [GeneratedRegex(@"^\s*((re|fwd?|aw|отв|нa|вiдп)\s*:\s*)+", RegexOptions.IgnoreCase)]
    private static partial Regex RePattern();

    [GeneratedRegex(@"^(>|-{3,}\s*(Original|Forwarded|Исходное|Пересылаемое|Переслане|Mesaj|Pesan)|On .{5,200} wrote:$|.{5,200}(пишет|пише|написал\(?а?\)?|a scris|menulis):$)", RegexOptions.IgnoreCase)]
    private static partial Regex QuotePattern();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")]
    private static partial Regex MailPattern();

    [GeneratedRegex(@"(?<![\w.,/-])\+?\(?\d[\d\s().\u00A0\u2011-]{5,22}\d(?![\w/])")]
    private static partial Regex PhonePattern();

    [GeneratedRegex(@"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$")]
    private static partial Regex DatePattern();

    [GeneratedRegex(@"^\p{Lu}[\p{L}'’.-]{0,30}(\s+\p{Lu}[\p{L}'’.-]{0,30}){1,3},?$")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"(^|[\s,«""„])(Ltd|LLC|Inc|GmbH|S\.?R\.?L|S\.?A|PLC|Corp|ООО|ОАО|ЗАО|ПАО|АО|ИП|ТОВ|ТзОВ|ПП|ФОП|ПрАТ|PT|CV|Tbk)\.?([\s,»""”.]|$)")]
    private static partial Regex CompanyPattern();
}
