using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>What parts the decimals of a file's amounts; where a number has both signs, the last of them does.</summary>
public enum DecimalSign { Point, Comma }

/// <summary>Reads numbers and instants as files of many countries write them.</summary>
public static class FieldValues
{
    private static readonly string[] DayFirstFormats = Formats("d.M.yyyy", "d/M/yyyy", "d-M-yyyy", "d.M.yy", "d/M/yy");
    private static readonly string[] MonthFirstFormats = Formats("M/d/yyyy", "M-d-yyyy", "M/d/yy", "d.M.yyyy");
    private static readonly string[] Clocks = ["H:m:s.FFF", "H:m", "h:m:s tt", "h:m tt"];

    /// <summary>A finite number; a lone comma is a decimal comma, spaces part thousands.</summary>
    public static bool TryNumber(string text, out double number) => double.TryParse(Plain(text), Written, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>An amount, exact; <paramref name="isNumber"/> is true also for one of more digits than can be kept.</summary>
    public static bool TryAmount(string text, DecimalSign sign, out decimal amount, out bool isNumber)
    {
        var plain = WrittenNumber.Plain(text, sign == DecimalSign.Comma ? '.' : ',');
        var kept = decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out amount);
        isNumber = kept || double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var rough) && !double.IsNaN(rough);
        return kept;
    }

    /// <summary>By which sign most fields that alone tell it part their decimals; null where none tells.</summary>
    public static DecimalSign? SignOf(IEnumerable<string> fields)
    {
        var signs = fields.Where(f => f.Length <= 30 && double.TryParse(WrittenNumber.Plain(f, ','), NumberStyles.Float, CultureInfo.InvariantCulture, out _)).Select(f => WrittenNumber.SignOf(f)).ToList();
        return (signs.Count(s => s == '.') - signs.Count(s => s == ',')) switch { > 0 => DecimalSign.Point, < 0 => DecimalSign.Comma, _ => null };
    }

    private const NumberStyles Written = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowThousands;

    private static string Plain(string text)
    {
        if (text.AsSpan().IndexOfAny(' ', '\u00A0', '\u202F') >= 0)
            text = text.Replace(" ", "").Replace("\u00A0", "").Replace("\u202F", "");
        return text.Contains(',') && !text.Contains('.') && text.IndexOf(',') == text.LastIndexOf(',') ? text.Replace(',', '.') : text;
    }

    /// <summary>
    /// An instant in UTC from ISO 8601, Unix seconds or milliseconds, a spreadsheet's day number, or a written date with time. A time without an offset is read
    /// in <paramref name="zone"/>; one that the clock change skipped or doubled is read by standard time.
    /// </summary>
    public static bool TryTime(string text, TimeZoneInfo zone, bool dayFirst, out DateTimeOffset utc)
    {
        utc = default;
        if (TrySerial(text, out var serial)) return ToUtc(serial, zone, out utc);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var unix)) return TryUnix(unix, out utc);
        if (text.Length >= 10 && text[4] is '-' or '/' or '.')
        {
            if (HasOffset(text))
            {
                var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant);
                utc = instant.ToUniversalTime();
                return read;
            }
            return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && ToUtc(local, zone, out utc);
        }
        return DateTime.TryParseExact(text, dayFirst ? DayFirstFormats : MonthFirstFormats, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var written)
            && ToUtc(written, zone, out utc);
    }

    /// <summary>A day from <c>19590223</c>, ISO 8601, or a written date; a time behind it is left out.</summary>
    public static bool TryDate(string text, bool dayFirst, out DateOnly date)
    {
        date = default;
        if (DateOnly.TryParseExact(text, ["yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "yyyy.MM.dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out date)) return true;
        if (text.Length > 10 && text[4] == '-' && text[10] is ('T' or ' ')) return DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
        if (!DateTime.TryParseExact(text, dayFirst ? DayFirstFormats : MonthFirstFormats, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var written)) return false;
        date = DateOnly.FromDateTime(written);
        return true;
    }

    /// <summary>A time of a day alone: <c>9:05</c>, <c>21:05:30</c>, <c>9:05 PM</c>, or a spreadsheet's fraction of a day.</summary>
    public static bool TryClock(string text, out TimeSpan clock)
    {
        clock = default;
        if (TimeOnly.TryParseExact(text, Clocks, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var written)) clock = written.ToTimeSpan();
        else if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) && days is >= 0 and < 1) clock = OfSerial(days).TimeOfDay;
        else return false;
        return true;
    }

    /// <summary>The instant at which a clock of <paramref name="zone"/> shows this day and time; read like <see cref="TryTime"/>.</summary>
    public static bool TryTime(DateOnly day, TimeSpan clock, TimeZoneInfo zone, out DateTimeOffset utc) => ToUtc(day.ToDateTime(TimeOnly.MinValue) + clock, zone, out utc);

    /// <summary>Day numbers end here: the first of the year 9999.</summary>
    public const double MostSerial = 2_958_101;

    /// <summary>The moment that a spreadsheet's day number with the time as its fraction means, to the second.</summary>
    /// <param name="days">0 … <see cref="MostSerial"/></param>
    public static DateTime OfSerial(double days)
    {
        var at = DateTime.FromOADate(days).AddMilliseconds(500);
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
    }

    // a number alone is taken for a day of the years 2000 to 2099
    private static bool TrySerial(string text, out DateTime local)
    {
        local = default;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) || days is < 36_526 or >= 73_051) return false;
        local = OfSerial(days);
        return true;
    }

    private static bool TryUnix(long unix, out DateTimeOffset utc)
    {
        // Seconds reach 11 digits in the year 5138; a number that long is milliseconds.
        utc = default;
        if (unix < 100_000_000 || unix > 100_000_000_000_000) return false;
        utc = unix < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(unix) : DateTimeOffset.FromUnixTimeMilliseconds(unix);
        return true;
    }

    private static bool HasOffset(string text) =>
        text[^1] is 'Z' or 'z' || text.Length > 16 && text.AsSpan(16).IndexOfAny('+', '-') >= 0;

    private static bool ToUtc(DateTime local, TimeZoneInfo zone, out DateTimeOffset utc)
    {
        utc = default;
        if (local.Year < 2 || local.Year > 9998) return false;
        var offset = zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local) ? zone.BaseUtcOffset : zone.GetUtcOffset(local);
        utc = new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
        return true;
    }

    private static string[] Formats(params string[] dates) =>
        dates.SelectMany(d => new[] { $"{d} H:m:s", $"{d} H:m", $"{d} h:m:s tt", $"{d} h:m tt", $"{d}, H:m:s", $"{d}, H:m", d }).ToArray();
}
