using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Worked time: shift time minus recorded breaks.</summary>
public static class WorkedTime
{
    /// <summary>
    /// The part worked within a window. Breaks count where they lie inside the shift; overlapping ones count once.
    /// </summary>
    public static TimeSpan Within(Period window, Period shift, IEnumerable<Period> breaks)
    {
        var worked = Common(window, shift);
        var total = worked.Length;
        var restedUntil = worked.From;
        foreach (var rest in breaks.Select(b => Common(worked, b)).Where(b => b.Length > TimeSpan.Zero).OrderBy(b => b.From))
        {
            var counted = rest with { From = rest.From > restedUntil ? rest.From : restedUntil };
            total -= counted.Length;
            if (rest.To > restedUntil) restedUntil = rest.To;
        }
        return total;
    }

    /// <summary>Worked time by local day of the zone; a shift over midnight gives to both days.</summary>
    public static IReadOnlyDictionary<DateOnly, TimeSpan> PerDay(Period shift, IReadOnlyCollection<Period> breaks, TimeZoneInfo zone)
    {
        var days = new SortedDictionary<DateOnly, TimeSpan>();
        for (var day = LocalDay(shift.From, zone); MidnightOf(day, zone) < shift.To; day = day.AddDays(1))
            days[day] = Within(new(MidnightOf(day, zone), MidnightOf(day.AddDays(1), zone)), shift, breaks);
        return days;
    }

    private static Period Common(Period a, Period b) => new(a.From > b.From ? a.From : b.From, a.To < b.To ? a.To : b.To);

    private static DateOnly LocalDay(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateTimeOffset MidnightOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15); // clocks that skip midnight in spring
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
