using System.Globalization;
using System.Text.RegularExpressions;

namespace Portal.Workflows.Expressions;

/// <summary>Dates, times and durations in their ISO 8601 text forms.</summary>
public static partial class Temporal
{
    private static readonly string[] InstantForms =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    [GeneratedRegex(@"^(-)?P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?$", RegexOptions.CultureInvariant)]
    private static partial Regex MonthsForm();

    [GeneratedRegex(@"^(-)?P(?:(\d{1,7})W)?(?:(\d{1,7})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:\.(\d{1,7}))?S)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DaysForm();

    /// <summary>The value an ISO 8601 text stands for, or null when it is none. An instant without offset is UTC.</summary>
    public static Value? Parse(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", Invariant, DateTimeStyles.None, out var date)) return new DateValue(date);
        if (TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], Invariant, DateTimeStyles.None, out var time)) return new TimeValue(time);
        if (DateTimeOffset.TryParseExact(text, InstantForms, Invariant, DateTimeStyles.AssumeUniversal, out var instant)) return new DateTimeValue(instant);
        return ParseDuration(text);
    }

    /// <summary>The duration an ISO 8601 text stands for, or null: <c>P2DT3H</c>, <c>P1Y6M</c>, <c>P1W</c>.</summary>
    public static Value? ParseDuration(string text)
    {
        if (text.Length is < 3 or > 60) return null;
        if (MonthsForm().Match(text) is { Success: true } months && (months.Groups[2].Success || months.Groups[3].Success))
            return new MonthsValue(Sign(months) * (Whole(months, 2) * 12 + Whole(months, 3)));
        if (DaysForm().Match(text) is not { Success: true } days || !days.Groups.Cast<Group>().Skip(2).Any(g => g.Success)) return null;
        var ticks = (decimal)Whole(days, 2) * 7 * TimeSpan.TicksPerDay + (decimal)Whole(days, 3) * TimeSpan.TicksPerDay
            + (decimal)Whole(days, 4) * TimeSpan.TicksPerHour + (decimal)Whole(days, 5) * TimeSpan.TicksPerMinute;
        if (days.Groups[6].Success) ticks += decimal.Parse(days.Groups[6].ValueSpan, Invariant) * TimeSpan.TicksPerSecond;
        if (days.Groups[7].Success) ticks += decimal.Parse($"0.{days.Groups[7].Value}", Invariant) * TimeSpan.TicksPerSecond;
        return ticks > TimeSpan.MaxValue.Ticks ? null : new DurationValue(TimeSpan.FromTicks(Sign(days) * (long)ticks));
    }

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static int Sign(Match match) => match.Groups[1].Success ? -1 : 1;

    private static int Whole(Match match, int group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, Invariant) : 0;
}
