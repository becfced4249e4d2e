namespace Portal.Domain.Sales.Plans;

/// <summary>Which days are worked: Monday to Friday, but for the days of which a calendar says otherwise.</summary>
/// <param name="otherwise">day → whether it is worked</param>
public sealed class WorkingDays(IReadOnlyDictionary<DateOnly, bool> otherwise)
{
    /// <summary>Whether a day is worked.</summary>
    public bool Works(DateOnly day) => otherwise.TryGetValue(day, out var works) ? works : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    /// <summary>Worked days from one day to another, both included; none where they stand the other way round.</summary>
    public int Count(DateOnly from, DateOnly to)
    {
        var count = 0;
        for (var day = from; day <= to; day = day.AddDays(1))
            if (Works(day)) count++;
        return count;
    }

    /// <summary>Worked days of a month, and those of them up to a day.</summary>
    /// <param name="month">its first day</param>
    public (int Elapsed, int All) OfMonth(DateOnly month, DateOnly today)
    {
        var end = month.AddMonths(1).AddDays(-1);
        return (Count(month, today < end ? today : end), Count(month, end));
    }
}
