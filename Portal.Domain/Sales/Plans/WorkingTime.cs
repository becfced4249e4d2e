namespace Portal.Domain.Sales.Plans;

/// <summary>Time counted by the hours in which somebody works.</summary>
/// <param name="days">which days are worked</param>
/// <param name="from">hour at which a working day begins</param>
/// <param name="until">hour at which it ends</param>
/// <param name="zone">in which these hours are meant</param>
public sealed class WorkingTime(WorkingDays days, int from, int until, TimeZoneInfo zone)
{
    // a calendar that works no day in a year is a slip: then hours of the clock count
    private const int MostDays = 366;

    /// <summary>The moment by which so much working time has passed.</summary>
    public DateTimeOffset After(DateTimeOffset start, TimeSpan left)
    {
        var (local, rest) = (TimeZoneInfo.ConvertTime(start, zone).DateTime, left);
        var first = DateOnly.FromDateTime(local);
        for (var day = first; day < first.AddDays(MostDays); day = day.AddDays(1))
        {
            if (!days.Works(day)) continue;
            var (begin, end) = Hours(day);
            if (day == first && local > begin) begin = local;
            if (end <= begin) continue;
            if (end - begin >= rest) return At(begin + rest);
            rest -= end - begin;
        }
        return start + left;
    }

    /// <summary>The working time between two moments; none where they stand the other way round.</summary>
    public TimeSpan Between(DateTimeOffset start, DateTimeOffset end)
    {
        var (begin, last, sum) = (TimeZoneInfo.ConvertTime(start, zone).DateTime, TimeZoneInfo.ConvertTime(end, zone).DateTime, TimeSpan.Zero);
        for (var day = DateOnly.FromDateTime(begin); day <= DateOnly.FromDateTime(last); day = day.AddDays(1))
        {
            if (!days.Works(day)) continue;
            var (opens, closes) = Hours(day);
            var worked = (last < closes ? last : closes) - (begin > opens ? begin : opens);
            if (worked > TimeSpan.Zero) sum += worked;
        }
        return sum;
    }

    private (DateTime Begin, DateTime End) Hours(DateOnly day) => (day.ToDateTime(TimeOnly.MinValue).AddHours(from), day.ToDateTime(TimeOnly.MinValue).AddHours(until));

    private DateTimeOffset At(DateTime local)
    {
        // clocks are put forward over it: the moment they show next
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
