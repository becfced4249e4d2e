using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Portal.Tests.Clients.Calendar;

/// <summary>A component of a calendar file: its name, its properties in order and what stands in it.</summary>
internal sealed record CalendarComponent(string Name, List<(string Name, string Value)> Properties, List<CalendarComponent> Parts)
{
    public string this[string name] => Properties.Single(p => p.Name == name).Value;
    public string? Find(string name) => Properties.SingleOrDefault(p => p.Name == name).Value;
}

/// <summary>Reads a calendar file after the letter of RFC 5545 and refuses what the letter does not allow.</summary>
internal static partial class StrictCalendar
{
    private static readonly HashSet<string> Texts = ["SUMMARY", "DESCRIPTION", "UID", "X-WR-CALNAME"];
    private static readonly HashSet<string> Instants = ["DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"];
    private static readonly HashSet<string> EventProperties =
        ["UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP"];

    public static CalendarComponent Read(string file)
    {
        if (!file.EndsWith("\r\n", StringComparison.Ordinal)) throw new FormatException("the last line does not end");
        var lines = new List<string>();
        foreach (var raw in file[..^2].Split("\r\n"))
        {
            if (raw.Length == 0 || raw.Any(c => c < ' ' && c != '\t' || c == '\x7f')) throw new FormatException($"control character or empty line: '{raw}'");
            if (Encoding.UTF8.GetByteCount(raw) > 75) throw new FormatException($"over 75 octets: '{raw}'");
            // a line broken inside a character would hold half of a surrogate pair
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(raw);
            if (raw[0] is ' ' or '\t') lines[^1] += raw[1..];
            else lines.Add(raw);
        }
        var at = 0;
        var calendar = Component(lines, ref at);
        if (at != lines.Count || calendar.Name != "VCALENDAR") throw new FormatException("more than one calendar");
        if (calendar["VERSION"] != "2.0" || calendar["PRODID"].Length == 0) throw new FormatException("version or product is missing");
        foreach (var one in calendar.Parts) Check(one);
        return calendar;
    }

    private static CalendarComponent Component(List<string> lines, ref int at)
    {
        var (begin, name) = Property(lines[at++]);
        if (begin != "BEGIN") throw new FormatException("a component begins with BEGIN");
        var component = new CalendarComponent(name, [], []);
        while (at < lines.Count)
        {
            var property = Property(lines[at]);
            if (property.Name == "BEGIN") component.Parts.Add(Component(lines, ref at));
            else if (property.Name == "END")
            {
                at++;
                return property.Value == name ? component : throw new FormatException($"{name} is ended as {property.Value}");
            }
            else
            {
                component.Properties.Add(property);
                at++;
            }
        }
        throw new FormatException($"{name} does not end");
    }

    private static (string Name, string Value) Property(string line)
    {
        var match = ContentLine().Match(line);
        if (!match.Success) throw new FormatException($"no content line: '{line}'");
        var (name, value) = (match.Groups[1].Value, match.Groups[3].Value);
        if (Texts.Contains(name)) value = Unescape(value);
        if (Instants.Contains(name) && !DateTime.TryParseExact(value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) throw new FormatException($"no instant in UTC: '{line}'");
        return (name, value);
    }

    private static string Unescape(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is ';' or ',') throw new FormatException($"bare separator in '{value}'");
            if (value[i] != '\\') text.Append(value[i]);
            else
                text.Append((++i < value.Length ? value[i] : '\0') switch
                {
                    '\\' => '\\', ';' => ';', ',' => ',', 'n' or 'N' => '\n', _ => throw new FormatException($"unknown escape in '{value}'"),
                });
        }
        return text.ToString();
    }

    private static void Check(CalendarComponent one)
    {
        if (one.Name != "VEVENT") throw new FormatException($"unknown component {one.Name}");
        if (one.Properties.Select(p => p.Name).FirstOrDefault(name => !EventProperties.Contains(name)) is { } strange) throw new FormatException($"unknown property {strange}");
        if (one.Properties.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new FormatException($"{twice.Key} stands twice");
        _ = (one["UID"], one["DTSTAMP"], one["DTSTART"]);
        if (one["STATUS"] is not ("CONFIRMED" or "CANCELLED") || one["TRANSP"] is not ("OPAQUE" or "TRANSPARENT") || !int.TryParse(one["SEQUENCE"], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new FormatException("state, transparency or revision");
        if (one.Find("DTEND") is { } end && string.CompareOrdinal(end, one["DTSTART"]) <= 0) throw new FormatException("ends before it begins");
        if (one.Find("URL") is { } page && !Uri.TryCreate(page, UriKind.Absolute, out _)) throw new FormatException("no address");
        foreach (var alarm in one.Parts)
            if (alarm.Name != "VALARM" || alarm["ACTION"] != "DISPLAY" || alarm.Find("DESCRIPTION") is null || !Trigger().IsMatch(alarm["TRIGGER"])) throw new FormatException("alarm");
    }

    [GeneratedRegex("""^([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^;:",]+)*):(.*)$""")]
    private static partial Regex ContentLine();

    [GeneratedRegex("^-PT[0-9]+M$")]
    private static partial Regex Trigger();
}
