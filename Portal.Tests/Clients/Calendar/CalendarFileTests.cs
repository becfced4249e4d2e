using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients.Calendar;

namespace Portal.Tests.Clients.Calendar;

/// <summary>Calendar files after RFC 5545.</summary>
public sealed class CalendarFileTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private static CalendarEvent Talk(string title, string? text = null) =>
        new("7b0e@portal", Start, 45, title, text, new Uri("https://portal.example.com/calendar?open=7b0e"), Start.AddDays(-1), 3, Cancelled: false, Busy: true, Alarm: 15);

    [Fact]
    public void Write_OfAnInteraction_SaysAllOfIt()
    {
        var found = Assert.Single(StrictCalendar.Read(CalendarFile.Write("Mira", [Talk("Call: offer, prices; terms", "first\r\nsecond \\ third")])).Parts);

        Assert.Equal(("7b0e@portal", "20261123T093000Z", "20261123T101500Z", "20261122T093000Z", "20261122T093000Z", "3"),
            (found["UID"], found["DTSTART"], found["DTEND"], found["DTSTAMP"], found["LAST-MODIFIED"], found["SEQUENCE"]));
        Assert.Equal(("Call: offer, prices; terms", "first\nsecond \\ third", "CONFIRMED", "OPAQUE"), (found["SUMMARY"], found["DESCRIPTION"], found["STATUS"], found["TRANSP"]));
        Assert.Equal("-PT15M", Assert.Single(found.Parts)["TRIGGER"]);
    }

    [Fact]
    public void Write_OfWhatWasCalledOff_SaysSo_AndRemindsNobody()
    {
        var found = Assert.Single(StrictCalendar.Read(CalendarFile.Write("Mira", [Talk("Visit") with { Cancelled = true }])).Parts);

        Assert.Equal(("CANCELLED", "TRANSPARENT"), (found["STATUS"], found["TRANSP"]));
        Assert.Empty(found.Parts);
    }

    [Fact]
    public void Write_OfAMoment_HasNoEnd() => Assert.Null(Assert.Single(StrictCalendar.Read(CalendarFile.Write("Mira", [Talk("SMS") with { Minutes = 0 }])).Parts).Find("DTEND"));

    [Fact]
    public void Write_OfAnyText_IsReadBackAsItWas() =>
        Prop.ForAll(Words().ToArbitrary(), text =>
        {
            var found = StrictCalendar.Read(CalendarFile.Write(text, [Talk(text, text)]));
            var kept = Kept(text);
            return found["X-WR-CALNAME"] == kept && found.Parts[0]["SUMMARY"] == kept && (kept.Length == 0 || found.Parts[0]["DESCRIPTION"] == kept);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_RefusesWhatTheStandardForbids()
    {
        var good = CalendarFile.Write("Mira", [Talk("Visit")]);

        Assert.Throws<FormatException>(() => StrictCalendar.Read(good.Replace("\r\n", "\n")));
        Assert.Throws<FormatException>(() => StrictCalendar.Read(good.Replace("SUMMARY:Visit", "SUMMARY:Visit, today")));
        Assert.Throws<FormatException>(() => StrictCalendar.Read(good.Replace("SUMMARY:Visit", "SUMMARY:" + new string('x', 90))));
        Assert.Throws<FormatException>(() => StrictCalendar.Read(good.Replace("093000Z", "093000")));
        Assert.Throws<FormatException>(() => StrictCalendar.Read(good.Replace("END:VALARM\r\n", "")));
    }

    // letters of two, three and four octets, everything that must be escaped, and line ends of every sort
    private static Gen<string> Words() =>
        Gen.Elements("a", "Ω", "ї", "漢", "🚚", "é", ",", ";", "\\", "\n", "\r\n", "\t", " ", ":", "\"", "\u0007", "слово ").ListOf().Select(parts => string.Concat(parts));

    private static string Kept(string text) => new(text.ReplaceLineEndings("\n").Where(c => !char.IsControl(c) || c is '\n' or '\t').ToArray());
}
