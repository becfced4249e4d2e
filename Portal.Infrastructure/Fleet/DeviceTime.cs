using System.Globalization;

namespace Portal.Infrastructure.Fleet;

/// <summary>Reads the ways in which devices write a moment.</summary>
public static class DeviceTime
{
    // The last millisecond that DateTimeOffset can hold.
    private const double MaxUnixMilliseconds = 253_402_300_799_999;

    /// <summary>
    /// Epoch seconds (below 2³¹) or milliseconds, ISO 8601, or <c>yyyy-MM-dd HH:mm:ss</c> in UTC.
    /// The result is UTC, cut to the millisecond.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var milliseconds = number < int.MaxValue ? number * 1000 : number;
            if (milliseconds is not (>= 0 and <= MaxUnixMilliseconds)) return false;
            time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
            return true;
        }
        // Demanding a full date first keeps the parser's guesses ("12:30", "May") out.
        if (text.Length is < 10 or > 40 || text[4] != '-' || text[7] != '-') return false;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)) return false;
        time = new DateTimeOffset(moment.Ticks - moment.Ticks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        return true;
    }
}
