using Portal.Domain.Sales.Plans;

namespace Portal.Domain.Sales.Leads;

/// <summary>By when somebody who appealed is to hear from us.</summary>
public static class AnswerTime
{
    // a calendar that works no day in a year is a slip: then hours of the clock count
    private const int MostDays = 366;

    /// <summary>The moment by which so many working hours have passed.</summary>
    /// <param name="from">when the appeal came</param>
    public static DateTimeOffset Due(DateTimeOffset from, LeadRules rules, WorkingDays days, TimeZoneInfo zone)
    {
        var left = TimeSpan.FromHours(rules.AnswerHours);
        var local = TimeZoneInfo.ConvertTime(from, zone).DateTime;
        var first = DateOnly.FromDateTime(local);
        for (var day = first; day < first.AddDays(MostDays); day = day.AddDays(1))
        {
            if (!days.Works(day)) continue;
            var (begin, end) = (day.ToDateTime(TimeOnly.MinValue).AddHours(rules.WorkFrom), day.ToDateTime(TimeOnly.MinValue).AddHours(rules.WorkUntil));
            if (day == first && local > begin) begin = local;
            if (end <= begin) continue;
            if (end - begin >= left) return At(begin + left, zone);
            left -= end - begin;
        }
        return from + TimeSpan.FromHours(rules.AnswerHours);
    }

    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        // clocks are put forward over it: the moment they show next
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
