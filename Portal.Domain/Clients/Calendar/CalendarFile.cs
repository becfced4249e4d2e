using System.Globalization;
using System.Text;

namespace Portal.Domain.Clients.Calendar;

/// <summary>Something in a calendar file.</summary>
/// <param name="Uid">the same in every copy of the file</param>
/// <param name="Start">UTC</param>
/// <param name="Minutes">how long; 0 for a moment</param>
/// <param name="ChangedAt">UTC</param>
/// <param name="Revision">grows with every change</param>
/// <param name="Busy">whether it takes its person's time</param>
/// <param name="Alarm">minutes before the beginning at which to remind; null for never</param>
public sealed record CalendarEvent(
    string Uid, DateTimeOffset Start, int Minutes, string Title, string? Text, Uri? Page, DateTimeOffset ChangedAt, int Revision, bool Cancelled, bool Busy, int? Alarm);

/// <summary>Writes calendar files after RFC 5545: what a calendar elsewhere subscribes to.</summary>
public static class CalendarFile
{
    /// <summary>Longest line in octets without its end (3.1).</summary>
    public const int MostOctets = 75;

    /// <summary>The file's text; the same events give the same text.</summary>
    /// <param name="name">what the calendar is called where it is shown</param>
    public static string Write(string name, IEnumerable<CalendarEvent> events)
    {
        var file = new StringBuilder();
        Line("BEGIN:VCALENDAR");
        Line("VERSION:2.0");
        Line("PRODID:-//Portal//Calendar//EN");
        Line("CALSCALE:GREGORIAN");
        Line("METHOD:PUBLISH");
        Line($"X-WR-CALNAME:{Escape(name)}");
        // how often a subscriber looks again (RFC 7986, and the older property that most still read)
        Line("REFRESH-INTERVAL;VALUE=DURATION:PT15M");
        Line("X-PUBLISHED-TTL:PT15M");
        foreach (var one in events)
        {
            Line("BEGIN:VEVENT");
            Line($"UID:{Escape(one.Uid)}");
            Line($"DTSTAMP:{Utc(one.ChangedAt)}");
            Line($"LAST-MODIFIED:{Utc(one.ChangedAt)}");
            Line($"SEQUENCE:{one.Revision.ToString(CultureInfo.InvariantCulture)}");
            Line($"DTSTART:{Utc(one.Start)}");
            // an event without an end takes no time (3.6.1)
            if (one.Minutes > 0) Line($"DTEND:{Utc(one.Start.AddMinutes(one.Minutes))}");
            Line($"SUMMARY:{Escape(one.Title)}");
            if (one.Text is { Length: > 0 } text) Line($"DESCRIPTION:{Escape(text)}");
            if (one.Page is { } page) Line($"URL:{page.AbsoluteUri}");
            Line(one.Cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
            Line(one.Busy && !one.Cancelled ? "TRANSP:OPAQUE" : "TRANSP:TRANSPARENT");
            if (one.Alarm is { } before && !one.Cancelled)
            {
                Line("BEGIN:VALARM");
                Line("ACTION:DISPLAY");
                Line($"DESCRIPTION:{Escape(one.Title)}");
                Line($"TRIGGER:-PT{before.ToString(CultureInfo.InvariantCulture)}M");
                Line("END:VALARM");
            }
            Line("END:VEVENT");
        }
        Line("END:VCALENDAR");
        return file.ToString();

        void Line(string content) => Fold(file, content);
    }

    /// <summary>A TEXT value (3.3.11): backslash, comma, semicolon and line end are escaped, other control characters left out.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\\' or ';' or ',') escaped.Append('\\').Append(rune.ToString());
            else if (rune.Value == '\n') escaped.Append("\\n");
            else if (!Rune.IsControl(rune) || rune.Value == '\t') escaped.Append(rune.ToString());
        }
        return escaped.ToString();
    }

    /// <summary>Breaks a line before it grows over <see cref="MostOctets"/>, never inside a character.</summary>
    private static void Fold(StringBuilder file, string content)
    {
        var octets = 0;
        foreach (var rune in content.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MostOctets)
            {
                file.Append("\r\n ");
                octets = 1;
            }
            file.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        file.Append("\r\n");
    }

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
